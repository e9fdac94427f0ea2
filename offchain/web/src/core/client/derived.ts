/** What follows from a model's log, kept as long as the log stays the same. */

import type { ContributionStatus, Progress, Terms } from "../api.ts";
import type { ChainEvent } from "../chain/events.ts";
import type { PointsLedger } from "../incentives/points.ts";
import type { ModelCopy } from "./copy.ts";
import type { Logged } from "./logged.ts";
import { endings, ledgerOf } from "./standing.ts";

export interface Derived {
  readonly events: readonly ChainEvent[];
  readonly contributions: readonly Logged[];
  /** How stakes ended, by number; others are open. */
  readonly endings: ReadonlyMap<number, ContributionStatus>;
  /** Null unless the incentive is points. */
  readonly ledger: PointsLedger | null;
}

export class DerivedLog {
  private readonly copy: ModelCopy;
  private readonly terms: Terms;
  private kept: { readonly hash: string; readonly derived: Derived } | null = null;

  constructor(copy: ModelCopy, terms: Terms) {
    this.copy = copy;
    this.terms = terms;
  }

  async get(onProgress?: Progress): Promise<Derived> {
    const { contributions } = await this.copy.sortedLog(onProgress);
    const { hash } = this.copy.block;
    if (this.kept?.hash !== hash) {
      const events = await this.copy.log();
      const ledger = this.terms.incentive === "points" ? ledgerOf(this.terms, events) : null;
      this.kept = { hash, derived: { events, contributions, endings: endings(events), ledger } };
    }
    return this.kept.derived;
  }
}
