/** An open model: a copy that follows the chain, and what can be done with it. The shell around the pure parts. */

import type {
  AccountStatus, Action, BadgeView, ClassScore, Contribution, ContributionFilter, Encoded, FeaturizerInfo, HistoryPage, MarketStatus,
  Model, ModelInfo, ModelStatus, NodeState, OpenOptions, Page, Prediction, Progress, Quote, RawInput, Receipt, SendStage, Series, SeriesKind,
  SeriesOptions, Standing, SyncReport, Wallet,
} from "../api.ts";
import { checksummed, MODEL, read } from "../chain/abi.ts";
import { networkName, Node } from "../chain/node.ts";
import type { Featurizer } from "../featurizers/base.ts";
import { featurizerOf } from "../featurizers/registry.ts";
import { fromHex, toHex } from "../numerics/bytes.ts";
import { Refusal } from "../refusal.ts";
import { refusalOf } from "../words/explain.ts";
import type { Source } from "./actions.ts";
import { Contract } from "./contract.ts";
import { ModelCopy } from "./copy.ts";
import { DerivedLog, type Derived } from "./derived.ts";
import { classNames, descriptionFrom, type Description } from "./description.ts";
import { historyLine, isShown } from "./history.ts";
import { marketStatus } from "./market.ts";
import { paged } from "./pages.ts";
import { quoteOf } from "./quoting.ts";
import { awardedBadges, badgeViews, noStanding, pointsRanking, stakedRanking } from "./ranking.ts";
import { sendQuote } from "./sending.ts";
import { countedPoints, movingPart, seriesOf, type Point } from "./series.ts";
import { BlockTimes } from "./times.ts";
import { clocksOf, verdictsOf, type Judging } from "./verdicts.ts";
import type { Logged } from "./logged.ts";

const WINDOW = 50;
const MOST_POINTS = 300;
/** Contributions after which given samples are predicted for a chart, at most. */
const MOST_TESTS = 100;
const MOST_BADGE_ROWS = 50;

/** Open a model by its address; throws `Refusal`. */
export async function openModel(address: string, options: OpenOptions): Promise<Model> {
  try {
    const node = await Node.open(options.node, options.chainId);
    const contract = await Contract.open(node, address);
    const copy = new ModelCopy(contract);
    await copy.sync(options.onProgress);
    const metadata = await contract.metadata();
    return new OpenModel(contract, copy, await described(metadata, contract.address), await node.now());
  } catch (error) {
    throw refusalOf(error);
  }
}

// A model whose description is of no use can still be used by its encoded samples.
async function described(metadata: Uint8Array | null, address: string): Promise<Description & { readonly problem: string }> {
  const none = { name: address, description: "", classes: [], featurizer: null };
  if (metadata === null) return { ...none, problem: "This model has no description on chain, so it takes encoded samples only." };
  try {
    return { ...(await descriptionFrom(metadata)), problem: "" };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ...none, problem: error.message };
  }
}

class OpenModel implements Model {
  private readonly contract: Contract;
  private readonly copy: ModelCopy;
  private readonly about: Description;
  private readonly featurizer: Featurizer | null;
  private readonly featurizerInfo: FeaturizerInfo;
  private readonly log: DerivedLog;
  private readonly times: BlockTimes;
  private readonly listeners = new Set<() => void>();
  private readonly stopState: () => void;
  private clock: { readonly chain: number; readonly here: number };
  private timer: ReturnType<typeof setTimeout> | null = null;
  private isClosed = false;

  constructor(contract: Contract, copy: ModelCopy, about: Description & { readonly problem: string }, now: number) {
    this.contract = contract;
    this.copy = copy;
    this.about = about;
    const { dimension, encoding } = copy.model.configuration;
    const [featurizer, info] = featurizerOf(about.featurizer, dimension, encoding);
    this.featurizer = featurizer;
    this.featurizerInfo = about.problem === "" ? info : { ...info, why: about.problem };
    this.log = new DerivedLog(copy, contract.terms);
    this.times = new BlockTimes(contract.node);
    this.clock = { chain: now, here: Date.now() };
    this.stopState = contract.node.rpc.onState(() => this.tell());
  }

  get info(): ModelInfo {
    const { contract, about, copy } = this;
    return {
      address: contract.address,
      modelAddress: contract.modelAddress,
      chainId: contract.node.chainId,
      network: networkName(contract.node.chainId),
      kind: copy.model.kind,
      incentive: contract.incentive.word,
      name: about.name,
      description: about.description,
      classes: this.classes,
      classActiveAt: copy.model.activeAt,
      featurizer: this.featurizerInfo,
      terms: contract.terms,
      creator: contract.creator,
      curator: contract.curator,
      createdAtBlock: contract.createdAtBlock,
      isOpen: true, // else it could not have been opened here, and it never closes
    };
  }

  get nodeState(): NodeState {
    return this.contract.node.rpc.state;
  }

  get block(): number {
    return this.copy.block.number;
  }

  get contributions(): number {
    return this.copy.contributions;
  }

  private get classes(): readonly string[] {
    return classNames(this.about.classes, this.copy.model.classes);
  }

  // ---------------------------------------------------------------------------------------------------------- syncing

  async sync(onProgress?: Progress): Promise<SyncReport> {
    return this.guarded(async () => {
      const before = this.copy.block.hash;
      const report = await this.copy.sync(onProgress);
      this.clock = { chain: await this.contract.node.now(), here: Date.now() };
      if (report.mode === "snapshot") this.times.clear();
      if (this.copy.block.hash !== before) this.tell();
      return report;
    });
  }

  now(): number {
    return this.clock.chain + Math.floor((Date.now() - this.clock.here) / 1000);
  }

  async status(): Promise<ModelStatus> {
    return this.guarded(async () => {
      await this.sync();
      const { word } = this.contract.incentive;
      const [stakeWei, totals] = await Promise.all([this.contract.read("stakeNow"), word === "points" ? null : this.contract.read("totals")]);
      return {
        block: this.block,
        now: this.now(),
        contributions: this.contributions,
        stakeWei,
        lockedWei: word === "points" ? 0n : word === "market" ? totals.stakesWei : totals.lockedWei,
        provenGwei: word === "self-assessment" ? totals.provenGwei : 0n,
        carryWei: word === "self-assessment" ? totals.carryWei : 0n,
        isOpen: true,
      };
    });
  }

  // ------------------------------------------------------------------------------------------------------- predicting

  encode(raw: RawInput): Encoded {
    const sample = raw.kind === "encoded" ? fromHex(raw.hex) : this.encoder().encode(raw);
    this.copy.model.decode(sample);
    return { sample, hex: toHex(sample), described: this.describe(sample) };
  }

  predict(raw: RawInput): Prediction {
    return this.predictSample(this.encode(raw).sample);
  }

  predictSample(sample: Uint8Array): Prediction {
    const { model } = this.copy;
    const features = model.decode(sample);
    const now = this.now();
    const label = model.predict(features, now);
    const scores: ClassScore[] = model.decision(features, now).map((score, k) => ({ label: k, className: this.classes[k]!, score }));
    return {
      sample,
      hex: toHex(sample),
      described: this.describe(sample),
      label,
      className: this.classes[label]!,
      scores,
      lead: model.lead(features, now),
      block: this.block,
    };
  }

  async predictOnChain(sample: Uint8Array): Promise<number> {
    return this.guarded(async () => Number(await read(this.contract.node.rpc, { to: this.contract.modelAddress, abi: MODEL, name: "predict", args: [sample] })));
  }

  describe(sample: Uint8Array): string {
    try {
      return this.featurizer?.describe(sample) ?? toHex(sample);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return toHex(sample); // the creator's description is of another model than this
    }
  }

  private encoder(): Featurizer {
    if (this.featurizer === null) throw new Refusal("unsupported", this.featurizerInfo.why);
    return this.featurizer;
  }

  // ---------------------------------------------------------------------------------------------------------- looking

  async listContributions(filter: ContributionFilter, page: number, size: number, onProgress?: Progress): Promise<Page<Contribution>> {
    return this.guarded(async () => {
      const derived = await this.log.get(onProgress);
      const judging = await this.judging(derived, filter.account);
      const author = filter.author === undefined ? undefined : checksummed(filter.author);
      const ids = filter.ids === undefined ? undefined : new Set(filter.ids);
      const wanted = derived.contributions.filter(
        (one) => (ids?.has(one.id) ?? true) && (author === undefined || one.author === author || one.payee === author) && this.isReady(one, filter, derived, judging),
      );
      return paged(wanted.reverse(), page, size, (one) => this.view(one, derived, judging));
    });
  }

  async contribution(id: number, account?: string): Promise<Contribution> {
    const { items } = await this.listContributions({ ids: [id], ...(account === undefined ? {} : { account }) }, 0, 1);
    if (items[0] === undefined) throw new Refusal("input", `There is no contribution ${id} yet: the model has ${this.contributions}.`, "UnknownContribution");
    return items[0];
  }

  private isReady(one: Logged, { ready }: ContributionFilter, derived: Derived, judging: Judging): boolean {
    if (ready === undefined) return true;
    const status = derived.endings.get(one.id) ?? "open";
    return verdictsOf(one, this.predicted(one), status, judging).some((verdict) => verdict.kind === ready && verdict.isReady);
  }

  private async judging({ ledger }: Derived, account?: string): Promise<Judging> {
    const base = { terms: this.contract.terms, now: this.now(), classes: this.classes, ledger };
    if (account === undefined) return base;
    const who = checksummed(account);
    if (this.contract.incentive.word !== "self-assessment") return { ...base, account: who };
    return { ...base, account: who, provenGwei: (await this.contract.read("accountOf", [who])).provenGwei };
  }

  private predicted(one: Logged): number {
    return this.copy.model.predict(this.copy.model.decode(one.sample), this.now());
  }

  private view(one: Logged, { endings, ledger }: Derived, judging: Judging): Contribution {
    const status = endings.get(one.id) ?? "open";
    const predicted = this.predicted(one);
    const tally = ledger?.tally(one.id);
    return {
      id: one.id,
      author: one.author,
      payee: one.payee,
      label: one.label,
      className: this.classes[one.label] ?? `class ${one.label}`,
      taught: one.taught,
      stakeWei: one.stakeWei,
      contributedAt: one.contributedAt,
      sample: one.sample,
      described: this.describe(one.sample),
      batch: one.batch,
      block: one.block,
      txHash: one.txHash,
      status,
      predicted,
      predictedName: this.classes[predicted]!,
      agrees: predicted === one.label,
      clocks: clocksOf(one, judging.terms, judging.now, status),
      verdicts: verdictsOf(one, predicted, status, judging),
      tally: tally === undefined ? null : { confirmed: tally.confirmed, contested: tally.contested, votes: tally.votes },
    };
  }

  async history(page: number, size: number, onProgress?: Progress): Promise<HistoryPage> {
    return this.guarded(async () => {
      const { events } = await this.log.get(onProgress);
      const shown = paged(events.filter(isShown).reverse(), page, size, (event) => event);
      this.times.learn(events);
      await this.times.ask(shown.items.map((event) => event.block));
      return { ...shown, items: shown.items.map((event) => historyLine(event, this.classes, this.times.get(event.block))) };
    });
  }

  async account(address: string): Promise<AccountStatus> {
    return this.guarded(async () => {
      const who = checksummed(address);
      const { word } = this.contract.incentive;
      const [balanceWei, kept, derived] = await Promise.all([this.contract.node.balance(who), this.contract.read("accountOf", [who]), this.log.get()]);
      const own = derived.contributions.filter((one) => one.author === who);
      const lockedWei = own.filter((one) => !derived.endings.has(one.id)).reduce((sum, one) => sum + one.stakeWei, 0n);
      return {
        address: who,
        balanceWei,
        owedWei: word === "points" ? 0n : kept.owedWei,
        provenGwei: word === "self-assessment" ? kept.provenGwei : 0n,
        lockedWei: word === "points" ? 0n : word === "market" ? kept.stakeWei : lockedWei,
        contributions: own.length,
        points: word === "points" ? await this.standing(who, derived) : null,
        isPunished: word === "market" && kept.isPunished,
      };
    });
  }

  private async standing(who: string, derived: Derived): Promise<Standing> {
    const row = this.ranking(derived).find((one) => one.address === who) ?? noStanding(who, derived.ledger!.weightOf(who));
    return { ...row, badges: (await awardedBadges(this.contract, [who])).get(who)! };
  }

  private ranking({ ledger, events, contributions }: Derived): Standing[] {
    const { terms } = this.contract;
    if (terms.incentive === "points") return pointsRanking(ledger!, terms, contributions.map((one) => one.author));
    return stakedRanking(events, terms.incentive);
  }

  async leaderboard(onProgress?: Progress): Promise<readonly Standing[]> {
    return this.guarded(async () => {
      const rows = this.ranking(await this.log.get(onProgress));
      if (this.contract.incentive.word !== "points") return rows;
      const awarded = await awardedBadges(this.contract, rows.slice(0, MOST_BADGE_ROWS).map((row) => row.address));
      return rows.map((row) => ({ ...row, badges: awarded.get(row.address) ?? [] }));
    });
  }

  async badges(address: string): Promise<readonly BadgeView[]> {
    return this.guarded(async () => {
      const { ledger } = await this.log.get();
      return ledger === null ? [] : badgeViews(this.contract, ledger, checksummed(address));
    });
  }

  async market(): Promise<MarketStatus | null> {
    if (this.contract.incentive.word !== "market") return null;
    return this.guarded(async () => marketStatus(this.contract, this.now(), (await this.contract.node.block()).number));
  }

  // ----------------------------------------------------------------------------------------------------------- charts

  get seriesKinds(): readonly SeriesKind[] {
    return this.contract.incentive.series;
  }

  async series(kind: SeriesKind, options: SeriesOptions = {}): Promise<Series> {
    return this.guarded(async () => {
      const { most = MOST_POINTS, window = WINDOW, test = [], onProgress } = options;
      if (kind === "accuracy") return seriesOf(kind, await this.accuracy(window, onProgress), most);
      if (kind === "test-accuracy") return seriesOf(kind, await this.testAccuracy(test, onProgress), most);
      const { events } = await this.log.get(onProgress);
      return seriesOf(kind, countedPoints(kind, events, await this.times.of(events)), most);
    });
  }

  private async accuracy(window: number, onProgress?: Progress): Promise<Point[]> {
    const right: boolean[] = [];
    const times: number[] = [];
    await this.copy.replayAll((model, one) => {
      right.push(model.predict(model.decode(one.sample), one.contributedAt) === one.label);
      times.push(one.contributedAt);
    }, onProgress);
    return movingPart(right, window).map((value, i) => ({ time: times[i]!, contributions: i + 1, value }));
  }

  private async testAccuracy(test: NonNullable<SeriesOptions["test"]>, onProgress?: Progress): Promise<Point[]> {
    if (test.length === 0) throw new Refusal("input", "Give some labelled samples first: their accuracy is charted.");
    const decoded = test.map(({ sample, label }) => ({ features: this.copy.model.decode(sample), label }));
    const part = (model: typeof this.copy.model, now: number): number =>
      decoded.filter(({ features, label }) => model.predict(features, now) === label).length / decoded.length;
    const points: Point[] = [];
    const step = Math.max(1, Math.ceil(this.contributions / MOST_TESTS));
    let done = 0;
    await this.copy.replayAll((model, one) => {
      if (done % step === 0) points.push({ time: one.contributedAt, contributions: done, value: part(model, one.contributedAt) });
      done++;
    }, onProgress);
    return [...points, { time: this.now(), contributions: this.contributions, value: part(this.copy.model, this.now()) }];
  }

  // ----------------------------------------------------------------------------------------------------------- acting

  async quote(action: Action, account: string): Promise<Quote> {
    return this.guarded(() => quoteOf(this.source(), action, checksummed(account)));
  }

  async send(quote: Quote, wallet: Wallet, onStage: (stage: SendStage) => void = () => undefined): Promise<Receipt> {
    return this.guarded(async () => {
      const receipt = await sendQuote(this.contract.node, quote, wallet, this.classes, onStage);
      // What was done is done, even if the node is gone now.
      await this.sync().catch(() => undefined);
      return receipt;
    });
  }

  private source(): Source {
    return {
      contract: this.contract,
      model: this,
      contributions: async () => (await this.log.get()).contributions,
      scoredTests: () => this.scoredTests(),
    };
  }

  private async scoredTests(): Promise<{ samples: string[]; labels: number[] }> {
    await this.sync();
    const [{ events }, market] = await Promise.all([this.log.get(), this.contract.read("market")]);
    const scored = events.filter(
      ({ name, values }) => name === "TestSampleRevealed" && Number(values.market) === Number(market.number) && Number(values.partition) !== Number(market.drawn),
    );
    return { samples: scored.map(({ values }) => values.sample), labels: scored.map(({ values }) => Number(values.label)) };
  }

  // --------------------------------------------------------------------------------------------------------- following

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  follow(seconds: number): void {
    if (this.timer !== null) clearTimeout(this.timer);
    if (this.isClosed) return;
    const look = async (): Promise<void> => {
      await this.sync().catch(() => undefined); // listeners are told of the node's state
      if (!this.isClosed) this.timer = setTimeout(() => void look(), 1000 * seconds);
    };
    this.timer = setTimeout(() => void look(), 1000 * seconds);
  }

  close(): void {
    this.isClosed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.stopState();
    this.listeners.clear();
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }

  private async guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw refusalOf(error);
    }
  }
}
