/** The page's own pure parts: addresses, settings, axes, clocks, and what people paste. */

import { describe, expect, test } from "vitest";
import type { Clock, Series } from "../../../src/core/api.ts";
import { over, range, ticks } from "../../../src/ui/chart.ts";
import { clockWords } from "../../../src/ui/clocks.ts";
import { isThisComputer } from "../../../src/ui/development.ts";
import { basisPoints, count, rounded, sentence, short, shortAddress } from "../../../src/ui/format.ts";
import { splitRow } from "../../../src/ui/input.ts";
import { notYet } from "../../../src/ui/labels.ts";
import { parseLines } from "../../../src/ui/lines.ts";
import { parseRoute, routeTo } from "../../../src/ui/router.ts";
import { readSettings, SettingsStore } from "../../../src/ui/store.ts";
import { leadWords } from "../../../src/views/predict.ts";
import { latest } from "../../../src/views/view.ts";

const ADDRESS = "0x82C5f1aED460b818Fa6C60C9d4BC8EB27f90f983";

describe("addresses of the page", () => {
  test("each view has one", () => {
    expect(parseRoute(routeTo(31337, ADDRESS, "charts"))).toEqual({
      at: "model",
      chainId: 31337,
      address: ADDRESS,
      view: "charts",
    });
    expect(parseRoute(`#/m/1/${ADDRESS}`)).toMatchObject({ chainId: 1, view: "predict" });
  });

  test.each(["", "#/", "#/m/x/0x12", `#/m/1/${ADDRESS}0`, "#/m/1/javascript:alert(1)", `#/m/-1/${ADDRESS}`])(
    "%j is the start",
    (hash) => {
      expect(parseRoute(hash)).toEqual({ at: "open" });
    },
  );

  test("an unknown view is the first", () => {
    expect(parseRoute(`#/m/1/${ADDRESS}/constructor`)).toMatchObject({ view: "predict" });
  });
});

describe("settings", () => {
  const empty = { theme: "auto", ethUsd: null, nodes: {}, recent: [], walletId: "" };

  test.each([
    null,
    "",
    "{",
    "[]",
    "7",
    '{"theme": "pink", "ethUsd": -1, "nodes": [], "recent": [{"address": "x"}], "walletId": 3}',
  ])("%j is as if nothing were there", (text) => {
    expect(readSettings(text)).toEqual(empty);
  });

  test("what was changed is read again; the newest models come first, each once", () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => kept.set(key, value),
    } as unknown as Storage;
    const store = new SettingsStore(storage);
    store.change({ ethUsd: 2500, theme: "dark", nodes: { "1": "http://localhost:1" } });
    for (const name of ["a", "b", "a"])
      store.visited({ chainId: 1, address: name === "a" ? ADDRESS : ADDRESS.replace("8", "9"), name });
    const again = new SettingsStore(storage).settings;
    expect(again).toMatchObject({ ethUsd: 2500, theme: "dark", nodes: { "1": "http://localhost:1" } });
    expect(again.recent.map((one) => one.name)).toEqual(["a", "b"]);
  });

  test("a full or forbidden storage costs only the memory", () => {
    const broken = {
      getItem: () => null,
      setItem: () => {
        throw new Error("full");
      },
    } as unknown as Storage;
    const store = new SettingsStore(broken);
    store.change({ ethUsd: 1 });
    expect(store.settings.ethUsd).toBe(1);
    expect(new SettingsStore(null).settings).toEqual(empty);
  });
});

describe("charts", () => {
  const series = (kind: Series["kind"], ...values: number[]): Series => ({
    kind,
    title: "",
    unit: "",
    points: values.map((value, i) => ({ time: i, contributions: i, value })),
  });

  test.each([
    [0, 1, [0, 0.5, 1]],
    [0, 59 * 1.08, [0, 20, 40, 60]],
    [0, 0.00108, [0, 0.0005, 0.001]],
    [3, 3, [3]],
  ])("ticks of %d to %d", (low, high, wanted) => expect(ticks(low, high)).toEqual(wanted));

  test("parts go from 0 to 1, amounts from 0", () => {
    expect(range(series("accuracy", 0.7, 0.9))).toEqual([0, 1]);
    expect(range(series("stake", 0, 0))).toEqual([0, 1]);
    const [low, high] = range(series("stake", 2, 5));
    expect(low).toBe(0);
    expect(high).toBeGreaterThan(5);
  });

  test("sums begin at nothing and hold to the present; others are as they are", () => {
    const sums = over(series("forfeited", 3, 5), -10, 20).points;
    expect(sums.map((point) => [point.time, point.value])).toEqual([
      [-10, 0],
      [0, 3],
      [1, 5],
      [20, 5],
    ]);
    const stakes = series("stake", 3, 5);
    expect(over(stakes, -10, 20)).toBe(stakes);
    expect(over(series("forfeited"), 0, 1).points).toEqual([]);
  });
});

describe("words", () => {
  const clock = (opensAt: number, closesAt: number | null = null): Clock => ({
    kind: "refund",
    opensAt,
    closesAt,
    state: "waiting",
    secondsLeft: 0,
  });

  test("clocks follow the time", () => {
    expect(clockWords(clock(100), 40)).toMatch(/^refund in /);
    expect(clockWords(clock(100), 100)).toBe("refund possible");
    expect(clockWords(clock(0, 50), 40)).toMatch(/^refund for /);
    expect(clockWords(clock(0, 50), 50)).toBe("refund over");
  });

  test("classes announced for later", () => {
    expect(notYet(0, 100)).toBe("");
    expect(notYet(100, 100)).toBe("");
    expect(notYet(160, 100)).toMatch(/^takes part in /);
  });

  test("numbers", () => {
    expect([count(1, "account"), count(2_000, "account")]).toEqual(["1 account", "2,000 accounts"]);
    expect([basisPoints(250), basisPoints(1_000), basisPoints(1)]).toEqual(["2.5 %", "10 %", "0.01 %"]);
    expect([short(0), short(0.0012345), short(12_345), short(1e-7)]).toEqual(["0", "0.00123", "12300", "1e-7"]);
    expect([sentence("in words"), sentence("")]).toEqual(["In words", ""]);
    expect(shortAddress(ADDRESS)).toBe("0x82C5…f983");
    expect([rounded(1_020_304_050_607_080n), rounded(123n), rounded(-1_999_999_999n), rounded(999_999_999n)]).toEqual([
      1_020_300_000_000_000n,
      123n,
      -2_000_000_000n,
      1_000_000_000n,
    ]);
    expect([0, 0.1, 0.3, 1].map(leadWords)).toEqual(["undecided", "by a narrow margin", "clearly", "by far"]);
  });
});

describe("what people type and paste", () => {
  test.each([
    ["5.1\t3.5\t", ["5.1", "3.5", ""]],
    ["1, 2,3", ["1", "2", "3"]],
    ["1,5; 2,5", ["1,5", "2,5"]],
    [" 1   2 ", ["1", "2"]],
  ])("the row %j", (line, cells) => expect(splitRow(line)).toEqual(cells));

  test("test sets: a class, then the rest of the line", () => {
    expect(parseLines("ham, hello, you\n\n1;buy now", ["ham", "spam"], false)).toEqual([
      { label: 0, raw: "hello, you" },
      { label: 1, raw: "buy now" },
    ]);
    expect(() => parseLines("ham, hello\nspam", ["ham", "spam"], false)).toThrow(/Line 2 .*ham, spam/);
    expect(() => parseLines("eggs, hello", ["ham", "spam"], false)).toThrow(/Line 1/);
  });

  test.each([
    ["http://127.0.0.1:8545", true],
    ["http://localhost:8545", true],
    ["http://127.0.0.1.example.org", false],
    ["https://node.example", false],
    ["127.0.0.1", false],
  ])("%s is this computer: %j", (url, wanted) => expect(isThisComputer(url)).toBe(wanted));
});

test("of overlapping runs only the newest counts", async () => {
  const shown: number[] = [];
  const waits: (() => void)[] = [];
  let turn = 0;
  const show = latest(async (isNewest) => {
    turn += 1;
    const mine = turn;
    await new Promise<void>((done) => waits.push(done));
    if (isNewest()) shown.push(mine);
  });
  show();
  show();
  waits[1]?.();
  waits[0]?.();
  await Promise.resolve();
  await Promise.resolve();
  expect(shown).toEqual([2]);
});
