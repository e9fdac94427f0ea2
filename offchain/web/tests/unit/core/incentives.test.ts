/** The rules of stakes and points are Python's. Requirement W-13. */
import { expect, test } from "vitest";
import type { BadgeName, PointsTerms } from "../../../src/core/api.ts";
import { LedgerRefusal, PointsLedger, pointsOf } from "../../../src/core/incentives/points.ts";
import { decayed, forecast, price, raised, reporterPart, withTolerance } from "../../../src/core/incentives/stake.ts";
import { vectors } from "./vectors.ts";

const BADGES: BadgeName[] = ["first-light", "confirmed", "hundred", "judge", "steady"];

test("stakes rise, fall and are shared as in Python", () => {
  const { prices, parts } = vectors("money");
  for (const [excess, elapsed, half, floor, growth, left, stake, next] of prices) {
    expect(decayed(BigInt(excess), elapsed, half)).toBe(BigInt(left));
    expect(price(BigInt(floor), BigInt(left))).toBe(BigInt(stake));
    expect(raised(BigInt(stake), BigInt(floor), growth)).toBe(BigInt(next));
  }
  for (const [stake, bps, since, span, part] of parts)
    expect(reporterPart(BigInt(stake), bps, since, span)).toBe(BigInt(part));
  expect(forecast(10n ** 9n, 10n ** 9n, 5_000, 3)).toEqual([10n ** 9n, 2n * 10n ** 9n, 3n * 10n ** 9n]);
  expect([withTolerance(10n ** 9n), withTolerance(0n)]).toEqual([2n * 10n ** 9n, 0n]);
});

test("points live the same lives as in Python", () => {
  let refused = 0;
  for (const { terms, steps, accounts } of vectors("ledgers")) {
    const ledger = new PointsLedger(camel(terms));
    for (const [kind, who, now, ...rest] of steps) {
      try {
        if (kind === "contribute") expect(ledger.contribute(who, now)).toBe(rest[0]);
        else if (kind === "vote") {
          const vote = ledger.vote(rest[0], who, rest[1], now);
          expect([vote.weight, vote.fee, vote.fromGrant]).toEqual(rest[2]);
        } else {
          ledger.judge(who, [rest[0]], now);
          expect(rest[1]).toBe(true);
        }
      } catch (error) {
        if (!(error instanceof LedgerRefusal)) throw error;
        refused++;
        expect(error.name).toBe(rest.at(-1));
      }
    }
    const found = Object.fromEntries(
      [...ledger.accounts].map(([who, a]) => [
        who,
        [
          a.received,
          a.given,
          a.burned,
          a.grantLeft,
          a.weeksActive,
          a.rightVotes,
          pointsOf(a),
          ledger.weightOf(who),
          BADGES.map((badge) => Number(ledger.hasEarned(who, badge))),
        ],
      ]),
    );
    expect(found).toEqual(accounts);
  }
  expect(refused).toBeGreaterThan(20);
});

test("votes close at their second, and open to be counted at the same", () => {
  const [ann, bob] = ["0xa", "0xb"];
  const ledger = new PointsLedger({
    incentive: "points",
    founders: [ann],
    grant: 10_000,
    leastVote: 100,
    mostVote: 1_000,
    giveBps: 2_000,
    feeBps: 11_000,
    voteSeconds: 100,
  });
  const id = ledger.contribute(bob, 1_000);
  expect(() => ledger.mayVote(id, ann, 1_100)).toThrow("VotesClosed");
  ledger.vote(id, ann, true, 1_099);
  expect([ledger.countable(ann, 1_099), ledger.countable(ann, 1_100)]).toEqual([[], [id]]);
});

function camel(terms: Record<string, unknown>): PointsTerms {
  const named = Object.entries(terms).map(([name, value]) => [
    name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return { incentive: "points", ...Object.fromEntries(named) };
}
