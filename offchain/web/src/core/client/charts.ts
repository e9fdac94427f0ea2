/** Charts of a model: counted off its log, or by learning the log again. */

import type { Progress, Series, SeriesKind, SeriesOptions } from "../api.ts";
import type { ExactModel } from "../models/exact.ts";
import { Refusal } from "../refusal.ts";
import type { Context } from "./context.ts";
import { countedPoints, movingPart, seriesOf, type Point } from "./series.ts";

const WINDOW = 50;
const MOST_POINTS = 300;
/** Contributions after which given samples are predicted, at most. */
const MOST_TESTS = 100;

/** One series over time. */
export async function chart(context: Context, kind: SeriesKind, options: SeriesOptions): Promise<Series> {
  const { most = MOST_POINTS, window = WINDOW, test = [], onProgress } = options;
  if (kind === "accuracy") return seriesOf(kind, await accuracy(context, window, onProgress), most);
  if (kind === "test-accuracy") return seriesOf(kind, await testAccuracy(context, test, onProgress), most);
  const { events } = await context.log.get(onProgress);
  return seriesOf(kind, countedPoints(kind, events, await context.times.of(events)), most);
}

/** Part of the last contributions that were predicted right just before they were learned. */
async function accuracy({ copy }: Context, window: number, onProgress?: Progress): Promise<Point[]> {
  const right: boolean[] = [];
  const times: number[] = [];
  await copy.replayAll((model, one) => {
    right.push(model.predict(model.decode(one.sample), one.contributedAt) === one.label);
    times.push(one.contributedAt);
  }, onProgress);
  return movingPart(right, window).map((value, i) => ({ time: times[i]!, contributions: i + 1, value }));
}

async function testAccuracy(
  context: Context,
  test: NonNullable<SeriesOptions["test"]>,
  onProgress?: Progress,
): Promise<Point[]> {
  if (test.length === 0) throw new Refusal("input", "Give some labelled samples first: their accuracy is charted.");
  const { copy } = context;
  const decoded = test.map(({ sample, label }) => ({ features: copy.model.decode(sample), label }));
  const part = (model: ExactModel, moment: number): number =>
    decoded.filter(({ features, label }) => model.predict(features, moment) === label).length / decoded.length;
  const points: Point[] = [];
  const step = Math.max(1, Math.ceil(copy.contributions / MOST_TESTS));
  let done = 0;
  await copy.replayAll((model, one) => {
    if (done % step === 0)
      points.push({ time: one.contributedAt, contributions: done, value: part(model, one.contributedAt) });
    done++;
  }, onProgress);
  const now = context.now();
  return [...points, { time: now, contributions: copy.contributions, value: part(copy.model, now) }];
}
