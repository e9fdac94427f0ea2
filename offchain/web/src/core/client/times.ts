/** Unix seconds of blocks: contributions carry theirs, others are asked for once. */

import { hex } from "../chain/abi.ts";
import type { ChainEvent } from "../chain/events.ts";
import { blockFrom, type Node } from "../chain/node.ts";
import { batch } from "../chain/rpc.ts";
import { interpolated, type TimeOf } from "./series.ts";

/** Blocks that are asked for at most for one chart; times between them are in proportion. */
const MOST_BLOCKS = 120;

export class BlockTimes {
  private readonly node: Node;
  private readonly known = new Map<number, number>();

  constructor(node: Node) {
    this.node = node;
  }

  /** Forget all, as after a re-organisation. */
  clear(): void {
    this.known.clear();
  }

  get(block: number): number | null {
    return this.known.get(block) ?? null;
  }

  /** Take what events carry. */
  learn(events: readonly ChainEvent[]): void {
    for (const { name, block, values } of events)
      if (name === "Contributed") this.known.set(block, Number(values.contributedAt));
  }

  async ask(blocks: readonly number[]): Promise<void> {
    const missing = [...new Set(blocks)].filter((block) => !this.known.has(block));
    const answers = await batch(
      this.node.rpc,
      missing.map((block) => ["eth_getBlockByNumber", [hex(block), false]] as const),
    );
    for (const answer of answers) {
      if (answer === null) continue;
      const { number, timestamp } = blockFrom(answer as Parameters<typeof blockFrom>[0]);
      this.known.set(number, timestamp);
    }
  }

  /** Times of the blocks of events, most of them exact. */
  async of(events: readonly ChainEvent[]): Promise<TimeOf> {
    this.learn(events);
    const missing = [...new Set(events.map((event) => event.block))].filter((block) => !this.known.has(block));
    const step = Math.max(1, Math.ceil(missing.length / MOST_BLOCKS));
    const asked = missing.filter((_, i) => i % step === 0 || i === missing.length - 1);
    if (this.known.size === 0 && asked.length === 0) return () => 0;
    await this.ask(asked);
    return interpolated(this.known);
  }
}
