import { defineConfig } from "vitest/config";

/** Tests of the built page in a real browser; `tests/offchain/web/test_browser.py` runs them. */
export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: ["tests/browser/**/*.test.ts"],
    globalSetup: ["tests/browser/setup.ts"],
    environment: "node",
    fileParallelism: false, // they share one chain
    testTimeout: 20_000,
    hookTimeout: 90_000,
  },
});
