// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice What a replay is told once.
/// @param configuration The model's configuration word.
/// @param contributions How many contributions a round replays.
/// @param rounds In at most how many rounds the bounty is awarded; 1 to 16.
/// @param preparedHash Of what {IReplay-prepare} made of the test set.
/// @param initialHash Of the state that {IReplay-prepare} began with, as {IReplay-hashOf} gives it.
struct ReplayTerms {
    uint256 configuration;
    uint32 contributions;
    uint8 rounds;
    bytes32 preparedHash;
    bytes32 initialHash;
}

/// @notice Where a replay stands. The contract keeps only its hash; whoever goes on brings the state itself, so that all of the computation works in memory.
/// @param round From 0.
/// @param position How many contributions of this round were replayed.
/// @param correct How many test samples the working model has right.
/// @param isFinal Whether the last round is closed.
/// @param unitLeftWei What a test sample is still worth: wei for each one more that the model gets right.
/// @param bountyLeftWei What is left of the bounty.
/// @param unawardedWei Forfeited stakes that no helpful contribution stood against.
/// @param words The working model.
/// @param scores The working model's scores of the test samples, as the engine packs them.
/// @param participants Two words each: account 160 | balanceWei 96, and depositWei 96 | score 64 (two's complement) | isOut 8 | unused 88.
struct ReplayState {
    uint32 round;
    uint32 position;
    uint32 correct;
    bool isFinal;
    uint256 unitLeftWei;
    uint256 bountyLeftWei;
    uint256 unawardedWei;
    uint256[] words;
    uint256[] scores;
    uint256[] participants;
}

/// @notice One recorded contribution, as a replay needs it.
/// @param participant Number of the participant: the order in which accounts first took part.
/// @param account Whose stake it is.
/// @param stakeWei Its stake.
/// @param label Class number.
/// @param sample Encoded features.
struct ReplayInput {
    uint32 participant;
    address account;
    uint96 stakeWei;
    uint16 label;
    bytes sample;
}

/// @title Replays the contributions of a market and says what each changed
/// @notice A pure function from state to state, one *step* at a time: a step is one contribution, or the closing of a round. So it can be done in any portions, by anyone, and one step of a disputed replay
/// can be done alone. `docs/ref-market.md` defines every number; `commonlearn.market` is the twin.
///
/// In each round all contributions of participants who are not out are replayed in order on the starting words. A participant's score is by how many test samples the working model got better through
/// their contributions. Closing the round, with `u = unitLeftWei` and `n` rounds left:
/// - the round's unit is `u` if no score is negative, else `min(u, max(least, ⌈u / n⌉))`, `least` being the least `⌊balance / -score⌋` among negative scores;
/// - whoever has a negative score pays `min(balance, -score × unit)`, and is out if the rest no longer covers `-score`, one more wei a test sample;
/// - whoever has a positive score gets `score × unit`, or, if what was paid and is left of the bounty does not cover this, `score × ⌊(paid + bountyLeftWei) / Σ positive scores⌋`;
/// - what was paid beyond that is added to `unawardedWei`, what it lacks is taken from `bountyLeftWei`;
/// - `unitLeftWei` falls by the unit; the state is final when it is 0, or when nobody went out; else the next round begins, scores 0, on the starting words.
/// In round 0 a participant is entered at the first contribution, and each contribution's stake is added to deposit and balance.
interface IReplay {
    /// @notice Thrown when an input names a participant that is not the next nor the one of this account.
    error WrongParticipant(uint256 participant, address account);
    /// @notice Thrown when more contributions are replayed than a round has.
    error RoundComplete(uint256 position);
    /// @notice Thrown when a round is closed before all its contributions were replayed.
    error RoundIncomplete(uint256 position, uint256 contributions);
    /// @notice Thrown when a final state is advanced.
    error AlreadyFinal();
    /// @notice Thrown when the prepared test set or the initial state is not the one in the terms.
    error WrongPreparation(bytes32 given, bytes32 wanted);
    /// @notice Thrown when there are not as many labels as test samples.
    error LabelCount(uint256 samples, uint256 labels);
    /// @notice Thrown when a test set cannot be replayed within a transaction: what it takes, in bytes or words, and the most that the engine takes.
    error TestSetTooLarge(uint256 size, uint256 most);
    /// @notice Thrown when a state does not hold as many words of scores as its test set needs.
    error WrongScores(uint256 given, uint256 wanted);

    /// @notice Whether this engine can replay a model.
    function canReplay(string calldata kind, uint256 configuration) external view returns (bool);

    /// @notice Puts a test set into the form in which the engine needs it, and makes the state before the first step (without money).
    /// @param model The model itself, for engines that need its code.
    /// @param words Its starting words.
    /// @param samples The test samples; each must be well formed.
    /// @param labels Their classes.
    /// @return initial Round 0, position 0, all money 0, no participants.
    /// @return prepared The test set for {advance}.
    function prepare(
        address model,
        uint256[] calldata words,
        bytes[] calldata samples,
        uint16[] calldata labels
    ) external returns (ReplayState memory initial, bytes memory prepared);

    /// @notice Replays contributions from where the state stands.
    /// @dev Result independent of portions: `advance(advance(s, a), b) = advance(s, a ‖ b)`.
    function advance(
        ReplayTerms calldata terms,
        ReplayState calldata state,
        bytes calldata prepared,
        ReplayInput[] calldata inputs
    ) external returns (ReplayState memory);

    /// @notice Closes a round whose contributions have all been replayed.
    /// @param initial The state of {prepare} (only its words, scores and correct matter).
    function closeRound(
        ReplayTerms calldata terms,
        ReplayState calldata state,
        ReplayState calldata initial
    ) external pure returns (ReplayState memory);

    /// @notice The state's hash: `keccak256(abi.encode(state))`.
    function hashOf(ReplayState calldata state) external pure returns (bytes32);
}
