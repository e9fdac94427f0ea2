// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice A stream of numbers that follows from a seed, which forge's fuzzer gives and shrinks.
struct Chance {
    uint256 state;
}

using ChanceLibrary for Chance global;

/// @title Choices out of a {Chance}
library ChanceLibrary {
    /// @notice Any 256 bits.
    function next(Chance memory self) internal pure returns (uint256 number) {
        number = uint256(keccak256(abi.encode(self.state)));
        self.state = number;
    }

    /// @notice From 0 to `bound - 1`.
    function below(Chance memory self, uint256 bound) internal pure returns (uint256) {
        return self.next() % bound;
    }

    /// @notice From `low` to `high`, both included.
    function between(Chance memory self, uint256 low, uint256 high) internal pure returns (uint256) {
        return low + self.below(high - low + 1);
    }

    /// @notice True once in so many times.
    function oneIn(Chance memory self, uint256 times) internal pure returns (bool) {
        return self.below(times) == 0;
    }

    /// @notice From 0 to `most`: often an end or near one, else of any size.
    function sized(Chance memory self, uint256 most) internal pure returns (uint256) {
        uint256 kind = self.below(6);
        if (kind == 0) return 0;
        if (kind == 1) return most;
        if (kind == 2) return most - _least(most, self.below(4));
        if (kind == 3) return _least(most, self.below(4));
        // As many small numbers as great ones.
        uint256 number = most == type(uint256).max ? self.next() : self.below(most + 1);
        return number >> self.below(_bits(most));
    }

    /// @notice Number of bits, at least 1.
    function _bits(uint256 number) private pure returns (uint256 bits) {
        bits = 1;
        while (bits < 256 && number >> bits > 0) ++bits;
    }

    function _least(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }
}
