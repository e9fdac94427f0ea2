/** What the core reads of a chain is what the Python client says of it. Requirement W-16. */
import { describe, expect, test } from "vitest";
import { openModel, readDeployments, type Model } from "../../../src/core/index.ts";
import { fromHex } from "../../../src/core/numerics/bytes.ts";
import type { World } from "./world.ts";

export function reading(world: () => World): void {
  describe.each(["self-assessment", "points", "market"] as const)("reading a model under %s", (word) => {
    const facts = () => world().facts.models[word];
    let model: Model;
    const opened = async (): Promise<Model> => (model ??= await world().open(word));

    test("gives what it is", async () => {
      const { info, contributions } = await opened();
      expect(info).toMatchObject({
        address: facts().address,
        kind: facts().kind,
        name: facts().name,
        classes: facts().classes,
        incentive: word,
        chainId: 31_337,
        network: "local",
      });
      expect(info.featurizer.isAvailable).toBe(true);
      expect(info.terms.incentive).toBe(word);
      expect(contributions).toBe(facts().contributions);
    });

    test("predicts and describes every sample of the log as Python does, and as the contract does", async () => {
      await opened();
      const samples = facts().samples.map(fromHex);
      const predictions = samples.map((sample) => model.predictSample(sample));
      expect(predictions.map((one) => one.label)).toEqual(facts().predicted);
      expect(predictions.map((one) => one.described)).toEqual(facts().described);
      for (const { className, label, lead, scores } of predictions) {
        expect(className).toBe(facts().classes[label]);
        expect(lead).toBeGreaterThanOrEqual(0);
        expect(lead).toBeLessThanOrEqual(1);
        expect(scores.length).toBe(facts().classes.length);
      }
      for (const i of [0, 3]) expect(await model.predictOnChain(samples[i]!)).toBe(facts().predicted[i]);
    });

    test("has its money", async () => {
      const status = await (await opened()).status();
      expect(String(status.stakeWei)).toBe(facts().stakeWei);
      if (word === "self-assessment") expect(String(status.lockedWei)).toBe(facts().lockedWei);
      expect(Math.abs(status.now - Date.now() / 1000)).toBeLessThan(600);
    });

    test("pages contributions and history, newest first, without gaps", async () => {
      await opened();
      const ids: number[] = [];
      for (let page = 0, pages = 1; page < pages; page++) {
        const found = await model.listContributions({}, page, 7);
        ids.push(...found.items.map((one) => one.id));
        pages = found.pages;
        expect(found.total).toBe(facts().contributions);
      }
      expect(ids).toEqual(Array.from({ length: facts().contributions }, (_, i) => facts().contributions - 1 - i));
      const beyond = await model.listContributions({}, 99, 7);
      expect(beyond.page).toBe(beyond.pages - 1);
      const { items, total } = await model.history(0, 1_000);
      expect(total).toBe(items.length);
      if (word === "self-assessment") expect(total).toBe(facts().history + 1); // Python leaves out the seal
      expect(items.every((line, i) => i === 0 || line.block <= items[i - 1]!.block)).toBe(true);
      expect(items.every((line) => line.time !== null && line.words.length > 5)).toBe(true);
      expect((await model.history(1, 5)).items.map((line) => line.logIndex)).toEqual(
        items.slice(5, 10).map((line) => line.logIndex),
      );
    });

    test("has charts that end at what is now", async () => {
      await opened();
      const last = async (kind: Parameters<Model["series"]>[0]): Promise<number> =>
        (await model.series(kind)).points.at(-1)!.value;
      const authors = new Set((await model.listContributions({}, 0, 1_000)).items.map((one) => one.author));
      expect(await last("contributions")).toBe(facts().contributions);
      expect(await last("participants")).toBe(authors.size);
      for (const kind of model.seriesKinds.filter((one) => one !== "test-accuracy")) {
        const { points, title, unit } = await model.series(kind, { most: 10 });
        expect([points.length > 0, points.length <= 11, title !== "", unit !== ""]).toEqual([true, true, true, true]);
        expect(points.every((point, i) => i === 0 || point.time >= points[i - 1]!.time)).toBe(true);
      }
    });
  });

  test("an account's money and contributions are Python's", async () => {
    const model = await world().open("self-assessment");
    for (const [name, facts] of Object.entries(world().facts.models["self-assessment"].accounts)) {
      const address = world().facts.people[name as "you"];
      const found = await model.account(address);
      expect([found.owedWei, found.provenGwei, found.lockedWei].map(String)).toEqual([
        facts.owedWei,
        facts.provenGwei,
        facts.lockedWei,
      ]);
      const own = await model.listContributions({ author: address, account: address }, 0, 1_000);
      expect(own.items.map((one) => [one.id, one.status, one.predicted]).reverse()).toEqual(facts.contributions);
    }
  });

  test("what is locked, given back and forfeited adds up", async () => {
    const model = await world().open("self-assessment");
    const { items } = await model.listContributions({}, 0, 1_000);
    const sum = (status: string): number =>
      items.filter((one) => one.status === status).reduce((wei, one) => wei + Number(one.stakeWei), 0) / 1e18;
    for (const [kind, status] of [
      ["locked", "open"],
      ["refunded", "refunded"],
      ["forfeited", "forfeited"],
    ] as const) {
      expect((await model.series(kind)).points.at(-1)!.value).toBeCloseTo(sum(status), 9);
      expect(sum(status)).toBeGreaterThan(0);
    }
  });

  test("accuracy comes out of learning the whole log again, which gives the words of now", async () => {
    const model = await world().open("self-assessment");
    const accuracy = await model.series("accuracy", { window: 20 });
    expect(accuracy.points.length).toBe(48);
    expect(accuracy.points.every(({ value }) => value >= 0 && value <= 1)).toBe(true);
    const { items } = await model.listContributions({}, 0, 1_000);
    const test_ = items.map((one) => ({ sample: one.sample, label: one.label }));
    const tested = await model.series("test-accuracy", { test: test_ });
    const now = items.filter((one) => one.agrees).length / items.length;
    expect(tested.points.at(-1)!.value).toBeCloseTo(now, 12);
    await expect(model.series("test-accuracy")).rejects.toMatchObject({ code: "input" });
  });

  test("points, standing and badges are Python's", async () => {
    const model = await world().open("points");
    const rows = await model.leaderboard();
    expect(
      rows.map((row) => [
        row.address,
        Number(row.score),
        row.contributions,
        row.good,
        row.votes,
        row.canGive,
        row.badges.length,
      ]),
    ).toEqual(world().facts.models.points.leaderboard);
    expect(rows.map((row) => row.rank)).toEqual(rows.map((_, i) => i + 1));
    const bob = rows.find((row) => row.badges.length > 0)!;
    const badges = await model.badges(bob.address);
    expect(badges.filter((badge) => badge.isAwarded).map((badge) => badge.badge)).toEqual(bob.badges);
    expect((await model.account(bob.address)).points).toEqual(bob);
    expect((await model.account(world().facts.people.deployer)).points).toMatchObject({ score: 0n, badges: [] });
    expect(await (await world().open("market")).badges(bob.address)).toEqual([]);
  });

  test("records of Python's deployer are read", async () => {
    const get = (async () => new Response(JSON.stringify(world().facts.books))) as unknown as typeof fetch;
    const entries = await readDeployments("deployments.json", get);
    const wanted = Object.values(world().facts.models).map((one) => one.address);
    expect(entries.map((one) => one.address).sort()).toEqual(wanted.sort());
    expect(entries.every((one) => one.chainId === 31_337 && one.network === "local" && one.name !== "")).toBe(true);
  });

  test("what is no model is said in words", async () => {
    const node = { rpcUrl: world().facts.node };
    const model = await world().open("points");
    const attempts: [string, RegExp][] = [
      ["0x12", /is no address/],
      [
        model.info.address
          .replace(/[a-f]/, (c) => c.toUpperCase())
          .replace(/[A-F](?=[^A-F]*$)/, (c) => c.toLowerCase()),
        /checksum|digit/,
      ],
      [`0x${"1".repeat(40)}`, /no contract/],
      [model.info.modelAddress, new RegExp(`holds the weights.*${model.info.address}`)],
    ];
    for (const [address, words] of attempts) await expect(openModel(address, { node }), address).rejects.toThrow(words);
    await expect(openModel(model.info.address, { node, chainId: 1 })).rejects.toMatchObject({ code: "wrong-chain" });
    await expect(openModel(model.info.address, { node: { rpcUrl: "http://127.0.0.1:1" } })).rejects.toMatchObject({
      code: "node-down",
    });
  });
}
