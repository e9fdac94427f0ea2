// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice What these tests use of forge's cheat codes.
interface Vm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function recordLogs() external;
    function getRecordedLogs() external returns (Log[] memory logs);
    function deal(address account, uint256 balance) external;
    function prank(address sender) external;
    function warp(uint256 time) external;
    function getBlockTimestamp() external view returns (uint256 time);
    function roll(uint256 block_) external;
    function getBlockNumber() external view returns (uint256 number);
    function addr(uint256 key) external pure returns (address account);
    function sign(uint256 key, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function record() external;
    function accesses(address target) external returns (bytes32[] memory reads, bytes32[] memory writes);
    function assume(bool condition) external;
    function expectRevert(bytes calldata answer) external;
    function expectEmit(address emitter) external;
    function snapshotState() external returns (uint256 number);
    function revertToState(uint256 number) external returns (bool isDone);
    function pauseGasMetering() external;
    function resumeGasMetering() external;
    function etch(address account, bytes calldata code) external;
}

Vm constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
