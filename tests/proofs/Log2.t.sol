// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Log2} from "../../contracts/libraries/Log2.sol";
import {Log2Reference} from "../../contracts/testing/references/Log2Reference.sol";
import {Check} from "../forge/support/Check.sol";

/// @notice The logarithm against its definition for every number below 2^20, and around every power of two (requirement M-11).
/// @dev Numbers with the same first 32 bits share a mantissa; the exponent is only added. So the mantissas below 2^20 are shown with all exponents from their own up to 127.
contract Log2Proof {
    function test_everyNumberBelow2To18() external pure {
        _compare(1, 2 ** 18);
    }

    function test_everyNumberFrom2To18To2To19() external pure {
        _compare(2 ** 18, 2 ** 19);
    }

    function test_everyNumberFrom2To19To3Times2To18() external pure {
        _compare(2 ** 19, 3 * 2 ** 18);
    }

    function test_everyNumberFrom3Times2To18To2To20() external pure {
        _compare(3 * 2 ** 18, 2 ** 20);
    }

    function test_around_everyPowerOfTwo() external pure {
        for (uint256 e = 2; e < 128; ++e) {
            for (uint256 d = 0; d < 256 && d < 2 ** e - 1; ++d) {
                Check.equal(Log2.log2(2 ** e + d), Log2Reference.log2(2 ** e + d), "at a power of two");
                Check.equal(Log2.log2(2 ** e - d), Log2Reference.log2(2 ** e - d), "below a power of two");
            }
        }
    }

    /// @notice A mantissa's logarithm is the same in every octave.
    function test_octavesDifferByWholes() external pure {
        for (uint256 m = 2 ** 12; m < 2 ** 13; ++m) {
            uint256 base = Log2.log2(m << 19);
            for (uint256 e = 0; e < 115; e += 5) {
                Check.equal(Log2.log2(m << e) + (19 << 32), base + (e << 32), "octave");
            }
        }
    }

    function _compare(uint256 from, uint256 to) private pure {
        for (uint256 value = from; value < to; ++value) {
            uint256 found = Log2.log2(value);
            if (found != Log2Reference.log2(value)) revert Check.Unequal("log2", found, value);
        }
    }
}
