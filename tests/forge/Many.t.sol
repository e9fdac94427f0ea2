// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IModel} from "../../interfaces/IModel.sol";
import {NaiveBayes} from "../../contracts/models/NaiveBayes.sol";
import {NearestCentroidAnyWords} from "../../contracts/testing/harnesses/NearestCentroidAnyWords.sol";
import {Perceptron} from "../../contracts/models/Perceptron.sol";
import {Chance} from "./support/Chance.sol";
import {Check} from "./support/Check.sol";
import {Models} from "./support/Models.sol";
import {Samples} from "./support/Samples.sol";
import {VM} from "./support/Vm.sol";

/// @notice Many samples in one call against as many calls: the same answers, the same refusals byte for byte, the same words (requirements B-02, B-12). This contract is the models' trainer.
contract ManyTest {
    uint256 private constant ROUNDS = 2;

    address private _perceptron;
    address private _nearestCentroid;
    address private _naiveBayes;

    function setUp() public {
        _perceptron = address(new Perceptron());
        _nearestCentroid = address(new NearestCentroidAnyWords());
        _naiveBayes = address(new NaiveBayes());
    }

    function testFuzz_perceptronOfAnyShape(uint256 seed) public {
        Chance memory chance = Chance(seed);
        Models.Shape memory s = Models.shape(chance);
        _comparePerceptrons(chance, s);
    }

    /// @dev The shape that is worked on unpacked: presence samples, two classes; of all widths, up to four words of sixteen indices and a rest.
    function testFuzz_perceptronUnpacked(uint256 seed) public {
        Chance memory chance = Chance(seed);
        Models.Shape memory s = Models.Shape(Samples.PRESENCE, 4 << chance.below(4), 2, chance.between(1, 70));
        _comparePerceptrons(chance, s);
    }

    function testFuzz_naiveBayes(uint256 seed) public {
        Chance memory chance = Chance(seed);
        Models.Shape memory s = Models.shape(chance);
        uint256 headers = (s.classes + 1) / 2;
        uint256[] memory words = new uint256[](headers + Models.wordsFor(s.dimension * s.classes, s.bits));
        for (uint256 i = 0; i < headers; ++i) {
            words[i] = (3 << 192) | (50 << 128) | (4 << 64) | 60;
        }
        Models.fill(chance, words, headers, words.length - headers, s.bits, s.dimension * s.classes);
        uint256 configuration = Models.naiveBayes(s, 1 + chance.sized(1000));
        _compare(chance, s, _make(_naiveBayes, configuration, words), _make(_naiveBayes, configuration, words));
    }

    function testFuzz_nearestCentroid(uint256 seed) public {
        Chance memory chance = Chance(seed);
        Models.Shape memory s = Models.shape(chance);
        uint256 lanes = Models.wordsFor(s.dimension, s.bits);
        uint256[] memory words = new uint256[](s.classes * (1 + lanes));
        for (uint256 k = 0; k < s.classes; ++k) {
            words[k * (1 + lanes)] = ((1 + k) << 184) | chance.below(40);
            Models.fill(chance, words, k * (1 + lanes) + 1, lanes, s.bits, s.dimension);
        }
        uint256 configuration = Models.nearestCentroid(s, 0);
        _compare(
            chance,
            s,
            _make(_nearestCentroid, configuration, words),
            _make(_nearestCentroid, configuration, words)
        );
    }

    /// @dev A label is checked before the sample, an unknown one refused without harm to the others.
    function test_refusalsAreThoseOfSingleCalls() public {
        Models.Shape memory s = Models.Shape(Samples.PRESENCE, 8, 2, 40);
        uint256[] memory words = new uint256[](2);
        IModel model = _make(_perceptron, Models.perceptron(s, 1, 1, 0), words);
        bytes[] memory samples = new bytes[](9);
        uint16[] memory labels = new uint16[](9);
        bytes memory full;
        for (uint256 i = 0; i < 40; ++i) {
            full = abi.encodePacked(full, uint16(i));
        }
        samples[0] = full;
        samples[1] = "";
        samples[2] = hex"00";
        samples[3] = hex"00010001";
        samples[4] = hex"00020001";
        samples[5] = hex"0028";
        samples[6] = bytes.concat(full, hex"ffff");
        (samples[7], labels[7]) = ("", 2);
        (samples[8], labels[8]) = (full, 1);
        (uint256[] memory outcomes, bytes[] memory reasons) = model.trainMany(samples, labels);
        for (uint256 i = 0; i < 9; ++i) {
            Check.equal(
                outcomes[i],
                i == 0
                    ? 0
                    : i == 8
                        ? 1
                        : type(uint256).max,
                "outcome"
            );
        }
        Check.equal(reasons.length, 7, "refusals");
        for (uint256 i = 0; i < 7; ++i) {
            (bool isFine, bytes memory thrown) = address(model).call(
                abi.encodeCall(IModel.train, (samples[i + 1], labels[i + 1]))
            );
            Check.isTrue(!isFine && thrown.length > 3, "the single call is refused too");
            Check.equal(reasons[i], thrown, "reason");
        }
    }

    /// @dev Requirement B-12. The recorder counts each store as a load too.
    function test_eachWordIsLoadedAndStoredOnce() public {
        Models.Shape memory s = Models.Shape(Samples.PRESENCE, 8, 2, 63);
        IModel model = _make(_perceptron, Models.perceptron(s, 1, 1, 0), new uint256[](2));
        bytes[] memory samples = new bytes[](20);
        uint16[] memory labels = new uint16[](20);
        for (uint256 i = 0; i < 20; ++i) {
            (samples[i], labels[i]) = (hex"000000010020", uint16(i % 2));
            for (uint16 j = 0x21; j < 0x3f; ++j) {
                samples[i] = abi.encodePacked(samples[i], j);
            }
        }
        VM.record();
        model.trainMany(samples, labels);
        (bytes32[] memory reads, bytes32[] memory writes) = VM.accesses(address(model));
        Check.equal(writes.length, 2, "words stored");
        Check.isTrue(writes[0] != writes[1], "a word was stored twice");
        Check.equal(reads.length, 4, "words loaded, and stored");
        VM.record();
        model.predictMany(samples);
        (reads, writes) = VM.accesses(address(model));
        Check.equal(reads.length, 2, "words loaded to predict");
        Check.equal(writes.length, 0, "words stored to predict");
    }

    function test_onlyTheTrainer() public {
        Models.Shape memory s = Models.Shape(Samples.PRESENCE, 8, 2, 4);
        address model = Clones.cloneWithImmutableArgs(
            _perceptron,
            abi.encodePacked(address(0x7), Models.perceptron(s, 1, 1, 0))
        );
        (bool isFine, bytes memory thrown) = model.call(
            abi.encodeCall(IModel.trainMany, (new bytes[](1), new uint16[](1)))
        );
        Check.isTrue(!isFine, "a stranger trained");
        Check.equal(
            thrown,
            abi.encodeWithSelector(IModel.OnlyTrainer.selector, address(this), address(0x7)),
            "what was thrown"
        );
    }

    function _comparePerceptrons(Chance memory chance, Models.Shape memory s) private {
        uint256 margin = chance.oneIn(2) ? chance.sized(1000) : chance.sized(type(uint64).max);
        uint256 configuration = Models.perceptron(s, 1 + chance.sized(65_534), chance.sized(32_767), margin);
        uint256 lanes = (s.dimension + 1) * (s.classes == 2 ? 1 : s.classes);
        uint256[] memory words = new uint256[](Models.wordsFor(lanes, s.bits));
        Models.fill(chance, words, 0, words.length, s.bits, lanes);
        _compare(chance, s, _make(_perceptron, configuration, words), _make(_perceptron, configuration, words));
    }

    function _make(
        address implementation,
        uint256 configuration,
        uint256[] memory words
    ) private returns (IModel model) {
        model = IModel(Clones.cloneWithImmutableArgs(implementation, abi.encodePacked(address(this), configuration)));
        model.upload(Models.toBytes(words));
    }

    /// @notice Gives one model the samples at once, the other one at a time.
    function _compare(Chance memory chance, Models.Shape memory s, IModel many, IModel single) private {
        for (uint256 round = 0; round < ROUNDS; ++round) {
            uint256 count = chance.below(12);
            bytes[] memory samples = new bytes[](count);
            uint16[] memory labels = new uint16[](count);
            for (uint256 i = 0; i < count; ++i) {
                samples[i] = Samples.any(chance, s.encoding, s.dimension, true);
                labels[i] = uint16(chance.oneIn(8) ? chance.sized(type(uint16).max) : chance.below(s.classes));
            }
            _compareAnswers(many, single, samples, labels);
        }
        (uint256 size, , , ) = single.uploadState();
        Check.equal(many.wordsAt(0, size + 1), single.wordsAt(0, size + 1), "words");
    }

    function _compareAnswers(IModel many, IModel single, bytes[] memory samples, uint16[] memory labels) private {
        (uint256[] memory classes, bytes[] memory reasons) = many.predictMany(samples);
        Check.equal(classes.length, samples.length, "answers");
        uint256 refused = 0;
        for (uint256 i = 0; i < samples.length; ++i) {
            try single.predict(samples[i]) returns (uint256 class) {
                Check.equal(classes[i], class, "class");
            } catch (bytes memory reason) {
                Check.equal(classes[i], type(uint256).max, "no class");
                Check.equal(reasons[refused++], reason, "reason of no class");
            }
        }
        Check.equal(reasons.length, refused, "reasons of no class");

        uint256[] memory outcomes;
        (outcomes, reasons) = many.trainMany(samples, labels);
        Check.equal(outcomes.length, samples.length, "outcomes");
        refused = 0;
        for (uint256 i = 0; i < samples.length; ++i) {
            try single.train(samples[i], labels[i]) returns (bool taught) {
                Check.equal(outcomes[i], taught ? 1 : 0, "outcome");
            } catch (bytes memory reason) {
                Check.equal(outcomes[i], type(uint256).max, "outcome of a refused sample");
                Check.equal(reasons[refused++], reason, "reason");
            }
        }
        Check.equal(reasons.length, refused, "reasons");
    }
}
