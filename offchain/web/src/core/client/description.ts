/** What a model says about itself on chain. Twin of `commonlearn/client/description.py`: everything in it is a stranger's text. */

import { Refusal } from "../refusal.ts";

const FORMAT = 1;
/** Longest inflated description, in bytes: anybody can publish a small deflated bomb. */
const MOST_BYTES = 16 << 20;

export interface Description {
  readonly name: string;
  readonly description: string;
  /** Names of the first classes, in the order of their numbers. */
  readonly classes: readonly string[];
  /** Serialised featuriser; null when samples come encoded. */
  readonly featurizer: object | null;
}

/** Read deflated JSON (RFC 1950); throws `Refusal` "unsupported". */
export async function descriptionFrom(metadata: Uint8Array): Promise<Description> {
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(await inflated(metadata)));
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw unusable("it is not deflated JSON");
  }
  const given = (typeof content === "object" && content !== null && !Array.isArray(content) ? content : {}) as Record<
    string,
    unknown
  >;
  const version = given.commonlearn;
  if (!Number.isInteger(version)) throw unusable("it was not written by commonlearn");
  if ((version as number) > FORMAT) throw unusable(`it has layout ${version}, but this page reads ${FORMAT}`);
  const { classes = [], featurizer = null } = given;
  if (!Array.isArray(classes) || typeof featurizer !== "object" || Array.isArray(featurizer)) {
    throw unusable("its classes are no list, or its featuriser is no object");
  }
  const names = classes.map(String);
  if (new Set(names).size !== names.length) throw unusable("a class is in it twice");
  return { name: String(given.name ?? ""), description: String(given.description ?? ""), classes: names, featurizer };
}

/** Names of so many classes: those announced later have none on chain and are called by their number. */
export function classNames(known: readonly string[], count: number): string[] {
  const names = known.slice(0, count);
  for (let number = names.length; number < count; number++) {
    let name = `class ${number}`;
    while (names.includes(name)) name += "'";
    names.push(name);
  }
  return names;
}

async function inflated(metadata: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([metadata as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream("deflate"));
  const reader = stream.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.length;
    if (length > MOST_BYTES) {
      void reader.cancel().catch(() => undefined);
      throw unusable(`it is longer than ${MOST_BYTES} bytes`);
    }
    parts.push(next.value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function unusable(reason: string): Refusal {
  return new Refusal(
    "unsupported",
    `What this model says about itself cannot be used: ${reason}. It can still be used by its encoded samples.`,
    "UnusableDescription",
  );
}
