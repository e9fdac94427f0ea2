// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice A validator's place in a pool.
/// @param sinceBlock When it entered; 0 for never.
/// @param leftBlock When it left; 0 while it is in.
/// @param index Its place, for ever.
/// @param minSeconds The least time in which it votes, and in which it reveals.
/// @param maxBondWei The highest bond that it locks for a vote.
/// @param minPayWei The least that a vote must be paid.
struct Enrolment {
    uint40 sinceBlock;
    uint40 leftBlock;
    uint32 index;
    uint32 minSeconds;
    uint96 maxBondWei;
    uint96 minPayWei;
}

/// @title Validation: a drawn jury scores the model by commit and reveal
/// @notice `Armed → (drawn) → Committing → Revealing → Decided → appealed | final`.
/// Validators who hold a committed held-back set enrol in its pool. For a job a jury is drawn out of them by a fixed future block: a random order, in which each is taken with a chance that grows with its reputation up to a cap, and
/// those passed over fill what is left. Each computes the final score and the contribution shares on that set, seals, reveals. The **strict majority of the drawn** decides on both at once. Who voted otherwise, or not, is
/// slashed: half to the majority, half burned. Without majority the silent are slashed, and another jury is drawn.
/// **Appeal**: once, within {JobTerms-challengeSeconds}, by anyone with a bond of what a second jury costs, twice as large and one more. If it decides alike, the appellant pays it; else the first majority is slashed, half of it for the
/// appellant. If it cannot decide, the first decision stands.
/// @dev A vote's digest is `keccak256(abi.encode(score, keccak256(abi.encode(job, weights))))`; its seal {IRounds-sealOf} with `type(uint256).max - 1` for the round and, for the subset, `2 × attempt + (1 if appealed)`. Validators must not be buyer, aggregator, owner or replica of the job,
/// must have entered before the draw was armed and not have left before, find the job within their terms, and have the vote's bond free.
/// Honest limits: a validator that is drawn can make itself unavailable before the draw is called, by locking its bond elsewhere, which only passes its place on; who owns most of a pool owns its juries; two validators who
/// share their results are not told apart from two who compute.
interface IValidation {
    /// @notice Emitted when a validator entered a pool.
    event Enrolled(
        bytes32 indexed testSet,
        address indexed validator,
        uint256 minPayWei,
        uint256 maxBondWei,
        uint256 minSeconds
    );
    /// @notice Emitted when it left.
    event Resigned(bytes32 indexed testSet, address indexed validator);
    /// @notice Emitted when a jury was drawn.
    event JuryDrawn(uint256 indexed job, uint256 attempt, bool isAppeal, address[] jury);
    /// @notice Emitted when a vote was sealed.
    event VoteSealed(uint256 indexed job, address indexed validator, bytes32 seal);
    /// @notice Emitted when it was revealed.
    event VoteRevealed(uint256 indexed job, address indexed validator, int64 score, uint64[] weights);
    /// @notice Emitted when a jury decided.
    /// @param decision Digest of the majority's vote; {VoteRevealed} has what is in it.
    event Decided(uint256 indexed job, bytes32 decision, bool isAppeal);
    /// @notice Emitted when a jury did not.
    event Undecided(uint256 indexed job, uint256 attempt, bool isAppeal);
    /// @notice Emitted when a decision was appealed.
    event Appealed(uint256 indexed job, address indexed appellant, uint256 bondWei);

    /// @notice Thrown when somebody leaves a pool in which it is not.
    error NotEnrolled(bytes32 testSet, address validator);
    /// @notice Thrown when the caller does not sit in the jury at that place.
    error NotInJury(uint256 job, uint256 seat, address caller);
    /// @notice Thrown when a validator seals, or reveals, twice.
    error VotedAlready(uint256 job, uint256 seat);
    /// @notice Thrown when a decision cannot be appealed (again).
    error NoAppeal(uint256 job);

    /// @notice Enters the pool of a held-back set, or changes on what terms. The caller is a validator, and is drawn only for jobs within these terms: nobody can slash it by a job that cannot be done.
    /// Who enters sets `maxBondWei` aside; the first sets what all others must at least, so that a pool is not filled with places that cost nothing.
    function enrol(bytes32 testSet, uint96 minPayWei, uint96 maxBondWei, uint32 minSeconds) external payable;

    /// @notice Leaves it.
    function resign(bytes32 testSet) external payable;

    /// @notice Seals a vote. Draws first, if the drawing block has passed and nobody has.
    /// @param seat The caller's place in the jury.
    function sealVote(uint256 job, uint256 seat, bytes32 seal) external payable;

    /// @notice Reveals it, weights included, so that everybody can settle. The last one counts.
    /// @param score Of the final model, in millionths.
    /// @param weights Contribution of each of the job's datasets, in its order.
    function revealVote(
        uint256 job,
        uint256 seat,
        int64 score,
        uint64[] calldata weights,
        bytes32 salt
    ) external payable;

    /// @notice Appeals a decision. Locks {appealCostOf} of the caller's bond.
    function appeal(uint256 job) external payable;

    /// @notice What an appeal locks: the second jury's pay.
    function appealCostOf(uint256 job) external view returns (uint256 bondWei);

    /// @notice A jury.
    /// @param isAppeal The second one.
    function juryOf(uint256 job, bool isAppeal) external view returns (address[] memory);

    /// @notice What a place of the present jury sealed, or revealed: the vote's digest.
    function voteOf(uint256 job, bool isAppeal, uint256 seat) external view returns (bytes32);

    /// @notice A pool's places. A draw takes those that were there before the block in which it was armed.
    function poolOf(bytes32 testSet) external view returns (address[] memory);

    /// @notice The least {Enrolment-maxBondWei} in a pool: what each place cost who entered. What a pool is worth follows from it.
    function poolBondOf(bytes32 testSet) external view returns (uint256 bondWei);

    /// @notice One of them.
    function enrolmentOf(bytes32 testSet, address validator) external view returns (Enrolment memory);
}
