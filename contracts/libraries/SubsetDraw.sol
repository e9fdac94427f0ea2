// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Draws without replacement
/// @notice Fisher–Yates on what is left, so that all have their turn. Twin: `commonlearn.protocol.draws`.
library SubsetDraw {
    /// @notice A random order of which only the beginning is needed.
    /// @param size Of how many.
    /// @param step How many were taken.
    /// @param seed Of all choices.
    /// @param places Which places were moved, and what stands there: pairs, two entries a step.
    struct Walk {
        uint256 size;
        uint256 step;
        bytes32 seed;
        uint256[] places;
    }

    /// @notice Draws subsets for a round: none twice in an epoch before all were drawn.
    /// @param used Bit by bit, which were drawn in this epoch.
    /// @param subsets How many there are; at most 256.
    /// @param count How many to draw; all, if there are fewer.
    /// @return positions In the order drawn.
    /// @return usedAfter As `used`; where the epoch ended, of the new one.
    function draw(
        uint256 used,
        uint256 subsets,
        uint256 count,
        bytes32 seed
    ) internal pure returns (uint256[] memory positions, uint256 usedAfter) {
        if (count > subsets) count = subsets;
        positions = new uint256[](count);
        uint256 taken = 0;
        uint256 next = 0;
        uint256[] memory left = _unused(used, subsets);
        for (uint256 i = 0; i < count; ++i) {
            if (next == left.length) (used, left, next) = (0, _unused(taken, subsets), 0);
            uint256 chosen = next + (choice(seed, i) % (left.length - next));
            (left[next], left[chosen]) = (left[chosen], left[next]);
            uint256 position = left[next++];
            positions[i] = position;
            taken |= 1 << position;
            used |= 1 << position;
        }
        usedAfter = used;
    }

    /// @notice Begins a random order.
    /// @param most How many are taken of it at most.
    function begin(uint256 size, uint256 most, bytes32 seed) internal pure returns (Walk memory walk) {
        walk.size = size;
        walk.seed = seed;
        walk.places = new uint256[](2 * (most < size ? most : size));
    }

    /// @notice The next one, from 0 to `size - 1`; there must be one, within what was asked for.
    function take(Walk memory self) internal pure returns (uint256 taken) {
        uint256 step = self.step;
        uint256 chosen = step + (choice(self.seed, step) % (self.size - step));
        taken = _at(self, chosen);
        (self.places[2 * step], self.places[2 * step + 1]) = (chosen, _at(self, step));
        self.step = step + 1;
    }

    /// @notice A random word.
    function choice(bytes32 seed, uint256 number) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, number)));
    }

    /// @notice What stands at a place: what was moved there last, or what always did.
    function _at(Walk memory self, uint256 place) private pure returns (uint256) {
        for (uint256 i = self.step; i > 0; --i) {
            if (self.places[2 * i - 2] == place) return self.places[2 * i - 1];
        }
        return place;
    }

    function _unused(uint256 used, uint256 subsets) private pure returns (uint256[] memory left) {
        left = new uint256[](subsets);
        uint256 count = 0;
        for (uint256 i = 0; i < subsets; ++i) {
            if ((used >> i) & 1 == 0) left[count++] = i;
        }
        assembly ("memory-safe") {
            mstore(left, count)
        }
    }
}
