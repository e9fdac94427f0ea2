/** Addresses of the page: `#/` to open a model, `#/m/<chain>/<address>/<view>` for one. */

export const VIEWS = ["predict", "contribute", "mine", "history", "charts", "ranking", "market", "about"] as const;
export type ViewName = (typeof VIEWS)[number];

export type Route =
  | { readonly at: "open" }
  | { readonly at: "model"; readonly chainId: number; readonly address: string; readonly view: ViewName };

/** Read an address; anything unknown is the start. */
export function parseRoute(hash: string): Route {
  const match = /^#\/m\/(\d{1,15})\/(0x[0-9a-fA-F]{40})(?:\/([a-z]+))?\/?$/.exec(hash);
  if (!match) return { at: "open" };
  const view = VIEWS.find((name) => name === match[3]) ?? "predict";
  return { at: "model", chainId: Number(match[1]), address: match[2] ?? "", view };
}

export function routeTo(chainId: number, address: string, view: ViewName = "predict"): string {
  return `#/m/${chainId}/${address}/${view}`;
}

/** Call back now and whenever the address changes. Gives the way to stop. */
export function watchRoute(target: Window, listener: (route: Route) => void): () => void {
  const tell = (): void => listener(parseRoute(target.location.hash));
  target.addEventListener("hashchange", tell);
  tell();
  return () => target.removeEventListener("hashchange", tell);
}
