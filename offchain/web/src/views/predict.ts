/** A free prediction, computed here. */

import type { Model, Prediction } from "../core/index.ts";
import type { App } from "../ui/app.ts";
import { button, h, replace, svg } from "../ui/dom.ts";
import { form, sampleInput } from "../ui/input.ts";
import { loading, notice, refusalNotice } from "../ui/notice.ts";
import { routeTo } from "../ui/router.ts";
import type { View } from "./view.ts";

const MOST_BARS = 12;

/** Scores as bars from the least to the largest: only their order and distance mean something. */
function scores(prediction: Prediction): HTMLElement | null {
  const known = prediction.scores.filter((one): one is typeof one & { score: number } => one.score !== null);
  if (known.length < 2) return null;
  const values = known.map((one) => one.score);
  const low = Math.min(...values);
  const spread = Math.max(...values) - low || 1;
  const best = [...known].sort((a, b) => b.score - a.score).slice(0, MOST_BARS);
  return h(
    "ul",
    { class: "scores", "aria-label": "Scores of the classes" },
    ...best.map((one) => {
      const part = (one.score - low) / spread;
      const bar = svg("svg", {
        viewBox: "0 0 100 8",
        preserveAspectRatio: "none",
        class: "score-bar",
        "aria-hidden": "true",
      });
      bar.append(
        svg("rect", { x: 0, y: 0, width: 100, height: 8, class: "track" }),
        svg("rect", { x: 0, y: 0, width: Math.max(1.5, 100 * part), height: 8, class: "fill" }),
      );
      return h(
        "li",
        { class: one.label === prediction.label ? "best" : null },
        h("span", {}, one.className),
        bar,
        h("span", { class: "number" }, one.score.toLocaleString("en", { maximumFractionDigits: 2 })),
      );
    }),
  );
}

export function leadWords(lead: number): string {
  if (lead === 0) return "undecided";
  if (lead < 0.15) return "by a narrow margin";
  return lead < 0.5 ? "clearly" : "by far";
}

export function predictView(app: App, model: Model): View {
  const result = h("div", { class: "result", "aria-live": "polite" });
  const input = sampleInput(model.info.featurizer, () => {
    if (result.firstChild) replace(result); // an old answer does not belong to a new text
  });
  if (app.carried) input.write(app.carried);

  const submit = (): void => {
    const raw = input.read();
    if (!raw) {
      replace(result, notice("error", h("p", {}, "There is nothing to predict yet: fill in the sample.")));
      input.focus();
      return;
    }
    try {
      const start = performance.now();
      const prediction = model.predict(raw);
      const milliseconds = performance.now() - start;
      app.carried = raw;
      const checked = h("div", { role: "status" });
      const check = button("Ask the contract itself", () => void confirmOnChain(prediction, checked), {
        class: "quiet",
      });
      replace(
        result,
        h(
          "div",
          { class: "card answer" },
          h("p", { class: "muted" }, "The model says"),
          h("p", { class: "answer-class", "data-label": prediction.label }, prediction.className),
          h("p", { class: "muted" }, leadWords(prediction.lead)),
          scores(prediction),
          h(
            "p",
            { class: "free" },
            `Free: computed in this browser in ${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms, as of block ${prediction.block}. Nothing was sent.`,
          ),
          h(
            "details",
            {},
            h("summary", {}, "What the model sees of it"),
            h("p", { class: model.info.featurizer.input === "image" ? "seen drawn" : "seen" }, prediction.described),
            h("code", { class: "long" }, prediction.hex),
          ),
          h(
            "div",
            { class: "actions" },
            h(
              "a",
              { class: "button", href: routeTo(model.info.chainId, model.info.address, "contribute") },
              "Teach the model this",
            ),
            check,
          ),
          checked,
        ),
      );
    } catch (error) {
      replace(result, refusalNotice(error));
    }
  };

  const confirmOnChain = async (prediction: Prediction, where: HTMLElement): Promise<void> => {
    replace(where, loading("Asking …"));
    try {
      const label = await model.predictOnChain(prediction.sample);
      const name = model.info.classes[label] ?? `class ${label}`;
      const isSame = label === prediction.label;
      replace(
        where,
        notice(
          isSame ? "success" : "warning",
          h(
            "p",
            {},
            isSame
              ? `The contract says the same: ${name}.`
              : `The contract says ${name}: it has learned since. The copy here follows with its next block.`,
          ),
        ),
      );
    } catch (error) {
      replace(where, refusalNotice(error));
    }
  };

  const element = h(
    "div",
    { class: "two" },
    h("section", { class: "card" }, h("h2", {}, "Predict"), form("Predict, free", submit, input.element)),
    result,
  );
  return { element };
}
