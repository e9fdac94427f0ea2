// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {FeatureCodec} from "../../contracts/libraries/FeatureCodec.sol";
import {ModelConfiguration} from "../../contracts/types/ModelConfiguration.sol";

/// @notice Proofs by halmos, for all samples of three presence or dense features, or two sparse ones: what is decoded, and that what is refused is refused with reason (requirement M-06).
/// @dev The loops treat feature after feature and hand on one number, the last index; so three in a row show every step there is: first, middle, last.
contract DecodingProof {
    uint256 private constant BITS = 8;

    function check_presence(uint16 a, uint16 b, uint16 c, uint16 dimension) external view {
        if (dimension == 0) return;
        (bool isFine, uint256[] memory entries) = _decode(0, dimension, abi.encodePacked(a, b, c));
        assert(isFine == (a < b && b < c && c < dimension));
        if (!isFine) return;
        assert(
            entries.length == 3 &&
                entries[0] == _entry(a, 1) &&
                entries[1] == _entry(b, 1) &&
                entries[2] == _entry(c, 1)
        );
    }

    function check_sparse(uint16 a, int16 x, uint16 b, int16 y, uint16 dimension) external view {
        if (dimension == 0) return;
        (bool isFine, uint256[] memory entries) = _decode(1, dimension, abi.encodePacked(a, x, b, y));
        bool isAllowed = x != 0 && y != 0 && x != type(int16).min && y != type(int16).min;
        assert(isFine == (a < b && b < dimension && isAllowed));
        if (!isFine) return;
        assert(entries.length == 2 && entries[0] == _entry(a, x) && entries[1] == _entry(b, y));
    }

    function check_dense(int16 x, int16 y, int16 z) external view {
        (bool isFine, uint256[] memory entries) = _decode(2, 3, abi.encodePacked(x, y, z));
        assert(isFine == (x != type(int16).min && y != type(int16).min && z != type(int16).min));
        if (!isFine) return;
        assert(
            entries.length == 3 &&
                entries[0] == _entry(0, x) &&
                entries[1] == _entry(1, y) &&
                entries[2] == _entry(2, z)
        );
    }

    /// @notice Called by this contract itself, so that a refusal can be looked at.
    function decode(bytes calldata sample, uint256 configuration) external pure returns (uint256[] memory) {
        return FeatureCodec.decode(sample, ModelConfiguration.wrap(configuration), BITS, 0, 0);
    }

    function _decode(
        uint256 encoding,
        uint256 dimension,
        bytes memory sample
    ) private view returns (bool isFine, uint256[] memory entries) {
        uint256 configuration = (encoding << 248) | (BITS << 240) | (2 << 224) | (dimension << 192);
        try this.decode(sample, configuration) returns (uint256[] memory found) {
            return (true, found);
        } catch {
            return (false, entries);
        }
    }

    function _entry(uint256 index, int256 value) private pure returns (uint256) {
        return ((index * BITS) << 16) | uint16(int16(value));
    }
}
