// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Custody} from "./ICatalogue.sol";

/// @notice How updates travel. (What is not plain needs pods that can do it; the chain sees digests alone.)
enum Privacy {
    Plain,
    Paillier,
    Ckks
}

/// @notice Who can decrypt where updates are encrypted: the buyer, or the owners (fitchain's encrypted export).
enum KeyHolder {
    Buyer,
    Owner
}

/// @notice What validators compute. Scores are integers in millionths.
enum Metric {
    MeanSquaredError,
    Accuracy,
    LogLoss,
    AreaUnderCurve
}

/// @notice How far a job is. It never goes back.
enum JobPhase {
    None, // no such job
    Requested, // owners approve, sponsors pay
    Approved, // by every owner; money is missing
    Funded, // passed through on the way to Running
    Running, // rounds
    Validating, // a jury scores the model
    Settling, // the data part is shared
    Closed, // done
    Cancelled, // before it ran; all is refunded
    Expired // nothing came of it; all that is left is refunded
}

/// @notice What a running, or validating, job waits for.
enum Stage {
    None,
    Armed, // for the block that draws
    Committing, // for seals
    Revealing, // for reveals
    Agreed, // for the aggregator
    Aggregated, // whether somebody challenges the average
    Disputed, // for the replicas' votes on it
    Decided // whether somebody appeals
}

/// @notice Why a dataset does not suit a job.
enum Mismatch {
    None,
    Unknown,
    NotReady,
    Faulty,
    Custody,
    Schema,
    Quality
}

/// @notice The rules of a job, fixed when it is requested.
/// @param aggregator Who averages, besides the buyer; zero for the buyer alone.
/// @param budgetWei What is paid out at most; the bounties' purse comes on top ({IJobs-fundingOf}).
/// @param voteBondWei What a drawn validator locks.
/// @param challengeBondWei What an aggregator locks from an average on until it is final, and a challenger while it challenges.
/// @param bountyWei What each {IJobs-advance} pays its caller.
/// @param baseline Score of the trivial model, in millionths.
/// @param target Score at which the whole data part is paid; above or below the baseline.
/// @param minQuality Least quality of a dataset, in millionths.
/// @param dataBps Part of the budget for data owners, in basis points; the four together are 10,000.
/// @param computeBps For compute owners.
/// @param validationBps For validators.
/// @param aggregationBps For the aggregator.
/// @param rounds At most so many; each agreed one is paid.
/// @param subsetsPerRound How many subsets are drawn for a round; 1 to 32, with at most 128 seats.
/// @param minSubsets How many of them must agree, so that no average shows one owner's update.
/// @param validators Size of the jury, 0 to 7; with 0 the data part is paid in full, unscored.
/// @param drawDelay So many blocks after it is armed lies the block that draws; 1 to 200.
/// @param custody Of its datasets.
/// @param privacy See {Privacy}.
/// @param keyHolder See {KeyHolder}.
/// @param metric See {Metric}.
/// @param approveSeconds For approvals and funding. Each time is 1 second to 90 days.
/// @param trainSeconds For the seals of a round.
/// @param revealSeconds For reveals, of results and votes.
/// @param aggregateSeconds For the aggregator.
/// @param challengeSeconds In which an average can be challenged, votes on it given, and a decision appealed.
/// @param voteSeconds For sealed votes, and for showing the agreed shares.
/// @param environment What results depend on; equal to the compute owners' {ComputeOffer-environment}.
/// @param testSet Commitment to the held-back set on which validators score; names the pool of those who hold it.
struct JobTerms {
    address aggregator;
    uint96 budgetWei;
    uint96 voteBondWei;
    uint96 challengeBondWei;
    uint64 bountyWei;
    int64 baseline;
    int64 target;
    uint32 minQuality;
    uint16 dataBps;
    uint16 computeBps;
    uint16 validationBps;
    uint16 aggregationBps;
    uint16 rounds;
    uint8 subsetsPerRound;
    uint8 minSubsets;
    uint8 validators;
    uint8 drawDelay;
    Custody custody;
    Privacy privacy;
    KeyHolder keyHolder;
    Metric metric;
    uint32 approveSeconds;
    uint32 trainSeconds;
    uint32 revealSeconds;
    uint32 aggregateSeconds;
    uint32 challengeSeconds;
    uint32 voteSeconds;
    bytes32 environment;
    bytes32 testSet;
}

/// @notice What a job trains; in the log only, but for the model.
/// @param schema The datasets'.
/// @param program sha256 of the submitted source.
/// @param model sha256 of the first parameters; zero for none.
struct Subject {
    bytes32 schema;
    bytes32 program;
    bytes32 model;
}

/// @notice One job.
/// @param buyer Who asked for it.
/// @param phase How far it is.
/// @param stage What it waits for.
/// @param attempt How often the present draw was repeated for want of a quorum.
/// @param datasets How many.
/// @param approvals How many owners approved.
/// @param replicas Most seats that a subset has.
/// @param drawn How many subsets the round has.
/// @param round Number of the round, from 0.
/// @param agreedRounds How many were paid.
/// @param isLast Whether the round is the last.
/// @param isUnscored Whether it is settled without a score.
/// @param isAppealed Whether the second jury sits.
/// @param isListed Whether its buyer offers the model.
/// @param subsets Of all its datasets.
/// @param deadline When the stage ends; 0 where no time ends it.
/// @param drawBlock Whose hash draws.
/// @param assigned Seats of the round, or jury.
/// @param sealed_ How many of them sealed.
/// @param revealed How many revealed.
/// @param purseWei What is left for bounties; part of the escrow.
/// @param fundedWei What sponsors paid.
/// @param escrowWei What is left of it.
/// @param score Of the model, once it is settled; 0 before, and where it is unscored.
/// @param used Bit by bit, which subsets were drawn in this epoch.
/// @param positions The round's subsets, one byte each from the left.
/// @param model Digest of the latest final parameters.
/// @param decision What the jury decided: a vote's digest, see {IValidation}.
struct Job {
    address buyer;
    JobPhase phase;
    Stage stage;
    uint8 attempt;
    uint8 datasets;
    uint8 approvals;
    uint8 replicas;
    uint8 drawn;
    uint16 round;
    uint16 agreedRounds;
    bool isLast;
    bool isUnscored;
    bool isAppealed;
    bool isListed;
    uint16 subsets;
    uint40 deadline;
    uint40 drawBlock;
    uint16 assigned;
    uint16 sealed_;
    uint16 revealed;
    uint96 purseWei;
    uint96 fundedWei;
    uint96 escrowWei;
    int64 score;
    uint256 used;
    bytes32 positions;
    bytes32 model;
    bytes32 decision;
}

/// @notice Who paid for a job.
struct Sponsor {
    address account;
    uint96 amountWei;
}

/// @title Jobs: asked for, approved by each owner, paid into escrow, moved on
/// @notice `Requested → Approved → Funded → Running → Validating → Settling → Closed`; before it runs it can be {cancel}led, and from any stage {advance} ends what died, with the refund written there. What a job pays comes out of its own escrow, never out of
/// the contract's balance; what is left goes back to its sponsors by what they paid.
interface IJobs {
    /// @notice Emitted when a job was asked for: the submitted model's trace.
    event JobRequested(uint256 indexed job, address indexed buyer, JobTerms terms, Subject subject, uint256[] datasets);
    /// @notice Emitted when an owner approved: its private data are connected to the job, and so to the model.
    event DataConnected(uint256 indexed job, uint256 indexed dataset, address indexed owner);
    /// @notice Emitted when somebody paid.
    event JobFunded(uint256 indexed job, address indexed sponsor, uint256 amountWei);
    /// @notice Emitted at each change of phase.
    event JobPhaseChanged(uint256 indexed job, JobPhase phase);
    /// @notice Emitted when a stage began.
    /// @param deadline When it ends; of {Stage-Armed}, the block that draws.
    event StageChanged(uint256 indexed job, uint256 indexed round, Stage stage, uint256 deadline);
    /// @notice Emitted for each payment out of a job's escrow.
    /// @param role Whose part, one bit; 0 for a bounty.
    event Paid(uint256 indexed job, address indexed account, uint8 role, uint256 amountWei);
    /// @notice Emitted for what sponsors get back.
    event SponsorRefunded(uint256 indexed job, address indexed sponsor, uint256 amountWei);

    /// @notice Thrown for a job that does not exist.
    error UnknownJob(uint256 job);
    /// @notice Thrown by what does not belong to a job's phase or stage.
    error WrongJobPhase(uint256 job, JobPhase phase, Stage stage);
    /// @notice Thrown when a term is out of range.
    /// @param name Which, in ASCII.
    error WrongTerms(bytes32 name);
    /// @notice Thrown when a dataset does not suit a job.
    error DatasetUnsuitable(uint256 dataset, Mismatch why);
    /// @notice Thrown when datasets are not given in ascending order, each once, 1 to 64.
    error DatasetsUnsorted(uint256 dataset);
    /// @notice Thrown when the data part does not cover the owners' prices.
    error DataPartTooLow(uint256 partWei, uint256 pricesWei);
    /// @notice Thrown when the buyer holds replicas of a dataset of others.
    error BuyerHolds(uint256 dataset);
    /// @notice Thrown when an owner approves twice.
    error ApprovedAlready(uint256 job, uint256 dataset);
    /// @notice Thrown when nothing is to be paid any more, or there is no room for another sponsor.
    error NoFundingNeeded(uint256 job);
    /// @notice Thrown when the caller is neither buyer nor one of the owners.
    error NotInvolved(uint256 job, address caller);
    /// @notice Thrown by {advance} when there is nothing to move on, yet.
    error NothingToAdvance(uint256 job, Stage stage, uint256 deadline);
    /// @notice Thrown when the block that draws has no hash yet.
    error DrawNotYet(uint256 drawBlock);

    /// @notice Asks for training, and pays for it as far as wished.
    /// @dev Notes: emits {JobRequested}, {JobPhaseChanged}, {JobFunded}. Requirements: the caller is a buyer; every dataset is ready, not faulty, of the job's schema and custody, of enough quality; prices fit into the data part.
    /// @param terms The rules.
    /// @param subject What is trained.
    /// @param datasets In ascending order.
    /// @param fundWei How much of the funding the caller pays now out of its credit.
    /// @return job Its number, from 1.
    function request(
        JobTerms calldata terms,
        Subject calldata subject,
        uint256[] calldata datasets,
        uint256 fundWei
    ) external payable returns (uint256 job);

    /// @notice Pays for a job, at most what is missing. Anyone; up to 16 sponsors a job.
    function fund(uint256 job, uint256 amountWei) external payable returns (uint256 paidWei);

    /// @notice Approves a job for one dataset. Its owner. The last approval of a funded job (or the last payment of an approved one) starts it.
    /// @param index Place of the dataset in the job.
    function approve(uint256 job, uint256 index) external payable;

    /// @notice Calls a job off before it runs. Buyer, or any of the owners. All is refunded.
    /// @param index Place of the caller's dataset in the job; without meaning for the buyer.
    function cancel(uint256 job, uint256 index) external payable;

    /// @notice Moves a job on, whatever it waits for. Anyone; pays the bounty, as long as the purse lasts.
    /// @dev What it does follows from phase and stage:
    /// - Requested, Approved, after the deadline: Expired, all refunded.
    /// - Armed: draws, once the block has passed; where its hash is out of reach, arms anew, at the purse's cost.
    /// - Committing, Revealing, after the time for reveals: counts. A round without quorum is drawn again, twice at most; then the job goes on to validation with what was agreed, or, without any round agreed, expires.
    /// - Agreed, after the aggregator's time: the buyer has stalled; the job is settled unscored, in favour of those who worked.
    /// - Aggregated, after the challenge's time: the round is final; the next is armed, or the jury.
    /// - Disputed: see {IDisputes}.
    /// - Validating: see {IValidation}. A jury that does not decide is drawn again, twice at most; then the job is settled unscored.
    /// - Settling: unscored at once, and scored when nobody showed the agreed shares in time: equal shares.
    function advance(uint256 job) external payable;

    /// @notice How many jobs there are.
    function jobs() external view returns (uint256);

    /// @notice One job.
    function jobOf(uint256 job) external view returns (Job memory);

    /// @notice Its rules.
    function termsOf(uint256 job) external view returns (JobTerms memory);

    /// @notice Its datasets.
    function datasetsOf(uint256 job) external view returns (uint256[] memory);

    /// @notice Its sponsors.
    function sponsorsOf(uint256 job) external view returns (Sponsor[] memory);

    /// @notice What sponsors pay in all for such terms: the budget and the purse, `bountyWei × (6 × rounds + 12)`.
    function fundingOf(JobTerms calldata terms) external pure returns (uint256 fundingWei);

    /// @notice Why a dataset does not suit a job; {Mismatch-None} if it does.
    function mismatchOf(
        uint256 dataset,
        bytes32 schema,
        Custody custody,
        uint256 minQuality
    ) external view returns (Mismatch);
}
