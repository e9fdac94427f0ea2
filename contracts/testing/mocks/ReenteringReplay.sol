// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IReplay, ReplayInput, ReplayState, ReplayTerms} from "../../../interfaces/IReplay.sol";
import {LinearReplay} from "./LinearReplay.sol";

/// @title An engine that calls back while it prepares and replays
contract ReenteringReplay is IReplay {
    LinearReplay private immutable PLAIN;

    /// @notice Calls that it made.
    uint256 public attempts;
    /// @notice How many of these came through.
    uint256 public successes;
    /// @notice What the last of these gave or threw.
    bytes public answer;

    bytes private _call;

    constructor(LinearReplay plain) {
        PLAIN = plain;
    }

    /// @notice Sets the call to make whenever it is asked.
    function plan(bytes calldata call_) external {
        _call = call_;
    }

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
        _callBack();
        return PLAIN.prepare(model, words, samples, labels);
    }

    /// @inheritdoc IReplay
    function advance(
        ReplayTerms calldata terms,
        ReplayState calldata state,
        bytes calldata prepared,
        ReplayInput[] calldata inputs
    ) external returns (ReplayState memory) {
        _callBack();
        return PLAIN.advance(terms, state, prepared, inputs);
    }

    /// @inheritdoc IReplay
    function closeRound(
        ReplayTerms calldata terms,
        ReplayState calldata state,
        ReplayState calldata initial
    ) external pure returns (ReplayState memory) {
        (terms, state, initial);
        revert AlreadyFinal();
    }

    /// @inheritdoc IReplay
    function hashOf(ReplayState calldata state) external pure returns (bytes32) {
        return keccak256(abi.encode(state));
    }

    function _callBack() private {
        if (_call.length == 0) return;
        ++attempts;
        bool succeeded;
        // solhint-disable-next-line avoid-low-level-calls
        (succeeded, answer) = msg.sender.call(_call);
        if (succeeded) ++successes;
    }
}
