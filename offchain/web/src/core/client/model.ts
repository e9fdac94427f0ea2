/** An open model: a copy that follows the chain, and what can be done with it. The shell around the pure parts. */

import type {
  AccountStatus,
  Action,
  BadgeView,
  ClassScore,
  Contribution,
  ContributionFilter,
  Encoded,
  FeaturizerInfo,
  HistoryPage,
  MarketStatus,
  Model,
  ModelInfo,
  ModelStatus,
  NodeState,
  Page,
  Prediction,
  Progress,
  Quote,
  RawInput,
  Receipt,
  SendStage,
  Series,
  SeriesKind,
  SeriesOptions,
  Standing,
  SyncReport,
  Wallet,
} from "../api.ts";
import { checksummed, MODEL, read } from "../chain/abi.ts";
import { networkName } from "../chain/node.ts";
import type { Featurizer } from "../featurizers/base.ts";
import { featurizerOf } from "../featurizers/registry.ts";
import { fromHex, toHex } from "../numerics/bytes.ts";
import { Refusal } from "../refusal.ts";
import { refusalOf } from "../words/explain.ts";
import { accountStatus, board } from "./accounts.ts";
import type { Source } from "./actions.ts";
import { chart } from "./charts.ts";
import type { Context } from "./context.ts";
import type { Contract } from "./contract.ts";
import { contributionsPage } from "./contributions.ts";
import type { ModelCopy } from "./copy.ts";
import { DerivedLog } from "./derived.ts";
import { classNames, type Description } from "./description.ts";
import { historyLine, isShown } from "./history.ts";
import { marketStatus, scoredTests } from "./market.ts";
import { paged } from "./pages.ts";
import { quoteOf } from "./quoting.ts";
import { badgeViews } from "./ranking.ts";
import { sendQuote } from "./sending.ts";
import { BlockTimes } from "./times.ts";

/** What a model says about itself, and why that is of no use; empty if it is. */
export type About = Description & { readonly problem: string };

export class OpenModel implements Model, Context {
  readonly contract: Contract;
  readonly copy: ModelCopy;
  readonly log: DerivedLog;
  readonly times: BlockTimes;
  private readonly about: Description;
  private readonly featurizer: Featurizer | null;
  private readonly featurizerInfo: FeaturizerInfo;
  private readonly listeners = new Set<() => void>();
  private readonly stopState: () => void;
  private clock: { readonly chain: number; readonly here: number };
  private timer: ReturnType<typeof setTimeout> | null = null;
  private isClosed = false;

  constructor(contract: Contract, copy: ModelCopy, about: About, now: number) {
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

  get classes(): readonly string[] {
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
      const [stakeWei, totals] = await Promise.all([
        this.contract.read("stakeNow"),
        word === "points" ? null : this.contract.read("totals"),
      ]);
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
    const scores: ClassScore[] = model
      .decision(features, now)
      .map((score, k) => ({ label: k, className: this.classes[k]!, score }));
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
    return this.guarded(async () =>
      Number(
        await read(this.contract.node.rpc, {
          to: this.contract.modelAddress,
          abi: MODEL,
          name: "predict",
          args: [sample],
        }),
      ),
    );
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

  async listContributions(
    filter: ContributionFilter,
    page: number,
    size: number,
    onProgress?: Progress,
  ): Promise<Page<Contribution>> {
    return this.guarded(() => contributionsPage(this, filter, page, size, onProgress));
  }

  async contribution(id: number, account?: string): Promise<Contribution> {
    const { items } = await this.listContributions({ ids: [id], ...(account === undefined ? {} : { account }) }, 0, 1);
    if (items[0] === undefined)
      throw new Refusal(
        "input",
        `There is no contribution ${id} yet: the model has ${this.contributions}.`,
        "UnknownContribution",
      );
    return items[0];
  }

  async history(page: number, size: number, onProgress?: Progress): Promise<HistoryPage> {
    return this.guarded(async () => {
      const { events } = await this.log.get(onProgress);
      const shown = paged(events.filter(isShown).reverse(), page, size, (event) => event);
      this.times.learn(events);
      await this.times.ask(shown.items.map((event) => event.block));
      return {
        ...shown,
        items: shown.items.map((event) => historyLine(event, this.classes, this.times.get(event.block))),
      };
    });
  }

  async account(address: string): Promise<AccountStatus> {
    return this.guarded(() => accountStatus(this, address));
  }

  async leaderboard(onProgress?: Progress): Promise<readonly Standing[]> {
    return this.guarded(async () => board(this, await this.log.get(onProgress)));
  }

  async badges(address: string): Promise<readonly BadgeView[]> {
    return this.guarded(async () => {
      const { ledger } = await this.log.get();
      return ledger === null ? [] : badgeViews(this.contract, ledger, checksummed(address), this.now());
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
    return this.guarded(() => chart(this, kind, options));
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
      scoredTests: async () => {
        await this.sync();
        return scoredTests(this.contract, (await this.log.get()).events);
      },
    };
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
