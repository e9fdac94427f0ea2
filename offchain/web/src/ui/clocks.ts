/** Clocks of contributions: what is possible from when, counted down by the chain's time. */

import { type ClaimKind, type Clock, type ClockKind, formatDuration } from "../core/index.ts";
import { h } from "./dom.ts";
import { moment } from "./format.ts";

const NOUNS: Record<ClockKind, string> = { refund: "refund", report: "report", sweep: "sweep", vote: "votes" };

export const VERBS: Record<ClaimKind, string> = {
  refund: "Refund",
  report: "Report",
  sweep: "Sweep",
  confirm: "Confirm",
  contest: "Contest",
};

/** A clock in words at some time of the chain. */
export function clockWords(clock: Clock, now: number): string {
  const noun = NOUNS[clock.kind];
  if (now < clock.opensAt) return `${noun} in ${formatDuration(clock.opensAt - now)}`;
  if (clock.closesAt === null) return `${noun} possible`;
  return now < clock.closesAt ? `${noun} for ${formatDuration(clock.closesAt - now)}` : `${noun} over`;
}

/** All clocks that still run; the words follow the time while the element is shown. */
export class ClockFace {
  readonly #running: { element: HTMLElement; clock: Clock }[] = [];
  readonly #timer: number;

  constructor(private readonly now: () => number) {
    this.#timer = window.setInterval(() => this.#tick(), 1000);
  }

  face(clocks: readonly Clock[]): HTMLElement {
    const list = h("ul", { class: "clocks" });
    for (const clock of clocks) {
      const element = h("li", { title: moment(clock.opensAt) }, clockWords(clock, this.now()));
      this.#running.push({ element, clock });
      list.append(element);
    }
    return list;
  }

  clear(): void {
    this.#running.length = 0;
  }

  stop(): void {
    window.clearInterval(this.#timer);
  }

  #tick(): void {
    for (const { element, clock } of this.#running) {
      const words = clockWords(clock, this.now());
      if (element.textContent !== words) element.textContent = words;
    }
  }
}
