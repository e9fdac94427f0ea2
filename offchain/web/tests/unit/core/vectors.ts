/** Reads the shared vectors that Python wrote. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function vectors(name: string): any {
  return JSON.parse(readFileSync(join(import.meta.dirname, "..", "..", "..", "vectors", `${name}.json`), "utf8"));
}
