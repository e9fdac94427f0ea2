// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Contribution} from "./IDataHandler.sol";
import {ReplayInput, ReplayState} from "./IReplay.sol";

/// @notice The rules of a market, fixed at the collaboration's creation. Times are seconds.
/// @param minStakeWei Least stake of a contribution. More may be staked: it bears more loss before its participant drops out, and changes nothing else.
/// @param bondWei What a provider loses who does not reveal.
/// @param stepFeeWei What whoever computes the settlement is paid for each step, and for each contribution trained.
/// @param postBondWei Bond of whoever posts a claimed outcome, and of whoever disputes it.
/// @param fullScore For how many more correct test samples the whole bounty is paid: each is worth `⌊bounty / fullScore⌋`.
/// @param mostContributions At so many contributions participation ends.
/// @param participateSeconds After so long it ends too.
/// @param revealSeconds How long the provider has for each of the two reveals.
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
    Training, // the model learns what was not punished
    Closed, // done; balances can be claimed
    Void // ended without outcome; stakes can be claimed
}

/// @notice One sample of a test set, as revealed. Its leaf is `keccak256(abi.encode(salt, label, keccak256(sample)))`.
struct TestSample {
    bytes32 salt;
    uint16 label;
    bytes sample;
}
