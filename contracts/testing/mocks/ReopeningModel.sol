// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ICollaboration} from "../../../interfaces/ICollaboration.sol";
import {HostileModel} from "./HostileModel.sol";

/// @title A model that lets its collaboration's creator act while it is sealed
/// @notice Calls the creator, a contract, without data: the creator may open the collaboration once more, and stake, before the first opening has come to its end.
contract ReopeningModel is HostileModel {
    error CreatorFailed();

    bool private _isAsked;

    /// @notice Seals, and asks the creator first, once.
    function seal() public override returns (bytes32 wordsHash) {
        if (!_isAsked) {
            _isAsked = true;
            // solhint-disable-next-line avoid-low-level-calls
            (bool succeeded, ) = ICollaboration(trainer()).creator().call("");
            if (!succeeded) revert CreatorFailed();
        }
        return super.seal();
    }

    /// @notice One word short, so that nothing opens at creation.
    function uploadState() external pure override returns (uint256, uint256, bool, bytes32) {
        return (0, 1, false, 0);
    }
}
