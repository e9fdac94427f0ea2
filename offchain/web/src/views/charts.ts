/** What became of the model over time, from its log. */

import type { Model, Series, SeriesKind } from "../core/index.ts";
import type { App, Change } from "../ui/app.ts";
import { chart, over } from "../ui/chart.ts";
import { button, field, h, replace, update } from "../ui/dom.ts";
import { form } from "../ui/input.ts";
import { encodeLines, sampleLine, takesLines } from "../ui/lines.ts";
import { notice, ProgressLine, refusalNotice } from "../ui/notice.ts";
import { latest, type View } from "./view.ts";

const FIRST: readonly SeriesKind[] = [
  "accuracy",
  "contributions",
  "participants",
  "stake",
  "locked",
  "forfeited",
  "refunded",
];

const FEW = 10;

/** A part of few contributions says nothing: 0 or 100 % at first. Left out where there are enough others. */
function settled(series: Series): Series {
  const enough = series.points.filter((point) => point.contributions >= FEW);
  return series.kind === "accuracy" && enough.length > FEW ? { ...series, points: enough } : series;
}

/** The charts over the same time: from the first contribution to the chain's present. */
function common(all: readonly Series[], now: number): Series[] {
  const starts = all.flatMap((one) => one.points[0]?.time ?? []);
  return all.map((one) => over(settled(one), Math.min(...starts), now));
}

export function chartsView(_: App, model: Model): View {
  const grid = h("div", { class: "charts" });
  const own = h("div", {});

  const show = latest(async (isNewest) => {
    const progress = new ProgressLine("Reading the log …");
    if (!grid.firstChild) replace(grid, progress.element);
    try {
      const made: Series[] = [];
      for (const kind of FIRST.filter((one) => model.seriesKinds.includes(one)))
        made.push(await model.series(kind, { onProgress: progress.tell }));
      if (isNewest()) update(grid, ...common(made, model.now()).map(chart));
    } catch (error) {
      if (isNewest()) replace(grid, refusalNotice(error, button("Try again", show)));
    }
  });

  const area = h("textarea", { rows: 4, class: "mono", placeholder: sampleLine(model) });
  const measure = async (): Promise<void> => {
    const progress = new ProgressLine("Replaying the log …");
    replace(own, progress.element);
    try {
      const test = encodeLines(model, area.value);
      if (test.length === 0) return void replace(own, notice("error", h("p", {}, "There are no lines yet.")));
      replace(own, chart(await model.series("test-accuracy", { test, onProgress: progress.tell })));
    } catch (error) {
      replace(own, refusalNotice(error));
    }
  };

  show();
  const canTest = model.seriesKinds.includes("test-accuracy") && takesLines(model.info.featurizer);
  return {
    element: h(
      "div",
      {},
      h("h2", { class: "unseen" }, "Charts"),
      grid,
      canTest
        ? h(
            "section",
            { class: "card" },
            h("h2", {}, "Accuracy on your own test set"),
            form(
              "Measure",
              () => void measure(),
              field(
                "Samples, one a line",
                area,
                "First the class, then a comma, then the sample. They stay in this browser; the model is replayed from its log.",
              ),
            ),
            own,
          )
        : null,
    ),
    refresh(change: Change) {
      if (change === "chain") show();
    },
  };
}
