/** Labelled samples, one a line: the class, a comma, then the text or the cells of a row. */

import type { Encoded, FeaturizerInfo, Model } from "../core/index.ts";
import { splitRow } from "./input.ts";

export interface LabelledLine {
  readonly label: number;
  readonly raw: string;
}

/** Whether samples of a model can be typed one a line. */
export function takesLines(featurizer: FeaturizerInfo): boolean {
  return featurizer.isAvailable && (featurizer.input === "text" || featurizer.input === "row");
}

/**
 * Read labelled lines; empty ones are passed over.
 *
 * @param classes Names in class order; a class may also be given by its number.
 * @throws Error that names the first line which does not begin with a class.
 */
export function parseLines(text: string, classes: readonly string[], isRow: boolean): LabelledLine[] {
  const found = [];
  for (const [i, line] of text.split("\n").entries()) {
    if (!line.trim()) continue;
    const at = line.search(/[,;\t]/);
    const name = at < 0 ? "" : line.slice(0, at).trim();
    const label = classes.findIndex((one, number) => one === name || String(number) === name);
    const raw = line.slice(at + 1).trim();
    if (label < 0 || !raw) {
      const sample = isRow ? "the row" : "the text";
      throw new Error(`Line ${i + 1} does not begin with a class (${classes.join(", ")}), a comma and ${sample}.`);
    }
    found.push({ label, raw });
  }
  return found;
}

/** Lines as the contract takes them. Throws the core's `Refusal`, with the number of the line. */
export function encodeLines(
  model: Model,
  text: string,
): { readonly label: number; readonly sample: Encoded["sample"] }[] {
  const { featurizer, classes } = model.info;
  const isRow = featurizer.input === "row";
  return parseLines(text, classes, isRow).map(({ label, raw }) => ({
    label,
    sample: model.encode(isRow ? { kind: "row", cells: splitRow(raw) } : { kind: "text", text: raw }).sample,
  }));
}

/** What a line looks like, for the empty field. */
export function sampleLine(model: Model): string {
  const { featurizer, classes } = model.info;
  return featurizer.input === "row" ? `${classes[0] ?? "class"}, 1.0, 2.0` : `${classes[0] ?? "class"}, some text`;
}
