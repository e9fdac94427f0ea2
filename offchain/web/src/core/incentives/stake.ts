/** The rules of money under self-assessment, in whole wei. Twins of `commonlearn/incentives/{stake_price,reporter_part}.py`. */

import { GWEI } from "../money.ts";

const BPS = 10_000n;
const FORGOTTEN_AFTER = 96n; // halvings; an excess has at most 80 bits

/** The excess (wei) after some quiet (seconds): halved for each whole half-life, in between by a parabola. */
export function decayed(excessWei: bigint, elapsedSeconds: number, halfLifeSeconds: number): bigint {
  const [elapsed, half] = [BigInt(elapsedSeconds), BigInt(halfLifeSeconds)];
  const halvings = elapsed / half;
  if (halvings >= FORGOTTEN_AFTER) return 0n;
  const left = excessWei >> halvings;
  const rest = elapsed % half;
  return left - (left * rest * (11n * half - 3n * rest)) / (16n * half * half);
}

/** The stake in wei, rounded up to a whole gwei. */
export const price = (floorWei: bigint, excessWei: bigint): bigint => ceil(floorWei + excessWei, GWEI) * GWEI;

/** The excess in wei just after a contribution at `stakeWei`. */
export const raised = (stakeWei: bigint, floorWei: bigint, growthBps: number): bigint =>
  stakeWei + (stakeWei * BigInt(growthBps)) / BPS - floorWei;

/** Stakes of so many contributions, one right after another; time only lowers them. */
export function forecast(stakeWei: bigint, floorWei: bigint, growthBps: number, count: number): bigint[] {
  const stakes: bigint[] = [];
  for (let stake = stakeWei; stakes.length < count; stake = price(floorWei, raised(stake, floorWei, growthBps)))
    stakes.push(stake);
  return stakes;
}

/** A stake with room for a quarter more above it, a whole number of gwei. What is not needed is credited. */
export const withTolerance = (stakeWei: bigint): bigint => ceil((stakeWei * 5n) / 4n, GWEI) * GWEI;

/**
 * The part of a forfeited stake that its reporter gets beforehand, in wei.
 * @param fullBps The full part in 1/10,000.
 * @param sinceOpen Seconds since reports opened.
 * @param span Seconds from then until the part is full.
 */
export const reporterPart = (stakeWei: bigint, fullBps: number, sinceOpen: number, span: number): bigint =>
  (stakeWei * BigInt(fullBps) * BigInt(Math.min(sinceOpen, span))) / (BigInt(span) * BPS);

const ceil = (value: bigint, unit: bigint): bigint => (value + unit - 1n) / unit;
