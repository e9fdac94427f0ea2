/** What an account does costs what was said before, and comes to what the contract says. Requirement W-17. */
import { describe, expect, test } from "vitest";
import {
  openModel,
  Refusal,
  type Action,
  type Model,
  type Quote,
  type Receipt,
  type SendStage,
} from "../../../src/core/index.ts";
import { connected, type Facts, type World } from "./world.ts";

const DAY = 86_400;

export function acting(world: () => World): void {
  const person = (name: keyof Facts["people"]): string => world().facts.people[name];

  async function act(model: Model, name: keyof Facts["people"], action: Action): Promise<[Quote, Receipt]> {
    const wallet = await world().wallet(name);
    const quote = await model.quote(action, wallet.account!);
    return [quote, await model.send(quote, wallet)];
  }

  const sampleOf = async (model: Model, agrees: boolean): Promise<{ sample: Uint8Array; label: number }> => {
    const { items } = await model.listContributions({}, 0, 1_000);
    const one = items.find((item) => item.agrees === agrees)!;
    return { sample: one.sample, label: one.label };
  };

  describe("under self-assessment", () => {
    test("a contribution is quoted, made, followed, given back and paid out", async () => {
      const model = await world().open("self-assessment");
      const wallet = await world().wallet("bob");
      const { label, sample } = await sampleOf(model, true);
      const before = await model.account(person("bob"));
      const quote = await model.quote({ do: "contribute", sample, label }, person("bob"));
      expect(quote.stakeWei).toBe((await model.status()).stakeWei);
      expect(quote.mostValueWei).toBeGreaterThan(quote.stakeWei);
      expect(quote.totalWei).toBe(quote.feeWei + quote.stakeWei);
      expect(quote.isAffordable).toBe(true);
      expect(quote.notes.join(" ")).toMatch(/says the same already/);

      const stages: SendStage["stage"][] = [];
      let told = 0;
      const stop = model.subscribe(() => told++);
      const receipt = await model.send(quote, wallet, ({ stage }) => stages.push(stage));
      stop();
      expect(stages).toEqual(["signing", "sent", "mined"]);
      expect(told).toBeGreaterThan(0);
      expect(receipt.feeWei).toBeLessThanOrEqual(quote.mostFeeWei);
      expect(receipt.feeWei).toBeGreaterThan(0n);
      expect(receipt.lines.join()).toMatch(/paid beyond the stake and credited.*contribution \d+ as/);
      const [id] = receipt.ids as [number];
      const made = await model.contribution(id, person("bob"));
      expect(made).toMatchObject({
        id,
        author: wallet.account,
        label,
        stakeWei: quote.stakeWei,
        status: "open",
        batch: null,
      });
      expect(made.clocks.map((clock) => [clock.kind, clock.state])).toEqual([
        ["refund", "waiting"],
        ["report", "waiting"],
        ["sweep", "waiting"],
      ]);
      const after = await model.account(person("bob"));
      expect(before.balanceWei - after.balanceWei).toBe(receipt.feeWei + quote.mostValueWei);
      expect(after.owedWei - before.owedWei).toBe(quote.mostValueWei - quote.stakeWei);
      expect(after.lockedWei - before.lockedWei).toBe(quote.stakeWei);

      const early = await model.quote({ do: "refund", ids: [id] }, person("bob")).catch((error) => error);
      expect(early).toBeInstanceOf(Refusal);
      expect(early.message).toMatch(/possible in (23 h|1 d)/);
      await world().pass(DAY + 1);
      await model.sync();
      const [refund, refunded] = await act(model, "bob", { do: "refund", ids: [id] });
      expect(refund.gainWei).toBe(quote.stakeWei);
      expect(refund.stakeWei).toBe(0n);
      expect(refunded.lines[0]).toMatch(/stake of contribution \d+ went back/);
      expect((await model.contribution(id, person("bob"))).status).toBe("refunded");
      const [payout, paid] = await act(model, "bob", { do: "withdraw" });
      expect(payout.gainWei).toBeGreaterThan(quote.stakeWei);
      expect(paid.lines.join()).toMatch(/were paid out to 0x/);
      expect((await model.account(person("bob"))).owedWei).toBe(0n);
      await expect(model.quote({ do: "withdraw" }, person("bob"))).rejects.toThrow(/owed nothing/);
      model.close();
    });

    test("contributions of batches are refunded and reported together, with their proofs", async () => {
      const model = await world().open("self-assessment");
      await world().pass(2 * DAY);
      await model.sync();
      for (const [name, kind, status] of [
        ["you", "refund", "refunded"],
        ["alice", "report", "forfeited"],
      ] as const) {
        const ready = (await model.listContributions({ account: person(name), ready: kind }, 0, 100)).items;
        expect(ready.length).toBeGreaterThan(1);
        expect(ready.some((one) => one.batch !== null)).toBe(true);
        const ids = ready.map((one) => one.id);
        const [quote, receipt] = await act(model, name, { do: kind, ids });
        expect(receipt.refused).toEqual([]);
        expect(receipt.lines.length).toBe(ids.length);
        expect(quote.gainWei).toBe(
          ready.reduce((sum, one) => sum + one.verdicts.find((verdict) => verdict.kind === kind)!.gainWei, 0n),
        );
        const now = (await model.listContributions({ ids }, 0, 100)).items;
        expect(now.every((one) => one.status === status)).toBe(true);
      }
    });

    test("many are contributed at once; what the contract would refuse is said", async () => {
      const model = await world().open("self-assessment");
      const { label, sample } = await sampleOf(model, true);
      const [quote, receipt] = await act(model, "bob", {
        do: "contribute-many",
        samples: [sample, new Uint8Array([9]), sample],
        labels: [label, label, label],
      });
      expect(receipt.ids.length).toBe(2);
      expect(receipt.refused).toEqual([expect.stringMatching(/^Sample 2: 1 bytes are not a multiple of 2/)]);
      expect(quote.stakeWei).toBeGreaterThan(0n);
      await world().pass(DAY + 1);
      await model.sync();
      const [first] = receipt.ids as [number];
      const one = await model.contribution(first, person("bob"));
      expect(one.batch).toBe(first);
      const [, refunded] = await act(model, "bob", { do: "refund", ids: [first] });
      expect(refunded.lines.length).toBe(1);
    });

    test("a sponsored contribution is its author's, and its stake its sponsor's", async () => {
      const model = await world().open("self-assessment");
      await world().provide("sponsor");
      await world().pass(DAY + 1);
      await model.sync();
      const id = model.contributions - 1;
      const [author, sponsor] = [
        await model.contribution(id, person("bob")),
        await model.contribution(id, person("deployer")),
      ];
      expect([author.author, author.payee].map((one) => one!.toLowerCase())).toEqual([
        person("bob"),
        person("deployer"),
      ]);
      const gains = [author, sponsor].map((one) => one.verdicts[0]!.gainWei);
      expect(gains).toEqual([0n, author.stakeWei]);
      const before = await model.account(person("deployer"));
      expect((await model.listContributions({ author: person("deployer") }, 0, 9)).items[0]!.id).toBe(id);
      await act(model, "bob", { do: "refund", ids: [id] });
      expect((await model.account(person("deployer"))).owedWei - before.owedWei).toBe(author.stakeWei);
      expect((await model.contribution(id)).status).toBe("refunded");
    });

    test("refusals before anything is sent are in words", async () => {
      const model = await world().open("self-assessment");
      const { label, sample } = await sampleOf(model, true);
      const open = (await model.listContributions({}, 0, 100)).items.find((one) => one.status === "open")!;
      const other = open.author.toLowerCase() === person("mallory") ? "bob" : "mallory";
      const attempts: [Action, keyof Facts["people"], RegExp][] = [
        [{ do: "contribute", sample, label: 9 }, "bob", /names no class/],
        [{ do: "contribute", sample: new Uint8Array(), label }, "bob", /no feature in it/],
        [{ do: "refund", ids: [open.id] }, other, /only its author/],
        [{ do: "report", ids: [0] }, "deployer", /not proven any data|its stake|was reported/],
        [{ do: "report", ids: [open.id] }, "deployer", /not proven any data/],
        [{ do: "refund", ids: [] }, "bob", /No such contribution/],
        [{ do: "confirm", ids: [0] }, "bob", /not possible under this incentive/],
        [{ do: "draw" }, "bob", /incentive is self-assessment/],
        [{ do: "withdraw", to: "0x1" }, "alice", /is no address/],
      ];
      await expect(model.quote({ do: "report", ids: [open.id] }, open.author)).rejects.toThrow(/your own/);
      for (const [action, name, words] of attempts)
        await expect(model.quote(action, person(name)), action.do).rejects.toThrow(words);
    });

    test("an empty account is told so before it signs", async () => {
      const model = await world().open("self-assessment");
      const { label, sample } = await sampleOf(model, true);
      await expect(model.quote({ do: "contribute", sample, label }, `0x${"12".repeat(20)}`)).rejects.toMatchObject({
        code: "funds",
      });
    });
  });

  describe("a wallet that does not do as asked", () => {
    test("a rejected signature sends nothing", async () => {
      const model = await world().open("self-assessment");
      const provider = world().provider("alice");
      const wallet = await connected(provider);
      const quote = await model.quote({ do: "contribute", ...(await sampleOf(model, true)) }, wallet.account!);
      provider.refusals.eth_sendTransaction = { code: 4001, message: "User rejected the request." };
      const count = model.contributions;
      await expect(model.send(quote, wallet)).rejects.toMatchObject({
        code: "rejected",
        message: expect.stringMatching(/said no.*Nothing was sent/),
      });
      await model.sync();
      expect(model.contributions).toBe(count);
    });

    test("another account or chain since the quote is refused before signing", async () => {
      const model = await world().open("self-assessment");
      const provider = world().provider("alice");
      const wallet = await connected(provider);
      const quote = await model.quote({ do: "contribute", ...(await sampleOf(model, true)) }, wallet.account!);
      provider.emit("chainChanged", "0x1");
      await expect(model.send(quote, wallet)).rejects.toMatchObject({
        code: "wrong-chain",
        message: expect.stringMatching(/mainnet.*local/),
      });
      provider.emit("chainChanged", "0x7a69");
      provider.emit("accountsChanged", [person("bob")]);
      await expect(model.send(quote, wallet)).rejects.toThrow(/account was changed/);
      provider.emit("accountsChanged", []);
      await expect(model.send(quote, wallet)).rejects.toMatchObject({ code: "no-wallet" });
      expect(provider.asked.some(({ method }) => method === "eth_sendTransaction")).toBe(false);
    });

    test("a transaction that fails in its block is explained by the contract's words", async () => {
      const model = await world().open("self-assessment");
      const wallet = await world().wallet("bob");
      const quote = await model.quote({ do: "contribute", ...(await sampleOf(model, true)) }, wallet.account!);
      const late: Quote = { ...quote, transaction: { ...quote.transaction, valueWei: 1n } };
      await expect(model.send(late, wallet)).rejects.toMatchObject({
        code: "contract",
        name: "StakeTooLow",
        message: expect.stringMatching(/1 wei were sent/),
      });
    });
  });

  test("points: founders confirm and contest; votes on own ones and second votes are refused; badges are claimed", async () => {
    const model = await world().open("points");
    const { items } = await model.listContributions({ account: person("alice") }, 0, 100);
    const open = items.filter((one) => one.verdicts.find((verdict) => verdict.kind === "confirm")!.isReady);
    expect(open.length).toBeGreaterThan(2);
    const [quote, receipt] = await act(model, "alice", { do: "confirm", ids: [open[0]!.id, open[1]!.id] });
    expect([quote.stakeWei, quote.mostValueWei, receipt.lines.length]).toEqual([0n, 0n, 2]);
    await act(model, "alice", { do: "contest", ids: [open[2]!.id] });
    expect((await model.contribution(open[0]!.id)).tally!.confirmed).toBeGreaterThan(0);
    await expect(model.quote({ do: "confirm", ids: [open[0]!.id] }, person("alice"))).rejects.toThrow(
      /has voted on contribution/,
    );
    const own = items.find((one) => one.author.toLowerCase() === person("alice"))!;
    await expect(model.quote({ do: "confirm", ids: [own.id] }, person("alice"))).rejects.toThrow(/is your own/);
    await expect(model.quote({ do: "confirm", ids: [own.id] }, person("deployer"))).rejects.toThrow(
      /can give 0 points/,
    );
    await expect(model.quote({ do: "refund", ids: [own.id] }, person("alice"))).rejects.toThrow(
      /not possible under this incentive/,
    );

    const { sample, label } = await sampleOf(model, true);
    const [contributed] = await act(model, "deployer", { do: "contribute", sample, label });
    expect(contributed.mostValueWei).toBe(0n);
    const badge = (await model.badges(person("deployer"))).find((one) => one.badge === "first-light")!;
    expect([badge.isEarned, badge.isAwarded]).toEqual([true, false]);
    await act(model, "deployer", { do: "claim-badge", account: person("deployer"), badge: "first-light" });
    expect((await model.badges(person("deployer"))).find((one) => one.badge === "first-light")!.isAwarded).toBe(true);
    await expect(
      model.quote({ do: "claim-badge", account: person("deployer"), badge: "first-light" }, person("bob")),
    ).rejects.toThrow(/already/);
    await expect(model.quote({ do: "judge", voter: person("bob"), ids: [0] }, person("bob"))).rejects.toThrow(
      /No vote of/,
    );
  });

  test("markets: stake, wait, end one whose provider does not reveal, and take the stakes back", async () => {
    const model = await world().open("market");
    const market = (await model.market())!;
    expect(market).toMatchObject({ number: 1, phase: "participating", testCount: 20 });
    expect(market.dues.map((due) => due.action)).toEqual(["contribute"]);
    expect(market.steps.filter((step) => step.state === "done").map((step) => step.phase)).toEqual([
      "drawing",
      "proving",
    ]);
    const { sample, label } = await sampleOf(model, true);
    const stakeWei = 3n * 10n ** 16n;
    const [quote] = await act(model, "you", { do: "contribute", sample, label, stakeWei });
    expect([quote.stakeWei, quote.mostValueWei]).toEqual([stakeWei, stakeWei]);
    expect((await model.account(person("you"))).lockedWei).toBe(stakeWei);
    await expect(model.quote({ do: "end" }, person("you"))).rejects.toThrow(/nothing to end/);
    await expect(model.quote({ do: "prepare" }, person("you"))).rejects.toThrow(/does not belong there/);
    await world().pass(30 * DAY + 1);
    await model.sync();
    expect((await model.market())!.phase).toBe("revealing");
    await world().pass(DAY + 1);
    await model.sync();
    expect((await model.market())!.dues.map((due) => due.action)).toEqual(["end"]);
    const [, ended] = await act(model, "you", { do: "end" });
    expect(ended.lines.join()).toMatch(/was not revealed/);
    expect((await model.market())!.phase).toBe("void");
    const [paid] = await act(model, "you", { do: "withdraw" });
    expect(paid.gainWei).toBeGreaterThan(stakeWei);
    expect((await model.series("locked")).points.at(-1)!.value).toBe(0);
    expect(await (await world().open("points")).market()).toBeNull();
  });

  test("markets: draw, see a part, contribute, and prepare the test set, paid for it", async () => {
    const model = await world().open("market");
    await world().provide("commit");
    await model.sync();
    expect((await model.market())!).toMatchObject({ number: 2, phase: "drawing", dues: [{ action: "draw" }] });
    const [, drawn] = await act(model, "bob", { do: "draw" });
    expect(drawn.lines.join()).toMatch(/partition \d+ was drawn.*is now proving/);
    await expect(model.quote({ do: "draw" }, person("bob"))).rejects.toThrow(/phase proving/);
    await world().provide("reveal");
    await model.sync();
    expect((await model.market())!.phase).toBe("participating");
    const { sample, label } = await sampleOf(model, true);
    const [quote] = await act(model, "bob", { do: "contribute", sample, label, stakeWei: 1n });
    expect(quote.notes).toEqual([expect.stringMatching(/raised to the least/)]);
    await world().pass(30 * DAY + 1);
    await world().provide("reveal");
    await model.sync();
    expect((await model.market())!).toMatchObject({ phase: "preparing", revealed: 20 });
    const before = (await model.account(person("bob"))).owedWei;
    const [, prepared] = await act(model, "bob", { do: "prepare" });
    expect(prepared.lines.join()).toMatch(/the replay can begin/);
    expect((await model.account(person("bob"))).owedWei).toBeGreaterThan(before);
    expect((await model.market())!).toMatchObject({ phase: "settling", isSettled: false });
    await expect(model.quote({ do: "accept" }, person("bob"))).rejects.toThrow(/No outcome is posted/);
    expect((await model.history(0, 100)).items.every((line) => line.words !== line.event)).toBe(true);
  });

  test("points: votes that agreed with the final tallies are counted once all are in", async () => {
    const model = await world().open("points");
    const countable = async (): Promise<readonly number[]> =>
      (await model.badges(person("alice"))).find((one) => one.badge === "judge")!.countable;
    const ids = await countable(); // the markets took longer than votes are open
    expect(ids.length).toBeGreaterThan(2);
    await act(model, "bob", { do: "judge", voter: person("alice"), ids });
    expect(await countable()).toEqual([]);
    expect((await model.account(person("alice"))).points!.rightVotes).toBe(ids.length);
    const { items } = await model.listContributions({ account: person("bob") }, 0, 100);
    expect(items.every((one) => one.clocks.every((clock) => clock.kind === "vote" && clock.state === "over"))).toBe(
      true,
    );
    const other = items.find((one) => one.author.toLowerCase() !== person("bob"))!;
    await expect(model.quote({ do: "confirm", ids: [other.id] }, person("bob"))).rejects.toThrow(
      /could be voted on until/,
    );
  });

  test("a model is read through the wallet's own node, and no more when the wallet is switched", async () => {
    const provider = world().provider("alice");
    const wallet = await connected(provider);
    const model = await openModel(world().facts.models.points.address, { node: { wallet } });
    expect(model.contributions).toBe((await world().open("points")).contributions);
    provider.emit("chainChanged", "0x1");
    await expect(model.account(person("bob"))).rejects.toMatchObject({
      code: "wrong-chain",
      message: expect.stringMatching(/switched to chain 1/),
    });
    expect(model.nodeState).toBe("wrong-chain");
    provider.emit("chainChanged", "0x7a69");
    await model.sync();
    expect(model.nodeState).toBe("ok");
    const { sample, label } = await sampleOf(model, true);
    const quote = await model.quote({ do: "contribute", sample, label }, wallet.account!);
    expect((await model.send(quote, wallet)).ids).toEqual([model.contributions - 1]);
  });

  describe("a chain that does not stand still", () => {
    test("is followed, block by block", async () => {
      const [model, other] = [await world().open("self-assessment"), await world().open("self-assessment")];
      const before = model.contributions;
      const seen = new Promise<void>((resolve) => {
        model.subscribe(() => model.contributions > before && resolve());
      });
      model.follow(0.05);
      await act(other, "bob", { do: "contribute", ...(await sampleOf(other, false)) });
      await seen;
      model.close();
      const [mine, theirs] = await Promise.all([model.series("accuracy"), other.series("accuracy")]);
      expect(mine).toEqual(theirs);
    });

    test("blocks that are taken back are noticed, and the model is read anew", async () => {
      const model = await world().open("self-assessment");
      const before = model.contributions;
      const snapshot = await world().rpc.call<string>("evm_snapshot");
      await act(model, "bob", { do: "contribute", ...(await sampleOf(model, true)) });
      expect(model.contributions).toBe(before + 1);
      await world().rpc.call("evm_revert", snapshot);
      for (let i = 0; i < 3; i++) await world().pass(5);
      const report = await model.sync();
      expect([report.mode, report.contributions]).toEqual(["snapshot", before]);
      expect(report.notice).toMatch(/replaced|shorter/);
      expect((await model.listContributions({}, 0, 1)).total).toBe(before);
    });

    test("a node that goes and comes back is told to who listens", async () => {
      const model = await world().open("points");
      const { sample } = await sampleOf(model, true);
      const rpc = (model as unknown as { contract: { node: { rpc: { fetch: typeof fetch } } } }).contract.node.rpc;
      const real = rpc.fetch;
      const states: string[] = [];
      model.subscribe(() => states.push(model.nodeState));
      rpc.fetch = (() => Promise.reject(new TypeError("fetch failed"))) as typeof fetch;
      await expect(model.sync()).rejects.toMatchObject({ code: "node-down" });
      expect(model.predictSample(sample).className).not.toBe(""); // free and offline
      rpc.fetch = real;
      await model.sync();
      expect(states.slice(0, 2)).toEqual(["down", "ok"]);
    });
  });
}
