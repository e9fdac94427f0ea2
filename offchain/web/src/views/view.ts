/** What a view is: an element that is told of changes, and left behind when the address changes. */

import type { App, Change } from "../ui/app.ts";
import type { Model } from "../core/index.ts";

export interface View {
  readonly element: HTMLElement;
  /** Something changed; typed input must stay. */
  refresh?(change: Change): void;
  dispose?(): void;
}

/** Makes the view of an open model. */
export type ModelView = (app: App, model: Model) => View;

/**
 * Work that is begun anew while an earlier run may still be under way: only the newest run shows its result.
 *
 * @param work Gets a question: whether this run is still the newest.
 */
export function latest(work: (isNewest: () => boolean) => Promise<void>): () => void {
  let turn = 0;
  return () => {
    turn += 1;
    const mine = turn;
    void work(() => mine === turn);
  };
}
