/** What became of the model over time, from its log. */

import type { Model, Series, SeriesKind } from "../core/index.ts";
import type { App, Change } from "../ui/app.ts";
import { chart } from "../ui/chart.ts";
import { button, field, h, replace, update } from "../ui/dom.ts";
import { form, splitRow } from "../ui/input.ts";
import { notice, ProgressLine, refusalNotice } from "../ui/notice.ts";
import { latest, type View } from "./view.ts";

const FIRST: readonly SeriesKind[] = ["accuracy", "contributions", "participants", "stake", "locked", "forfeited", "refunded"];

/** Lines "class, sample"; the sample is a text or the cells of a row. */
export function parseTests(text: string, classes: readonly string[], isRow: boolean): { label: number; raw: string }[] {
  const found = [];
  for (const [i, line] of text.split("\n").entries()) {
    if (!line.trim()) continue;
    const at = line.search(/[,;\t]/);
    const name = at < 0 ? "" : line.slice(0, at).trim();
    const label = classes.findIndex((one, number) => one === name || String(number) === name);
    const raw = line.slice(at + 1).trim();
    if (label < 0 || !raw) throw new Error(`Line ${i + 1} does not begin with a class (${classes.join(", ")}), a comma and ${isRow ? "the row" : "the text"}.`);
    found.push({ label, raw });
  }
  return found;
}

export function chartsView(_: App, model: Model): View {
  const grid = h("div", { class: "charts" });
  const own = h("div", {});
  const { featurizer, classes } = model.info;
  const isRow = featurizer.input === "row";

  const show = latest(async (isNewest) => {
    const progress = new ProgressLine("Reading the log …");
    if (!grid.firstChild) replace(grid, progress.element);
    try {
      const made: Series[] = [];
      for (const kind of FIRST.filter((one) => model.seriesKinds.includes(one))) made.push(await model.series(kind, { onProgress: progress.tell }));
      if (isNewest()) update(grid, ...made.map(chart));
    } catch (error) {
      if (isNewest()) replace(grid, refusalNotice(error, button("Try again", show)));
    }
  });

  const area = h("textarea", { rows: 4, class: "mono", placeholder: isRow ? `${classes[0] ?? "class"}, 1.0, 2.0` : `${classes[0] ?? "class"}, some text` });
  const measure = async (): Promise<void> => {
    const progress = new ProgressLine("Replaying the log …");
    replace(own, progress.element);
    try {
      const lines = parseTests(area.value, classes, isRow);
      if (lines.length === 0) return void replace(own, notice("error", h("p", {}, "There are no lines yet.")));
      const test = lines.map(({ label, raw }) => ({
        label,
        sample: model.encode(isRow ? { kind: "row", cells: splitRow(raw) } : { kind: "text", text: raw }).sample,
      }));
      replace(own, chart(await model.series("test-accuracy", { test, onProgress: progress.tell })));
    } catch (error) {
      replace(own, refusalNotice(error));
    }
  };

  show();
  const canTest = model.seriesKinds.includes("test-accuracy") && (isRow || featurizer.input === "text") && featurizer.isAvailable;
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
            form("Measure", () => void measure(), field("Samples, one a line", area, `First the class, then a comma, then ${isRow ? "the row" : "the text"}. They stay in this browser; the model is replayed from its log.`)),
            own,
          )
        : null,
    ),
    refresh(change: Change) {
      if (change === "chain") show();
    },
  };
}
