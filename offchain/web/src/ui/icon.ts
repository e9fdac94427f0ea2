/** Small marks as drawings: not every font has them. They are for the eye only; words stand beside them. */

import { svg } from "./dom.ts";

const PATHS = {
  check: "M3 8.500 6.500 12 13 4.500",
  cross: "M4 4 12 12M12 4 4 12",
  wallet: "M2.500 5.500h11v7h-11zM2.500 5.500 11 3v2.500M10.500 9h1",
} as const;

export type IconName = keyof typeof PATHS;

export function icon(name: IconName): SVGSVGElement {
  return svg(
    "svg",
    { viewBox: "0 0 16 16", class: "icon", "aria-hidden": "true", focusable: "false" },
    svg("path", { d: PATHS[name] }),
  );
}
