/** Models live the same lives as Python's, bit for bit: predictions, scores, lessons, words. Requirement W-13. */
import { describe, expect, test } from "vitest";
import { fromHex, toHex } from "../../../src/core/numerics/bytes.ts";
import type { Addition, Logged } from "../../../src/core/client/logged.ts";
import { replay } from "../../../src/core/client/replay.ts";
import { ExactCentroid } from "../../../src/core/models/centroid.ts";
import { modelFrom } from "../../../src/core/models/registry.ts";
import { Refusal } from "../../../src/core/refusal.ts";
import { vectors } from "./vectors.ts";

const lives = vectors("models");

describe.each(["perceptron/1", "nearest-centroid/1", "naive-bayes/1"])("%s", (kind) => {
  const own = lives.filter((life: { kind: string }) => life.kind === kind);

  test("predicts, scores and learns as Python does", () => {
    expect(own.length).toBe(24);
    for (const life of own) {
      let model = modelFrom(kind, BigInt(`0x${life.configuration}`), fromHex(life.first));
      expect(toHex(model.words())).toBe(`0x${life.first}`);
      for (const event of life.events) {
        if (event.class !== undefined) {
          expect((model as ExactCentroid).addClass(fromHex(event.class), event.activeAt)).toBe(event.number);
          continue;
        }
        const features = model.decode(fromHex(event.sample));
        expect(model.predict(features, event.now)).toBe(event.predicted);
        expect(model.scores(features, event.now).map(String)).toEqual(event.scores);
        const decision = model.decision(features, event.now);
        expect(decision.length).toBe(model.classes);
        expect(model.train(features, event.label, event.now)).toBe(event.taught);
        model = model.copy();
      }
      expect(toHex(model.words())).toBe(`0x${life.last}`);
    }
  });

  test("refuses words, labels and samples that do not fit", () => {
    const life = own[0];
    const word = BigInt(`0x${life.configuration}`);
    const model = modelFrom(kind, word, fromHex(life.first));
    const features = model.decode(fromHex(life.events[0].sample));
    expect(() => modelFrom(kind, word, fromHex(life.first).slice(32))).toThrow(Refusal);
    expect(() => model.train(features, model.classes, 0)).toThrow(/names no class/);
    expect(() => model.decode(new Uint8Array(0))).toThrow(Refusal);
    expect(toHex(model.words())).toBe(`0x${life.first}`);
  });
});

test("the decision agrees with the prediction", () => {
  for (const life of lives) {
    const model = modelFrom(life.kind, BigInt(`0x${life.configuration}`), fromHex(life.first));
    const features = model.decode(fromHex(life.events[0].sample));
    const decision = model.decision(features, life.events[0].now).map((score) => score ?? -Infinity);
    expect(decision[model.predict(features, life.events[0].now)]).toBe(Math.max(...decision));
  }
});

test("a class that is announced takes part when its notice is over", () => {
  const life = lives.find((one: { kind: string }) => one.kind === "nearest-centroid/1");
  const model = modelFrom(life.kind, BigInt(`0x${life.configuration}`), fromHex(life.first)) as ExactCentroid;
  const added = life.events.find((event: { class?: string }) => event.class !== undefined);
  const number = model.addClass(fromHex(added.class), 500);
  const features = model.decode(fromHex(life.events[0].sample));
  expect(model.activeAt[number]).toBe(500);
  expect(model.decision(features, 499)[number]).toBeNull();
  expect(() => model.train(features, number, 499)).toThrow(/names no class/);
  expect(model.decision(features, 500)[number]).not.toBeNull();
  model.train(features, number, 500);
  expect(() => model.addClass(fromHex(added.class).slice(32), 1)).toThrow(Refusal);
});

test("an unknown kind or a broken configuration is said in words", () => {
  const word = BigInt(`0x${lives[0].configuration}`);
  expect(() => modelFrom("forest/1", word, new Uint8Array())).toThrow(/cannot compute models of the kind "forest\/1"/);
  expect(() => modelFrom("naive-bayes/1", word, new Uint8Array())).toThrow(/not valid/);
  expect(() => modelFrom(lives[0].kind, word | 1n, new Uint8Array())).toThrow(/not valid/);
});

describe("a log learned again", () => {
  const life = lives.find(
    (one: { kind: string; events: { class?: string }[] }) =>
      one.kind === "nearest-centroid/1" && one.events.some((event) => event.class !== undefined),
  );
  type Told = {
    class?: string;
    activeAt: number;
    number: number;
    now: number;
    sample: string;
    label: number;
    taught: boolean;
  };
  const contributions: Logged[] = [];
  const additions: Addition[] = [];
  (life.events as Told[]).forEach((event, i) => {
    if (event.class !== undefined) {
      additions.push({
        number: event.number,
        activeAt: event.activeAt,
        words: fromHex(event.class),
        block: i,
        logIndex: 0,
      });
      return;
    }
    const { now, sample, label, taught } = event;
    const fixed = { author: "0x", stakeWei: 1n, payee: null, batch: null, batchCount: 1, txHash: "0x", logIndex: 0 };
    contributions.push({
      ...fixed,
      id: contributions.length + 7,
      label,
      taught,
      contributedAt: now,
      sample: fromHex(sample),
      block: i,
    });
  });
  const first = () => modelFrom(life.kind, BigInt(`0x${life.configuration}`), fromHex(life.first));

  test("gives the words of the contract, classes announced on the way included", () => {
    const model = first();
    const seen: number[] = [];
    replay(model, contributions, additions, 7, (_, one) => seen.push(one.id));
    expect(toHex(model.words())).toBe(`0x${life.last}`);
    expect(seen).toEqual(contributions.map((one) => one.id));
  });

  test("is refused where it contradicts the contract", () => {
    const changed = (i: number, change: Partial<Logged>): Logged[] =>
      contributions.map((one, k) => (k === i ? { ...one, ...change } : one));
    expect(() => replay(first(), contributions, additions, 6)).toThrow(/comes where 6 should/);
    expect(() => replay(first(), changed(1, { taught: !contributions[1]!.taught }), additions, 7)).toThrow(
      /taught the contract but not the copy/,
    );
    expect(() => replay(first(), changed(1, { sample: new Uint8Array(1) }), additions, 7)).toThrow(
      /cannot learn contribution 8/,
    );
    expect(() => replay(first(), contributions, [{ ...additions[0]!, number: 9 }], 7)).toThrow(/class 9 was announced/);
  });
});
