/** A Chromium for tests: the user's, the system's, or the one that npm brings along for machines without any. */

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
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

/** What the package reads while it is imported and unpacks itself: where to, and that its libraries are wanted too. */
async function unpacked(folder: string): Promise<string> {
  const wanted = {
    TMPDIR: folder,
    AWS_LAMBDA_JS_RUNTIME: "nodejs22.x",
    LD_LIBRARY_PATH: process.env["LD_LIBRARY_PATH"],
  };
  const before = Object.fromEntries(Object.keys(wanted).map((name) => [name, process.env[name]]));
  Object.assign(process.env, { TMPDIR: wanted.TMPDIR, AWS_LAMBDA_JS_RUNTIME: wanted.AWS_LAMBDA_JS_RUNTIME });
  try {
    const { default: chromium } = await import("@sparticuz/chromium");
    return await chromium.executablePath();
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

/** The npm package's, in the clone's own cache; with the libraries that it brings where the machine lacks them. */
async function bundled(): Promise<Found> {
  const folder = join(ROOT, ".cache", "chromium");
  const plain = { ...process.env, FONTCONFIG_PATH: join(folder, "fonts") };
  const libraries = { ...plain, LD_LIBRARY_PATH: join(folder, "al2023", "lib") };
  let why = "";
  for (let attempt = 0; attempt < 2; attempt += 1) {
    mkdirSync(folder, { recursive: true });
    const path = await unpacked(folder);
    for (const env of [plain, libraries]) {
      why = trouble(path, env);
      if (!why) return { path, env };
    }
    rmSync(folder, { recursive: true, force: true }); // an interrupted run may have left half of it
  }
  throw new Error(why);
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
    return await bundled();
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
