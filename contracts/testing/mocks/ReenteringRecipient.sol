// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title An account that calls back while it is being paid
/// @notice It does what anyone tells it by {act}, so it can contribute and claim like a person; whenever ether arrives it makes the call that was planned.
contract ReenteringRecipient {
    address private _target;
    bytes private _call;
    uint256 private _value;

    /// @notice Payments during which it called back.
    uint256 public attempts;
    /// @notice Whether the last of these calls came through.
    bool public hasSucceeded;
    /// @notice What the last of these calls gave or threw.
    bytes public answer;

    /// @notice Sets the call to make whenever ether arrives, and how much of it to send along.
    function plan(address target, bytes calldata call_, uint256 value) external {
        (_target, _call, _value) = (target, call_, value);
    }

    /// @notice Makes a call now, with the ether sent along.
    function act(address target, bytes calldata call_) external payable returns (bytes memory result) {
        bool succeeded;
        (succeeded, result) = target.call{value: msg.value}(call_);
        if (!succeeded) {
            assembly ("memory-safe") {
                revert(add(result, 0x20), mload(result))
            }
        }
    }

    // solhint-disable-next-line no-complex-fallback
    receive() external payable {
        if (_target == address(0)) return;
        ++attempts;
        (hasSucceeded, answer) = _target.call{value: _value}(_call);
    }
}
