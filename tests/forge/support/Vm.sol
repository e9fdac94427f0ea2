// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice What these tests use of forge's cheat codes.
interface Vm {
    function deal(address account, uint256 balance) external;
    function prank(address sender) external;
    function warp(uint256 time) external;
    function roll(uint256 block_) external;
    function record() external;
    function accesses(address target) external returns (bytes32[] memory reads, bytes32[] memory writes);
    function assume(bool condition) external;
}

Vm constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
