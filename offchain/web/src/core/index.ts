export type * from "./api.ts";
export { Refusal } from "./refusal.ts";
export { formatEther, formatPoints, formatUsd, parseEther } from "./money.ts";
export { formatDuration } from "./durations.ts";
