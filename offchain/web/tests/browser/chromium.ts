/** A Chromium for tests: the user's, the system's, or the one that npm brings along for machines without any. */

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../../../..");
const SYSTEM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface Found {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Whether a browser starts; the reason why not. */
function trouble(path: string, env: NodeJS.ProcessEnv): string {
  try {
    execFileSync(path, ["--version", "--no-sandbox"], { env, stdio: "pipe", timeout: 20_000 });
    return "";
  } catch (error) {
    return (
      String((error as { stderr?: Buffer }).stderr ?? error)
        .trim()
        .split("\n")[0] ?? "it does not start"
    );
  }
}

/** The npm package's, unpacked into the clone's own cache; it brings the libraries that a bare machine lacks. */
async function bundled(): Promise<Found> {
  const folder = join(ROOT, ".cache", "chromium");
  mkdirSync(folder, { recursive: true });
  const before = {
    TMPDIR: process.env["TMPDIR"],
    AWS_LAMBDA_JS_RUNTIME: process.env["AWS_LAMBDA_JS_RUNTIME"],
    LD_LIBRARY_PATH: process.env["LD_LIBRARY_PATH"],
  };
  // The package unpacks into the folder for temporary files, and its libraries only where it believes to be on AWS.
  process.env["TMPDIR"] = folder;
  process.env["AWS_LAMBDA_JS_RUNTIME"] = "nodejs22.x";
  try {
    const { default: chromium } = await import("@sparticuz/chromium");
    const path = await chromium.executablePath();
    const env = { ...process.env, FONTCONFIG_PATH: join(folder, "fonts") };
    const libraries = { ...env, LD_LIBRARY_PATH: join(folder, "al2023", "lib") };
    const plain = { ...env, LD_LIBRARY_PATH: before.LD_LIBRARY_PATH };
    return { path, env: trouble(path, plain) ? libraries : plain };
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

/**
 * Find a browser that starts.
 *
 * @throws Error that says what was tried, and why each failed.
 */
export async function findChromium(): Promise<Found> {
  const tried: string[] = [];
  const named = process.env["CHROMIUM"];
  for (const path of named ? [named] : []) {
    const why = existsSync(path) ? trouble(path, process.env) : "there is no such file";
    if (!why) return { path, env: process.env };
    tried.push(`${path} (CHROMIUM): ${why}`);
  }
  try {
    const found = await bundled();
    const why = trouble(found.path, found.env);
    if (!why) return found;
    tried.push(`@sparticuz/chromium: ${why}`);
  } catch (error) {
    tried.push(`@sparticuz/chromium: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`);
  }
  for (const path of SYSTEM.filter((one) => existsSync(one))) {
    const why = trouble(path, process.env);
    if (!why) return { path, env: process.env };
    tried.push(`${path}: ${why}`);
  }
  throw new Error(`no Chromium starts here; set CHROMIUM to one. ${tried.join("; ")}`);
}
