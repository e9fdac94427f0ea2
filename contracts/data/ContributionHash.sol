// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Contribution} from "../../interfaces/IDataHandler.sol";

/// @title What a contribution is recorded by
/// @dev The words of a {Contribution} lie one after another in memory, so each hash is over a copy of them with a word before or behind.
library ContributionHash {
    /// @notice Reads a contribution into memory.
    /// @dev Equivalent to: `into = contribution`, but for words out of their type's range: those are copied as they are, so that no record fits their digest.
    function read(Contribution calldata contribution, Contribution memory into) internal pure {
        assembly ("memory-safe") {
            calldatacopy(into, contribution, 0xa0)
        }
    }

    /// @notice Of a contribution that came alone.
    /// @dev Equivalent to: `keccak256(abi.encode(contribution, sampleHash))`.
    function digest(Contribution memory contribution, bytes32 sampleHash) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let p := mload(0x40)
            mcopy(p, contribution, 0xa0)
            mstore(add(p, 0xa0), sampleHash)
            hash := keccak256(p, 0xc0)
        }
    }

    /// @notice Of a contribution that somebody else paid for.
    /// @dev Equivalent to: `keccak256(abi.encode(contribution, sampleHash, payee))`.
    function sponsored(
        Contribution memory contribution,
        bytes32 sampleHash,
        address payee
    ) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let p := mload(0x40)
            mcopy(p, contribution, 0xa0)
            mstore(add(p, 0xa0), sampleHash)
            mstore(add(p, 0xc0), and(payee, 0xffffffffffffffffffffffffffffffffffffffff))
            hash := keccak256(p, 0xe0)
        }
    }

    /// @notice Of a contribution in a batch.
    /// @dev Equivalent to: `keccak256(abi.encode(id, contribution, sampleHash))`.
    function leaf(
        uint256 id,
        Contribution memory contribution,
        bytes32 sampleHash
    ) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let p := mload(0x40)
            mstore(p, id)
            mcopy(add(p, 0x20), contribution, 0xa0)
            mstore(add(p, 0xc0), sampleHash)
            hash := keccak256(p, 0xe0)
        }
    }

    /// @notice Of a sample.
    /// @dev Equivalent to: `keccak256(sample)`, which would allocate memory.
    function ofSample(bytes calldata sample) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let p := mload(0x40)
            calldatacopy(p, sample.offset, sample.length)
            hash := keccak256(p, sample.length)
        }
    }
}
