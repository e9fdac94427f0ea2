// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {LaneVector} from "../../contracts/libraries/LaneVector.sol";
import {LaneVectorHarness} from "../../contracts/testing/harnesses/LaneVectorHarness.sol";
import {LaneVectorReference} from "../../contracts/testing/references/LaneVectorReference.sol";
import {Log2Reference} from "../../contracts/testing/references/Log2Reference.sol";
import {Chance} from "./support/Chance.sol";
import {Check} from "./support/Check.sol";
import {Models} from "./support/Models.sol";

/// @notice Lanes by the word against lanes one by one: all widths, any number of columns, near both ends (requirements M-01, M-08).
contract LaneVectorTest {
    using LaneVectorReference for int256[];

    /// @dev One word in front of the vector and one behind it must stay as they are.
    uint256 private constant START = 1;

    LaneVectorHarness private _vector;
    int256[] private _lanes;

    function setUp() public {
        _vector = new LaneVectorHarness();
    }

    struct Case {
        uint256 bits;
        uint256 columns;
        uint256[] words;
        uint256[] features;
        int256[] values;
        uint256[] entries;
    }

    function testFuzz_productsAreTheReferences(uint256 seed) public {
        Chance memory chance = Chance(seed);
        Case memory c = _make(chance, true);
        int256[] memory sums = _sums(chance, c.columns);
        int256[] memory wanted = _lanes.products(0, c.columns, c.features, c.values);
        for (uint256 i = 0; i < c.columns; ++i) {
            wanted[i] += sums[i];
        }
        Check.equal(_vector.accumulate(START, c.bits, c.entries, sums, chance.next()), wanted, "sums");
    }

    function testFuzz_additionsAreTheReferences(uint256 seed) public {
        Chance memory chance = Chance(seed);
        Case memory c = _make(chance, true);
        uint256 column = chance.below(c.columns);
        int256 factor = int256(chance.sized(65_535)) * (chance.oneIn(2) ? int256(1) : int256(-1));
        int256 half = int256(1 << (c.bits - 1));

        int256 squares = _vector.add(START, c.bits, column, c.entries, factor, chance.next());

        int256 wanted = 0;
        for (uint256 k = 0; k < c.features.length; ++k) {
            uint256 lane = c.features[k] * c.columns + column;
            int256 old = _lanes[lane];
            _lanes.add(lane, factor * c.values[k], -half, half - 1);
            wanted += _lanes[lane] * _lanes[lane] - old * old;
        }
        Check.equal(squares, wanted, "change of the squares");
        _compareWords(c);
    }

    function testFuzz_countsAddAsTheReferences(uint256 seed) public {
        Chance memory chance = Chance(seed);
        Case memory c = _make(chance, false);
        uint256 column = chance.below(c.columns);

        uint256 grown = _vector.addCounts(START, c.bits, column, c.entries, chance.next());

        int256 wanted = 0;
        for (uint256 k = 0; k < c.features.length; ++k) {
            int256 most = int256(1 << c.bits) - 1;
            wanted += _lanes.add(c.features[k] * c.columns + column, c.values[k], 0, most);
        }
        Check.equal(grown, uint256(wanted), "growth");
        _compareWords(c);
    }

    function testFuzz_logarithmsOfCountsAreTheReferences(uint256 seed) public {
        Chance memory chance = Chance(seed);
        Case memory c = _make(chance, false);
        uint256 smoothing = 1 + chance.sized(type(uint32).max - 1);
        int256[] memory sums = _sums(chance, c.columns);
        (int256[] memory found, uint256 total) = _vector.accumulateLogarithms(
            START,
            c.bits,
            smoothing,
            c.entries,
            sums,
            chance.next()
        );
        int256 values = 0;
        for (uint256 k = 0; k < c.values.length; ++k) {
            values += c.values[k];
        }
        Check.equal(int256(total), values, "sum of the values");
        for (uint256 column = 0; column < c.columns; ++column) {
            int256 wanted = sums[column];
            for (uint256 k = 0; k < c.features.length; ++k) {
                uint256 count = uint256(_lanes[c.features[k] * c.columns + column]);
                wanted += c.values[k] * int256(Log2Reference.log2(256 * count + smoothing));
            }
            Check.equal(found[column], wanted, "sum of logarithms");
        }
    }

    function testFuzz_squaresAreThoseOfTheLanes(uint256 seed) public {
        Chance memory chance = Chance(seed);
        Case memory c = _make(chance, true);
        for (uint256 i = START; i + 1 < c.words.length; ++i) {
            delete _lanes;
            _lanes.read(c.words, i, c.bits, 256 / c.bits, true);
            int256 wanted = 0;
            for (uint256 lane = 0; lane < _lanes.length; ++lane) {
                wanted += _lanes[lane] * _lanes[lane];
            }
            Check.equal(LaneVector.squares(c.words[i], c.bits), uint256(wanted), "squares");
        }
    }

    /// @dev The widest sum that a model can make: every product at its end.
    function test_theGreatestProductOfOneColumnDoesNotOverflow() public {
        _compareGreatestProduct(1);
    }

    function test_theGreatestProductOfTwoColumnsDoesNotOverflow() public {
        _compareGreatestProduct(2);
    }

    /// @notice A vector between two other words, some entries in it, and the lanes one by one.
    function _make(Chance memory chance, bool isSigned) private returns (Case memory c) {
        c.bits = 4 << chance.below(4);
        c.columns = chance.between(1, 5);
        uint256 dimension = chance.between(1, 50);
        uint256 count = Models.wordsFor(dimension * c.columns, c.bits);
        c.words = new uint256[](START + count + 1);
        Models.fill(chance, c.words, START, count, c.bits, dimension * c.columns);
        (c.words[0], c.words[START + count]) = (chance.next(), chance.next());
        _vector.setWords(c.words);
        delete _lanes;
        _lanes.read(c.words, START, c.bits, dimension * c.columns, isSigned);

        uint256 density = chance.between(1, 8);
        uint256 size = chance.sized(32_767);
        uint256[] memory features = new uint256[](dimension);
        uint256 length = 0;
        for (uint256 feature = 0; feature < dimension; ++feature) {
            if (chance.oneIn(density)) features[length++] = feature;
        }
        c.features = new uint256[](length);
        c.values = new int256[](length);
        c.entries = new uint256[](length);
        for (uint256 k = 0; k < length; ++k) {
            int256 value = int256(chance.below(size + 1));
            if (isSigned && chance.oneIn(2)) value = -value;
            (c.features[k], c.values[k]) = (features[k], value);
            c.entries[k] = ((features[k] * c.columns * c.bits) << 16) | uint16(int16(value));
        }
    }

    function _compareGreatestProduct(uint256 columns) private {
        uint256[] memory words = new uint256[](START + 1);
        words[START] = 0x80000000 << 224;
        _vector.setWords(words);
        uint256[] memory entries = new uint256[](65_537);
        for (uint256 k = 0; k < entries.length; ++k) {
            entries[k] = 0x8001;
        }
        int256 found = _vector.accumulate(START, 32, entries, new int256[](columns), 0)[0];
        Check.equal(found, int256(2 ** 31) * 32_767 * 65_537, "sum");
    }

    function _sums(Chance memory chance, uint256 columns) private pure returns (int256[] memory sums) {
        sums = new int256[](columns);
        for (uint256 i = 0; i < columns; ++i) {
            sums[i] = int256(chance.below(2 ** 80)) - 2 ** 79;
        }
    }

    function _compareWords(Case memory c) private view {
        _lanes.write(0, _lanes.length, c.words, START, c.bits);
        Check.equal(_vector.words(), c.words, "words");
    }
}
