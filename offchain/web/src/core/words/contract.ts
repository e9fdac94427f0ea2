/** The contracts' refusals in words. One source: `scripts/web_words.py` writes them out of the Python exceptions. */

import { AbiCoder } from "ethers";
import { formatMoment } from "../durations.ts";
import { pyGeneral } from "../python.ts";
import { formatEther } from "../money.ts";
import { Refusal } from "../refusal.ts";
import table from "./refusals.json";

type Part = string | [number, string];
interface Entry {
  readonly name: string;
  readonly types: string[];
  readonly fields: string[] | null;
  readonly says?: { readonly when: [number, string, unknown][]; readonly text: Part[] }[];
  readonly foreign?: string;
}

const ERRORS = table.errors as unknown as Record<string, Entry>;
const BY_NAME = new Map(Object.values(ERRORS).map((entry) => [entry.name, entry]));
const coder = AbiCoder.defaultAbiCoder();

/** What a contract returned when it refused, as `Refusal` "contract". @param data `0x…`: selector and fields; may be empty. */
export function refusalFromRevert(data: string): Refusal {
  const entry = ERRORS[data.slice(0, 10).toLowerCase()];
  if (entry === undefined) return unknown(data);
  try {
    const values = [...coder.decode(entry.types, `0x${data.slice(10)}`)];
    if (entry.fields === null) {
      return unknown(
        data,
        entry.foreign!.replace(/\{(\d)[^}]*\}/g, (_, at) => foreign(values[Number(at)])),
      );
    }
    const message = nested(entry, values) ?? say(entry, values);
    return new Refusal("contract", message, entry.name, named(entry, values));
  } catch {
    return unknown(data); // a foreign contract may use a known selector with other bytes behind it
  }
}

/** What a part of a batch was refused for, where that can be told: more than the batch's own words. */
function nested(entry: Entry, values: readonly unknown[]): string | null {
  if (entry.name !== "BatchRefused") return null;
  const reason = refusalFromRevert(String(values[1]));
  return reason.name === "UnknownRevert"
    ? null
    : `Number ${(values[0] as bigint) + 1n} was refused, and the others with it: ${reason.message}`;
}

/** The refusal that the contract would give a malformed sample or label, found here before anything is sent. */
export function sampleRefusal(name: string, values: readonly (number | bigint | string)[]): Refusal {
  const entry = BY_NAME.get(name)!;
  const message = say(
    entry,
    values.map((value) => (typeof value === "number" && Number.isInteger(value) ? BigInt(value) : value)),
  );
  return new Refusal("sample", capitalised(message), name, named(entry, values));
}

function say(entry: Entry, values: readonly unknown[]): string {
  const fitting = entry.says!.find(({ when }) => when.every(([at, how, wanted]) => holds(values[at], how, wanted)));
  if (fitting === undefined) throw new RangeError(`no words for these values of ${entry.name}`);
  return capitalised(
    fitting.text.map((part) => (typeof part === "string" ? part : show(values[part[0]], part[1]))).join(""),
  );
}

function holds(value: unknown, how: string, wanted: unknown): boolean {
  if (how === "from") return (value as bigint) >= BigInt(wanted as number);
  if (typeof value === "bigint") return value === BigInt(wanted as number);
  return value === wanted;
}

function show(value: unknown, way: string): string {
  if (typeof value !== "bigint") return showText(String(value), way);
  switch (way) {
    case "moment":
      return formatMoment(value);
    case "word":
      return `0x${value.toString(16).padStart(64, "0")}`;
    case "ether":
      return formatEther(value);
    case "count":
      return value.toLocaleString("en-US");
    case "nextcount":
      return (value + 1n).toLocaleString("en-US");
    case "points":
      return pyGeneral(Number(value) / 100, 6);
    case "less":
      return String(value - 1n);
    case "half":
      return String(value / 2n);
    default:
      return String(value);
  }
}

function showText(text: string, way: string): string {
  if (way === "short") return `${text.slice(0, 10)}…`;
  return way === "selector" ? text.slice(0, 10) : text;
}

const foreign = (value: unknown): string => (typeof value === "string" ? value : String(value));

function named(entry: Entry, values: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries((entry.fields ?? []).map((field, i) => [field, values[i]]));
}

function unknown(data: string, reason = ""): Refusal {
  const said = reason || (data.length > 2 ? data : "no reason given, as when gas or ether runs out");
  return new Refusal(
    "contract",
    table.unknown.replace("{0}", () => said),
    "UnknownRevert",
    { data },
  );
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
