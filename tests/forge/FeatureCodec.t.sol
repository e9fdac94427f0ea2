// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {FeatureCodecHarness} from "../../contracts/testing/harnesses/FeatureCodecHarness.sol";
import {FeatureCodecReference} from "../../contracts/testing/references/FeatureCodecReference.sol";
import {Chance} from "./support/Chance.sol";
import {Check} from "./support/Check.sol";
import {Models} from "./support/Models.sol";
import {Samples} from "./support/Samples.sol";

/// @notice The quick decoder against the plain one (requirements M-01, M-06).
contract FeatureCodecTest {
    FeatureCodecHarness private _codec;

    function setUp() public {
        _codec = new FeatureCodecHarness();
    }

    /// @notice What the plain decoder finds, as the entries that {FeatureCodec} promises. External, so that what it throws can be compared.
    function expected(
        bytes calldata sample,
        uint256 encoding,
        uint256 dimension,
        uint256 stride,
        uint256 shift,
        uint256 constantValue
    ) external pure returns (uint256[] memory entries) {
        (uint256[] memory indices, int256[] memory values) = FeatureCodecReference.decode(sample, encoding, dimension);
        entries = new uint256[](indices.length + shift);
        if (shift == 1) entries[0] = constantValue;
        for (uint256 k = 0; k < indices.length; ++k) {
            entries[k + shift] = (indices[k] + shift) * stride * 65_536 + uint16(int16(values[k]));
        }
    }

    function testFuzz_samplesDecodeAsTheReferenceDecodesThem(uint256 seed) public view {
        Chance memory chance = Chance(seed);
        Models.Shape memory s = Models.shape(chance);
        for (uint256 i = 0; i < 8; ++i) {
            _compare(chance, Samples.any(chance, s.encoding, s.dimension, true), s);
        }
    }

    /// @notice Seldom drawn by the others.
    function testFuzz_anEmptySampleDecodesAsTheReferenceDecodesIt(uint256 seed) public view {
        Chance memory chance = Chance(seed);
        Models.Shape memory s = Models.shape(chance);
        for (s.encoding = Samples.PRESENCE; s.encoding <= Samples.DENSE; ++s.encoding) _compare(chance, "", s);
    }

    function testFuzz_arbitraryBytesDecodeAsTheReferenceDecodesThem(bytes calldata sample, uint256 seed) public view {
        Chance memory chance = Chance(seed);
        Models.Shape memory s = Models.shape(chance);
        if (chance.oneIn(2)) s.dimension = chance.oneIn(2) ? 65_536 : chance.between(1, 65_536);
        if (s.encoding == Samples.DENSE && chance.oneIn(2)) s.dimension = sample.length < 2 ? 1 : sample.length / 2;
        _compare(chance, sample, s);
    }

    /// @dev The greatest positions that a model can have: 65,536 features, 256 classes, 32 bits.
    function test_theLastFeatureOfTheGreatestModelIsFound() public view {
        uint256 configuration = (1 << 248) | (uint256(32) << 240) | (uint256(256) << 224) | (uint256(65_536) << 192);
        uint256 stride = 32 * 256;
        uint256[] memory entries = _codec.decode(hex"0000fffffffe7fffffff8001", configuration, stride, 1, 32_767);
        uint256[] memory wanted = new uint256[](4);
        wanted[0] = 32_767;
        wanted[1] = (stride << 16) | 0xffff;
        wanted[2] = ((65_535 * stride) << 16) | 0x7fff;
        wanted[3] = ((65_536 * stride) << 16) | 0x8001;
        Check.equal(entries, wanted, "entries");
    }

    function _compare(Chance memory chance, bytes memory sample, Models.Shape memory s) private view {
        uint256 stride = s.bits * chance.between(1, 256);
        uint256 shift = chance.below(2);
        uint256 constantValue = chance.below(32_768);
        uint256 dirt = chance.oneIn(4) ? 0 : chance.next();
        (bool isPlainFine, bytes memory plain) = address(this).staticcall(
            abi.encodeCall(this.expected, (sample, s.encoding, s.dimension, stride, shift, constantValue))
        );
        uint256 configuration = Models.nearestCentroid(s, 0);
        (bool isQuickFine, bytes memory quick) = address(_codec).staticcall(
            abi.encodeCall(_codec.decodeOnDirtyMemory, (sample, configuration, stride, shift, constantValue, dirt))
        );
        Check.isTrue(isPlainFine == isQuickFine, "one refuses the sample, the other does not");
        if (!isPlainFine) {
            Check.equal(quick, plain, "error");
            return;
        }
        (uint256[] memory entries, uint256 end, bool isMemoryKept) = abi.decode(quick, (uint256[], uint256, bool));
        Check.equal(entries, abi.decode(plain, (uint256[])), "entries");
        Check.equal(end, 1 << 255, "entry behind the last");
        Check.isTrue(isMemoryKept, "the decoder wrote to memory that is not its own");
    }
}
