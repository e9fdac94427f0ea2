// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IModel} from "../../interfaces/IModel.sol";
import {NaiveBayes} from "../../contracts/models/NaiveBayes.sol";
import {NearestCentroidAnyWords} from "../../contracts/testing/harnesses/NearestCentroidAnyWords.sol";
import {Perceptron} from "../../contracts/models/Perceptron.sol";
import {ModelReference} from "../../contracts/testing/references/ModelReference.sol";
import {NaiveBayesReference} from "../../contracts/testing/references/NaiveBayesReference.sol";
import {NearestCentroidReference} from "../../contracts/testing/references/NearestCentroidReference.sol";
import {PerceptronReference} from "../../contracts/testing/references/PerceptronReference.sol";
import {Chance} from "./support/Chance.sol";
import {Check} from "./support/Check.sol";
import {Models} from "./support/Models.sol";
import {Samples} from "./support/Samples.sol";
import {VM} from "./support/Vm.sol";

/// @notice Each model against its plain reference: the same calls get the same answers, or the same errors with the same arguments, and
/// leave the same words (requirements M-01, M-06, M-07, M-08, M-09, M-11). This contract is the models' trainer.
contract ModelsTest {
    uint256 private constant STEPS = 5;
    uint256 private constant NOW = 1_800_000_000;
    uint256 private constant MOST_COUNT = type(uint32).max;
    uint256 private constant MOST_NORM = type(uint184).max;

    address private _perceptron;
    address private _nearestCentroid;
    address private _naiveBayes;

    function setUp() public {
        VM.warp(NOW);
        _perceptron = address(new Perceptron());
        _nearestCentroid = address(new NearestCentroidAnyWords());
        _naiveBayes = address(new NaiveBayes());
    }

    function testFuzz_perceptronIsItsReference(uint256 seed) public {
        Chance memory chance = Chance(seed);
        Models.Shape memory s = Models.shape(chance);
        uint256 margin = chance.oneIn(2) ? chance.sized(1000) : chance.sized(type(uint64).max);
        uint256 configuration = Models.perceptron(s, 1 + chance.sized(65_534), chance.sized(32_767), margin);
        uint256 lanes = (s.dimension + 1) * (s.classes == 2 ? 1 : s.classes);
        uint256[] memory words = new uint256[](Models.wordsFor(lanes, s.bits));
        Models.fill(chance, words, 0, words.length, s.bits, lanes);
        IModel model = _make(_perceptron, configuration, words);
        _compare(chance, s, model, new PerceptronReference(configuration, words), true);
    }

    function testFuzz_naiveBayesIsItsReference(uint256 seed) public {
        Chance memory chance = Chance(seed);
        Models.Shape memory s = Models.shape(chance);
        uint256 configuration = Models.naiveBayes(s, 1 + chance.sized(type(uint32).max - 1));
        uint256 lanes = s.dimension * s.classes;
        uint256 headers = (s.classes + 1) / 2;
        uint256 count = Models.wordsFor(lanes, s.bits);
        uint256[] memory words = new uint256[](headers + count);
        for (uint256 i = 0; i < headers; ++i) {
            // The half behind the last class of an odd number is nobody's, and may hold anything.
            for (uint256 quarter = 0; quarter < 4; ++quarter) {
                words[i] = (words[i] << 64) | chance.sized(type(uint64).max);
            }
        }
        Models.fill(chance, words, headers, count, s.bits, lanes);
        IModel model = _make(_naiveBayes, configuration, words);
        _compare(chance, s, model, new NaiveBayesReference(configuration, words), false);
    }

    function testFuzz_nearestCentroidIsItsReference(uint256 seed) public {
        Chance memory chance = Chance(seed);
        Models.Shape memory s = Models.shape(chance);
        uint256 configuration = Models.nearestCentroid(s, chance.sized(type(uint32).max));
        uint256[] memory words = _centroids(chance, s, s.classes, true);
        IModel model = _make(_nearestCentroid, configuration, words);
        _compare(chance, s, model, new NearestCentroidReference(configuration, words), true);
    }

    /// @dev Requirement M-10: an added class is as good as the first ones, once its notice is over.
    function testFuzz_nearestCentroidWithAddedClassesIsItsReference(uint256 seed) public {
        Chance memory chance = Chance(seed);
        Models.Shape memory s = Models.shape(chance);
        uint256 notice = chance.sized(1_000_000);
        uint256 configuration = Models.nearestCentroid(s, notice);
        uint256[] memory words = _centroids(chance, s, s.classes, false);
        IModel model = _make(_nearestCentroid, configuration, words);
        NearestCentroidReference plain = new NearestCentroidReference(configuration, words);
        model.seal();
        for (uint256 i = 0; i < 2; ++i) {
            uint256[] memory added = _centroids(chance, s, 1, false);
            Check.equal(model.addClass(Models.toBytes(added)), plain.addClass(added), "number of the added class");
            _compare(chance, s, model, plain, true);
            if (chance.oneIn(2)) VM.warp(block.timestamp + chance.sized(notice));
        }
        VM.warp(block.timestamp + notice);
        _compare(chance, s, model, plain, true);
    }

    function _make(
        address implementation,
        uint256 configuration,
        uint256[] memory words
    ) private returns (IModel model) {
        model = IModel(Clones.cloneWithImmutableArgs(implementation, abi.encodePacked(address(this), configuration)));
        model.upload(Models.toBytes(words));
        (uint256 uploaded, uint256 required, , ) = model.uploadState();
        Check.equal(uploaded, required, "words that the configuration needs");
    }

    /// @notice Words of centroids. With `isFree`, some have no samples, or take part only later.
    function _centroids(
        Chance memory chance,
        Models.Shape memory s,
        uint256 classes,
        bool isFree
    ) private pure returns (uint256[] memory words) {
        uint256 lanes = Models.wordsFor(s.dimension, s.bits);
        words = new uint256[](classes * (1 + lanes));
        bool isSmall = chance.oneIn(2); // distances come close only when all counts and norms are small
        for (uint256 k = 0; k < classes; ++k) {
            uint256 start = k * (1 + lanes);
            words[start] = _header(chance, isSmall, isFree);
            Models.fill(chance, words, start + 1, lanes, s.bits, s.dimension);
        }
    }

    function _header(Chance memory chance, bool isSmall, bool isFree) private pure returns (uint256) {
        uint256 activeAt = isFree && chance.oneIn(4) ? NOW + chance.below(3) : 0;
        uint256 count = isSmall ? chance.between(1, 3) : 1 + chance.sized(MOST_COUNT - 1);
        uint256 norm = isSmall ? chance.below(40) : chance.sized(MOST_NORM);
        if (isFree && chance.oneIn(6)) (count, norm) = (0, 0);
        return (activeAt << 216) | (count << 184) | norm;
    }

    /// @notice Sends both the same calls, some of them malformed, and compares all that comes back.
    function _compare(
        Chance memory chance,
        Models.Shape memory s,
        IModel model,
        ModelReference plain,
        bool allowNegative
    ) private {
        for (uint256 i = 0; i < STEPS; ++i) {
            bytes memory sample = Samples.any(chance, s.encoding, s.dimension, allowNegative);
            uint256 label = chance.oneIn(8) ? chance.sized(type(uint256).max) : chance.below(s.classes + 1);
            _compareCall(model, plain, abi.encodeCall(IModel.scores, (sample)), "scores");
            _compareCall(model, plain, abi.encodeCall(IModel.predict, (sample)), "predict");
            _compareTraining(model, plain, sample, label);
            if (chance.oneIn(8)) VM.warp(block.timestamp + 1);
        }
        uint256[] memory wanted = plain.words();
        Check.equal(model.wordsAt(0, wanted.length + 1), _withZero(wanted), "words");
    }

    /// @dev `check` refuses what training refuses, in the same words.
    function _compareTraining(IModel model, ModelReference plain, bytes memory sample, uint256 label) private {
        (bool isChecked, bytes memory objection) = address(model).call(abi.encodeCall(IModel.check, (sample, label)));
        (bool isTaken, bytes memory wanted) = address(plain).call(abi.encodeCall(IModel.train, (sample, label)));
        (bool isFine, bytes memory found) = address(model).call(abi.encodeCall(IModel.train, (sample, label)));
        Check.isTrue(isFine == isTaken && isChecked == isTaken, "whether it is taken");
        Check.equal(found, wanted, "train");
        Check.equal(objection, isTaken ? bytes("") : wanted, "check");
    }

    function _compareCall(IModel model, ModelReference plain, bytes memory call_, string memory what) private {
        (bool isFine, bytes memory found) = address(model).call(call_);
        (bool isPlainFine, bytes memory wanted) = address(plain).call(call_);
        Check.equal(found, wanted, what);
        Check.isTrue(isFine == isPlainFine, what);
    }

    /// @dev The word behind the last must stay empty.
    function _withZero(uint256[] memory words) private pure returns (uint256[] memory more) {
        more = new uint256[](words.length + 1);
        for (uint256 i = 0; i < words.length; ++i) {
            more[i] = words[i];
        }
    }
}
