// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {BatchAnswer} from "../../contracts/libraries/BatchAnswer.sol";
import {Chance} from "./support/Chance.sol";
import {Check} from "./support/Check.sol";

/// @notice Answers read where they lie against Solidity's decoder: the same lists, and the same are refused, of whatever a model may return (requirement B-02).
contract BatchAnswerTest {
    function testFuzz_readAsTheDecoderReads(uint256 seed) public view {
        Chance memory chance = Chance(seed);
        bytes memory answer = _answer(chance);
        for (uint256 changes = chance.below(3); changes > 0; --changes) _change(chance, answer);
        (bool isFine, bytes memory found) = address(this).staticcall(abi.encodeCall(this.read, (answer)));
        (bool isDecoded, bytes memory wanted) = address(this).staticcall(abi.encodeCall(this.decode, (answer)));
        Check.isTrue(isFine == isDecoded, "one is refused");
        Check.equal(found, wanted, "lists");
    }

    /// @dev What all but a few batches are answered with; the list must be the very words of the answer, else nothing is saved.
    function test_numbersAreNotCopied() public pure {
        uint256[] memory numbers = new uint256[](3);
        (numbers[0], numbers[1], numbers[2]) = (1, 0, 1);
        bytes memory answer = abi.encode(numbers, new bytes[](0));
        (uint256[] memory found, bytes[] memory reasons) = BatchAnswer.read(answer);
        Check.equal(found, numbers, "numbers");
        Check.equal(reasons.length, 0, "reasons");
        uint256 distance;
        assembly ("memory-safe") {
            distance := sub(found, answer)
        }
        Check.equal(distance, 0x60, "place");
    }

    /// @notice The library's own.
    function read(bytes memory answer) external pure returns (uint256[] memory, bytes[] memory) {
        return BatchAnswer.read(answer);
    }

    /// @notice The reference.
    function decode(bytes memory answer) external pure returns (uint256[] memory, bytes[] memory) {
        return abi.decode(answer, (uint256[], bytes[]));
    }

    function _answer(Chance memory chance) private pure returns (bytes memory) {
        uint256[] memory numbers = new uint256[](chance.below(5));
        for (uint256 i = 0; i < numbers.length; ++i) numbers[i] = chance.next() >> chance.below(256);
        bytes[] memory reasons = new bytes[](chance.oneIn(2) ? 0 : chance.below(4));
        for (uint256 i = 0; i < reasons.length; ++i) reasons[i] = abi.encodePacked(chance.next());
        return abi.encode(numbers, reasons);
    }

    /// @dev Another word, most of them small enough to be an offset or a length; or another end.
    function _change(Chance memory chance, bytes memory answer) private pure {
        uint256 size = answer.length;
        if (chance.oneIn(3)) {
            size = chance.oneIn(2) ? chance.below(size + 1) : 32 * chance.below(size / 32 + 1);
            assembly ("memory-safe") {
                mstore(answer, size)
            }
        }
        if (size < 32) return;
        uint256 at = 32 * chance.below(size / 32);
        uint256 word = chance.oneIn(4) ? chance.sized(type(uint256).max) : 32 * chance.below(8) + chance.below(2);
        if (chance.oneIn(4)) word = chance.below(3) << 251;
        assembly ("memory-safe") {
            mstore(add(add(answer, 0x20), at), word)
        }
    }
}
