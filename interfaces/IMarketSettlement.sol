// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ReplayInput, ReplayState} from "./IReplay.sol";

/// @title Settlement of a market: replay, credits, training
/// @notice Everything here can be done by anyone, in any portions, and is paid: `stepFeeWei` a test sample prepared, a step replayed, a participant credited, a contribution trained. The result does not depend on who calls
/// nor in what portions, as the contract keeps the hash of the state and recomputes each step by its engine ({IReplay}).
/// @dev A *step* is one contribution of one round, or the closing of a round. Whoever is overtaken by another caller gets {WrongState}, before the costly part.
///
/// `origins` tell of each contribution what a replay does not need: `uint256(uint160(author)) << 96 | contributedAt`. With them, contributions are checked against the chain of records by two loads a portion
/// ({IMarket-link}).
interface IMarketSettlement {
    /// @notice Emitted when the replay can begin.
    event Prepared(uint256 indexed market, bytes32 preparedHash, bytes32 initialHash, bytes32 stateHash);

    /// @notice Emitted for each portion of direct settlement.
    /// @param steps How many steps it took.
    /// @param stateHash Of the state after it.
    event Advanced(
        uint256 indexed market,
        address indexed caller,
        uint256 steps,
        uint256 round,
        uint256 position,
        bytes32 stateHash
    );

    /// @notice Emitted when the outcome is fixed.
    event Settled(uint256 indexed market, bytes32 stateHash);

    /// @notice Emitted when the outcome is paid out.
    /// @param bountyLeftWei What the provider gets back of the bounty.
    /// @param unawardedWei Forfeited stakes that no helpful contribution stood against: burned.
    event Finalised(uint256 indexed market, uint256 bountyLeftWei, uint256 unawardedWei);

    /// @notice Emitted for each participant.
    /// @param depositWei What was staked.
    /// @param balanceWei What is credited.
    event ParticipantCredited(uint256 indexed market, address indexed account, uint256 depositWei, uint256 balanceWei);

    /// @notice Emitted for each portion of training.
    /// @param first Number of its first contribution.
    /// @param learned A byte for each contribution, in order: 1 if the model was taught it, 0 if it was passed over. Teaching the first words these contributions in order gives the model's words.
    event Trained(uint256 indexed market, uint256 first, bytes learned);

    /// @notice Thrown when a state is not the one that the contract holds the hash of.
    error WrongState(bytes32 given, bytes32 wanted);
    /// @notice Thrown when samples are not the scored test set in order.
    error WrongTestSet(bytes32 given, bytes32 wanted);
    /// @notice Thrown when a final state is replayed, or one that is not final posted.
    error WrongFinality(bool isFinal);
    /// @notice Thrown when there is not one origin for each input.
    error WrongOrigins(uint256 inputs, uint256 origins);
    /// @notice Thrown when contributions do not hash to what is recorded up to this number.
    error WrongContributions(uint256 last);
    /// @notice Thrown when more contributions are given than the round, or the training, has left.
    error TooManyContributions(uint256 given, uint256 left);
    /// @notice Thrown when an engine's outcome makes or loses money: it is faulty, and stakes can be taken back after {IMarket-end}.
    error MoneyMismatch(uint256 outcomeWei, uint256 heldWei);
    /// @notice Thrown when nothing would be done.
    error NothingToDo();

    /// @notice Gives the engine the test set, and fixes the state before step 0.
    /// @dev Emits {Prepared}. Requirements: {Preparing}, in time; the samples are the revealed ones, partition by partition in ascending order, **without the drawn partition**.
    function prepare(bytes[] calldata samples, uint16[] calldata labels) external;

    /// @notice Replays the next contributions, or, with none, closes the round.
    /// @dev Notes: choose the number of contributions by the gas that you want to spend. Emits {Advanced}, and {Settled} at the end. The end also judges a post that is open.
    /// Requirements: {Settling}; `state` is where the settlement stands.
    /// @param state Where the settlement stands.
    /// @param prepared As made by {IReplay-prepare}; may be empty for a closing.
    /// @param initial As made by {IReplay-prepare}; used for a closing only.
    /// @param inputs The next contributions.
    /// @param origins See above.
    function settle(
        ReplayState calldata state,
        bytes calldata prepared,
        ReplayState calldata initial,
        ReplayInput[] calldata inputs,
        uint256[] calldata origins
    ) external;

    /// @notice Credits the next participants with their balances.
    /// @dev Notes: the first call also pays the provider what is left of the bounty, and the bond, and burns what is unawarded. Emits {Finalised}, {ParticipantCredited}.
    /// Requirements: settled; `state` is the outcome; `count` > 0.
    /// @param count At most how many participants.
    function finalise(ReplayState calldata state, uint256 count) external;

    /// @notice Teaches the model the next contributions, but for those of participants who came out with less than their stake.
    /// @dev Notes: the last one ends the market. Emits {Trained}, {IMarket-Ended}. Requirements: {Training}, all participants credited.
    function train(ReplayInput[] calldata inputs, uint256[] calldata origins) external;
}
