/** Once for all tests: build the page, start the chain with its models, start Chromium. */

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import { build } from "vite";
import type { TestProject } from "vitest/node";
import { FLAGS, findChromium } from "./chromium.ts";

const ROOT = resolve(import.meta.dirname, "../../../..");
const WEB = join(ROOT, "offchain", "web");

export interface World {
  readonly page: string;
  readonly node: string;
  /** Of the chain, unlocked: you, alice, bob, mallory, deployer, and five that did nothing yet. */
  readonly accounts: readonly string[];
  readonly models: readonly { name: string; address: string; chainId: number; incentive: string; rpcUrl: string }[];
}

declare module "vitest" {
  export interface ProvidedContext {
    world: World;
    browser: string;
  }
}

/** Start the chain in Python; it ends with this process, as its input is a pipe held here. */
function startWorld(dist: string): Promise<{ world: World; stop: () => Promise<void> }> {
  const child = spawn(join(ROOT, ".venv", "bin", "python"), ["-m", "tests.support.web", dist], {
    cwd: ROOT,
    env: { ...process.env, PYTHONPATH: ROOT },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  return new Promise((done, fail) => {
    child.once("exit", (code) => fail(new Error(`the chain ended before it was ready (exit code ${code})`)));
    createInterface({ input: child.stdout }).once("line", (line) => {
      const stop = async (): Promise<void> => {
        child.stdin.end();
        await ended;
      };
      done({ world: JSON.parse(line) as World, stop });
    });
  });
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const found = await findChromium();
  const dist = mkdtempSync(join(tmpdir(), "commonlearn-dist-"));
  const options = { outDir: dist, emptyOutDir: true };
  const [{ world, stop }] = await Promise.all([
    startWorld(dist),
    build({ root: WEB, configFile: join(WEB, "vite.config.mts"), logLevel: "warn", build: options }),
  ]);
  const env = Object.fromEntries(
    Object.entries(found.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const server = await chromium.launchServer({ executablePath: found.path, args: FLAGS, env, headless: true });
  project.provide("world", world);
  project.provide("browser", server.wsEndpoint());
  return async () => {
    await server.close();
    await stop();
    rmSync(dist, { recursive: true, force: true });
  };
}
