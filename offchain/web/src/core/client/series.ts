/** Time series out of the log. */

import type { Series, SeriesKind } from "../api.ts";
import type { ChainEvent } from "../chain/events.ts";
import { toEther } from "../money.ts";

export type Point = Series["points"][number];
/** Unix seconds of a block. */
export type TimeOf = (block: number) => number;

const TITLES: Record<SeriesKind, readonly [title: string, unit: string]> = {
  contributions: ["Contributions", "contributions"],
  participants: ["Participants", "accounts"],
  stake: ["Stake of each contribution", "ether"],
  locked: ["Stakes locked", "ether"],
  forfeited: ["Stakes forfeited so far", "ether"],
  refunded: ["Stakes given back so far", "ether"],
  accuracy: ["Right before it learned", "part of the last contributions"],
  "test-accuracy": ["Right on the given samples", "part of the samples"],
};

/** A series of points, thinned to at most so many; the last one stays. */
export function seriesOf(kind: SeriesKind, points: readonly Point[], most: number): Series {
  const [title, unit] = TITLES[kind];
  const step = Math.max(1, Math.ceil(points.length / Math.max(2, most)));
  const thinned = points.filter((_, i) => i % step === 0 || i === points.length - 1);
  return { kind, title, unit, points: thinned };
}

/** Points of what can be counted off the events. */
export function countedPoints(kind: SeriesKind, events: readonly ChainEvent[], timeOf: TimeOf): Point[] {
  const points: Point[] = [];
  const authors = new Set<string>();
  let contributions = 0;
  let sumWei = 0n;
  for (const { name, values, block } of events) {
    const isNew = name === "Contributed";
    if (isNew) {
      contributions++;
      authors.add(values.author);
    }
    const time = isNew ? Number(values.contributedAt) : timeOf(block);
    const add = (value: number): unknown => points.push({ time, contributions, value });
    if (kind === "contributions" && isNew) add(contributions);
    else if (kind === "participants" && isNew) add(authors.size);
    else if (kind === "stake" && isNew) add(toEther(values.stakeWei));
    else {
      const change = kind === "locked" && givesAllBack(name, values) ? -sumWei : changeOf(kind, name, values);
      if (change !== null) add(toEther((sumWei += change)));
    }
  }
  return points;
}

/** By how much (wei) an event changes what a series counts; null where it is of no matter. */
function changeOf(kind: SeriesKind, name: string, values: ChainEvent["values"]): bigint | null {
  if (kind === "forfeited") return name === "Forfeited" ? values.stakeWei : null;
  if (kind === "refunded") return name === "Refunded" ? values.stakeWei : null;
  if (kind !== "locked") return null;
  if (name === "Contributed") return values.stakeWei;
  if (name === "Refunded" || name === "Forfeited" || name === "Swept") return -(values.stakeWei as bigint);
  return name === "ParticipantCredited" ? -(values.depositWei as bigint) : null;
}

// A market that ends without an outcome owes all stakes to who gave them; else participants are credited one by one.
const givesAllBack = (name: string, values: ChainEvent["values"]): boolean =>
  name === "Ended" && values.ending !== COMPLETED && values.ending !== NOT_TRAINED;
const COMPLETED = 0n;
const NOT_TRAINED = 7n;

/** Part of the last `window` answers that were right, after each. */
export function movingPart(right: readonly boolean[], window: number): number[] {
  let sum = 0;
  return right.map((isRight, i) => {
    sum += Number(isRight) - (i >= window ? Number(right[i - window]) : 0);
    return sum / Math.min(i + 1, window);
  });
}

/** Times between known blocks, in proportion. @param known Block numbers and Unix seconds, at least one. */
export function interpolated(known: ReadonlyMap<number, number>): TimeOf {
  const blocks = [...known.keys()].sort((one, other) => one - other);
  return (block) => {
    const exact = known.get(block);
    if (exact !== undefined) return exact;
    const above = blocks.findIndex((one) => one > block);
    if (above === 0) return known.get(blocks[0]!)!;
    if (above === -1) return known.get(blocks.at(-1)!)!;
    const [low, high] = [blocks[above - 1]!, blocks[above]!];
    const [from, to] = [known.get(low)!, known.get(high)!];
    return Math.round(from + ((to - from) * (block - low)) / (high - low));
  };
}
