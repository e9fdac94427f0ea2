// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IModel} from "../../../interfaces/IModel.sol";

/// @title Stands in for a collaboration: owns a model and gives it many samples in one transaction
/// @notice Money and records left out, so that a test compares hundreds of updates with a twin in a few calls.
contract ModelTrainer {
    /// @notice Emitted by {trainMany}.
    /// @param taught For each sample, whether it taught.
    /// @param errors For each sample, what was thrown; empty if nothing.
    event Trained(bool[] taught, bytes[] errors);

    /// @notice The clone that this contract trains.
    IModel public immutable model;

    constructor(address implementation, uint256 configuration) {
        model = IModel(Clones.cloneWithImmutableArgs(implementation, abi.encodePacked(address(this), configuration)));
    }

    /// @notice See {IModel-upload}.
    function upload(bytes calldata words) external {
        model.upload(words);
    }

    /// @notice See {IModel-seal}.
    function seal() external returns (bytes32) {
        return model.seal();
    }

    /// @notice See {IModel-addClass}.
    function addClass(bytes calldata words) external returns (uint256) {
        return model.addClass(words);
    }

    /// @notice Teaches samples in order. What one of them throws is kept, and the rest goes on. Emits {Trained}.
    function trainMany(bytes[] calldata samples, uint256[] calldata labels) external {
        bool[] memory taught = new bool[](samples.length);
        bytes[] memory errors = new bytes[](samples.length);
        for (uint256 i = 0; i < samples.length; ++i) {
            try model.train(samples[i], labels[i]) returns (bool answer) {
                taught[i] = answer;
            } catch (bytes memory reason) {
                errors[i] = reason;
            }
        }
        emit Trained(taught, errors);
    }

    /// @notice For each sample the predicted class and the scores, or what was thrown by each.
    function readMany(
        bytes[] calldata samples
    )
        external
        view
        returns (uint256[] memory classes, int256[][] memory scores, bytes[] memory errors, bytes[] memory scoreErrors)
    {
        classes = new uint256[](samples.length);
        scores = new int256[][](samples.length);
        errors = new bytes[](samples.length);
        scoreErrors = new bytes[](samples.length);
        for (uint256 i = 0; i < samples.length; ++i) {
            try model.predict(samples[i]) returns (uint256 class) {
                classes[i] = class;
            } catch (bytes memory reason) {
                errors[i] = reason;
            }
            try model.scores(samples[i]) returns (int256[] memory values) {
                scores[i] = values;
            } catch (bytes memory reason) {
                scoreErrors[i] = reason;
            }
        }
    }
}
