/** A public model's contract: what is fixed at its creation, and what it is where it is none. */

import type { Terms } from "../api.ts";
import { BadAnswer, checksummed, COLLABORATION, MODEL, read, readMany, type At } from "../chain/abi.ts";
import { eventsIn, topicOf } from "../chain/events.ts";
import type { Node } from "../chain/node.ts";
import { RpcFault } from "../chain/rpc.ts";
import { concat, fromHex, toHex } from "../numerics/bytes.ts";
import { wordsToBytes } from "../numerics/lanes.ts";
import { keccak } from "../numerics/merkle.ts";
import { Refusal } from "../refusal.ts";
import { refusalOf } from "../words/explain.ts";
import { incentiveOf, type Incentive } from "./terms.ts";

export interface Snapshot {
  readonly kind: string;
  readonly configuration: bigint;
  /** All words, big-endian. */
  readonly words: Uint8Array;
  readonly contributions: number;
}

/** Words in one view call: 4,000 cold reads are 9 million gas, within what public nodes grant a call. */
const WORDS_PER_READ = 4_000;

export class Contract {
  readonly node: Node;
  readonly address: string;
  readonly modelAddress: string;
  readonly incentive: Incentive;
  readonly terms: Terms;
  readonly createdAtBlock: number;
  readonly creator: string;
  readonly curator: string;
  private readonly metadataHash: string;

  private constructor(node: Node, address: string, fixed: any[], incentive: Incentive, terms: Terms) {
    this.node = node;
    this.address = address;
    [this.metadataHash, this.modelAddress, this.creator, this.curator] = [fixed[1], fixed[2], fixed[4], fixed[5]];
    this.createdAtBlock = Number(fixed[0]);
    this.incentive = incentive;
    this.terms = terms;
  }

  /** Throws `Refusal` "not-a-model", saying what else is there where that can be told. */
  static async open(node: Node, text: string): Promise<Contract> {
    const address = checksummed(text);
    if (!(await node.hasCode(address))) {
      throw new Refusal(
        "not-a-model",
        `There is no contract at ${address} on this network. Check the address and the network.`,
        "NoContract",
      );
    }
    const names = ["createdAtBlock", "metadataHash", "model", "incentive", "creator", "curator"];
    const fixed = await guarded(
      readMany(
        node.rpc,
        names.map((name) => ({ to: address, abi: COLLABORATION, name })),
      ),
    );
    if (fixed === null) throw await notAModel(node, address);
    const incentive = incentiveOf(String(fixed[3]));
    if (incentive === undefined) {
      throw new Refusal(
        "unsupported",
        `The incentive of this model, ${JSON.stringify(String(fixed[3]))}, is newer than this page.`,
      );
    }
    const terms = await guarded(read(node.rpc, { to: address, abi: incentive.abi, name: "terms" }));
    if (terms === null) throw await notAModel(node, address);
    if (!(await node.hasCode(fixed[2]))) {
      throw new Refusal(
        "not-a-model",
        `At ${address} is the code that all models share. Use the address of one of them.`,
      );
    }
    return new Contract(node, address, fixed, incentive, incentive.terms(terms));
  }

  /** One view of the collaboration. */
  async read(name: string, args: readonly unknown[] = [], at: At = "latest"): Promise<any> {
    return read(this.node.rpc, { to: this.address, abi: this.incentive.abi, name, args }, at);
  }

  isOpen(): Promise<boolean> {
    return this.read("isOpen");
  }

  async contributions(at: At = "latest"): Promise<number> {
    return Number(await this.read("contributions", [], at));
  }

  /** The deflated description, out of the log of the creation; null where it is not to be had. */
  async metadata(): Promise<Uint8Array | null> {
    const head = (await this.node.block()).number;
    // Some second layers give contracts the block numbers of the first, so the block may be a later one.
    for (const last of new Set([this.createdAtBlock, head])) {
      for await (const { events } of eventsIn(this.node.rpc, [this.address], this.createdAtBlock, last, [
        topicOf("Described"),
      ])) {
        for (const event of events) {
          const metadata = fromHex(event.values.metadata);
          if (toHex(keccak(metadata)) === this.metadataHash) return metadata;
        }
      }
    }
    return null;
  }

  /** Everything needed to predict offline, as of one block; large models are read in parts. */
  async snapshot(at: number): Promise<Snapshot> {
    try {
      const found = await this.read("snapshot", [], at);
      return {
        kind: found[0],
        configuration: found[1],
        words: wordsToBytes(found[2]),
        contributions: Number(found[3]),
      };
    } catch (error) {
      if (!(error instanceof RpcFault)) throw error;
      // Out of gas: the model is larger than one view call. Anything else is raised.
      const model = (name: string, args: readonly unknown[] = []) => ({
        to: this.modelAddress,
        abi: MODEL,
        name,
        args,
      });
      const [kind, configuration, state] = await readMany(
        this.node.rpc,
        [model("kind"), model("configuration"), model("uploadState")],
        at,
      );
      const uploaded = Number(state[0]);
      if (uploaded <= WORDS_PER_READ) throw refusalOf(error);
      const parts: Uint8Array[] = [];
      for (let start = 0; start < uploaded; start += WORDS_PER_READ) {
        parts.push(
          wordsToBytes(
            await read(this.node.rpc, model("wordsAt", [start, Math.min(WORDS_PER_READ, uploaded - start)]), at),
          ),
        );
      }
      return { kind, configuration, words: concat(...parts), contributions: await this.contributions(at) };
    }
  }
}

/** The answer; null when the contract refused or answered something else. */
async function guarded<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof RpcFault || error instanceof BadAnswer) return null;
    throw error;
  }
}

async function notAModel(node: Node, address: string): Promise<Refusal> {
  const refuse = (hint: string): Refusal =>
    new Refusal("not-a-model", `The contract at ${address} is no public model. ${hint}`, "NotACollaboration");
  const trainer = await guarded(read(node.rpc, { to: address, abi: MODEL, name: "trainer" }));
  if (trainer !== null) return refuse(`It holds the weights of one: use ${trainer}.`);
  return refuse("Use the address of a model, as its publisher names it.");
}
