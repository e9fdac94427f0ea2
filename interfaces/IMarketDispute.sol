// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ReplayInput, ReplayState} from "./IReplay.sol";

/// @notice A posted outcome and its dispute.
/// @param poster Zero for no post.
/// @param steps Of the whole replay.
/// @param until When it can be accepted.
/// @param challenger Zero for no dispute.
/// @param low Last step that both agree on.
/// @param high First step known to be disputed.
/// @param isPostersTurn Who must move.
/// @param moveUntil When that side has lost.
/// @param stateHash Of the claimed outcome.
/// @param statesRoot Over the hashes of all states.
/// @param lowHash Of the state before the step after `low`.
/// @param highHash What the poster claims of `high`.
/// @param middleHash What the poster claims of the middle; 0 when it is to be revealed.
struct Post {
    address poster;
    uint32 steps;
    uint40 until;
    address challenger;
    uint32 low;
    uint32 high;
    bool isPostersTurn;
    uint40 moveUntil;
    bytes32 stateHash;
    bytes32 statesRoot;
    bytes32 lowHash;
    bytes32 highHash;
    bytes32 middleHash;
}

/// @title Optimistic settlement: an outcome is claimed, and can be disputed down to one step
/// @notice Anyone posts the outcome of the whole replay with a bond. If nobody disputes it in time it stands. A dispute is a bisection over the replay's states: the poster reveals the state in the middle, the challenger says whether the
/// first difference lies before it; at one step the contract recomputes. The loser's bond goes half to the winner, half is burned, so that disputing oneself is not free. Direct settlement stays possible all the time,
/// and where it ends first it judges the post.
/// @dev Who posts or disputes truly never loses: the poster reveals true states only, and where a challenger agrees with the true ones only, the last step goes from a true state to a false one. Whoever is late loses. At the last step the
/// burden is the poster's. One dispute at a time; after one that the poster wins, the window begins anew.
/// The states' commitment: state `i` (0 the start, `steps` the outcome) has the leaf `keccak256(abi.encode(i, hash))`; the tree is as OpenZeppelin's `MerkleProof` hashes, an odd one carried up.
interface IMarketDispute {
    /// @notice Emitted when an outcome was posted.
    event Posted(
        uint256 indexed market,
        address indexed poster,
        uint256 steps,
        bytes32 stateHash,
        bytes32 statesRoot,
        uint256 until
    );
    /// @notice Emitted when a post was disputed.
    event Disputed(uint256 indexed market, address indexed challenger);
    /// @notice Emitted when the poster revealed a state.
    event Bisected(uint256 indexed market, uint256 step, bytes32 stateHash);
    /// @notice Emitted when the challenger chose a half.
    event HalfChosen(uint256 indexed market, uint256 low, uint256 high);
    /// @notice Emitted when a post, or its dispute, was judged.
    /// @param winner Gets back the own bond, if any, and half of the loser's.
    /// @param burnedWei The other half.
    event PostJudged(uint256 indexed market, address indexed winner, address indexed loser, uint256 burnedWei);
    /// @notice Emitted when a post was found right, without a dispute.
    /// @param rewardWei What the poster is paid besides the bond.
    event PostAccepted(uint256 indexed market, address indexed poster, uint256 rewardWei);

    /// @notice Thrown when the value is not the bond.
    error WrongBond(uint256 sentWei, uint256 requiredWei);
    /// @notice Thrown when there is a post already.
    error AlreadyPosted(address poster);
    /// @notice Thrown when there is no post.
    error NothingPosted();
    /// @notice Thrown when a post can have no such number of steps.
    error WrongSteps(uint256 steps, uint256 most);
    /// @notice Thrown when a post is disputed already.
    error AlreadyDisputed(address challenger);
    /// @notice Thrown when there is no dispute.
    error NotDisputed();
    /// @notice Thrown when it is the other side's turn.
    error NotYourTurn(address caller, address mover);
    /// @notice Thrown by {bisect} at one step, and by {decide} before.
    error WrongDistance(uint256 distance);
    /// @notice Thrown when a revealed state is not in the post's commitment.
    error WrongProof(uint256 step);
    /// @notice Thrown when a post is accepted, or a side called late, too early.
    error NotYetTime(uint256 opensAt);

    /// @notice Claims the outcome.
    /// @dev Emits {Posted}. Requirements: {Settling}, not settled; no post is open; the value is the bond; the state is final; `steps` are possible.
    /// @param state The outcome, in full, so that everyone has it.
    /// @param steps How many steps lead to it.
    /// @param statesRoot Commitment to the states.
    function post(ReplayState calldata state, uint256 steps, bytes32 statesRoot) external payable;

    /// @notice Disputes a posted outcome.
    /// @dev Emits {Disputed}. Requirements: posted; in time; no dispute is open; the value is the bond.
    function dispute() external payable;

    /// @notice Reveals the state in the middle, `⌊(low + high) / 2⌋`.
    /// @dev Emits {Bisected}. Requirements: by the poster, in turn, in time; more than one step apart; the state is in the commitment.
    function bisect(bytes32 stateHash, bytes32[] calldata proof) external;

    /// @notice Says whether the revealed state is wrong.
    /// @dev Emits {HalfChosen}. Requirements: by the challenger, in turn, in time.
    function choose(bool isWrong) external;

    /// @notice Recomputes the one step in dispute. Anyone; the poster must see to it.
    /// @dev Emits {PostJudged}. Requirements: one step apart; `state` is the one agreed on. Parameters as in {IMarketSettlement-settle}, for exactly one step.
    function decide(
        ReplayState calldata state,
        bytes calldata prepared,
        ReplayState calldata initial,
        ReplayInput[] calldata inputs,
        uint256[] calldata origins
    ) external;

    /// @notice Judges against the side that is late. Anyone.
    /// @dev Emits {PostJudged}.
    function timeOut() external;

    /// @notice Makes an undisputed outcome the market's. Anyone.
    /// @dev Notes: the poster gets the bond, and a tenth of what direct settlement of all steps would have been paid, if the purse has it left beside what crediting and training cost.
    /// Emits {PostAccepted} and {IMarketSettlement-Settled}. Requirements: posted; the window is over; no dispute is open.
    function accept() external;

    /// @notice The post and its dispute.
    function posted() external view returns (Post memory);
}
