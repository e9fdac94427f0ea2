/** Logs: fetched in ranges that the node can bear, decoded, in the chain's order. */

import { type Interface } from "ethers";
import { COLLABORATION, hex, MARKET, MODEL, POINTS } from "./abi.ts";
import { RpcFault, type Rpc } from "./rpc.ts";

/** One decoded log. Fields by their Solidity names; numbers are `bigint`, bytes `0x…`. */
export interface ChainEvent {
  readonly name: string;
  /** Who emitted it, lower case. */
  readonly address: string;
  readonly values: Readonly<Record<string, any>>;
  readonly block: number;
  readonly logIndex: number;
  readonly blockHash: string;
  readonly txHash: string;
}

export interface RawLog {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
  readonly blockNumber: string;
  readonly blockHash: string;
  readonly logIndex: string;
  readonly transactionHash: string;
  readonly removed?: boolean;
}

/** Blocks of the first range, and the most: nodes that allow less say so cheaply. */
const FIRST_RANGE = 50_000;
const MOST_RANGE = 1_000_000;
const WAITS_MS = [500, 1_500, 4_000];

const HOMES = new Map<string, Interface>();
for (const home of [MODEL, MARKET, POINTS, COLLABORATION]) {
  home.forEachEvent((event) => HOMES.set(event.topicHash, home));
}

/** One log of a node; null when it is no event of this project's contracts. */
export function decodeLog(log: RawLog): ChainEvent | null {
  const home = HOMES.get(log.topics[0] ?? "");
  if (home === undefined) return null;
  let parsed;
  try {
    parsed = home.parseLog(log);
  } catch {
    return null; // the same topic with other fields indexed, of a foreign contract
  }
  if (parsed === null) return null;
  const values = Object.fromEntries(parsed.fragment.inputs.map((input, i) => [input.name, parsed.args[i]]));
  return {
    name: parsed.name,
    address: log.address.toLowerCase(),
    values,
    block: Number(log.blockNumber),
    logIndex: Number(log.logIndex),
    blockHash: log.blockHash,
    txHash: log.transactionHash,
  };
}

/** Topic by which an event of a name is found. */
export function topicOf(name: string): string {
  for (const home of [COLLABORATION, POINTS, MARKET, MODEL]) {
    const event = home.getEvent(name);
    if (event !== null) return event.topicHash;
  }
  throw new RangeError(`no event ${name}`);
}

/** A part of the log: all events up to block `reached`, in order. */
export interface Part {
  readonly reached: number;
  readonly events: ChainEvent[];
}

/**
 * Events of a range of blocks, both ends included, in parts that a node can bear: when it refuses, parts get smaller until it
 * answers, and grow again afterwards.
 * @param topics First topics wanted; any event without.
 */
export async function* eventsIn(
  rpc: Rpc,
  addresses: readonly string[],
  first: number,
  last: number,
  topics?: readonly string[],
  sleep: (milliseconds: number) => Promise<void> = (milliseconds) =>
    new Promise((resolve) => setTimeout(resolve, milliseconds)),
): AsyncGenerator<Part> {
  let start = first;
  let size = FIRST_RANGE;
  let refusals = 0;
  while (start <= last) {
    const end = Math.min(last, start + size - 1);
    let logs: RawLog[];
    try {
      logs = await rpc.call<RawLog[]>("eth_getLogs", {
        address: addresses,
        ...(topics === undefined ? {} : { topics: [topics] }),
        fromBlock: hex(start),
        toBlock: hex(end),
      });
    } catch (error) {
      if (!(error instanceof RpcFault)) throw error;
      if (isBusy(error)) {
        if (refusals >= WAITS_MS.length) throw error;
        await sleep(WAITS_MS[refusals++]!);
        continue;
      }
      if (end === start) throw error;
      size = Math.max(1, Math.floor((end - start + 1) / 4));
      continue;
    }
    refusals = 0;
    // Logs of blocks that were taken back carry removed: true.
    const events = logs
      .filter((log) => !log.removed)
      .map(decodeLog)
      .filter((event) => event !== null);
    events.sort((one, other) => one.block - other.block || one.logIndex - other.logIndex);
    yield { reached: end, events };
    start = end + 1;
    size = Math.min(MOST_RANGE, size * 2);
  }
}

const isBusy = (fault: RpcFault): boolean => fault.code === 429 || /too many requests|rate limit/i.test(fault.message);
