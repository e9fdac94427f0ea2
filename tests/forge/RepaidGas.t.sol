// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {RepaidGas} from "../../contracts/libraries/RepaidGas.sol";
import {Chance} from "./support/Chance.sol";
import {Check} from "./support/Check.sol";

/// @notice The gas that a pool repays, against what the protocol charges (requirement G-02).
contract RepaidGasTest {
    /// @dev Of an empty transfer, of a byte of data that is zero, and of a word of storage that becomes other than zero, in gas.
    uint256 private constant TRANSFER = 21_000;
    uint256 private constant ZERO_BYTE = 4;
    uint256 private constant NEW_WORD = 20_000;

    function testFuzz_theOverheadIsTheLeastThatTheProtocolTakes(uint256 seed) public pure {
        Chance memory chance = Chance(seed);
        uint256 length = chance.sized(type(uint32).max);
        Check.equal(RepaidGas.overhead(length), TRANSFER + length * ZERO_BYTE, "overhead");
        Check.equal(RepaidGas.overhead(0), TRANSFER, "overhead of no data");
    }

    /// @dev Whatever is cleared, at least four fifths of it were paid.
    function testFuzz_fourFifthsCountRoundedDown(uint256 seed) public pure {
        Chance memory chance = Chance(seed);
        uint256 used = chance.sized(type(uint64).max);
        uint256 counted = RepaidGas.counted(used);
        Check.isTrue(5 * counted <= 4 * (used + NEW_WORD), "more than four fifths");
        Check.isTrue(5 * (counted + 1) > 4 * (used + NEW_WORD), "less than four fifths");
    }

    function test_nothingUsedCountsTheNoteAlone() public pure {
        Check.equal(RepaidGas.counted(0), 16_000, "note");
        Check.equal(RepaidGas.counted(5), 16_004, "five more");
    }
}
