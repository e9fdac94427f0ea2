/** A copy of a model, kept equal to the chain: one snapshot, then the log. Twin of `commonlearn/client/syncing.py`. */

import type { Progress, SyncReport } from "../api.ts";
import { eventsIn, type ChainEvent } from "../chain/events.ts";
import type { Block } from "../chain/node.ts";
import { RpcFault } from "../chain/rpc.ts";
import type { ExactModel } from "../models/exact.ts";
import { modelFrom } from "../models/registry.ts";
import { concat, equalBytes } from "../numerics/bytes.ts";
import { Refusal } from "../refusal.ts";
import type { Contract } from "./contract.ts";
import { logOf, mismatch, type LogPart } from "./logged.ts";
import { replay, teach, type Before } from "./replay.ts";

interface State {
  readonly model: ExactModel;
  readonly contributions: number;
  readonly block: Block;
}

const TRIES = 5;

export class ModelCopy {
  private readonly contract: Contract;
  private state: State | null = null;
  private identity: { kind: string; configuration: bigint } | null = null;
  /** Block of the snapshot: the log up to it is read only when somebody wants it. */
  private snapshotBlock = 0;
  private earlier: ChainEvent[] | null = null;
  private later: ChainEvent[] = [];
  private sorted: { from: ChainEvent[] | null; length: number; part: LogPart } | null = null;
  private running: Promise<SyncReport> | null = null;
  private reading: Promise<void> | null = null;

  constructor(contract: Contract) {
    this.contract = contract;
  }

  get model(): ExactModel {
    return this.known.model;
  }

  get block(): Block {
    return this.known.block;
  }

  get contributions(): number {
    return this.known.contributions;
  }

  private get known(): State {
    if (this.state === null) throw new Refusal("internal", "The model is not read yet. Load the page anew.");
    return this.state;
  }

  /** Bring the copy up to the latest block; several callers share one run. */
  sync(onProgress?: Progress): Promise<SyncReport> {
    this.running ??= this.run(onProgress).finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async run(onProgress?: Progress): Promise<SyncReport> {
    let notice = "";
    if (this.state !== null) {
      notice = await this.stale(this.state);
      if (notice === "") {
        try {
          return await this.goOn(this.state, onProgress);
        } catch (error) {
          if (!(error instanceof Refusal) || error.code !== "replay") throw error;
          notice = error.message;
        }
      }
    }
    return this.readAnew(notice, onProgress);
  }

  /** Why a copy is of no use any more; empty if it is. */
  private async stale({ block }: State): Promise<string> {
    const { node } = this.contract;
    const genesis = (await node.block(0)).hash;
    if (genesis !== node.genesisHash) {
      throw new Refusal(
        "wrong-chain",
        "The chain was reset: it begins with another block than before. Open the model again if it was deployed anew.",
      );
    }
    try {
      const found = await node.block(block.number);
      return found.hash === block.hash
        ? ""
        : `Block ${block.number} was replaced since the last look (re-organisation); the model was read anew.`;
    } catch (error) {
      if (error instanceof RangeError)
        return `The chain is shorter than at the last look (block ${block.number}); the model was read anew.`;
      throw error;
    }
  }

  private async readAnew(notice: string, onProgress?: Progress): Promise<SyncReport> {
    const { contract } = this;
    onProgress?.("reading the weights", 0, 1);
    for (let tries = 0; tries < TRIES; tries++) {
      const head = await contract.node.block();
      const snapshot = await contract.snapshot(head.number);
      if ((await contract.node.block(head.number)).hash !== head.hash) continue;
      if (!(await contract.isOpen())) {
        throw new Refusal(
          "not-open",
          "This model is not open yet: its creator is still uploading the first weights. Try again later.",
          "NotYetOpen",
        );
      }
      const model = modelFrom(snapshot.kind, snapshot.configuration, snapshot.words);
      this.state = { model, contributions: snapshot.contributions, block: head };
      this.identity = snapshot;
      this.snapshotBlock = head.number;
      this.earlier = null;
      this.later = [];
      this.sorted = null;
      onProgress?.("reading the weights", 1, 1);
      return {
        mode: "snapshot",
        newContributions: 0,
        contributions: snapshot.contributions,
        block: head.number,
        notice,
      };
    }
    throw mismatch("the chain moved on while it was read, several times");
  }

  private async goOn(state: State, onProgress?: Progress): Promise<SyncReport> {
    const { contract } = this;
    const head = await contract.node.block();
    const report = (contributions: number): SyncReport => ({
      mode: contributions > state.contributions ? "events" : "unchanged",
      newContributions: contributions - state.contributions,
      contributions,
      block: head.number,
      notice: "",
    });
    if (head.number === state.block.number) return report(state.contributions);
    // On a trial: nothing of the present state is changed until all has been checked.
    let model = state.model;
    const found: ChainEvent[] = [];
    let contributions = state.contributions;
    for await (const { reached, events } of this.parts(state.block.number + 1, head.number)) {
      found.push(...events);
      const part = logOf(events);
      const teaches = part.contributions.length + part.additions.length + part.learned.length > 0;
      if (teaches && model === state.model) model = model.copy();
      if (contract.incentive.learnsAtOnce) replay(model, part.contributions, part.additions, contributions);
      else await this.learnChosen(model, part, contributions, found);
      contributions += part.contributions.length;
      onProgress?.("reading new blocks", reached - state.block.number, head.number - state.block.number);
    }
    if ((await contract.node.block(head.number)).hash !== head.hash)
      throw mismatch(`block ${head.number} was replaced while it was read`);
    if ((await contract.contributions(head.number)) !== contributions)
      throw mismatch("the contract counts other contributions than its log");
    this.later = [...this.later, ...found];
    this.state = { model, contributions, block: head };
    return report(contributions);
  }

  // A market teaches contributions of this part of the log, or earlier ones.
  private async learnChosen(model: ExactModel, part: LogPart, firstId: number, found: ChainEvent[]): Promise<void> {
    part.contributions.forEach((one, i) => {
      if (one.id !== firstId + i) throw mismatch(`contribution ${one.id} comes where ${firstId + i} should`);
    });
    if (part.learned.length === 0) return;
    await this.readEarlier();
    const all = logOf([...this.earlier!, ...this.later, ...found]).contributions;
    for (const id of part.learned) {
      const one = all[id];
      if (one === undefined) throw mismatch("the log says that contributions were taught which are not in it");
      teach(model, one);
    }
  }

  private parts(first: number, last: number): ReturnType<typeof eventsIn> {
    const { contract } = this;
    return eventsIn(contract.node.rpc, [contract.address, contract.modelAddress], first, last);
  }

  /** All events up to the copy's block, in order; the part before the snapshot is read once. */
  async log(onProgress?: Progress): Promise<readonly ChainEvent[]> {
    await this.readEarlier(onProgress);
    return [...this.earlier!, ...this.later];
  }

  /** The whole log, sorted; throws `Refusal` "replay" when it is not whole. */
  async sortedLog(onProgress?: Progress): Promise<LogPart> {
    const events = await this.log(onProgress);
    if (this.sorted === null || this.sorted.from !== this.earlier || this.sorted.length !== events.length) {
      this.sorted = { from: this.earlier, length: events.length, part: logOf(events) };
    }
    const { part } = this.sorted;
    if (part.contributions.length !== this.contributions) throw mismatch("contributions are missing in it");
    return part;
  }

  private async readEarlier(onProgress?: Progress): Promise<void> {
    while (this.earlier === null) {
      this.reading ??= this.readBack(onProgress).finally(() => {
        this.reading = null;
      });
      await this.reading;
    }
  }

  private async readBack(onProgress?: Progress): Promise<void> {
    const [first, last] = [this.contract.createdAtBlock, this.snapshotBlock];
    const events: ChainEvent[] = [];
    try {
      for await (const part of this.parts(Math.min(first, last), last)) {
        events.push(...part.events);
        onProgress?.("reading the log", part.reached - first + 1, last - first + 1);
      }
    } catch (error) {
      if (!(error instanceof RpcFault)) throw error;
      throw new Refusal(
        "node",
        `The node refuses to give the model's log (${error.message}). Name another node: public ones often limit this.`,
      );
    }
    if (this.snapshotBlock === last) this.earlier = events; // else the copy was read anew meanwhile
  }

  /**
   * Learn everything again from the first words, and check that it gives the words of now.
   * @param before Told each contribution just before it is learned.
   */
  async replayAll(before: Before, onProgress?: Progress): Promise<void> {
    const part = await this.sortedLog(onProgress);
    const model = this.first(part);
    if (this.contract.incentive.learnsAtOnce) replay(model, part.contributions, part.additions, 0, before);
    else {
      for (const id of part.learned) {
        before(model, part.contributions[id]!);
        teach(model, part.contributions[id]!);
      }
    }
    if (!equalBytes(model.words(), this.model.words()))
      throw mismatch("learning the whole log again gives other weights");
  }

  private first({ uploads }: LogPart): ExactModel {
    const words = concat(...[...uploads].sort((one, other) => one.from - other.from).map((upload) => upload.words));
    return modelFrom(this.identity!.kind, this.identity!.configuration, words);
  }
}
