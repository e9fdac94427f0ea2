// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {FeatureCodec} from "../../libraries/FeatureCodec.sol";
import {ModelConfiguration} from "../../types/ModelConfiguration.sol";
import {DirtyMemory} from "./DirtyMemory.sol";

/// @title {FeatureCodec} as a contract
contract FeatureCodecHarness {
    /// @notice {FeatureCodec-decode} on fresh memory.
    function decode(
        bytes calldata sample,
        uint256 configuration,
        uint256 stride,
        uint256 shift,
        uint256 constantValue
    ) external pure returns (uint256[] memory) {
        return FeatureCodec.decode(sample, ModelConfiguration.wrap(configuration), stride, shift, constantValue);
    }

    /// @notice {decode} on memory that was used before.
    /// @return entries As {decode}.
    /// @return end What stands behind the last entry.
    /// @return isMemoryKept Whether it left all memory but its result alone.
    function decodeOnDirtyMemory(
        bytes calldata sample,
        uint256 configuration,
        uint256 stride,
        uint256 shift,
        uint256 constantValue,
        uint256 dirt
    ) external pure returns (uint256[] memory entries, uint256 end, bool isMemoryKept) {
        uint256 guard = DirtyMemory.soil(dirt);
        entries = FeatureCodec.decode(sample, ModelConfiguration.wrap(configuration), stride, shift, constantValue);
        isMemoryKept = DirtyMemory.isKept(guard, dirt) && DirtyMemory.isLast(entries, 1);
        assembly ("memory-safe") {
            end := mload(add(entries, mul(add(mload(entries), 1), 0x20)))
        }
    }

    /// @notice Decodes many samples, each for itself: the entries, or what was thrown.
    function decodeMany(
        bytes[] calldata samples,
        uint256 configuration,
        uint256 stride,
        uint256 shift,
        uint256 constantValue
    ) external view returns (uint256[][] memory entries, bytes[] memory errors) {
        entries = new uint256[][](samples.length);
        errors = new bytes[](samples.length);
        for (uint256 i = 0; i < samples.length; ++i) {
            try this.decode(samples[i], configuration, stride, shift, constantValue) returns (uint256[] memory found) {
                entries[i] = found;
            } catch (bytes memory reason) {
                errors[i] = reason;
            }
        }
    }
}
