import { defineConfig } from "vitest/config";

/**
 * Tests of the built page in a real browser; `tests/offchain/web/test_browser.py` runs them. With PICTURES, a folder, all
 * views are drawn into it instead.
 */
export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: [process.env.PICTURES ? "tests/browser/pictures.ts" : "tests/browser/**/*.test.ts"],
    globalSetup: ["tests/browser/setup.ts"],
    environment: "node",
    fileParallelism: false, // they share one chain
    testTimeout: process.env.PICTURES ? 120_000 : 60_000,
    hookTimeout: 90_000,
  },
});
