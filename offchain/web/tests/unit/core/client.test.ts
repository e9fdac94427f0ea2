/** The pure parts around a model: descriptions, logs, clocks, dues, charts, lists. Requirement W-16. */
import { describe, expect, test } from "vitest";
import type { Core, SelfAssessmentTerms } from "../../../src/core/index.ts";
import * as index from "../../../src/core/index.ts";
import type { ChainEvent } from "../../../src/core/chain/events.ts";
import { classNames, descriptionFrom } from "../../../src/core/client/description.ts";
import { historyLine, inWords } from "../../../src/core/client/history.ts";
import { logOf, type Logged } from "../../../src/core/client/logged.ts";
import { duesOf, type MarketView, type Post } from "../../../src/core/client/market.ts";
import { paged } from "../../../src/core/client/pages.ts";
import { claimsOf } from "../../../src/core/client/proofs.ts";
import { gasLimit } from "../../../src/core/client/quoting.ts";
import { countedPoints, interpolated, movingPart, seriesOf } from "../../../src/core/client/series.ts";
import { clocksOf, verdictsOf } from "../../../src/core/client/verdicts.ts";
import { deploymentsFrom } from "../../../src/core/deployments.ts";
import { fromHex } from "../../../src/core/numerics/bytes.ts";
import { COLLABORATION, MARKET, MODEL, POINTS } from "../../../src/core/chain/abi.ts";
import { vectors } from "./vectors.ts";

const ANN = `0x${"a".repeat(40)}`;
const BOB = `0x${"b".repeat(40)}`;

const event = (name: string, values: Record<string, unknown>, block = 1, logIndex = 0): ChainEvent => ({
  name,
  values,
  block,
  logIndex,
  address: "0x",
  blockHash: "0x",
  txHash: "0x",
});
const contributed = (id: number, block = id + 1): ChainEvent =>
  event(
    "Contributed",
    {
      id: BigInt(id),
      author: id % 2 ? BOB : ANN,
      label: 1n,
      taught: true,
      stakeWei: 10n ** 18n,
      contributedAt: BigInt(1_000 + id),
      sample: "0x0001",
    },
    block,
  );

test("index.ts has all that api.ts promises", () => {
  const core: Core = index;
  expect(typeof core.openModel).toBe("function");
});

describe("descriptions", () => {
  test("are read as in Python", async () => {
    for (const { metadata, name, description, featurizer, classes } of vectors("descriptions")) {
      const found = await descriptionFrom(fromHex(metadata));
      expect([found.name, found.description, found.featurizer]).toEqual([name, description, featurizer]);
      expect([1, 3, 5].map((count) => classNames(found.classes, count))).toEqual(classes);
    }
  });

  const deflated = async (text: string): Promise<Uint8Array> =>
    new Uint8Array(
      await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("deflate"))).arrayBuffer(),
    );

  test.each([
    ["[]", /not written by commonlearn/],
    ["{", /no deflated JSON|not deflated JSON/],
    ['{"commonlearn":2}', /layout 2/],
    ['{"commonlearn":1,"classes":{}}', /no list/],
    ['{"commonlearn":1,"classes":["a","a"]}', /twice/],
    ['{"commonlearn":1,"featurizer":[]}', /no object/],
  ])("%s is refused in words", async (text, words) => {
    await expect(descriptionFrom(await deflated(text))).rejects.toThrow(words);
  });

  test("that would burst are refused", async () => {
    await expect(descriptionFrom(await deflated(" ".repeat(20 << 20)))).rejects.toThrow(/longer than/);
    await expect(descriptionFrom(new Uint8Array([1, 2, 3]))).rejects.toThrow(/not deflated/);
  });
});

describe("logs", () => {
  test("batches and sponsors belong to the contributions just before", () => {
    const { contributions } = logOf([
      contributed(4),
      event("Sponsored", { id: 4n, payee: BOB }),
      contributed(5),
      contributed(6),
      event("BatchRecorded", { first: 5n, count: 2n }),
    ]);
    expect(contributions.map((one) => [one.id, one.payee, one.batch, one.batchCount])).toEqual([
      [4, BOB, null, 1],
      [5, null, 5, 2],
      [6, null, 5, 2],
    ]);
    expect(() => logOf([contributed(4), event("BatchRecorded", { first: 4n, count: 2n })])).toThrow(/are not before/);
    expect(() => logOf([contributed(4), contributed(5), event("BatchRecorded", { first: 3n, count: 2n })])).toThrow(
      /contributions 3 to 4 are not before/,
    );
    expect(() => logOf([event("ClassAdded", { class: 2n, activeAt: 9n })])).toThrow(/without words/);
    expect(logOf([event("Trained", { first: 3n, learned: "0x010001" })]).learned).toEqual([3, 5]);
    expect(() => claimsOf(contributions, [{ ...contributions[1]!, batchCount: 3 }])).toThrow(/not complete/);
  });

  test("every event of the contracts has words, and says nothing of its machinery", () => {
    const plain: Record<string, unknown> = {
      uint256: 1n,
      uint8: 1n,
      uint16: 1n,
      uint96: 1n,
      uint40: 1n,
      bool: true,
      bytes: "0x01",
      bytes32: `0x${"ab".repeat(32)}`,
      address: ANN,
    };
    for (const abi of [COLLABORATION, POINTS, MARKET, MODEL]) {
      abi.forEachEvent(({ name, inputs }) => {
        const values = Object.fromEntries(inputs.map((input) => [input.name, plain[input.type] ?? 1n]));
        const words = inWords(event(name, values), ["no", "yes"]);
        if (!["Described", "WordsUploaded", "SampleRefused"].includes(name)) expect(words, name).not.toBe(name);
        expect(words, name).not.toMatch(/undefined|NaN|null/);
        expect(historyLine(event(name, values), [], 5).words).toBeTypeOf("string");
      });
    }
  });
});

describe("clocks and verdicts", () => {
  const terms: SelfAssessmentTerms = {
    incentive: "self-assessment",
    beneficiary: ANN,
    floorWei: 1n,
    growthBps: 0,
    halfLifeSeconds: 1,
    refundWaitSeconds: 100,
    reportWaitSeconds: 200,
    sweepWaitSeconds: 400,
    reporterBps: 1_000,
  };
  const one: Logged = { ...logOf([contributed(0)]).contributions[0]!, contributedAt: 1_000 };
  const judge = (now: number, account: string, predicted: number, provenGwei = 1n): Record<string, string> =>
    Object.fromEntries(
      verdictsOf(one, predicted, "open", { terms, now, classes: ["no", "yes"], ledger: null, account, provenGwei }).map(
        (v) => [v.kind, v.isReady ? `ready ${v.gainWei}` : v.why],
      ),
    );

  test("count against the chain's time", () => {
    const states = (now: number): string[] =>
      clocksOf(one, terms, now, "open").map((clock) => `${clock.kind} ${clock.state} ${clock.secondsLeft}`);
    expect(states(1_050)).toEqual(["refund waiting 50", "report waiting 150", "sweep waiting 350"]);
    expect(states(1_200)).toEqual(["refund open 0", "report open 0", "sweep waiting 200"]);
    expect(clocksOf(one, terms, 1_200, "refunded").every((clock) => clock.state === "over")).toBe(true);
  });

  test("say what is possible, and why not, to each side", () => {
    expect(judge(1_050, ANN, 1).refund).toBe("possible in 50 s");
    expect(judge(1_100, ANN, 1).refund).toBe(`ready ${10n ** 18n}`);
    expect(judge(1_100, ANN, 0).refund).toMatch(/predicts no, not yes; it may come round/);
    expect(judge(1_400, BOB, 1).refund).toMatch(/only its author/);
    expect(judge(1_300, BOB, 0).report).toBe(`ready ${10n ** 18n / 20n}`); // half of a tenth, half-way
    expect(judge(1_300, BOB, 1).report).toMatch(/what its author said/);
    expect(judge(1_300, BOB, 0, 0n).report).toMatch(/not proven/);
    expect(judge(1_300, ANN, 0).report).toMatch(/your own/);
    expect([judge(1_399, BOB, 0).sweep, judge(1_400, BOB, 0).sweep]).toEqual(["possible in 1 s", "ready 0"]);
  });
});

describe("a market's dues", () => {
  const view: MarketView = {
    phase: "idle",
    deadline: 0,
    drawBlock: 100,
    contributions: 3,
    isSettled: false,
    credited: 0,
    participants: 2,
    testCount: 20,
  };
  const post: Post = { isThere: false, isDisputed: false, isPostersTurn: true, until: 500, moveUntil: 0 };
  test.each<[string, Partial<MarketView>, Partial<Post>, number, number, (string | null)[], RegExp]>([
    ["idle", {}, {}, 0, 0, [null], /commit/],
    ["before the draw", { phase: "drawing" }, {}, 0, 100, [null], /after block 100/],
    ["the draw", { phase: "drawing" }, {}, 0, 101, ["draw"], /255 blocks/],
    ["a missed draw", { phase: "drawing" }, {}, 0, 357, ["end"], /missed/],
    ["proving", { phase: "proving", deadline: 60 }, {}, 0, 0, [null], /drawn part within 1 min/],
    ["proving late", { phase: "proving", deadline: 60 }, {}, 61, 0, ["end"], /twentieth/],
    ["participation", { phase: "participating", deadline: 60 }, {}, 0, 0, ["contribute"], /another 1 min/],
    ["an empty market", { phase: "revealing", contributions: 0 }, {}, 0, 0, ["end"], /Nobody took part/],
    ["preparing", { phase: "preparing", deadline: 60 }, {}, 0, 0, ["prepare"], /paid/],
    ["preparing late", { phase: "preparing", deadline: 60 }, {}, 61, 0, ["end"], /in time/],
    ["settling", { phase: "settling", deadline: 60 }, {}, 0, 0, [null, null], /next portion/],
    ["a post", { phase: "settling", deadline: 600 }, { isThere: true }, 400, 0, [null], /disputed for 1 min 40 s/],
    ["a post to accept", { phase: "settling", deadline: 600 }, { isThere: true }, 500, 0, ["accept"], /Accept/],
    [
      "a dispute",
      { phase: "settling", deadline: 600 },
      { isThere: true, isDisputed: true, moveUntil: 10 },
      0,
      0,
      [null, null],
      /within 10 s/,
    ],
    [
      "a late dispute",
      { phase: "settling", deadline: 600 },
      { isThere: true, isDisputed: true },
      9,
      0,
      [null, null],
      /is late/,
    ],
    ["never settled", { phase: "settling", deadline: 60 }, {}, 61, 0, ["end"], /never settled/],
    ["crediting", { phase: "training" }, {}, 0, 0, [null], /credited/],
    ["training", { phase: "training", credited: 2, deadline: 9 }, {}, 10, 0, [null, "end"], /Teach/],
    ["closed", { phase: "closed" }, {}, 0, 0, ["withdraw", null], /owed/],
    ["void", { phase: "void" }, {}, 0, 0, ["withdraw", null], /owed/],
  ])("%s", (_, change, posted, now, block, actions, words) => {
    const dues = duesOf({ ...view, ...change }, { ...post, ...posted }, now, block);
    expect(dues.map((due) => due.action)).toEqual(actions);
    expect(dues[0]!.why).toMatch(words);
  });
});

describe("charts and lists", () => {
  test("stakes of a market that ends without outcome are locked no more", () => {
    const events = [
      contributed(0),
      contributed(1),
      event("ParticipantCredited", { depositWei: 10n ** 18n, balanceWei: 0n }, 5),
      event("Ended", { ending: 6n }, 9),
    ];
    expect(countedPoints("locked", events, (block) => block).map((point) => point.value)).toEqual([1, 2, 1, 0]);
    expect(countedPoints("participants", events, () => 0).map((point) => [point.time, point.value])).toEqual([
      [1_000, 1],
      [1_001, 2],
    ]);
  });

  test("are thinned, keep their ends, and fill in times", () => {
    const points = Array.from({ length: 1_000 }, (_, i) => ({ time: i, contributions: i, value: i }));
    const thinned = seriesOf("stake", points, 100).points;
    expect([thinned.length <= 101, thinned[0]!.value, thinned.at(-1)!.value]).toEqual([true, 0, 999]);
    const time = interpolated(
      new Map([
        [10, 100],
        [20, 300],
      ]),
    );
    expect([5, 10, 15, 20, 30].map(time)).toEqual([100, 100, 200, 300, 300]);
    expect(movingPart([true, false, true, true], 2)).toEqual([1, 0.5, 0.5, 1]);
  });

  test("pages hold what they should", () => {
    const page = (at: number): unknown => paged([1, 2, 3, 4, 5], at, 2, (one) => one);
    expect([page(0), page(2), page(9), page(-1)]).toEqual([
      { items: [1, 2], page: 0, pages: 3, total: 5 },
      { items: [5], page: 2, pages: 3, total: 5 },
      { items: [5], page: 2, pages: 3, total: 5 },
      { items: [1, 2], page: 0, pages: 3, total: 5 },
    ]);
    expect(paged([], 3, 2, (one) => one)).toEqual({ items: [], page: 0, pages: 1, total: 0 });
  });

  test("gas limits have room, up to what a transaction may have", () => {
    expect([gasLimit(100_000n), gasLimit(16_000_000n), gasLimit(20_000_000n)]).toEqual([
      155_000n,
      1n << 24n,
      20_000_000n,
    ]);
  });

  test("malformed deployments are left out", () => {
    const good = { name: "a", address: ANN, chainId: 5, accuracy: "x", rpcUrl: 3 };
    const found = deploymentsFrom([
      good,
      { ...good, address: "0x1" },
      { ...good, chainId: "x" },
      null,
      3,
      { ...good, chainId: 1, rpcUrl: "http://a.test" },
    ]);
    expect(found.map((one) => [one.network, one.accuracy, one.rpcUrl])).toEqual([
      ["chain-5", null, undefined],
      ["mainnet", null, "http://a.test"],
    ]);
    expect([deploymentsFrom(null), deploymentsFrom("x"), deploymentsFrom({})]).toEqual([[], [], []]);
    expect(
      deploymentsFrom({
        chain_id: 1,
        models: [
          { ...good, chainId: undefined, state: "open" },
          { ...good, state: "uploading" },
        ],
      }).length,
    ).toBe(1);
  });

  test("a page without deployments works", async () => {
    const failing = (async () => new Response("", { status: 404 })) as unknown as typeof fetch;
    expect(await index.readDeployments("x", failing)).toEqual([]);
    expect(await index.readDeployments("x", (() => Promise.reject(new TypeError())) as typeof fetch)).toEqual([]);
  });
});
