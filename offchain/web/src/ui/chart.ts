/** Lines over time as SVG, with a title for screen readers and all values in a table. */

import type { Series, SeriesKind } from "../core/index.ts";
import { freshId, h, svg } from "./dom.ts";
import { count, day, moment, short } from "./format.ts";
import { table } from "./table.ts";

const WIDE = 640;
const NARROW = 400;
const HEIGHT = 220;
const LEFT = 66;
const RIGHT = 14;
const TOP = 14;
const BOTTOM = 30;
const ROWS = 40;

/** Steps of 1, 2 or 5 that cover a range. */
export function ticks(low: number, high: number, wanted = 4): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

const PARTS: readonly SeriesKind[] = ["accuracy", "test-accuracy"];
const SUMS: readonly SeriesKind[] = ["contributions", "participants", "locked", "forfeited", "refunded"];

function isPart(series: Series): boolean {
  return PARTS.includes(series.kind);
}

/** Sums begin at nothing and hold to the end of the time that is looked at, so that charts side by side can be compared. */
export function over(series: Series, from: number, to: number): Series {
  const first = series.points[0];
  const last = series.points[series.points.length - 1];
  if (!SUMS.includes(series.kind) || !first || !last) return series;
  const begin = first.time > from ? [{ time: from, contributions: 0, value: 0 }] : [];
  const end = last.time < to ? [{ ...last, time: to }] : [];
  return { ...series, points: [...begin, ...series.points, ...end] };
}

/** Where the vertical axis begins and ends: parts from 0 to 1, everything else from 0. */
export function range(series: Series): [number, number] {
  if (isPart(series)) return [0, 1];
  const high = Math.max(0, ...series.points.map((point) => point.value));
  return [0, high > 0 ? high * 1.08 : 1];
}

function show(series: Series, value: number): string {
  return isPart(series) ? `${(100 * value).toFixed(1)} %` : `${short(value)}${series.unit ? ` ${series.unit}` : ""}`;
}

function drawing(series: Series): SVGSVGElement {
  const { points } = series;
  const isNarrow = window.matchMedia("(max-width: 44rem)").matches;
  const width = isNarrow ? NARROW : WIDE; // letters stay as large as the page's
  const from = points[0]?.time ?? 0;
  const to = points[points.length - 1]?.time ?? from;
  const [low, high] = range(series);
  const x = (time: number): number => LEFT + ((width - LEFT - RIGHT) * (time - from)) / Math.max(1, to - from);
  const y = (value: number): number => HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * (value - low)) / (high - low);
  const titleId = freshId("chart");
  const last = points[points.length - 1];
  const picture = svg("svg", {
    viewBox: `0 0 ${width} ${HEIGHT}`,
    role: "img",
    "aria-labelledby": `${titleId} ${titleId}-more`,
    class: "chart",
  });
  picture.append(
    svg("title", { id: titleId }, series.title),
    svg(
      "desc",
      { id: `${titleId}-more` },
      last ? `From ${moment(from)} to ${moment(to)}; now ${show(series, last.value)}.` : "Nothing yet.",
    ),
  );
  for (const value of ticks(low, high)) {
    picture.append(
      svg("line", { x1: LEFT, x2: width - RIGHT, y1: y(value), y2: y(value), class: "grid" }),
      svg(
        "text",
        { x: LEFT - 8, y: y(value) + 4, "text-anchor": "end" },
        isPart(series) ? `${Math.round(100 * value)} %` : short(value),
      ),
    );
  }
  const days = [
    ...new Set((isNarrow ? [0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1]).map((part) => Math.round(from + part * (to - from)))),
  ];
  for (const [i, time] of days.entries()) {
    const anchor = i === 0 ? "start" : i === days.length - 1 ? "end" : "middle";
    picture.append(svg("text", { x: x(time), y: HEIGHT - 8, "text-anchor": anchor }, day(time)));
  }
  // Values hold until the next contribution, so the line goes in steps; a mean over a window moves evenly.
  const isEven = isPart(series);
  let path = "";
  for (const [i, point] of points.entries()) {
    const at = `${x(point.time).toFixed(1)} ${y(point.value).toFixed(1)}`;
    path += i === 0 ? `M${at}` : isEven ? `L${at}` : `H${x(point.time).toFixed(1)}V${y(point.value).toFixed(1)}`;
  }
  if (points.length > 1) {
    picture.append(
      svg("path", { d: `${path}V${y(low)}H${x(from)}Z`, class: "area" }),
      svg("path", { d: path, class: "line" }),
    );
  }
  if (last) picture.append(svg("circle", { cx: x(last.time), cy: y(last.value), r: 4, class: "dot" }));
  return picture;
}

/** A chart with its values in a table that can be opened. */
export function chart(series: Series): HTMLElement {
  const { points } = series;
  const last = points[points.length - 1];
  const figure = h("figure", { class: "card chart-card", "data-series": series.kind });
  figure.append(
    h("figcaption", {}, h("span", {}, series.title), last ? h("strong", {}, show(series, last.value)) : null),
  );
  if (points.length === 0) {
    figure.append(h("p", { class: "muted" }, "Nothing to show yet."));
    return figure;
  }
  const step = Math.max(1, Math.ceil(points.length / ROWS));
  const rows = points
    .filter((_, i) => i % step === 0 || i === points.length - 1)
    .map((point) => [moment(point.time), point.contributions, show(series, point.value)]);
  const columns = [{ title: "Time" }, { title: "Contributions", isNumber: true }, { title: "Value", isNumber: true }];
  figure.append(
    drawing(series),
    h(
      "details",
      { "data-key": series.kind },
      h("summary", { "aria-label": `${series.title} as a table` }, `As a table (${count(rows.length, "row")})`),
      table(series.title, columns, rows),
    ),
  );
  return figure;
}
