// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Log2} from "../../contracts/libraries/Log2.sol";
import {Log2Reference} from "../../contracts/testing/references/Log2Reference.sol";
import {Chance} from "./support/Chance.sol";
import {Check} from "./support/Check.sol";

/// @notice The logarithm against its definition, bit for bit, and against the true one (requirements M-01, M-11).
contract Log2Test {
    uint256 private constant MOST_VALUE = 2 ** 128 - 1;
    /// @dev The stated bound, 2^-27, in units of 2^-32.
    uint256 private constant MOST_ERROR = 32;

    function testFuzz_logarithmsAreTheReferences(uint256 seed) public pure {
        Chance memory chance = Chance(seed);
        for (uint256 i = 0; i < 16; ++i) {
            uint256 value = _any(chance);
            Check.equal(Log2.log2(value), Log2Reference.log2(value), "log2");
        }
    }

    /// @dev Near the end of an octave every coefficient counts: a change of one by one shows in a few of these.
    function test_logarithmsOfTheGreatestMantissasAreTheReferences() public pure {
        for (uint256 value = 2 ** 32 - 1; value > 2 ** 32 - 8_000_000; value -= 1_000) {
            if (Log2.log2(value) != Log2Reference.log2(value)) revert Check.Unequal("log2", Log2.log2(value), value);
        }
    }

    /// @dev A coefficient that is off by one shows in few mantissas, the fewer the higher its power: one for each and either way, found by trying
    /// all from the greatest down. The first coefficient shows in none above 0xca5b16ff.
    function test_logarithmsWhereACoefficientShowsAreTheReferences() public pure {
        uint32[16] memory values = [
            4_294_967_295,
            4_294_967_284,
            4_294_967_203,
            4_294_967_176,
            4_294_965_191,
            4_294_964_341,
            4_294_957_892,
            4_294_952_893,
            4_294_910_894,
            4_294_878_176,
            4_293_137_730,
            4_293_080_217,
            4_274_023_651,
            4_267_183_872,
            4_248_917_478,
            4_183_096_972
        ];
        for (uint256 i = 0; i < values.length; ++i) {
            Check.equal(Log2.log2(values[i]), Log2Reference.log2(values[i]), "log2");
        }
    }

    function testFuzz_logarithmsNeverFall(uint256 seed) public pure {
        Chance memory chance = Chance(seed);
        for (uint256 i = 0; i < 16; ++i) {
            uint256 value = _any(chance);
            uint256 room = MOST_VALUE - value;
            uint256 next = value + (chance.oneIn(2) && room > 0 ? 1 : chance.sized(room));
            Check.isTrue(Log2.log2(value) <= Log2.log2(next), "a greater number has a smaller logarithm");
        }
    }

    function test_logarithmsNeverFallAtThePowersOfTwo() public pure {
        for (uint256 e = 1; e < 128; ++e) {
            Check.equal(Log2.log2(2 ** e), e << 32, "a power of two");
            Check.isTrue(Log2.log2(2 ** e - 1) <= e << 32, "just below a power of two");
            Check.isTrue(Log2.log2(2 ** e) <= Log2.log2(2 ** e + 1), "just above a power of two");
        }
    }

    function testFuzz_theErrorIsWithinItsBound(uint256 seed) public pure {
        Chance memory chance = Chance(seed);
        uint256 value = _any(chance);
        uint256 found = Log2.log2(value);
        (uint256 exact, uint256 unknown) = _bySquaring(value);
        Check.isTrue(found <= exact + unknown + MOST_ERROR, "too great");
        Check.isTrue(found + MOST_ERROR >= exact, "too small");
    }

    /// @notice The logarithm by repeated squaring, a wholly different way: one bit of it a step.
    /// @return low The first 32 bits behind the point, rounded down.
    /// @return unknown How much the truth may lie above `low`: the mantissa is cut to 127 bits at each step, which 32 steps
    /// magnify to less than 2^-90, so at most the last unit is in doubt.
    function _bySquaring(uint256 value) private pure returns (uint256 low, uint256 unknown) {
        uint256 e = 0;
        while (value >> e > 1) ++e;
        uint256 m = e > 127 ? value >> (e - 127) : value << (127 - e); // [2^127, 2^128)
        low = e << 32;
        for (uint256 bit = 1 << 31; bit > 0; bit >>= 1) {
            m = (m * m) >> 127;
            if (m >= 1 << 128) {
                m >>= 1;
                low += bit;
            }
        }
        return (low, 2);
    }

    function _any(Chance memory chance) private pure returns (uint256 value) {
        value = chance.sized(MOST_VALUE - 1) + 1;
    }
}
