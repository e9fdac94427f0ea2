/** Spans and moments of time as people say them. Twin of `commonlearn/client/durations.py`. */

/** A span in its two largest units: "1 h 1 min". */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), "d"],
    [Math.floor(whole / 3_600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "min"],
    [whole % 60, "s"],
  ];
  const named = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`);
  return named.slice(0, 2).join(" ") || "0 s";
}

/** Unix seconds as "2027-01-15 08:00:00 UTC"; what no calendar has as "second n". */
export function formatMoment(seconds: number | bigint): string {
  if (seconds < 0 || seconds >= 253_402_300_800) return `second ${seconds}`;
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
