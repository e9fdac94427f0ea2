/** Amounts as exact whole wei, read and written the way people do. Twin of `commonlearn/money.py`: no amount passes through a float. */

import { Refusal } from "./refusal.ts";

export const GWEI = 10n ** 9n;
export const WEI_PER_ETHER = 10n ** 18n;
const UNITS: Record<string, number> = { wei: 0, gwei: 9, eth: 18, ether: 18 };

/** Read an amount such as "0.002", "3 gwei" or "5wei"; ether where no unit is named. Throws `Refusal` "input". */
export function parseEther(text: string): bigint {
  const refuse = (why: string): never => {
    throw new Refusal(
      "input",
      `${JSON.stringify(text)} is no amount: ${why}. Write for example 0.002, 2000000 gwei or 5 wei.`,
    );
  };
  const parts = /^([^a-z]*?)\s*([a-z]*)$/.exec(text.trim().toLowerCase().replaceAll("_", ""));
  const unit = parts?.[2] || "ether";
  if (parts === null || !(unit in UNITS)) return refuse(`the unit ${JSON.stringify(unit)} is not known`);
  const number = /^(\d*)(?:\.(\d*))?$/.exec(parts[1]!);
  if (number === null || (number[1] === "" && !number[2])) return refuse("it has no number of zero or more");
  const digits = UNITS[unit]!;
  const fraction = (number[2] ?? "").replace(/0+$/, "");
  if (fraction.length > digits) return refuse("it has a fraction of a wei");
  const wei = BigInt((number[1] || "0") + fraction.padEnd(digits, "0"));
  if (wei >= 1n << 96n) return refuse("it is more ether than there is");
  return wei;
}

/** An amount for people, exact, in the unit that needs the fewest zeros: "0.002 ether", "1.5 gwei", "7 wei". */
export function formatEther(wei: bigint): string {
  const size = wei < 0n ? -wei : wei;
  if (wei === 0n) return "0 ether";
  if (size >= 10n ** 13n) return `${shifted(wei, 18)} ether`;
  if (size >= 10n ** 6n) return `${shifted(wei, 9)} gwei`;
  return `${wei} wei`;
}

/**
 * Dollars for people; empty without a rate.
 * @param ethUsd Dollars for one ether, as the user typed it: there is no price server.
 */
export function formatUsd(wei: bigint, ethUsd: number | null): string {
  if (ethUsd === null || !Number.isFinite(ethUsd) || ethUsd <= 0) return "";
  const usd = (Number(wei) / 1e18) * ethUsd;
  const size = Math.abs(usd);
  if (size === 0) return "$0.00";
  if (size < 0.00005) return "less than $0.0001";
  return size < 0.1
    ? `$${usd.toFixed(4)}`
    : `$${usd.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

/** Ether as a number, for charts only. */
export const toEther = (wei: bigint): number => Number(wei) / 1e18;

/** Hundredths of points for people: "12.5 points". */
export function formatPoints(hundredths: number | bigint): string {
  const value = shifted(BigInt(hundredths), 2);
  return `${value} point${value === "1" ? "" : "s"}`;
}

/** A whole number with its point moved, without needless zeros. */
export function shifted(value: bigint, places: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, "0");
  const fraction = digits.slice(digits.length - places).replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${digits.slice(0, digits.length - places)}${fraction && `.${fraction}`}`;
}
