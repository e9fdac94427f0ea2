/** All that the page uses of the core. */

export type * from "./api.ts";
export { openModel } from "./client/open.ts";
export { readDeployments } from "./deployments.ts";
export { formatDuration, formatMoment } from "./durations.ts";
export { readPng, type Pixels } from "./featurizers/png.ts";
export { formatEther, formatPoints, formatUsd, parseEther } from "./money.ts";
export { Refusal } from "./refusal.ts";
export { discoverWallets } from "./wallet/discovery.ts";
export { explain } from "./words/explain.ts";
