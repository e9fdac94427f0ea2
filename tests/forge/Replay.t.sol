// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IModel} from "../../interfaces/IModel.sol";
import {IReplay, ReplayInput, ReplayState, ReplayTerms} from "../../interfaces/IReplay.sol";
import {Perceptron} from "../../contracts/models/Perceptron.sol";
import {ModelReplay} from "../../contracts/replay/ModelReplay.sol";
import {PerceptronReplay} from "../../contracts/replay/PerceptronReplay.sol";
import {PerceptronReplayReference} from "../../contracts/testing/references/PerceptronReplayReference.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {Chance} from "./support/Chance.sol";
import {Check} from "./support/Check.sol";
import {Models} from "./support/Models.sol";
import {Samples} from "./support/Samples.sol";

/// @notice The perceptron's engine against the plain reference and against the engine for any model: credits, words and scores, for all encodings and widths of lanes, weights near the ends of their range,
/// and more test samples than one block of bits holds (requirements K-30, K-31, K-32).
contract ReplayTest {
    PerceptronReplay private _fast;
    ModelReplay private _slow;
    PerceptronReplayReference private _plain;
    address private _perceptron;

    struct Case {
        uint256 configuration;
        uint256[] words;
        bytes[] tests;
        uint16[] testLabels;
        bytes[] samples;
        uint16[] labels;
    }

    function setUp() public {
        _fast = new PerceptronReplay();
        _slow = new ModelReplay();
        _plain = new PerceptronReplayReference();
        _perceptron = address(new Perceptron());
    }

    function testFuzz_thePerceptronsEngineIsItsReference(uint256 seed) public {
        Chance memory chance = Chance(seed);
        _compare(chance, _make(chance, chance.between(1, 12), 6));
    }

    function test_moreTestSamplesThanABlock() public {
        for (uint256 i = 0; i < 6; ++i) {
            this.compareMany(i, 255 + (i % 3) + 256 * (i / 5)); // a call of its own, so that memory stays small
        }
    }

    function compareMany(uint256 seed, uint256 tests) external {
        Chance memory chance = Chance(seed);
        Models.Shape memory s = Models.Shape(Samples.PRESENCE, 4, 2, 5);
        _compare(chance, _make(chance, s, tests, 3));
    }

    function testFuzz_bothEnginesAgree(uint256 seed) public {
        Chance memory chance = Chance(seed);
        Case memory c = _make(chance, chance.between(1, 5), 4);
        address model = _deploy(c);
        (ReplayState memory fast, ) = _run(address(_fast), c, model, 0);
        (ReplayState memory slow, ) = _run(address(_slow), c, model, 0);
        Check.equal(fast.words, slow.words, "words");
        Check.equal(fast.participants, slow.participants, "participants");
        Check.equal(fast.correct, slow.correct, "correct");
    }

    function _compare(Chance memory chance, Case memory c) private {
        (ReplayState memory state, uint256 before) = _run(
            address(_fast),
            c,
            _deploy(c),
            chance.below(c.samples.length)
        );
        (uint256[] memory correct, uint256[] memory words, int256[] memory scores) = _plain.replay(
            c.configuration,
            c.words,
            c.tests,
            c.testLabels,
            c.samples,
            c.labels
        );
        Check.equal(before, correct[0], "correct at first");
        Check.equal(state.correct, correct[c.samples.length], "correct at last");
        Check.equal(state.words, words, "words");
        for (uint256 i = 0; i < c.samples.length; ++i) {
            int256 score = int64(uint64(state.participants[2 * i + 1] >> 96));
            Check.equal(score, int256(correct[i + 1]) - int256(correct[i]), "credit");
        }
        for (uint256 t = 0; t < scores.length; ++t) {
            int256 score = _scoreAt(c.configuration, state.scores, c.tests.length, t);
            Check.equal(score, scores[t], "score");
        }
    }

    /// @dev Presence: bit `z` of the score less 1 is bit `t % 256` of slice `z` of block `t / 256`. Else a lane of 64 bits.
    function _scoreAt(
        uint256 configuration,
        uint256[] memory packed,
        uint256 tests,
        uint256 t
    ) private pure returns (int256 score) {
        if (configuration >> 248 != Samples.PRESENCE) return int64(uint64(packed[t / 4] >> (192 - 64 * (t % 4))));
        uint256 depth = packed.length / ((tests + 255) / 256);
        for (uint256 z = 0; z < depth; ++z) {
            int256 weight = z == depth - 1 ? -int256(2 ** z) : int256(2 ** z);
            if ((packed[(t / 256) * depth + z] >> (t % 256)) % 2 == 1) score += weight;
        }
        score += 1;
    }

    /// @notice Replays all in two portions, everybody's contribution their own.
    function _run(
        address engine,
        Case memory c,
        address model,
        uint256 cut
    ) private returns (ReplayState memory state, uint256 before) {
        bytes memory prepared;
        (state, prepared) = IReplay(engine).prepare(model, c.words, c.tests, c.testLabels);
        before = state.correct;
        ReplayTerms memory terms = ReplayTerms(
            c.configuration,
            uint32(c.samples.length),
            1,
            keccak256(prepared),
            keccak256(abi.encode(state))
        );
        state = IReplay(engine).advance(terms, state, prepared, _inputs(c, 0, cut));
        state = IReplay(engine).advance(terms, state, prepared, _inputs(c, cut, c.samples.length));
    }

    function _inputs(Case memory c, uint256 from, uint256 to) private pure returns (ReplayInput[] memory inputs) {
        inputs = new ReplayInput[](to - from);
        for (uint256 i = from; i < to; ++i) {
            inputs[i - from] = ReplayInput(uint32(i), address(uint160(i + 1)), 1, c.labels[i], c.samples[i]);
        }
    }

    function _deploy(Case memory c) private returns (address model) {
        bytes memory arguments = abi.encodePacked(address(this), c.configuration);
        model = Clones.cloneWithImmutableArgs(_perceptron, arguments);
        IModel(model).upload(Models.toBytes(c.words));
    }

    function _make(Chance memory chance, uint256 tests, uint256 samples) private pure returns (Case memory c) {
        Models.Shape memory s = Models.shape(chance);
        s.classes = 2;
        if (chance.oneIn(2)) s.encoding = Samples.PRESENCE;
        return _make(chance, s, tests, samples);
    }

    function _make(
        Chance memory chance,
        Models.Shape memory s,
        uint256 tests,
        uint256 samples
    ) private pure returns (Case memory c) {
        uint256 step = chance.oneIn(3) ? 1 : 1 + chance.sized(65_534);
        uint256 margin = chance.oneIn(2) ? chance.sized(1000) : chance.sized(type(uint64).max);
        c.configuration = Models.perceptron(s, step, chance.sized(32_767), margin);
        c.words = new uint256[](Models.wordsFor(s.dimension + 1, s.bits));
        Models.fill(chance, c.words, 0, c.words.length, s.bits, s.dimension + 1);
        (c.tests, c.testLabels) = _samples(chance, s, tests);
        (c.samples, c.labels) = _samples(chance, s, samples);
    }

    function _samples(
        Chance memory chance,
        Models.Shape memory s,
        uint256 count
    ) private pure returns (bytes[] memory samples, uint16[] memory labels) {
        samples = new bytes[](count);
        labels = new uint16[](count);
        for (uint256 i = 0; i < count; ++i) {
            samples[i] = Samples.wellFormed(chance, s.encoding, s.dimension, true);
            labels[i] = uint16(chance.below(2));
        }
    }
}
