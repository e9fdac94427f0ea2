import { defineConfig } from "vite";
import { abiPlugin } from "./plugins/abi.mts";

// Every script and style is a file of the page's own origin, so that its Content-Security-Policy allows nothing else.
export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  cacheDir: "../../.cache/vite",
  plugins: [abiPlugin()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  test: { include: ["tests/unit/**/*.test.ts"], environment: "node", testTimeout: 20_000, hookTimeout: 60_000 },
});
