// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CentroidHeader} from "../../contracts/types/CentroidHeader.sol";
import {ClassTotals} from "../../contracts/types/ClassTotals.sol";
import {LedgerState, LedgerStateLibrary} from "../../contracts/types/LedgerState.sol";
import {ModelConfiguration} from "../../contracts/types/ModelConfiguration.sol";

/// @notice Proofs by halmos, for all words: what is packed comes out, and a change leaves its neighbours (requirement M-08).
contract TypesProof {
    function check_ledger(
        uint48 count,
        uint40 lastTime,
        uint80 excessWei,
        uint88 lockedWei,
        uint88 stakeWei
    ) external pure {
        LedgerState state = LedgerStateLibrary.pack(count, lastTime, excessWei, lockedWei);
        assert(state.count() == count && state.lastTime() == lastTime);
        assert(state.excessWei() == excessWei && state.lockedWei() == lockedWei);
        if (stakeWei > lockedWei) return;
        LedgerState released = state.withReleased(stakeWei);
        assert(LedgerState.unwrap(released) == LedgerState.unwrap(state) - stakeWei);
    }

    function check_centroidHeader(
        uint40 activeAt,
        uint32 count,
        uint184 norm,
        uint40 time,
        int128 change
    ) external pure {
        CentroidHeader header = CentroidHeader.wrap((uint256(activeAt) << 216) | (uint256(count) << 184) | norm);
        assert(header.activeAt() == activeAt && header.count() == count && header.norm() == norm);
        CentroidHeader later = header.withActiveAt(time);
        assert(later.activeAt() == time && later.count() == count && later.norm() == norm);
        CentroidHeader grown = header.withSample(change);
        assert(grown.activeAt() == activeAt);
        assert(grown.count() == (count == type(uint32).max ? count : uint256(count) + 1));
        unchecked {
            int256 wanted = int256(uint256(norm)) + change;
            if (wanted < 0) wanted = 0;
            if (wanted > int256(uint256(type(uint184).max))) wanted = int256(uint256(type(uint184).max));
            assert(grown.norm() == uint256(wanted));
        }
    }

    function check_classTotals(uint128 half, uint32 grown) external pure {
        uint256 documents = uint256(half) >> 64;
        uint256 total = uint256(half) & type(uint64).max;
        ClassTotals totals = ClassTotals.wrap(half);
        assert(totals.documents() == documents);
        assert(totals.total() == total);
        uint256 more = ClassTotals.unwrap(totals.withDocument(grown));
        if (documents == type(uint64).max) assert(more >> 64 == documents);
        else assert(more >> 64 == documents + 1);
        if (total + grown > type(uint64).max) assert(uint64(more) == type(uint64).max);
        else assert(uint64(more) == total + grown);
    }

    function check_configuration(uint256 word) external pure {
        ModelConfiguration c = ModelConfiguration.wrap(word);
        uint256 again = (c.encoding() << 248) | (c.weightBits() << 240) | (c.classes() << 224) | (c.dimension() << 192);
        again |= (c.step() << 176) | (c.interceptValue() << 160) | (c.margin() << 96) | (c.smoothing() << 64);
        assert(again | (c.noticeSeconds() << 32) | uint32(word) == word);
    }
}
