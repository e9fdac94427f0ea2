/** What the browser remembers between visits. Without storage (private windows) nothing is kept, and all else works. */

export type Theme = "auto" | "light" | "dark";

export interface RecentModel {
  readonly chainId: number;
  readonly address: string;
  readonly name: string;
}

export interface Settings {
  readonly theme: Theme;
  /** Dollars for one ether, as typed; null for none. */
  readonly ethUsd: number | null;
  /** Node addresses that the user typed, by chain number. */
  readonly nodes: Readonly<Record<string, string>>;
  /** Newest first. */
  readonly recent: readonly RecentModel[];
  /** The wallet that was used last: connected again without being asked. */
  readonly walletId: string;
}

const KEY = "commonlearn";
const EMPTY: Settings = { theme: "auto", ethUsd: null, nodes: {}, recent: [], walletId: "" };

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Read settings; what is damaged is as if it were not there. */
export function readSettings(text: string | null): Settings {
  let found: unknown = null;
  try {
    found = JSON.parse(text ?? "null");
  } catch {
    // damaged: begin anew
  }
  if (!isRecord(found)) return EMPTY;
  const { theme, ethUsd, nodes, recent, walletId } = found;
  return {
    theme: theme === "light" || theme === "dark" ? theme : "auto",
    ethUsd: typeof ethUsd === "number" && Number.isFinite(ethUsd) && ethUsd > 0 ? ethUsd : null,
    nodes: isRecord(nodes)
      ? Object.fromEntries(
          Object.entries(nodes).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
        )
      : {},
    recent: Array.isArray(recent)
      ? recent
          .filter(isRecord)
          .map((one) => ({
            chainId: Number(one["chainId"]),
            address: String(one["address"]),
            name: String(one["name"]),
          }))
          .filter((one) => Number.isSafeInteger(one.chainId) && /^0x[0-9a-fA-F]{40}$/.test(one.address))
          .slice(0, 8)
      : [],
    walletId: typeof walletId === "string" ? walletId : "",
  };
}

export class SettingsStore {
  #settings: Settings;

  constructor(private readonly storage: Storage | null) {
    this.#settings = readSettings(storage?.getItem(KEY) ?? null);
  }

  /** Of this window, where the browser allows it. */
  static ofWindow(): SettingsStore {
    try {
      return new SettingsStore(window.localStorage);
    } catch {
      return new SettingsStore(null);
    }
  }

  get settings(): Settings {
    return this.#settings;
  }

  change(changes: Partial<Settings>): void {
    this.#settings = { ...this.#settings, ...changes };
    try {
      this.storage?.setItem(KEY, JSON.stringify(this.#settings));
    } catch {
      // full, or forbidden: kept for this visit
    }
  }

  visited(model: RecentModel): void {
    const others = this.#settings.recent.filter(
      (one) => one.address !== model.address || one.chainId !== model.chainId,
    );
    this.change({ recent: [model, ...others].slice(0, 8) });
  }
}
