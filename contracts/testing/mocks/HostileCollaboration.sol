// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Contribution} from "../../../interfaces/IDataHandler.sol";

/// @title A collaboration that plays against sponsors and pools
/// @notice Says of itself what it is told, keeps the stakes, and calls back while it is given a contribution.
contract HostileCollaboration {
    /// @notice What it says a contribution costs.
    uint256 public stakeNow;
    /// @notice Who it says has made it.
    address public creator;
    /// @notice The number that it gives the next contribution.
    uint256 public nextId;
    /// @notice Calls that it made from `contributeFor`.
    uint256 public attempts;
    /// @notice How many of these came through.
    uint256 public successes;
    /// @notice What the last of these gave or threw.
    bytes public answer;

    bool private _isProven;
    bytes private _call;
    uint256 private _value;
    uint256 private _reasonBytes;
    uint256 private _burntWords;

    receive() external payable {}

    /// @notice Sets what it says.
    function sayThat(uint256 stakeNow_, address creator_, bool isProven_, uint256 nextId_) external {
        (stakeNow, creator, _isProven, nextId) = (stakeNow_, creator_, isProven_, nextId_);
    }

    /// @notice Sets the call that it makes while it is given a contribution, with how much of its ether.
    function plan(bytes calldata call_, uint256 value) external {
        (_call, _value) = (call_, value);
    }

    /// @notice Has it throw so many bytes when it is given a contribution.
    function refuseWith(uint256 reasonBytes) external {
        _reasonBytes = reasonBytes;
    }

    /// @notice Has it fill, and on the next contribution clear, so many words of storage.
    function fill(uint256 words) external {
        _burntWords = words;
        for (uint256 i = 0; i < words; ++i) {
            assembly ("memory-safe") {
                sstore(add(0x1000, i), 1)
            }
        }
    }

    /// @notice Makes a call, with the ether sent along.
    function act(address target, bytes calldata call_) external payable returns (bytes memory result) {
        bool succeeded;
        (succeeded, result) = target.call{value: msg.value}(call_);
        if (!succeeded) {
            assembly ("memory-safe") {
                revert(add(result, 0x20), mload(result))
            }
        }
    }

    /// @notice As a collaboration's, without its guard.
    function contributeFor(address, address, bytes calldata, uint256) external payable returns (uint256 id) {
        uint256 reasonBytes = _reasonBytes;
        if (reasonBytes > 0) {
            assembly ("memory-safe") {
                mstore(mload(0x40), not(0))
                revert(mload(0x40), reasonBytes)
            }
        }
        if (_call.length > 0) {
            ++attempts;
            bool succeeded;
            (succeeded, answer) = msg.sender.call{value: _value}(_call);
            if (succeeded) ++successes;
        }
        uint256 words = _burntWords;
        for (uint256 i = 0; i < words; ++i) {
            assembly ("memory-safe") {
                sstore(add(0x1000, i), 0)
            }
        }
        _burntWords = 0;
        id = nextId;
        nextId = id + 1;
    }

    /// @notice What it was told to say.
    function isProven(uint256, Contribution calldata, bytes32, address) external view returns (bool) {
        return _isProven;
    }
}
