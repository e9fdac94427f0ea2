// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IModel} from "../../interfaces/IModel.sol";
import {IReplay, ReplayInput, ReplayState, ReplayTerms} from "../../interfaces/IReplay.sol";
import {CloneCode} from "../libraries/CloneCode.sol";
import {TestSet} from "../libraries/TestSet.sol";
import {Replay} from "./Replay.sol";

/// @title Replays any model by running it
/// @notice Makes a copy of the model with the state's words and itself as trainer, lets it learn, and asks it for every test sample. Slow, but right for whatever keeps to {IModel}; where a model has an engine of its own, both give the same credits and words.
/// @dev The prepared test set is that of {TestSet} behind the 20 bytes of the address to copy. Nothing is stored here, but each call leaves a used copy behind.
/// Whose classes grow cannot be replayed: its words are more than the configuration asks for. Collaborations with a market have fixed classes. A model of anyone's may answer what it likes, cost all gas or
/// revert: its market is then spoilt and becomes void, and no other, since this contract keeps nothing between calls that a model could change.
contract ModelReplay is Replay {
    uint256 private constant ADDRESS = 20;

    /// @inheritdoc IReplay
    function canReplay(string calldata, uint256) external pure returns (bool) {
        return true;
    }

    /// @inheritdoc IReplay
    function prepare(
        address model,
        uint256[] calldata words,
        bytes[] calldata samples,
        uint16[] calldata labels
    ) external returns (ReplayState memory initial, bytes memory prepared) {
        if (samples.length != labels.length) revert LabelCount(samples.length, labels.length);
        address implementation = CloneCode.implementationOf(model);
        initial.words = words;
        IModel copy = _copy(implementation, IModel(model).configuration(), initial.words);
        for (uint256 t = 0; t < samples.length; ++t) {
            copy.check(samples[t], labels[t]);
            if (copy.predict(samples[t]) == labels[t]) ++initial.correct;
        }
        prepared = TestSet.pack(abi.encodePacked(implementation), samples, labels);
    }

    /// @inheritdoc IReplay
    function advance(
        ReplayTerms calldata terms,
        ReplayState calldata state,
        bytes calldata prepared,
        ReplayInput[] calldata inputs
    ) external returns (ReplayState memory next) {
        next = _begin(terms, state, prepared, inputs.length);
        if (inputs.length == 0) return next;
        IModel copy = _copy(address(bytes20(prepared[:ADDRESS])), terms.configuration, next.words);
        for (uint256 i = 0; i < inputs.length; ++i) {
            ReplayInput calldata input = inputs[i];
            if (!_enter(next, input)) continue;
            // Whether it taught changes nothing here.
            // slither-disable-next-line unused-return
            copy.train(input.sample, input.label);
            _credit(next, input.participant, _correct(copy, prepared[ADDRESS:]));
        }
        next.words = copy.wordsAt(0, next.words.length);
    }

    /// @notice A model of the same code with these words, which this contract trains.
    function _copy(
        address implementation,
        uint256 configuration,
        uint256[] memory words
    ) private returns (IModel copy) {
        bytes memory arguments = abi.encodePacked(address(this), configuration);
        copy = IModel(Clones.cloneWithImmutableArgs(implementation, arguments));
        copy.upload(abi.encodePacked(words));
    }

    function _correct(IModel copy, bytes calldata tests) private view returns (uint256 correct) {
        uint256 cursor = 0;
        while (cursor < tests.length) {
            uint256 label;
            bytes calldata sample;
            (label, sample, cursor) = TestSet.read(tests, cursor);
            if (copy.predict(sample) == label) ++correct;
        }
    }
}
