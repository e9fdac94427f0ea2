import type { RefusalCode, RefusalShape } from "./api.ts";

/** The only error that the core throws on purpose: what happened and what to do, in plain words. */
export class Refusal extends Error implements RefusalShape {
  override readonly name: string;
  readonly code: RefusalCode;
  readonly fields: Readonly<Record<string, unknown>>;

  /**
   * @param code What kind of thing went wrong.
   * @param message In words for people.
   * @param name The contract's error of the same meaning, if there is one.
   * @param fields Its fields by their Solidity names.
   */
  constructor(code: RefusalCode, message: string, name = "", fields: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.name = name;
    this.fields = fields;
  }
}
