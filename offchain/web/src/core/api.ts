/**
 * What the page may use of the core: types here, functions in `./index.ts`. Nothing in the core touches the DOM.
 *
 * Money is `bigint` wei, points are whole hundredths, times are Unix seconds of the chain, addresses are checksummed.
 * Everything that was read from the chain (names, descriptions, samples in words) is plain text from strangers: show it as
 * text, never as markup.
 */

// ------------------------------------------------------------------------------------------------------------- words

/** Why something was not done, in words for people. The only error that the core throws on purpose. */
export interface RefusalShape {
  /** What kind of thing went wrong; the page may react to it, such as with a button "switch network". */
  readonly code: RefusalCode;
  /** Name of the contract's error where there is one, such as `TooEarly`; else empty. */
  readonly name: string;
  /** What happened and what to do. May hold texts of strangers: show as text. */
  readonly message: string;
  /** The fields of the contract's error by their Solidity names; empty for others. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export type RefusalCode =
  | "contract" // a contract refused; `name` says how
  | "sample" // the input cannot be encoded
  | "rejected" // the user said no in the wallet
  | "wrong-chain" // the wallet is on another chain
  | "unknown-chain" // the wallet does not know the chain
  | "no-wallet" // nothing is connected
  | "funds" // the account has too little ether
  | "node-down" // the node does not answer
  | "timeout" // no answer, or no block, in time
  | "node" // the node answered with an error
  | "not-a-model" // something else is at the address, or nothing
  | "not-open" // the model's first weights are still being uploaded
  | "replay" // chain and log contradict one another
  | "unsupported" // this page cannot do it, such as an unknown featuriser
  | "input" // what was typed cannot be used
  | "internal";

/** Told how far long work is: blocks, parts or items, as `what` says. */
export type Progress = (what: string, done: number, total: number) => void;

// ------------------------------------------------------------------------------------------------------- deployments

/** One public model that the page knows, from `deployments.json` beside the page. */
export interface DeploymentEntry {
  readonly name: string;
  readonly address: string;
  readonly chainId: number;
  /** Short name, such as "sepolia" or "local". */
  readonly network: string;
  readonly kind?: string;
  readonly incentive?: string;
  /** Held-out accuracy of the first weights, 0 to 1, where it was measured. */
  readonly accuracy?: number | null;
  /** A node that may be asked without a wallet. */
  readonly rpcUrl?: string;
}

// -------------------------------------------------------------------------------------------------------------- node

export type NodeState = "ok" | "down" | "wrong-chain";

/** Where reads go: a node by its URL, or a wallet's provider. */
export type NodeSource = { readonly rpcUrl: string } | { readonly wallet: Wallet };

export interface OpenOptions {
  readonly node: NodeSource;
  /** The chain that the node must serve; any if not given. */
  readonly chainId?: number;
  readonly onProgress?: Progress;
}

// ------------------------------------------------------------------------------------------------------------- model

export type IncentiveWord = "self-assessment" | "points" | "market";

export interface FeaturizerInfo {
  /** Such as "text-presence"; empty when the model takes encoded samples only. */
  readonly id: string;
  readonly version: number;
  /** Whether raw input can be encoded here. */
  readonly isAvailable: boolean;
  /** Why not, in words; empty if it can. Encoded samples (hexadecimal) are always possible. */
  readonly why: string;
  /** What the page should ask for. "encoded": only hexadecimal bytes. */
  readonly input: InputKind;
  /** Names of the columns of a table; empty otherwise. */
  readonly columns: readonly string[];
  /** Number of features. */
  readonly dimension: number;
}

export type InputKind = "text" | "row" | "image" | "encoded";

/** What somebody typed. Cells are as typed; empty, `?` or `NA` are missing. */
export type RawInput =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "row"; readonly cells: readonly string[] }
  | { readonly kind: "image"; readonly width: number; readonly height: number; readonly rgba: Uint8Array }
  | { readonly kind: "encoded"; readonly hex: string };

export interface ModelInfo {
  readonly address: string;
  /** Contract of the weights. */
  readonly modelAddress: string;
  readonly chainId: number;
  readonly network: string;
  /** Such as "perceptron/1". */
  readonly kind: string;
  readonly incentive: IncentiveWord;
  readonly name: string;
  readonly description: string;
  /** Position is class number. */
  readonly classes: readonly string[];
  /** Unix seconds from which each class takes part; 0 for first classes. */
  readonly classActiveAt: readonly number[];
  readonly featurizer: FeaturizerInfo;
  readonly terms: Terms;
  readonly creator: string;
  /** The zero address for nobody. */
  readonly curator: string;
  readonly createdAtBlock: number;
  readonly isOpen: boolean;
}

export type Terms = SelfAssessmentTerms | PointsTerms | MarketTerms;

export interface SelfAssessmentTerms {
  readonly incentive: "self-assessment";
  readonly beneficiary: string;
  readonly floorWei: bigint;
  readonly growthBps: number;
  readonly halfLifeSeconds: number;
  readonly refundWaitSeconds: number;
  readonly reportWaitSeconds: number;
  readonly sweepWaitSeconds: number;
  readonly reporterBps: number;
}

export interface PointsTerms {
  readonly incentive: "points";
  readonly founders: readonly string[];
  readonly grant: number;
  readonly leastVote: number;
  readonly mostVote: number;
  readonly giveBps: number;
  readonly feeBps: number;
  readonly voteSeconds: number;
}

export interface MarketTerms {
  readonly incentive: "market";
  readonly minStakeWei: bigint;
  readonly bondWei: bigint;
  readonly stepFeeWei: bigint;
  readonly postBondWei: bigint;
  readonly fullScore: number;
  readonly mostContributions: number;
  readonly participateSeconds: number;
  readonly revealSeconds: number;
  readonly disputeSeconds: number;
  readonly moveSeconds: number;
  readonly rounds: number;
  readonly drawDelayBlocks: number;
}

export interface SyncReport {
  /** "snapshot": read anew; "events": continued from the log; "unchanged". */
  readonly mode: "snapshot" | "events" | "unchanged";
  readonly newContributions: number;
  readonly contributions: number;
  readonly block: number;
  /** Why the copy was read anew, in words; empty if it was not. */
  readonly notice: string;
}

export interface Encoded {
  readonly sample: Uint8Array;
  /** The bytes as `0x…`. */
  readonly hex: string;
  /** What the model sees of it, in words. */
  readonly described: string;
}

export interface ClassScore {
  readonly label: number;
  readonly className: string;
  /** Larger is nearer; comparable within one prediction only. Null when the class takes no part. */
  readonly score: number | null;
}

export interface Prediction extends Encoded {
  readonly label: number;
  readonly className: string;
  /** In class order. */
  readonly scores: readonly ClassScore[];
  /** How clearly the best class leads the next: 0 (undecided) to 1. For a bar; it is no probability. */
  readonly lead: number;
  /** As of which block. */
  readonly block: number;
}

/** Money and clocks of a model now. */
export interface ModelStatus {
  readonly block: number;
  /** The chain's time. */
  readonly now: number;
  readonly contributions: number;
  /** What a contribution costs in stake now (market: the least stake). 0 under points. */
  readonly stakeWei: bigint;
  /** Stakes of open contributions; in a market: of the market that is on. */
  readonly lockedWei: bigint;
  readonly provenGwei: bigint;
  readonly carryWei: bigint;
  readonly isOpen: boolean;
}

// ----------------------------------------------------------------------------------------------------- contributions

export type ContributionStatus = "open" | "refunded" | "forfeited" | "swept" | "none";

export type ClockKind = "refund" | "report" | "sweep" | "vote";

/** From when to when something is possible, against the chain's time. */
export interface Clock {
  readonly kind: ClockKind;
  /** Unix seconds. */
  readonly opensAt: number;
  /** Unix seconds from which it is no more possible; null if time does not end it. */
  readonly closesAt: number | null;
  readonly state: "waiting" | "open" | "over";
  /** Seconds until it opens ("waiting") or closes ("open" with an end); 0 otherwise. */
  readonly secondsLeft: number;
}

export type ClaimKind = "refund" | "report" | "sweep" | "confirm" | "contest";

/** Whether an account could make a claim now. */
export interface Verdict {
  readonly kind: ClaimKind;
  readonly isReady: boolean;
  /** In words: "possible now", "possible in 2 h", "the model predicts spam, not ham; it may come round" … */
  readonly why: string;
  /** What the account gets by it as of now, in wei (refund: the stake; report: the reporter's own part); 0 under points. */
  readonly gainWei: bigint;
}

export interface Contribution {
  readonly id: number;
  readonly author: string;
  /** Who gets the stake back if somebody else paid; null otherwise. */
  readonly payee: string | null;
  readonly label: number;
  readonly className: string;
  readonly taught: boolean;
  readonly stakeWei: bigint;
  readonly contributedAt: number;
  readonly sample: Uint8Array;
  /** The sample in words. */
  readonly described: string;
  /** Number of the first contribution of its batch; null if it came alone. */
  readonly batch: number | null;
  readonly block: number;
  readonly txHash: string;
  /** Null until asked for: `contributions` fills it. Always "open" under points; market: "open". */
  readonly status: ContributionStatus;
  /** What the model says now. */
  readonly predicted: number;
  readonly predictedName: string;
  readonly agrees: boolean;
  readonly clocks: readonly Clock[];
  /** For the account that was asked about; empty without one. */
  readonly verdicts: readonly Verdict[];
  /** Hundredths of points for and against; null unless points. */
  readonly tally: { readonly confirmed: number; readonly contested: number; readonly votes: number } | null;
}

export interface ContributionFilter {
  /** Only those of this author (or payee). */
  readonly author?: string;
  /** Whose rights the verdicts are about. */
  readonly account?: string;
  /** Only these. */
  readonly ids?: readonly number[];
  /** Only those on which `account` can make this claim now. */
  readonly ready?: ClaimKind;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** From 0; page 0 has the newest. */
  readonly page: number;
  readonly pages: number;
  readonly total: number;
}

/** One thing that happened. */
export interface HistoryLine {
  readonly block: number;
  /** Unix seconds of its block; null until known (contributions carry their own). */
  readonly time: number | null;
  readonly txHash: string;
  readonly logIndex: number;
  /** Name of the contract's event. */
  readonly event: string;
  readonly who: string | null;
  readonly id: number | null;
  readonly amountWei: bigint | null;
  /** All of it in words. */
  readonly words: string;
}

export type HistoryPage = Page<HistoryLine>;

// ---------------------------------------------------------------------------------------------------------- accounts

export interface AccountStatus {
  readonly address: string;
  readonly balanceWei: bigint;
  /** What a withdrawal would pay; 0 under points. */
  readonly owedWei: bigint;
  /** Above 0, it may report others. */
  readonly provenGwei: bigint;
  /** Its stakes that are still locked. */
  readonly lockedWei: bigint;
  readonly contributions: number;
  /** Under points; null otherwise. */
  readonly points: Standing | null;
  /** In a market: punished in the market that it last took part in. */
  readonly isPunished: boolean;
}

export interface Standing {
  /** From 1. */
  readonly rank: number;
  readonly address: string;
  /** Hundredths of points under points; proven gwei under self-assessment; wei won less wei lost in markets. */
  readonly score: bigint;
  /** The same in words, such as "12.5 points" or "0.003 ether proven". */
  readonly scoreWords: string;
  readonly contributions: number;
  /** Confirmed (points), refunded (self-assessment), or taught (market). */
  readonly good: number;
  /** Contested to nothing, forfeited, or punished. */
  readonly bad: number;
  readonly votes: number;
  readonly rightVotes: number;
  /** Weight of the next vote, in hundredths; 0 without standing, or without points. */
  readonly canGive: number;
  readonly isFounder: boolean;
  readonly badges: readonly BadgeName[];
}

export type BadgeName = "first-light" | "confirmed" | "hundred" | "judge" | "steady";

export interface BadgeView {
  readonly badge: BadgeName;
  readonly title: string;
  /** What it is for, in words. */
  readonly about: string;
  readonly isAwarded: boolean;
  /** Earned, so that it can be claimed if it is not awarded yet. */
  readonly isEarned: boolean;
  /** Of "judge": contributions on which the account's votes can be counted as right now, by the action "judge"; else empty. */
  readonly countable: readonly number[];
  readonly tokenId: string;
}

// ------------------------------------------------------------------------------------------------------------ charts

export type SeriesKind =
  | "contributions" // so far
  | "participants" // different authors so far
  | "stake" // of each contribution, ether
  | "locked" // stakes locked, ether
  | "forfeited" // stakes forfeited so far, ether
  | "refunded" // stakes given back so far, ether
  | "accuracy" // part of the last contributions that the model predicted right before it learned them, 0 to 1
  | "test-accuracy"; // part of given samples predicted right after each contribution, 0 to 1

export interface Series {
  readonly kind: SeriesKind;
  readonly title: string;
  /** Such as "ether", "accounts", "part". */
  readonly unit: string;
  /** Over time, each with the number of contributions so far. */
  readonly points: readonly { readonly time: number; readonly contributions: number; readonly value: number }[];
}

// ------------------------------------------------------------------------------------------------------------ market

export type PhaseName =
  | "idle"
  | "drawing"
  | "proving"
  | "participating"
  | "revealing"
  | "preparing"
  | "settling"
  | "training"
  | "closed"
  | "void";

export interface MarketStatus {
  readonly number: number;
  readonly phase: PhaseName;
  /** What the phase is, in words. */
  readonly words: string;
  /** Unix seconds; 0 where no time ends it. */
  readonly deadline: number;
  readonly secondsLeft: number;
  readonly first: number;
  readonly contributions: number;
  readonly participants: number;
  readonly stakesWei: bigint;
  readonly bountyWei: bigint;
  readonly purseWei: bigint;
  readonly postBondsWei: bigint;
  readonly provider: string;
  readonly drawBlock: number;
  readonly partitions: number;
  readonly drawn: number;
  readonly testCount: number;
  readonly revealed: number;
  readonly isSettled: boolean;
  readonly credited: number;
  readonly trained: number;
  /** The phases in their order, for a bar of steps; `current` marks this one. */
  readonly steps: readonly {
    readonly phase: PhaseName;
    readonly title: string;
    readonly state: "done" | "current" | "to come";
  }[];
  /** What can be done now. */
  readonly dues: readonly Due[];
}

export interface Due {
  /** What the page can do by `quote`; null where only the Python client can (its command is in `why`). */
  readonly action: "contribute" | "draw" | "end" | "withdraw" | "prepare" | "accept" | null;
  readonly who: "anyone" | "the provider" | "the poster" | "the challenger";
  readonly why: string;
}

// ----------------------------------------------------------------------------------------------------------- actions

/** Something that an account can do by one transaction. */
export type Action =
  | {
      readonly do: "contribute";
      readonly sample: Uint8Array;
      readonly label: number;
      /** Market: what to stake, at least the least stake. Else the price of the moment with room above it, credited if not needed. */
      readonly stakeWei?: bigint;
    }
  | { readonly do: "contribute-many"; readonly samples: readonly Uint8Array[]; readonly labels: readonly number[] }
  | { readonly do: "refund" | "report" | "sweep" | "confirm" | "contest"; readonly ids: readonly number[] }
  | { readonly do: "withdraw"; readonly to?: string }
  | { readonly do: "judge"; readonly voter: string; readonly ids: readonly number[] }
  | { readonly do: "claim-badge"; readonly account: string; readonly badge: BadgeName }
  | { readonly do: "draw" | "end" | "prepare" | "accept" };

/** What an action costs, before it is signed. */
export interface Quote {
  readonly action: Action;
  readonly account: string;
  /** In a line, such as "contribute under a stake". */
  readonly what: string;
  readonly transaction: { readonly to: string; readonly data: string; readonly valueWei: bigint };
  /** Expected units of gas, and the limit that is asked for. */
  readonly gas: bigint;
  readonly gasLimit: bigint;
  /** Expected price of a unit. */
  readonly gasPriceWei: bigint;
  /** Expected fee: it is gone. */
  readonly feeWei: bigint;
  /** Highest fee that is offered. */
  readonly mostFeeWei: bigint;
  /** Expected stake: it comes back if the data are good. */
  readonly stakeWei: bigint;
  /** Ether sent along at most; what is not staked is credited. */
  readonly mostValueWei: bigint;
  /** Expected fee and stake together. */
  readonly totalWei: bigint;
  /** What the account must have. */
  readonly mostWei: bigint;
  readonly balanceWei: bigint;
  readonly isAffordable: boolean;
  /** What the account is credited by it, as expected (refund, report, withdraw); else 0. */
  readonly gainWei: bigint;
  /** What the user should know before signing, in words; may be empty. */
  readonly notes: readonly string[];
  readonly maxFeePerGasWei: bigint;
  /** Null on chains without EIP-1559. */
  readonly maxPriorityFeePerGasWei: bigint | null;
}

export type SendStage =
  | { readonly stage: "signing" }
  | { readonly stage: "sent"; readonly txHash: string }
  | { readonly stage: "mined"; readonly txHash: string; readonly block: number };

export interface Receipt {
  readonly txHash: string;
  readonly block: number;
  readonly feeWei: bigint;
  /** What was done, in words, one line an event. */
  readonly lines: readonly string[];
  /** Of contributions that it made. */
  readonly ids: readonly number[];
  /** Parts of a batch that were refused, in words. */
  readonly refused: readonly string[];
}

/** An open model: a copy that follows the chain, and what can be done with it. */
export interface Model {
  readonly info: ModelInfo;
  readonly nodeState: NodeState;
  /** Block and contributions of the copy. */
  readonly block: number;
  readonly contributions: number;

  /** Bring the copy to the latest block. */
  sync(onProgress?: Progress): Promise<SyncReport>;
  /** Where it all stands now; syncs first. */
  status(): Promise<ModelStatus>;
  /** The chain's time now, as far as the node knows; from the last sync, running on by the computer's clock. */
  now(): number;

  /** Raw input as the contract takes it. Throws `Refusal` "sample" or "unsupported". */
  encode(raw: RawInput): Encoded;
  /** Free, offline, exactly what the contract would say. */
  predict(raw: RawInput): Prediction;
  predictSample(sample: Uint8Array): Prediction;
  /** Ask the contract itself by a free call: for a check. */
  predictOnChain(sample: Uint8Array): Promise<number>;
  /** A sample in words; its bytes where that is impossible. */
  describe(sample: Uint8Array): string;

  /** Contributions, newest first; reads the whole log once. */
  listContributions(
    filter: ContributionFilter,
    page: number,
    size: number,
    onProgress?: Progress,
  ): Promise<Page<Contribution>>;
  contribution(id: number, account?: string): Promise<Contribution>;
  history(page: number, size: number, onProgress?: Progress): Promise<HistoryPage>;
  account(address: string): Promise<AccountStatus>;
  /** The best first. */
  leaderboard(onProgress?: Progress): Promise<readonly Standing[]>;
  /** Empty unless points. */
  badges(address: string): Promise<readonly BadgeView[]>;
  /** Which kinds this model has: not every incentive has stakes. */
  readonly seriesKinds: readonly SeriesKind[];
  /** `test` is needed for "test-accuracy" only. */
  series(kind: SeriesKind, options?: SeriesOptions): Promise<Series>;
  /** Null unless its incentive is a market. */
  market(): Promise<MarketStatus | null>;

  /** What an action would cost `account` now. Throws `Refusal` where the contract would refuse it. */
  quote(action: Action, account: string): Promise<Quote>;
  /** Have the wallet sign and send it, and wait for its block. Throws `Refusal`; "rejected" if the user says no. */
  send(quote: Quote, wallet: Wallet, onStage?: (stage: SendStage) => void): Promise<Receipt>;

  /** Told after a sync that found something new, and when the node goes or comes back. Gives the way to stop it. */
  subscribe(listener: () => void): () => void;
  /** Look at the chain every so many seconds until closed. */
  follow(seconds: number): void;
  close(): void;
}

export interface SeriesOptions {
  readonly test?: readonly { readonly sample: Uint8Array; readonly label: number }[];
  /** Contributions over which "accuracy" is taken; 50 if not given. */
  readonly window?: number;
  /** Most points; 300 if not given. */
  readonly most?: number;
  readonly onProgress?: Progress;
}

// ------------------------------------------------------------------------------------------------------------ wallets

/** A wallet that announced itself by EIP-6963, or `window.ethereum`. */
export interface WalletOffer {
  readonly id: string;
  /** Text of a stranger. */
  readonly name: string;
  /** A `data:` image; anything else is dropped (empty). */
  readonly icon: string;
  readonly rdns: string;
}

export interface WalletDirectory {
  /** As announced so far. */
  readonly offers: readonly WalletOffer[];
  subscribe(listener: () => void): () => void;
  /** Ask it for accounts. Throws `Refusal` "rejected". */
  connect(id: string): Promise<Wallet>;
  close(): void;
}

export interface Wallet {
  readonly offer: WalletOffer;
  /** The account in use; null when the user took the page's leave away. */
  readonly account: string | null;
  readonly chainId: number;
  readonly isConnected: boolean;
  /** Told of changes of account, chain and connection. */
  subscribe(listener: () => void): () => void;
  /** Ask the wallet for another chain. Throws `Refusal`: "rejected", "unknown-chain". */
  switchChain(chainId: number): Promise<void>;
  /** Ask the wallet to learn a chain, then switch to it. */
  addChain(chain: { chainId: number; name: string; rpcUrl: string }): Promise<void>;
  /** Forget it here (wallets themselves keep what they granted). */
  disconnect(): void;
  /** EIP-1193. */
  request(method: string, params?: readonly unknown[]): Promise<unknown>;
}

// --------------------------------------------------------------------------------------------- functions of ./index.ts

export interface Core {
  /** Read `deployments.json` (a list of entries, or Python's records). Empty when there is none. */
  readDeployments(url: string): Promise<readonly DeploymentEntry[]>;
  /** Open a model by its address. */
  openModel(address: string, options: OpenOptions): Promise<Model>;
  /** Begin to listen for wallets; the target is `window`. */
  discoverWallets(target: EventTarget): WalletDirectory;
  /** Any thrown value in clear words. */
  explain(error: unknown): RefusalShape;
  formatEther(wei: bigint): string;
  /** Dollars at a rate that the user typed (dollars for one ether); empty without a rate. */
  formatUsd(wei: bigint, ethUsd: number | null): string;
  parseEther(text: string): bigint;
  formatDuration(seconds: number): string;
  formatPoints(hundredths: number | bigint): string;
}
