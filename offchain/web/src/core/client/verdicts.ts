/** Clocks and claims: what is possible now, what not yet, and why. Twin of `judge` in `commonlearn/client/claims.py`. */

import type { ClaimKind, Clock, ClockKind, ContributionStatus, SelfAssessmentTerms, Terms, Verdict } from "../api.ts";
import { formatDuration } from "../durations.ts";
import { LedgerRefusal, type PointsLedger } from "../incentives/points.ts";
import { reporterPart } from "../incentives/stake.ts";
import { sampleRefusal } from "../words/contract.ts";
import type { Logged } from "./logged.ts";

/** What an account may do, and what the model says, as of now. */
export interface Judging {
  readonly terms: Terms;
  /** The chain's time, Unix seconds. */
  readonly now: number;
  readonly classes: readonly string[];
  readonly ledger: PointsLedger | null;
  /** Whose rights. */
  readonly account?: string;
  /** Above 0, the account may report others. */
  readonly provenGwei?: bigint;
}

/** When what is possible, against the chain's time. */
export function clocksOf(one: Logged, terms: Terms, now: number, status: ContributionStatus): Clock[] {
  const clock = (kind: ClockKind, opensAt: number, closesAt: number | null = null): Clock => {
    const isOver = (closesAt !== null && now >= closesAt) || status !== "open";
    const state = isOver ? "over" : now < opensAt ? "waiting" : "open";
    const secondsLeft =
      state === "waiting" ? opensAt - now : state === "open" && closesAt !== null ? closesAt - now : 0;
    return { kind, opensAt, closesAt, state, secondsLeft };
  };
  const at = one.contributedAt;
  if (terms.incentive === "self-assessment") {
    return [
      clock("refund", at + terms.refundWaitSeconds),
      clock("report", at + terms.reportWaitSeconds),
      clock("sweep", at + terms.sweepWaitSeconds),
    ];
  }
  return terms.incentive === "points" ? [clock("vote", at, at + terms.voteSeconds)] : [];
}

/** What an account could claim now; empty without an account, and in markets. */
export function verdictsOf(one: Logged, predicted: number, status: ContributionStatus, judging: Judging): Verdict[] {
  const { terms, account } = judging;
  if (account === undefined) return [];
  if (terms.incentive === "self-assessment") {
    return (["refund", "report", "sweep"] as const).map((kind) => claim(kind, one, predicted, status, judging, terms));
  }
  return terms.incentive === "points" ? (["confirm", "contest"] as const).map((kind) => vote(kind, one, judging)) : [];
}

const ENDED: Record<string, string> = {
  refunded: "its stake went back to its author",
  forfeited: "it was reported and its stake shared",
  swept: "its stake went to the beneficiary",
};

// In the order of the contract's checks, but for those that need no chain.
function claim(
  kind: "refund" | "report" | "sweep",
  one: Logged,
  predicted: number,
  status: ContributionStatus,
  { now, account, provenGwei = 0n, classes }: Judging,
  terms: SelfAssessmentTerms,
): Verdict {
  const no = (why: string): Verdict => ({ kind, isReady: false, why, gainWei: 0n });
  if (status !== "open") return no(ENDED[status] ?? "it was never recorded");
  const isOwn = account === one.author || account === one.payee;
  if (kind === "refund" && !isOwn) return no("only its author can take the stake back");
  if (kind === "report" && isOwn) return no("it is your own");
  if (kind === "report" && provenGwei === 0n)
    return no("this account has not proven any data yet, so it cannot report others");
  const opensAt =
    one.contributedAt +
    { refund: terms.refundWaitSeconds, report: terms.reportWaitSeconds, sweep: terms.sweepWaitSeconds }[kind];
  if (now < opensAt) return no(`possible in ${formatDuration(opensAt - now)}`);
  const [says, said] = [classes[predicted] ?? predicted, classes[one.label] ?? one.label];
  if (kind === "refund" && predicted !== one.label)
    return no(`the model predicts ${says}, not ${said}; it may come round`);
  if (kind === "report" && predicted === one.label) return no("the model predicts what its author said");
  const span = terms.sweepWaitSeconds - terms.reportWaitSeconds;
  const gainWei = {
    refund: (one.payee ?? one.author) === account ? one.stakeWei : 0n, // a sponsor's stake goes back to the sponsor
    report: reporterPart(one.stakeWei, terms.reporterBps, Math.max(0, now - opensAt), span),
    sweep: 0n,
  }[kind];
  return { kind, isReady: true, why: "possible now", gainWei };
}

function vote(kind: ClaimKind, one: Logged, { ledger, account, now }: Judging): Verdict {
  try {
    ledger!.mayVote(one.id, account!, now);
    return { kind, isReady: true, why: "possible now", gainWei: 0n };
  } catch (error) {
    if (!(error instanceof LedgerRefusal)) throw error;
    return { kind, isReady: false, why: ledgerWords(error), gainWei: 0n };
  }
}

/** The contract's refusal in words. */
export const ledgerWords = (error: LedgerRefusal): string => sampleRefusal(error.name, error.values).message;
