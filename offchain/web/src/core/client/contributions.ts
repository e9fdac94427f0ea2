/** Contributions as somebody sees them: how they stand, their clocks, and what an account could claim. */

import type { Contribution, ContributionFilter, Page, Progress } from "../api.ts";
import { checksummed } from "../chain/abi.ts";
import type { Context } from "./context.ts";
import type { Derived } from "./derived.ts";
import type { Logged } from "./logged.ts";
import { paged } from "./pages.ts";
import { clocksOf, verdictsOf, type Judging } from "./verdicts.ts";

/** One page of contributions, newest first. */
export async function contributionsPage(
  context: Context,
  filter: ContributionFilter,
  page: number,
  size: number,
  onProgress?: Progress,
): Promise<Page<Contribution>> {
  const derived = await context.log.get(onProgress);
  const judging = await judgingOf(context, derived, filter.account);
  const author = filter.author === undefined ? undefined : checksummed(filter.author);
  const ids = filter.ids === undefined ? undefined : new Set(filter.ids);
  const wanted = derived.contributions.filter(
    (one) =>
      (ids?.has(one.id) ?? true) &&
      (author === undefined || one.author === author || one.payee === author) &&
      isReady(context, one, filter, derived, judging),
  );
  return paged(wanted.reverse(), page, size, (one) => viewOf(context, one, derived, judging));
}

function isReady(
  context: Context,
  one: Logged,
  { ready }: ContributionFilter,
  derived: Derived,
  judging: Judging,
): boolean {
  if (ready === undefined) return true;
  const status = derived.endings.get(one.id) ?? "open";
  const verdicts = verdictsOf(one, predicted(context, one), status, judging);
  return verdicts.some((verdict) => verdict.kind === ready && verdict.isReady);
}

async function judgingOf(context: Context, { ledger }: Derived, account?: string): Promise<Judging> {
  const { contract } = context;
  const base = { terms: contract.terms, now: context.now(), classes: context.classes, ledger };
  if (account === undefined) return base;
  const who = checksummed(account);
  if (contract.incentive.word !== "self-assessment") return { ...base, account: who };
  return { ...base, account: who, provenGwei: (await contract.read("accountOf", [who])).provenGwei };
}

function predicted(context: Context, one: Logged): number {
  const { model } = context.copy;
  return model.predict(model.decode(one.sample), context.now());
}

function viewOf(context: Context, one: Logged, { endings, ledger }: Derived, judging: Judging): Contribution {
  const { classes } = context;
  const status = endings.get(one.id) ?? "open";
  const label = predicted(context, one);
  const tally = ledger?.tally(one.id);
  return {
    id: one.id,
    author: one.author,
    payee: one.payee,
    label: one.label,
    className: classes[one.label] ?? `class ${one.label}`,
    taught: one.taught,
    stakeWei: one.stakeWei,
    contributedAt: one.contributedAt,
    sample: one.sample,
    described: context.describe(one.sample),
    batch: one.batch,
    block: one.block,
    txHash: one.txHash,
    status,
    predicted: label,
    predictedName: classes[label]!,
    agrees: label === one.label,
    clocks: clocksOf(one, judging.terms, judging.now, status),
    verdicts: verdictsOf(one, label, status, judging),
    tally: tally === undefined ? null : { confirmed: tally.confirmed, contested: tally.contested, votes: tally.votes },
  };
}
