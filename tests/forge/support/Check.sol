// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Assertions that show what differs
library Check {
    error Unequal(string what, uint256 found, uint256 wanted);
    error UnequalSigned(string what, int256 found, int256 wanted);
    error UnequalBytes(string what, bytes found, bytes wanted);
    error UnequalAt(string what, uint256 position, uint256 found, uint256 wanted);
    error Untrue(string what);

    function isTrue(bool condition, string memory what) internal pure {
        if (!condition) revert Untrue(what);
    }

    function equal(uint256 found, uint256 wanted, string memory what) internal pure {
        if (found != wanted) revert Unequal(what, found, wanted);
    }

    function equal(int256 found, int256 wanted, string memory what) internal pure {
        if (found != wanted) revert UnequalSigned(what, found, wanted);
    }

    function equal(bytes memory found, bytes memory wanted, string memory what) internal pure {
        if (keccak256(found) != keccak256(wanted)) revert UnequalBytes(what, found, wanted);
    }

    function equal(uint256[] memory found, uint256[] memory wanted, string memory what) internal pure {
        equal(found.length, wanted.length, string.concat(what, ": length"));
        for (uint256 i = 0; i < found.length; ++i) {
            if (found[i] != wanted[i]) revert UnequalAt(what, i, found[i], wanted[i]);
        }
    }

    function equal(int256[] memory found, int256[] memory wanted, string memory what) internal pure {
        equal(found.length, wanted.length, string.concat(what, ": length"));
        for (uint256 i = 0; i < found.length; ++i) {
            if (found[i] != wanted[i]) revert UnequalAt(what, i, uint256(found[i]), uint256(wanted[i]));
        }
    }
}
