// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {SharedPathsHarness} from "../../contracts/testing/harnesses/SharedPathsHarness.sol";
import {Chance} from "./support/Chance.sol";
import {Check} from "./support/Check.sol";

/// @notice Paths that neighbours share: whatever is shown before, nothing but a leaf of the tree by a part of its own path is found in it (requirements B-06, B-07, B-13).
contract SharedPathsTest {
    SharedPathsHarness private immutable HARNESS = new SharedPathsHarness();

    bytes32[][] private _levels;

    function testFuzz_inOrderOneHashLessThanLeavesIsEnough(uint256 seed) public {
        Chance memory chance = Chance(seed);
        uint256 count = _grow(chance);
        bytes32[][] memory paths = new bytes32[][](count);
        uint256 hashes = 0;
        for (uint256 i = 0; i < count; ++i) {
            paths[i] = i == 0 ? _path(0, _levels.length - 1) : _path(i, _meeting(i - 1, i));
            hashes += paths[i].length;
        }
        bool[] memory found = HARNESS.leads(_root(chance), _levels[0], paths);
        for (uint256 i = 0; i < count; ++i) Check.isTrue(found[i], "a leaf whose path was shared");
        Check.equal(hashes, count - 1, "hashes of all paths");
    }

    /// @dev Leaves, nodes and strangers, in any order, with parts of paths, true ones and altered ones.
    function testFuzz_onlyLeavesByPartsOfTheirOwnPathAreFound(uint256 seed) public {
        Chance memory chance = Chance(seed);
        uint256 count = _grow(chance);
        bytes32[] memory shown = new bytes32[](12);
        bytes32[][] memory paths = new bytes32[][](shown.length);
        bool[] memory isTrue = new bool[](shown.length);
        bool[] memory isFull = new bool[](shown.length);
        for (uint256 i = 0; i < shown.length; ++i) {
            uint256 index = chance.below(count);
            uint256 level = chance.oneIn(2) ? _levels.length - 1 : chance.below(_levels.length);
            (shown[i], paths[i]) = (_levels[0][index], _path(index, level));
            isTrue[i] = true;
            isFull[i] = level == _levels.length - 1;
            uint256 kind = chance.below(6);
            if (kind == 0) (shown[i], isTrue[i]) = (bytes32(chance.next()), false);
            if (kind == 1 && paths[i].length > 0)
                (paths[i][chance.below(paths[i].length)], isTrue[i]) = (bytes32(chance.next()), false);
            if (kind == 2) (paths[i], isTrue[i]) = (_longer(paths[i], bytes32(chance.next())), false);
        }
        bool[] memory found = HARNESS.leads(_root(chance), shown, paths);
        for (uint256 i = 0; i < shown.length; ++i) {
            Check.isTrue(isTrue[i] || !found[i], "what is not in the tree was found");
            Check.isTrue(!isTrue[i] || !isFull[i] || found[i], "a full path was not found");
            if (i == 0) Check.isTrue(isFull[0] || !found[0], "a part of a path was found alone");
        }
    }

    /// @dev Longer than any path can be: refused, and nothing is written behind the stack.
    function test_whatDoesNotFitIsNotFound() public view {
        bytes32[] memory leaves = new bytes32[](2);
        bytes32[][] memory paths = new bytes32[][](2);
        (leaves[0], leaves[1]) = (bytes32(uint256(1)), bytes32(uint256(1)));
        (paths[0], paths[1]) = (new bytes32[](64), new bytes32[](63));
        bool[] memory found = HARNESS.leads(_climbed(leaves[0], paths[0]), leaves, paths);
        Check.isTrue(!found[0] && !found[1], "64 hashes fit");
        found = HARNESS.leads(_climbed(leaves[1], paths[1]), leaves, paths);
        Check.isTrue(!found[0] && found[1], "63 hashes do not fit");
    }

    /// @notice A tree of 2 to 40 leaves.
    function _grow(Chance memory chance) private returns (uint256 count) {
        delete _levels;
        count = chance.between(2, 40);
        bytes32[] memory level = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) level[i] = bytes32(chance.next());
        _levels.push(level);
        while (level.length > 1) {
            bytes32[] memory above = new bytes32[]((level.length + 1) / 2);
            for (uint256 i = 0; i < above.length; ++i) {
                above[i] =
                    2 * i + 1 < level.length
                        ? Hashes.commutativeKeccak256(level[2 * i], level[2 * i + 1])
                        : level[2 * i];
            }
            _levels.push(above);
            level = above;
        }
    }

    /// @notice The root with any last byte.
    function _root(Chance memory chance) private view returns (uint256) {
        return ((uint256(_levels[_levels.length - 1][0]) >> 8) << 8) | chance.below(256);
    }

    /// @notice A leaf's path up to a level.
    function _path(uint256 index, uint256 level) private view returns (bytes32[] memory path) {
        for (uint256 i = 0; i < level; ++i) {
            if (index ^ 1 < _levels[i].length) path = _longer(path, _levels[i][index ^ 1]);
            index /= 2;
        }
    }

    /// @notice Up to which level the later leaf has to climb: there its node is a sibling on the other's path.
    function _meeting(uint256 earlier, uint256 later) private pure returns (uint256 level) {
        while (earlier ^ 1 != later) (earlier, later, level) = (earlier / 2, later / 2, level + 1);
    }

    function _longer(bytes32[] memory path, bytes32 more) private pure returns (bytes32[] memory longer) {
        longer = new bytes32[](path.length + 1);
        for (uint256 i = 0; i < path.length; ++i) longer[i] = path[i];
        longer[path.length] = more;
    }

    function _climbed(bytes32 leaf, bytes32[] memory path) private pure returns (uint256) {
        for (uint256 i = 0; i < path.length; ++i) leaf = Hashes.commutativeKeccak256(leaf, path[i]);
        return uint256(leaf);
    }
}
