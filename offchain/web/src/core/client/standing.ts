/** How contributions stand and what the log says of accounts, from the events alone. */

import type { ContributionStatus, PointsTerms } from "../api.ts";
import type { ChainEvent } from "../chain/events.ts";
import { LedgerRefusal, PointsLedger } from "../incentives/points.ts";
import { logOf, mismatch } from "./logged.ts";

const ENDS: Record<string, ContributionStatus> = { Refunded: "refunded", Forfeited: "forfeited", Swept: "swept" };

/** How each contribution's stake ended, by its number; those that are not here are open. */
export function endings(events: readonly ChainEvent[]): Map<number, ContributionStatus> {
  const found = new Map<number, ContributionStatus>();
  for (const { name, values } of events) {
    const status = ENDS[name];
    if (status !== undefined) found.set(Number(values.id), status);
  }
  return found;
}

/** The ledger of points after the log, vote by vote equal to what the contract said; throws `Refusal` "replay". */
export function ledgerOf(terms: PointsTerms, events: readonly ChainEvent[]): PointsLedger {
  const ledger = new PointsLedger(terms);
  for (const event of events) {
    const { name, values } = event;
    if (name === "Contributed") {
      if (ledger.contribute(values.author, Number(values.contributedAt)) !== Number(values.id)) {
        throw mismatch(`contribution ${values.id} does not follow the one before`);
      }
    } else if (name === "Voted") apply(ledger, event);
    else if (name === "Judged") ledger.countRight(Number(values.id), values.voter);
  }
  return ledger;
}

function apply(ledger: PointsLedger, { values }: ChainEvent): void {
  const id = Number(values.id);
  try {
    const vote = ledger.vote(id, values.voter, values.confirms, 0);
    if (vote.weight === Number(values.weight) && vote.fee === Number(values.fee) && vote.fromGrant === values.fromGrant)
      return;
  } catch (error) {
    if (!(error instanceof LedgerRefusal)) throw error;
  }
  throw mismatch(`the vote of ${values.voter} on contribution ${id} weighs another amount here`);
}

/** What accounts did under self-assessment, or in markets. */
export interface AccountRecord {
  contributions: number;
  good: number;
  bad: number;
  /** Proven gwei; in markets wei won less wei lost. */
  score: bigint;
}

/** Accounts under self-assessment: proven gwei, refunds and forfeits. */
export function provenRecords(events: readonly ChainEvent[]): Map<string, AccountRecord> {
  const { contributions } = logOf(events);
  const records = counted(contributions.map((one) => one.author));
  for (const { name, values } of events) {
    const author = contributions[Number(values.id)]?.author;
    if (author === undefined) continue;
    if (name === "Refunded") {
      const record = recordOf(records, author);
      record.good++;
      record.score += values.provenGwei;
    } else if (name === "Forfeited") recordOf(records, author).bad++;
  }
  return records;
}

/** Accounts in markets: what each came out with, less what it had staked. */
export function marketRecords(events: readonly ChainEvent[]): Map<string, AccountRecord> {
  const { contributions, learned } = logOf(events);
  const records = counted(contributions.map((one) => one.author));
  for (const id of learned) recordOf(records, contributions[id]!.author).good++;
  for (const { name, values } of events) {
    if (name !== "ParticipantCredited") continue;
    const record = recordOf(records, values.account);
    record.score += (values.balanceWei as bigint) - (values.depositWei as bigint);
    if (values.balanceWei < values.depositWei) record.bad++;
  }
  return records;
}

function counted(authors: readonly string[]): Map<string, AccountRecord> {
  const records = new Map<string, AccountRecord>();
  for (const author of authors) recordOf(records, author).contributions++;
  return records;
}

function recordOf(records: Map<string, AccountRecord>, who: string): AccountRecord {
  let record = records.get(who);
  if (record === undefined) records.set(who, (record = { contributions: 0, good: 0, bad: 0, score: 0n }));
  return record;
}
