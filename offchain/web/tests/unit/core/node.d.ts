// The parts of Node that the unit tests use; the page itself knows none of it.
declare module "node:fs" {
  export function readFileSync(path: string, encoding: "utf8"): string;
  export function existsSync(path: string): boolean;
}
declare module "node:path" {
  export function join(...parts: string[]): string;
}
declare module "node:child_process" {
  interface Child {
    stdout: { on(event: "data", listener: (chunk: unknown) => void): void };
    stderr: { on(event: "data", listener: (chunk: unknown) => void): void };
    stdin: { end(): void; write(text: string): void };
    on(event: "exit", listener: (code: number | null) => void): void;
    kill(signal?: string): boolean;
  }
  export function spawn(command: string, args: string[], options: object): Child;
}
declare const process: { env: Record<string, string | undefined> };
interface ImportMeta {
  readonly dirname: string;
}
