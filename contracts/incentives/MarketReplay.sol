// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {IMarketSettlement} from "../../interfaces/IMarketSettlement.sol";
import {IReplay, ReplayInput, ReplayState, ReplayTerms} from "../../interfaces/IReplay.sol";
import {MarketBook} from "./MarketBook.sol";

/// @title One portion of the replay, computed by the engine
/// @dev States are kept as their engine encodes them: what it returns is `abi.encode(state)`, so its hash needs no decoding.
abstract contract MarketReplay is MarketBook {
    /// @notice What of a state the market itself looks at.
    struct Progress {
        uint256 round;
        uint256 position;
        bool isFinal;
        bytes32 stateHash;
    }

    /// @notice Replays contributions, or closes the round when there are none.
    function _advance(
        ReplayState calldata state,
        bytes calldata prepared,
        ReplayState calldata initial,
        ReplayInput[] calldata inputs,
        uint256[] calldata origins
    ) internal returns (Progress memory) {
        if (state.isFinal) revert IMarketSettlement.WrongFinality(true);
        uint32 count = _market.contributions;
        ReplayTerms memory t = ReplayTerms(
            _learner().configuration(),
            count,
            _terms().rounds,
            _market.preparedHash,
            _market.initialHash
        );
        bytes memory call;
        if (inputs.length == 0) {
            call = abi.encodeCall(IReplay.closeRound, (t, state, initial));
        } else {
            if (inputs.length > count - state.position)
                revert IMarketSettlement.TooManyContributions(inputs.length, count - state.position);
            _requireInputs(_market.first + state.position, inputs, origins);
            call = abi.encodeCall(IReplay.advance, (t, state, prepared, inputs));
        }
        return _progress(Address.functionCall(_engine(), call));
    }

    /// @notice Number of steps of a portion.
    function _steps(ReplayInput[] calldata inputs) internal pure returns (uint256) {
        return inputs.length == 0 ? 1 : inputs.length;
    }

    function _requireState(ReplayState calldata state, bytes32 wanted) internal pure {
        bytes32 given = keccak256(abi.encode(state));
        if (given != wanted) revert IMarketSettlement.WrongState(given, wanted);
    }

    function _progress(bytes memory encoded) private pure returns (Progress memory) {
        (, uint256 round, uint256 position, , bool isFinal) = abi.decode(
            encoded,
            (uint256, uint256, uint256, uint256, bool)
        );
        return Progress(round, position, isFinal, keccak256(encoded));
    }

    /// @notice Reverts unless these are the contributions recorded from a number on.
    function _requireInputs(
        uint256 first,
        ReplayInput[] calldata inputs,
        uint256[] calldata origins
    ) internal view virtual;
}
