/** A model's log, sorted. Twin of `log_of` in `commonlearn/client/syncing.py`. */

import type { ChainEvent } from "../chain/events.ts";
import { fromHex } from "../numerics/bytes.ts";
import { Refusal } from "../refusal.ts";
import type { ContributionFields } from "./proofs.ts";

/** A contribution as the log has it. */
export interface Logged extends ContributionFields {
  readonly id: number;
  readonly sample: Uint8Array;
  /** Who gets the stake back if somebody else paid. */
  readonly payee: string | null;
  /** Number of the first contribution of its batch, and how many the batch has; null and 1 if it came alone. */
  readonly batch: number | null;
  readonly batchCount: number;
  readonly block: number;
  readonly logIndex: number;
  readonly txHash: string;
}

/** A class that was announced. */
export interface Addition {
  readonly number: number;
  /** Unix seconds. */
  readonly activeAt: number;
  readonly words: Uint8Array;
  readonly block: number;
  readonly logIndex: number;
}

export interface LogPart {
  readonly contributions: Logged[];
  readonly additions: Addition[];
  /** Parts of the upload, by the number of their first word. */
  readonly uploads: { readonly from: number; readonly words: Uint8Array }[];
  /** Contributions that a market taught to the model, in that order. */
  readonly learned: number[];
}

/** The log contradicts itself, or the contract. */
export function mismatch(why: string): Refusal {
  return new Refusal(
    "replay",
    `The node's log does not fit the model: ${why}. Load the model anew, or name another node.`,
    "ReplayMismatch",
  );
}

/** Sort a part of the log; throws `Refusal` "replay" where it contradicts itself. */
export function logOf(events: readonly ChainEvent[]): LogPart {
  const part: LogPart = { contributions: [], additions: [], uploads: [], learned: [] };
  const { contributions } = part;
  for (const { name, values, block, logIndex, txHash } of events) {
    if (name === "Contributed") {
      contributions.push({
        id: Number(values.id),
        author: values.author,
        label: Number(values.label),
        taught: values.taught,
        stakeWei: values.stakeWei,
        contributedAt: Number(values.contributedAt),
        sample: fromHex(values.sample),
        payee: null,
        batch: null,
        batchCount: 1,
        block,
        logIndex,
        txHash,
      });
    } else if (name === "Sponsored") {
      amendLast(contributions, Number(values.id), 1, (one) => ({ ...one, payee: values.payee }));
    } else if (name === "BatchRecorded") {
      const [batch, batchCount] = [Number(values.first), Number(values.count)];
      amendLast(contributions, batch, batchCount, (one) => ({ ...one, batch, batchCount }));
    } else if (name === "WordsUploaded") {
      part.uploads.push({ from: Number(values.from), words: fromHex(values.words) });
    } else if (name === "ClassAdded") {
      // The contract emits a class's words just before it, in the same transaction.
      const upload = part.uploads.pop();
      if (upload === undefined) throw mismatch(`class ${values.class} was announced without words`);
      part.additions.push({
        number: Number(values.class),
        activeAt: Number(values.activeAt),
        words: upload.words,
        block,
        logIndex,
      });
    } else if (name === "Trained") {
      fromHex(values.learned).forEach((taught, i) => taught === 1 && part.learned.push(Number(values.first) + i));
    }
  }
  return part;
}

// The contract logs what it adds to contributions right behind them.
function amendLast(list: Logged[], first: number, count: number, change: (one: Logged) => Logged): void {
  const start = list.length - count;
  for (let i = 0; i < count; i++) {
    const one = list[start + i];
    if (one === undefined || one.id !== first + i) {
      throw mismatch(`contributions ${first} to ${first + count - 1} are not before what the log says of them`);
    }
    list[start + i] = change(one);
  }
}
