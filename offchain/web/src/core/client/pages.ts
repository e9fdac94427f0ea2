/** Lists in pages. */

import type { Page } from "../api.ts";

/** One page of a list. @param page From 0; one behind the last becomes the last. */
export function paged<T, V>(all: readonly T[], page: number, size: number, view: (one: T) => V): Page<V> {
  const pages = Math.max(1, Math.ceil(all.length / size));
  const at = Math.min(Math.max(0, Math.floor(page)), pages - 1);
  return { items: all.slice(at * size, (at + 1) * size).map(view), page: at, pages, total: all.length };
}
