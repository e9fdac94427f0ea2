// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {BatchItemsHarness} from "../../contracts/testing/harnesses/BatchItemsHarness.sol";
import {Chance} from "./support/Chance.sol";
import {Check} from "./support/Check.sol";

/// @notice Items of lists as Solidity reads them, whatever the offsets say: behind the end, before the list, into one another (requirement B-02).
/// @custom:mutation BatchItems Refusals
contract BatchItemsTest {
    /// @dev Where the list's items count their offsets from, in the arguments: behind two head words and the length.
    uint256 private constant BASE = 96;

    BatchItemsHarness private _items;

    function setUp() public {
        _items = new BatchItemsHarness();
    }

    /// @dev Solidity also takes an item without bytes that begins before the calldata; here it is refused, as nobody can mean it.
    function testFuzz_itemsAreThoseOfSolidity(uint256 seed) public view {
        Chance memory chance = Chance(seed);
        bytes[] memory list = _any(chance);
        uint256 i = chance.below(list.length);
        bytes memory arguments = abi.encode(list, i);
        uint256 faults = chance.below(4);
        for (uint256 k = 0; k < faults; ++k) _spoil(chance, arguments, list.length, i);
        if (chance.oneIn(8)) _cut(arguments, BASE + 32 * list.length + chance.below(64));
        (bool isFine, bytes memory found) = _call(_items.at.selector, arguments);
        (bool isPlainlyFine, bytes memory wanted) = _call(_items.plain.selector, arguments);
        if (isFine) {
            Check.isTrue(isPlainlyFine, "an item that Solidity refuses");
            Check.equal(found, wanted, "item");
        } else if (isPlainlyFine) {
            Check.equal(abi.decode(wanted, (bytes)).length, 0, "an item that Solidity takes");
            uint256 offset = _word(arguments, BASE + 32 * i);
            unchecked {
                Check.isTrue(BASE + 4 + offset > type(uint256).max - 32, "an item within the calldata was refused");
            }
        } else {
            Check.equal(found.length, 0, "what was thrown");
        }
    }

    function testFuzz_whatIsSetIsThere(uint256 seed) public view {
        Chance memory chance = Chance(seed);
        bytes[] memory list = _any(chance);
        uint256 kept = chance.below(list.length + 1);
        (bytes[] memory found, uint256[] memory lengths) = _items.build(list, kept, chance.next());
        Check.equal(found.length, kept, "items");
        Check.equal(lengths.length, list.length, "lengths");
        for (uint256 i = 0; i < list.length; ++i) {
            Check.equal(lengths[i], list[i].length, "length");
            if (i < kept) Check.equal(found[i], list[i], "item");
        }
    }

    function _any(Chance memory chance) private pure returns (bytes[] memory list) {
        list = new bytes[](chance.between(1, 5));
        for (uint256 i = 0; i < list.length; ++i) {
            list[i] = new bytes(chance.sized(70));
            for (uint256 k = 0; k < list[i].length; ++k) list[i][k] = bytes1(uint8(chance.next()));
        }
    }

    /// @notice Exchanges an offset or a length: near an end of what is there, a little below zero, or anything.
    function _spoil(Chance memory chance, bytes memory arguments, uint256 count, uint256 i) private pure {
        uint256 at = chance.oneIn(2) ? BASE + 32 * i : BASE + 32 * chance.below(count + 1);
        if (chance.oneIn(3)) at = 32 * chance.below(arguments.length / 32);
        if (at < BASE) at = BASE; // not the list itself
        uint256 kind = chance.below(5);
        uint256 value = chance.below(arguments.length + 40);
        if (kind == 1) value = arguments.length - BASE - (chance.below(70) % (arguments.length - BASE));
        unchecked {
            if (kind == 2) value = 0 - chance.below(arguments.length + 40);
            if (kind == 3) value = 0 - BASE - 4 - chance.below(40);
        }
        if (kind == 4) value = chance.sized(type(uint256).max);
        assembly ("memory-safe") {
            mstore(add(add(arguments, 0x20), at), value)
        }
    }

    function _call(bytes4 selector, bytes memory arguments) private view returns (bool, bytes memory) {
        return address(_items).staticcall(bytes.concat(selector, arguments));
    }

    function _word(bytes memory data, uint256 at) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(add(data, 0x20), at))
        }
    }

    function _cut(bytes memory data, uint256 length) private pure {
        if (length >= data.length) return;
        assembly ("memory-safe") {
            mstore(data, length)
        }
    }
}
