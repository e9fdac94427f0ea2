// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PointsTerms} from "../../interfaces/IPoints.sol";
import {CloneArguments} from "../libraries/CloneArguments.sol";
import {CreationRecord, CreationRecordLibrary} from "./CreationRecord.sol";

/// @title The terms of points in the words of a {CreationRecord}
/// @dev Its own bits, and words behind the record:
///   0: number of founders 64 | grant 32 | leastVote 32 | mostVote 32 | giveBps 16 | feeBps 16 | voteSeconds 32 | unused 32
///   4…: founders, a word each
library PointsTermsLibrary {
    uint256 private constant FOUNDERS_AT = 128;

    /// @dev Founders are counted in more bits than there can be of them, so that too many are never taken for a few.
    function encode(PointsTerms memory t, CreationRecord memory r) internal pure returns (bytes memory) {
        uint256 own =
            (t.founders.length << 192) |
                (uint256(t.grant) << 160) |
                (uint256(t.leastVote) << 128) |
                (uint256(t.mostVote) << 96) |
                (uint256(t.giveBps) << 80) |
                (uint256(t.feeBps) << 64) |
                (uint256(t.voteSeconds) << 32);
        return abi.encodePacked(CreationRecordLibrary.encode(r, own, 0, 0), t.founders); // an array's items are padded
    }

    /// @notice The terms of this clone.
    function terms() internal view returns (PointsTerms memory t) {
        t = votingTerms();
        // The other words are read elsewhere.
        // slither-disable-next-line unused-return
        (uint256 word0, ) = CloneArguments.pair(0);
        t.founders = new address[](word0 >> 192);
        for (uint256 i = 0; i < t.founders.length; ++i) {
            // The other words are read elsewhere.
            // slither-disable-next-line unused-return
            (uint256 founder, ) = CloneArguments.pair(FOUNDERS_AT + 32 * i);
            t.founders[i] = address(uint160(founder));
        }
    }

    /// @notice The terms of this clone without its founders: all that a vote needs.
    function votingTerms() internal view returns (PointsTerms memory t) {
        // The other words are read elsewhere.
        // slither-disable-next-line unused-return
        (uint256 word0, ) = CloneArguments.pair(0);
        t.grant = uint32(word0 >> 160);
        t.leastVote = uint32(word0 >> 128);
        t.mostVote = uint32(word0 >> 96);
        t.giveBps = uint16(word0 >> 80);
        t.feeBps = uint16(word0 >> 64);
        t.voteSeconds = uint32(word0 >> 32);
    }
}
