// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IModel} from "../../interfaces/IModel.sol";
import {LaneTableLibrary} from "../../contracts/libraries/LaneTable.sol";
import {Perceptron} from "../../contracts/models/Perceptron.sol";
import {LaneTableHarness} from "../../contracts/testing/harnesses/LaneTableHarness.sol";
import {Chance} from "./support/Chance.sol";
import {Check} from "./support/Check.sol";
import {Models} from "./support/Models.sol";

/// @notice Unpacked lanes against lanes one by one, up to as many as there may be, and indices where a place has no bits left: from 2^13 on times eight they reach their neighbour, from 2^15 on they take the bit that compares
/// them (requirements M-01, M-06, M-08, B-12).
/// @custom:mutation LaneTable
contract LaneTableTest {
    uint256 private constant MOST_DIMENSION = LaneTableLibrary.MOST_LANES - 1;

    LaneTableHarness private _table;

    struct Case {
        uint256 bits;
        uint256 dimension;
        uint256[] words;
        uint16[] indices;
        bytes sample;
    }

    function setUp() public {
        _table = new LaneTableHarness();
    }

    /// forge-config: default.fuzz.runs = 128
    function testFuzz_scoresAreSumsOfLanes(uint256 seed) public {
        Chance memory chance = Chance(seed);
        Case memory c = _make(chance);
        _compareScore(chance, c);
        for (uint256 i = 0; i < 8; ++i) _compareScore(chance, _spoiled(chance, c));
    }

    /// forge-config: default.fuzz.runs = 128
    function testFuzz_additionsStopAtTheEnds(uint256 seed) public {
        Chance memory chance = Chance(seed);
        Case memory c = _make(chance);
        int256 change = _signed(chance, 65_535);
        int256 constantChange = _signed(chance, 2 ** 31 - 1);
        uint256 times = chance.between(1, 3);
        _table.add(c.bits, c.sample, change, constantChange, times, chance.next());
        for (uint256 time = 0; time < times; ++time) {
            _addTo(c, 0, constantChange);
            for (uint256 k = 0; k < c.indices.length; ++k) _addTo(c, uint256(c.indices[k]) + 1, change);
        }
        Check.equal(_table.words(), c.words, "words");
    }

    /// @dev At the greatest dimension that is unpacked, and at the next, which is not: answers, reasons and words are those of single calls.
    function test_theWidestPerceptronsLearnAsOneByOne() public {
        address implementation = address(new Perceptron());
        for (uint256 bits = 4; bits <= 32; bits *= 2) {
            _compareModels(implementation, bits, MOST_DIMENSION);
            _compareModels(implementation, bits, MOST_DIMENSION + 1);
        }
    }

    function _compareModels(address implementation, uint256 bits, uint256 dimension) private {
        uint256[] memory words = new uint256[](Models.wordsFor(dimension + 1, bits));
        Models.Shape memory s = Models.Shape(0, bits, 2, dimension);
        bytes memory arguments = abi.encodePacked(address(this), Models.perceptron(s, 3, 5, 7));
        IModel single = IModel(Clones.cloneWithImmutableArgs(implementation, arguments));
        IModel many = IModel(Clones.cloneWithImmutableArgs(implementation, arguments));
        single.upload(Models.toBytes(words));
        many.upload(Models.toBytes(words));
        (bytes[] memory samples, uint16[] memory labels) = (new bytes[](6), new uint16[](6));
        (samples[0], labels[0]) = (_every(dimension, 0, 1), 1);
        (samples[1], labels[1]) = (_every(dimension, 1, 2), 0);
        samples[2] = bytes.concat(samples[1], bytes2(uint16(dimension)));
        samples[3] = bytes.concat(samples[1], hex"ffff");
        samples[4] = bytes.concat(hex"8000", samples[1]);
        (samples[5], labels[5]) = (_every(dimension, dimension - 17, 1), 1);
        (uint256[] memory outcomes, bytes[] memory reasons) = many.trainMany(samples, labels);
        uint256 refused = 0;
        for (uint256 i = 0; i < samples.length; ++i) {
            try single.train(samples[i], labels[i]) returns (bool taught) {
                Check.equal(outcomes[i], taught ? 1 : 0, "outcome");
            } catch (bytes memory reason) {
                Check.equal(outcomes[i], type(uint256).max, "outcome of a refused sample");
                Check.equal(reasons[refused++], reason, "reason");
            }
        }
        Check.equal(refused, 3, "refused samples");
        Check.equal(reasons.length, refused, "reasons");
        Check.equal(many.wordsAt(0, words.length), single.wordsAt(0, words.length), "words");
        (outcomes, ) = many.predictMany(samples);
        Check.equal(outcomes[5], single.predict(samples[5]), "prediction");
    }

    function _compareScore(Chance memory chance, Case memory c) private view {
        (bool wellFormed, int256 sum, int256 constantLane) = _table.score(c.bits, c.sample, c.dimension, chance.next());
        bool wanted = c.sample.length == 2 * c.indices.length && c.indices.length > 0;
        for (uint256 k = 0; k < c.indices.length; ++k) {
            if (c.indices[k] >= c.dimension || (k > 0 && c.indices[k] <= c.indices[k - 1])) wanted = false;
        }
        Check.isTrue(wellFormed == wanted, "well-formed");
        Check.equal(constantLane, _lane(c, 0), "lane 0");
        if (!wanted) return;
        int256 total = 0;
        for (uint256 k = 0; k < c.indices.length; ++k) total += _lane(c, uint256(c.indices[k]) + 1);
        Check.equal(sum, total, "sum");
    }

    /// @notice Words and a well-formed sample, often near the greatest dimension.
    function _make(Chance memory chance) private returns (Case memory c) {
        c.bits = 4 << chance.below(4);
        c.dimension = chance.oneIn(3) ? chance.between(1, MOST_DIMENSION) : MOST_DIMENSION - chance.below(40);
        uint256 count = Models.wordsFor(c.dimension + 1, c.bits);
        c.words = new uint256[](count);
        uint256 ones = type(uint256).max / ((1 << c.bits) - 1);
        for (uint256 i = 0; i < count; ++i) {
            uint256 manner = chance.below(4);
            if (manner == 0) c.words[i] = chance.next();
            if (manner == 1) c.words[i] = ones << (c.bits - 1); // every lane at its least
            if (manner == 2) c.words[i] = ones * ((1 << (c.bits - 1)) - 1); // every lane at its most
        }
        _table.setWords(c.words);
        uint256 most = chance.between(1, 80);
        uint256 gap = chance.oneIn(2) ? 1 : chance.sized(c.dimension);
        uint256 index = chance.oneIn(2) ? chance.below(c.dimension) : c.dimension - 1 - chance.below(c.dimension) / 64;
        uint16[] memory indices = new uint16[](most);
        uint256 length = 0;
        while (length < most && index < c.dimension) {
            indices[length++] = uint16(index);
            index += 1 + chance.below(gap + 1);
        }
        if (chance.oneIn(2)) indices[length - 1] = uint16(c.dimension - 1);
        assembly ("memory-safe") {
            mstore(indices, length)
        }
        c.indices = indices;
        c.sample = abi.encodePacked(_packed(indices));
    }

    /// @notice The same with one index or two exchanged, or bytes too few or too many.
    function _spoiled(Chance memory chance, Case memory c) private pure returns (Case memory spoiled) {
        uint16[] memory indices = abi.decode(abi.encode(c.indices), (uint16[]));
        uint256 faults = chance.between(1, 2);
        for (uint256 i = 0; i < faults; ++i) {
            uint256 at = chance.below(indices.length);
            uint256 kind = chance.below(6);
            if (kind == 0) indices[at] = uint16(2 ** 13 - 4 + chance.below(8));
            else if (kind == 1) indices[at] = uint16(2 ** 15 - 4 + chance.below(8));
            else if (kind == 2) indices[at] = uint16(65_535 - chance.below(4));
            else if (kind == 3) indices[at] = uint16(chance.next());
            else if (kind == 4) indices[at] = indices[chance.below(indices.length)];
            else indices[at] = uint16(c.dimension + chance.below(4)) - 2;
        }
        spoiled = Case(c.bits, c.dimension, c.words, indices, _packed(indices));
        if (chance.oneIn(8)) spoiled.sample = bytes.concat(spoiled.sample, bytes1(uint8(chance.next())));
        if (chance.oneIn(16)) (spoiled.sample, spoiled.indices) = ("", new uint16[](0));
    }

    function _addTo(Case memory c, uint256 number, int256 change) private pure {
        int256 half = int256(1 << (c.bits - 1));
        int256 lane = _lane(c, number) + change;
        if (lane >= half) lane = half - 1;
        if (lane < -half) lane = -half;
        (uint256 word, uint256 shift) = _place(c, number);
        uint256 mask = (1 << c.bits) - 1;
        c.words[word] = (c.words[word] & ~(mask << shift)) | ((uint256(lane) & mask) << shift);
    }

    function _lane(Case memory c, uint256 number) private pure returns (int256) {
        (uint256 word, uint256 shift) = _place(c, number);
        return int256(c.words[word] << (256 - c.bits - shift)) >> (256 - c.bits);
    }

    function _place(Case memory c, uint256 number) private pure returns (uint256 word, uint256 shift) {
        uint256 perWord = 256 / c.bits;
        return (number / perWord, 256 - c.bits * ((number % perWord) + 1));
    }

    function _signed(Chance memory chance, uint256 most) private pure returns (int256) {
        return int256(chance.sized(most)) * (chance.oneIn(2) ? int256(1) : int256(-1));
    }

    function _every(uint256 dimension, uint256 from, uint256 step) private pure returns (bytes memory) {
        uint16[] memory indices = new uint16[]((dimension - from + step - 1) / step);
        for (uint256 k = 0; k < indices.length; ++k) indices[k] = uint16(from + k * step);
        return _packed(indices);
    }

    function _packed(uint16[] memory indices) private pure returns (bytes memory sample) {
        sample = new bytes(2 * indices.length);
        for (uint256 k = 0; k < indices.length; ++k) {
            (sample[2 * k], sample[2 * k + 1]) = (bytes1(uint8(indices[k] >> 8)), bytes1(uint8(indices[k])));
        }
    }
}
