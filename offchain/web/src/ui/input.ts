/** Where a sample is typed: a text, a row of a table, a picture, or encoded bytes, as the model's featuriser takes it. */

import { readPng, type FeaturizerInfo, type Pixels, type RawInput } from "../core/index.ts";
import { field, freshId, h, replace } from "./dom.ts";
import { notice } from "./notice.ts";

export interface SampleInput {
  readonly element: HTMLElement;
  /** What was typed; null while nothing was. */
  read(): RawInput | null;
  write(raw: RawInput): void;
  focus(): void;
}

function textInput(onChange: () => void): SampleInput {
  const area = h("textarea", { rows: 5, spellcheck: "true", on: { input: onChange } });
  const element = field("Text", area, "Stays in this browser until you contribute it.");
  return {
    element,
    read: () => (area.value.trim() ? { kind: "text", text: area.value } : null),
    write: (raw) => {
      if (raw.kind === "text") area.value = raw.text;
    },
    focus: () => area.focus(),
  };
}

/** Cells of one line: tabs, semicolons or commas part them. */
export function splitRow(line: string): string[] {
  const mark = ["\t", ";", ","].find((one) => line.includes(one));
  return (mark ? line.split(mark) : line.trim().split(/\s+/)).map((cell) => cell.trim());
}

function rowInput(info: FeaturizerInfo, onChange: () => void): SampleInput {
  const names = Array.from({ length: info.dimension }, (_, i) => info.columns[i] ?? `Column ${i + 1}`);
  const cells = names.map((name) => {
    const input = h("input", { type: "text", inputmode: "decimal", autocomplete: "off", on: { input: onChange } });
    return { input, element: field(name, input) };
  });
  // A whole row out of a spreadsheet fills all cells, wherever it is pasted.
  const grid = h("div", { class: "cells" }, ...cells.map((cell) => cell.element));
  grid.addEventListener("paste", (event) => {
    const parts = splitRow(event.clipboardData?.getData("text").trim().split("\n")[0] ?? "");
    if (parts.length !== cells.length || parts.length === 1) return;
    event.preventDefault();
    for (const [i, part] of parts.entries()) if (cells[i]) cells[i].input.value = part;
    onChange();
  });
  const hint = freshId("hint");
  const element = h(
    "fieldset",
    { "aria-describedby": hint },
    h("legend", {}, "Values"),
    grid,
    h(
      "small",
      { id: hint, class: "hint" },
      "Leave a cell empty if it is not known. A row of a spreadsheet can be pasted into the first cell.",
    ),
  );
  return {
    element,
    read: () =>
      cells.some((cell) => cell.input.value.trim())
        ? { kind: "row", cells: cells.map((cell) => cell.input.value.trim()) }
        : null,
    write: (raw) => {
      if (raw.kind === "row") for (const [i, cell] of cells.entries()) cell.input.value = raw.cells[i] ?? "";
    },
    focus: () => cells[0]?.input.focus(),
  };
}

const MOST_PIXELS = 4096;
const LOSSY =
  "Other programs may read a picture of this kind with slightly other greys. A PNG file, not interlaced, is the same everywhere.";

function imageInput(onChange: () => void): SampleInput {
  const file = h("input", { type: "file", accept: "image/*" });
  const canvas = h("canvas", {
    class: "picture",
    width: 1,
    height: 1,
    role: "img",
    "aria-label": "The chosen picture",
    hidden: true,
  });
  const said = h("div", {});
  let raw: RawInput | null = null;
  const show = (width: number, height: number): CanvasRenderingContext2D | null => {
    canvas.width = width;
    canvas.height = height;
    canvas.hidden = false;
    return canvas.getContext("2d", { willReadFrequently: true });
  };
  const draw = (given: Pixels): void => {
    raw = { kind: "image", width: given.width, height: given.height, rgba: given.rgba };
    show(given.width, given.height)?.putImageData(
      new ImageData(new Uint8ClampedArray(given.rgba), given.width, given.height),
      0,
      0,
    );
  };
  const take = (given: Pixels): void => {
    draw(given);
    onChange();
  };
  file.addEventListener("change", async () => {
    const chosen = file.files?.[0];
    if (!chosen) return;
    replace(said);
    try {
      const exact = await readPng(new Uint8Array(await chosen.arrayBuffer()));
      if (exact !== null) {
        take(exact);
        return;
      }
      const bitmap = await createImageBitmap(chosen, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
      if (bitmap.width > MOST_PIXELS || bitmap.height > MOST_PIXELS)
        throw new Error(`It has more than ${MOST_PIXELS} pixels a side.`);
      const context = show(bitmap.width, bitmap.height);
      if (!context) throw new Error("The browser gives no canvas.");
      context.drawImage(bitmap, 0, 0);
      const data = context.getImageData(0, 0, bitmap.width, bitmap.height);
      take({ width: data.width, height: data.height, rgba: new Uint8Array(data.data) });
      replace(said, notice("info", h("p", {}, LOSSY)));
    } catch (error) {
      raw = null;
      replace(
        said,
        notice(
          "error",
          h("p", {}, `This picture can't be read. ${error instanceof Error ? error.message : ""} Choose another file.`),
        ),
      );
    }
  });
  return {
    element: h(
      "div",
      {},
      field("Picture", file, "It stays in this browser; only its features go into a contribution."),
      canvas,
      said,
    ),
    read: () => raw,
    write: (given) => {
      if (given.kind === "image") draw(given);
    },
    focus: () => file.focus(),
  };
}

function encodedInput(why: string, onChange: () => void): SampleInput {
  const area = h("textarea", {
    rows: 3,
    spellcheck: "false",
    class: "mono",
    placeholder: "0x",
    on: { input: onChange },
  });
  return {
    element: h(
      "div",
      {},
      why && notice("info", h("p", {}, why)),
      field("Encoded sample", area, "Bytes as hexadecimal digits, as `commonlearn encode` prints them."),
    ),
    read: () => (area.value.trim() ? { kind: "encoded", hex: area.value.trim() } : null),
    write: (raw) => {
      if (raw.kind === "encoded") area.value = raw.hex;
    },
    focus: () => area.focus(),
  };
}

/** The input that a model's featuriser takes. */
export function sampleInput(info: FeaturizerInfo, onChange: () => void): SampleInput {
  if (!info.isAvailable || info.input === "encoded") return encodedInput(info.isAvailable ? "" : info.why, onChange);
  if (info.input === "row") return rowInput(info, onChange);
  return info.input === "image" ? imageInput(onChange) : textInput(onChange);
}

/** A form that is sent by its button, by Enter, and from text boxes by Ctrl or Cmd and Enter. */
export function form(submitText: string, onSubmit: () => void, ...children: readonly (Node | null)[]): HTMLFormElement {
  const submit = h("button", { type: "submit", class: "primary" }, submitText);
  const element = h("form", { novalidate: true }, ...children, h("div", { class: "actions" }, submit));
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    onSubmit();
  });
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onSubmit();
  });
  return element;
}
