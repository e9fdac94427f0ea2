// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice The rules of a market, fixed at the collaboration's creation. Times are seconds.
/// @param minStakeWei Least stake of a contribution. More may be staked: it bears more loss before its participant drops out, and changes nothing else.
/// @param bondWei What a provider loses who does not reveal.
/// @param stepFeeWei What whoever computes the settlement is paid for each step of the replay, for each test sample prepared, for each participant credited and for each contribution trained.
/// @param postBondWei Bond of whoever posts a claimed outcome, and of whoever disputes it.
/// @param fullScore For how many more correct test samples the whole bounty is paid: each is worth `⌊bounty / fullScore⌋`.
/// @param mostContributions At so many contributions participation ends; at most 65,535.
/// @param participateSeconds After so long it ends too.
/// @param revealSeconds How long the provider has for each of the two reveals, and anyone for the preparation.
/// @param disputeSeconds How long a posted outcome can be disputed.
/// @param moveSeconds How long each side of a dispute has for a move.
/// @param rounds In at most how many rounds the bounty is awarded; 1 to 16.
/// @param drawDelayBlocks How many blocks after the commitment the block lies that draws the partition; 1 to 200.
struct MarketTerms {
    uint96 minStakeWei;
    uint96 bondWei;
    uint64 stepFeeWei;
    uint96 postBondWei;
    uint32 fullScore;
    uint32 mostContributions;
    uint32 participateSeconds;
    uint32 revealSeconds;
    uint32 disputeSeconds;
    uint32 moveSeconds;
    uint8 rounds;
    uint8 drawDelayBlocks;
}

/// @notice How far a market is. It never goes back, except from {Closed} and {Void} to {Drawing} of the next market.
enum Phase {
    Idle, // no market yet; anyone may commit
    Drawing, // committed; the drawn block is not yet known, or nobody has fixed its draw
    Proving, // the provider must reveal the drawn partition
    Participating, // anyone contributes
    Revealing, // the provider must reveal the rest
    Preparing, // all is revealed; anyone prepares the replay
    Settling, // the replay, or a posted outcome
    Training, // participants are credited, then the model learns what was not punished
    Closed, // done
    Void // ended without outcome; stakes are owed to who gave them
}

/// @notice How a market ended.
enum Ending {
    Completed, // settled, and the model trained
    Empty, // nobody took part: the provider gets everything back
    DrawMissed, // nobody fixed the draw in time: the provider's fault
    NotProven, // the drawn partition was not revealed: the provider's fault
    NotRevealed, // the rest was not revealed: the provider's fault
    NotPrepared, // the test set was never prepared, as when it is too large: the provider's fault
    NotSettled, // the replay was never finished: nobody's fault
    NotTrained // settled, but the training was given up
}

/// @notice One sample of a test set, as revealed. Its leaf is `keccak256(abi.encode(salt, label, keccak256(sample)))`.
struct TestSample {
    bytes32 salt;
    uint16 label;
    bytes sample;
}

/// @notice The market that is on, or was last.
/// @param number From 1; 0 before the first.
/// @param phase With the clock of the latest block: {Participating} has become {Revealing} when its time is over.
/// @param deadline When the phase ends; 0 where no time ends it.
/// @param first Number of its first contribution.
/// @param contributions How many it has.
/// @param participants How many accounts have a stake in it.
/// @param stakesWei Their stakes; while they are credited, what is still to credit.
/// @param provider Who committed.
/// @param drawBlock Whose hash draws the partition.
/// @param partitions How many the test set has.
/// @param drawn Which one was drawn; meaningless before {Proving}.
/// @param nextPartition Which one is to be revealed next.
/// @param isSettled Whether `stateHash` is the outcome.
/// @param credited How many participants were credited.
/// @param trained How many contributions were passed in training.
/// @param testCount How many test samples were committed to.
/// @param revealed How many of them were revealed.
/// @param bountyWei The bounty, until it is paid out.
/// @param purseWei What is left to pay for settlement and training.
/// @param root The commitment.
/// @param testHash Running hash of the scored test samples revealed: `keccak256(abi.encode(testHash, label, keccak256(sample)))`, from 0.
/// @param preparedHash See {IReplay-prepare}.
/// @param initialHash See {IReplay-prepare}.
/// @param startHash Of the state before step 0, money included.
/// @param stateHash Of the state that direct settlement has reached; once settled, of the outcome.
struct Market {
    uint24 number;
    Phase phase;
    uint40 deadline;
    uint48 first;
    uint16 contributions;
    uint16 participants;
    uint96 stakesWei;
    address provider;
    uint32 drawBlock;
    uint8 partitions;
    uint8 drawn;
    uint8 nextPartition;
    bool isSettled;
    uint16 credited;
    uint16 trained;
    uint32 testCount;
    uint32 revealed;
    uint96 bountyWei;
    uint96 purseWei;
    bytes32 root;
    bytes32 testHash;
    bytes32 preparedHash;
    bytes32 initialHash;
    bytes32 startHash;
    bytes32 stateHash;
}

/// @title Prediction market: commit, participate, and what each side can lose
/// @notice A *provider* escrows a bounty and commits to a secret test set. One partition of it is drawn by a future block and must be shown before anyone stakes. Anyone then contributes with a stake. After that the provider
/// reveals the rest, the contributions are replayed, and each is credited with the change that it makes to the model's score ({IMarketSettlement}, {IMarketDispute}; rules of money in {IReplay}). One market follows another on the
/// same collaboration. Source: Harris & Waggoner, Decentralized & Collaborative AI on Blockchain, "Prediction market".
/// @dev The commitment: a test set has 10 to 64 partitions of at least one sample. A partition's leaf is `keccak256(abi.encode(provider, index, count, keccak256(its sample leaves, one after another)))`, so that nobody else can
/// reveal it as theirs. `root` is over these leaves in order, as OpenZeppelin's `MerkleProof` hashes (pairs sorted), an odd one carried up. All leaves are given with each reveal: a path would not bind the
/// place of a partition, and a provider could commit to two versions of it.
/// The drawn partition only shows what the test set is like and is **never scored**: everybody knows it, so contributing it would be paid for nothing.
///
/// Money: `balance = Σ owed(account) + stakesWei + escrowWei + postBondsWei` ({accountOf}, {totals}), to the wei, plus ether that was forced in. Ether leaves by {withdraw} only. What is *burned* is owed to
/// `0x000000000000000000000000000000000000dEaD`. `docs/explanation-market.md` says who can lose what.
interface IMarket {
    /// @notice Emitted when a market begins.
    event Committed(
        uint256 indexed market,
        address indexed provider,
        bytes32 root,
        uint256 partitions,
        uint256 testCount,
        uint256 bountyWei,
        uint256 drawBlock
    );

    /// @notice Emitted when the partition was drawn.
    event Drawn(uint256 indexed market, uint256 partition);

    /// @notice Emitted for each revealed sample, partition by partition, those of a partition in order.
    event TestSampleRevealed(uint256 indexed market, uint256 indexed partition, uint16 label, bytes sample);

    /// @notice Emitted at each change of phase but the one that time alone makes.
    event PhaseChanged(uint256 indexed market, Phase phase, uint256 deadline);

    /// @notice Emitted when a market has ended.
    /// @param perContributionWei What each contribution gets of the bounty, besides its stake, when the provider was at fault; else 0.
    event Ended(uint256 indexed market, Ending ending, uint256 perContributionWei);

    /// @notice Emitted when ether left the contract.
    event Withdrawn(address indexed account, address indexed to, uint256 amountWei);

    /// @notice Thrown by whatever does not belong to the phase.
    error WrongPhase(Phase phase);
    /// @notice Thrown by commitments and contributions before the upload was sealed.
    error NotYetOpen();
    /// @notice Thrown when a commitment's value does not cover bond, purse and a bounty of one wei a point.
    error BountyTooSmall(uint256 sentWei, uint256 requiredWei);
    /// @notice Thrown when there are not 10 to 64 partitions, or fewer samples than partitions.
    error WrongPartitions(uint256 partitions, uint256 testCount);
    /// @notice Thrown when the drawing block has no hash yet.
    error DrawTooEarly(uint256 drawBlock);
    /// @notice Thrown when the drawing block's hash is out of reach.
    error DrawMissed(uint256 drawBlock);
    /// @notice Thrown when the time for it is over.
    error DeadlinePassed(uint256 deadline);
    /// @notice Thrown when leaves given with a reveal are not those of the commitment.
    error WrongCommitment(bytes32 root);
    /// @notice Thrown when a partition's samples are not what was committed to under its index.
    error WrongPartition(uint256 partition);
    /// @notice Thrown when the whole test set has not as many samples as was committed to.
    error WrongTestCount(uint256 revealed, uint256 testCount);
    /// @notice Thrown when a reveal holds no partition, or more than are left to reveal.
    error WrongReveal(uint256 partitions, uint256 left);
    /// @notice Thrown when the value sent does not cover the stake.
    error StakeTooLow(uint256 sentWei, uint256 requiredWei);
    /// @notice Thrown when nothing gives reason to end the market, yet.
    error NothingToEnd(Phase phase, uint256 deadline);
    /// @notice Thrown when there is nothing to withdraw.
    error NothingOwed(address account);
    /// @notice Thrown when the recipient refused the ether. Nothing changed; name another recipient.
    error WithdrawalFailed(address to, uint256 amountWei);
    /// @notice Thrown at creation when a term is out of range.
    error InvalidMarketTerms(MarketTerms terms);

    /// @notice Begins a market: the caller becomes its provider.
    /// @dev Notes: of the value, {MarketTerms-bondWei} is the bond, `purseFor(testCount)` the purse, the rest the bounty. Emits {Committed} and {PhaseChanged}.
    /// Requirements: open; no market is on; 10 to 64 partitions, at least a sample each; the bounty is at least `fullScore` wei.
    /// @param root The commitment, see above.
    /// @param partitions Number of partitions.
    /// @param testCount Number of samples in all of them.
    function commit(bytes32 root, uint256 partitions, uint256 testCount) external payable;

    /// @notice Fixes which partition must be shown: `uint256(keccak256(abi.encode(blockhash(drawBlock), root))) mod partitions`.
    /// @dev Notes: anyone, within 256 blocks after the block. There is no second draw: whoever could make one necessary could choose. Emits {Drawn} and {PhaseChanged}.
    function draw() external;

    /// @notice Reveals the next partitions: in {Proving} the drawn one, in {Revealing} the others in ascending order, in any portions.
    /// @dev Notes: anyone who knows them. In {Revealing}, the last one ends the phase. Emits {TestSampleRevealed}, {PhaseChanged}.
    /// Requirements: in time; `leaves` are those of the commitment; each partition is what its leaf says; every sample is well formed for the model.
    /// @param leaves The leaves of all partitions, in order.
    /// @param partitions_ Their samples.
    function reveal(bytes32[] calldata leaves, TestSample[][] calldata partitions_) external;

    /// @notice Ends a market that cannot go on. Anyone.
    /// @dev Notes: what happens follows from the phase; see {Ending}.
    /// - Participation over without a contribution: the provider gets bounty, bond and purse.
    /// - The provider's fault: the caller gets a twentieth of the bond, the rest is burned, however many puppets the provider has; stakes are owed to who gave them; the bounty is shared by contributions, the rest of
    ///   this division burned (without contributions the provider gets it back); the provider gets the purse.
    /// - Not settled {SETTLE_SECONDS} after the preparation: stakes are owed to who gave them, everything else to the provider; bonds of a post and its dispute to who posted them.
    /// - Not trained {SETTLE_SECONDS} after the settlement: the provider gets the purse.
    /// Emits {Ended} and {PhaseChanged}.
    function end() external;

    /// @notice Pays out all that the caller is owed.
    /// @dev Emits {Withdrawn}. Requirements: something is owed; the recipient takes it.
    /// @param to Recipient.
    /// @return amountWei What was paid.
    function withdraw(address payable to) external returns (uint256 amountWei);

    /// @notice The rules.
    function terms() external view returns (MarketTerms memory);

    /// @notice The replay engine, named at creation; an {IReplay}.
    function engine() external view returns (address);

    /// @notice The market that is on, or was last.
    function market() external view returns (Market memory);

    /// @notice What {commit} takes for the computation: `stepFeeWei × ((mostContributions + 1) × rounds + 2 × mostContributions + testCount)`.
    function purseFor(uint256 testCount) external view returns (uint256);

    /// @notice How an account stands.
    /// @return owedWei What {withdraw} would pay.
    /// @return stakeWei Its stake in the market that is on.
    /// @return participant Its number in the market that it last took part in, in the order in which accounts first took part.
    /// @return market_ That market; 0 for none.
    /// @return isPunished Whether it came out of that market with less than its stake; such contributions are not taught.
    function accountOf(
        address account
    ) external view returns (uint256 owedWei, uint256 stakeWei, uint256 participant, uint256 market_, bool isPunished);

    /// @notice Money that is not owed to anyone yet.
    /// @return stakesWei Stakes in the market that is on.
    /// @return escrowWei Bounty, bond and purse.
    /// @return postBondsWei Bonds of a posted outcome and of its dispute.
    function totals() external view returns (uint256 stakesWei, uint256 escrowWei, uint256 postBondsWei);

    /// @notice In which market a contribution was made.
    function marketOf(uint256 id) external view returns (uint256 number);

    /// @notice A contribution's recorded word: `keccak256(abi.encode(previous, digest, account, participant))`.
    /// @param previous The word of the contribution before it; 0 before the first.
    /// @param digest As {IDataHandler-digestOf}.
    /// @param account Whose stake it is.
    /// @param participant Its number.
    function link(
        uint256 previous,
        bytes31 digest,
        address account,
        uint256 participant
    ) external pure returns (uint256);
}
