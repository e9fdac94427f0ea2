// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {MarketTerms} from "../../interfaces/IMarket.sol";
import {CreationRecord, CreationRecordLibrary} from "./CreationRecord.sol";

/// @title The terms of a market and its engine, in the words of a {CreationRecord} and two behind them
/// @dev Its own bits:
///   0: minStakeWei 96 | engine 160
///   1: stepFeeWei 64
///   2: bondWei 96
///   4: postBondWei 96 | fullScore 32 | mostContributions 32 | participateSeconds 32 | revealSeconds 32 | disputeSeconds 32
///   5: moveSeconds 32 | rounds 8 | drawDelayBlocks 8 | unused 208
library MarketTermsLibrary {
    function encode(
        MarketTerms calldata t,
        address engine,
        CreationRecord memory r
    ) internal pure returns (bytes memory) {
        return
            abi.encodePacked(
                CreationRecordLibrary.encode(
                    r,
                    (uint256(t.minStakeWei) << 160) | uint160(engine),
                    t.stepFeeWei,
                    t.bondWei
                ),
                t.postBondWei,
                t.fullScore,
                t.mostContributions,
                t.participateSeconds,
                t.revealSeconds,
                t.disputeSeconds,
                t.moveSeconds,
                t.rounds,
                t.drawDelayBlocks,
                bytes26(0)
            );
    }

    /// @notice The terms from words 0, 1, 2, 4 and 5.
    function terms(
        uint256 word0,
        uint256 word1,
        uint256 word2,
        uint256 word4,
        uint256 word5
    ) internal pure returns (MarketTerms memory t) {
        t.minStakeWei = uint96(word0 >> 160);
        t.stepFeeWei = uint64(word1);
        t.bondWei = uint96(word2);
        t.postBondWei = uint96(word4 >> 160);
        t.fullScore = uint32(word4 >> 128);
        t.mostContributions = uint32(word4 >> 96);
        t.participateSeconds = uint32(word4 >> 64);
        t.revealSeconds = uint32(word4 >> 32);
        t.disputeSeconds = uint32(word4);
        t.moveSeconds = uint32(word5 >> 224);
        t.rounds = uint8(word5 >> 216);
        t.drawDelayBlocks = uint8(word5 >> 208);
    }

    /// @notice Whether every term is in range.
    /// @dev Contributions and participants are counted in 16 bits. Every stake is at least a wei, so that each participant has one.
    function isValid(MarketTerms memory t) internal pure returns (bool) {
        bool counted =
            t.fullScore > 0 &&
                t.mostContributions > 0 &&
                t.mostContributions <= type(uint16).max &&
                t.rounds >= 1 &&
                t.rounds <= 16 &&
                t.drawDelayBlocks >= 1 &&
                t.drawDelayBlocks <= 200;
        bool timely = t.participateSeconds > 0 && t.revealSeconds > 0 && t.disputeSeconds > 0 && t.moveSeconds > 0;
        return counted && timely && t.minStakeWei > 0 && t.bondWei > 0 && t.postBondWei > 0;
    }
}
