/** Calls, results and logs as bytes, over the compiled contracts' interfaces. */

import { getAddress, getCreateAddress, Interface, type InterfaceAbi, type Result } from "ethers";
import abis from "virtual:commonlearn-abi";
import { Refusal } from "../refusal.ts";
import { batch, type Rpc } from "./rpc.ts";

const make = (name: keyof typeof abis): Interface => new Interface(abis[name] as InterfaceAbi);
export const COLLABORATION = make("Collaboration");
export const POINTS = make("PointsCollaboration");
export const MARKET = make("MarketCollaboration");
export const MODEL = make("Perceptron");
export const BADGES = make("Badges");

export const NOBODY = `0x${"0".repeat(40)}`;

/** A block's number, or "latest". */
export type At = number | "latest" | "pending";

export interface Read {
  readonly to: string;
  readonly abi: Interface;
  readonly name: string;
  readonly args?: readonly unknown[];
}

export const hex = (value: number | bigint): string => `0x${value.toString(16)}`;
const tag = (at: At): string => (typeof at === "number" ? hex(at) : at);

/** An address in checksummed form; throws `Refusal` "input" for what is none. */
export function checksummed(text: string): string {
  const address = text.trim();
  try {
    if (/^0x[0-9a-f]{40}$/i.test(address)) return getAddress(address);
  } catch {
    throw new Refusal("input", `In ${address}, upper and lower case do not match its checksum, so a digit is wrong.`);
  }
  throw new Refusal("input", `${JSON.stringify(address)} is no address: it must be 0x and 40 hexadecimal digits.`);
}

/** Address of the first contract that a contract creates: a collaboration's model. */
export const firstChild = (address: string): string => getCreateAddress({ from: address, nonce: 1 });

/** Read one view; throws `RpcFault`, `Refusal`, or `BadAnswer`. One value, or a `Result`. */
export async function read(rpc: Rpc, one: Read, at: At = "latest"): Promise<any> {
  return decoded(one, await rpc.call<string>("eth_call", ...request(one, at)));
}

/** Read many views of the same block in few round trips. */
export async function readMany(rpc: Rpc, reads: readonly Read[], at: At = "latest"): Promise<any[]> {
  const answers = await batch(
    rpc,
    reads.map((one) => ["eth_call", request(one, at)] as const),
  );
  return answers.map((answer, i) => decoded(reads[i]!, answer as string));
}

/** A contract answered something that is no result of the function: it is another contract. */
export class BadAnswer extends Error {}

const request = (one: Read, at: At): unknown[] => [
  { to: one.to, data: one.abi.encodeFunctionData(one.name, one.args ?? []) },
  tag(at),
];

function decoded(one: Read, answer: string): unknown {
  let result: Result;
  try {
    result = one.abi.decodeFunctionResult(one.name, answer);
    return result.length === 1 ? result[0] : result;
  } catch {
    throw new BadAnswer(`${answer?.slice(0, 20)} is no result of ${one.name}`);
  }
}
