/** What the parts of an open model share. */

import type { Contract } from "./contract.ts";
import type { ModelCopy } from "./copy.ts";
import type { DerivedLog } from "./derived.ts";
import type { BlockTimes } from "./times.ts";

export interface Context {
  readonly contract: Contract;
  readonly copy: ModelCopy;
  readonly log: DerivedLog;
  readonly times: BlockTimes;
  /** Names of all classes now. */
  readonly classes: readonly string[];
  /** The chain's time, Unix seconds. */
  now(): number;
  /** A sample in words; its bytes where that is impossible. */
  describe(sample: Uint8Array): string;
}
