// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title An account with code, which signs by ERC-1271 with its owner's key
contract ContractAccount is IERC1271 {
    /// @notice Whose key signs for it; zero answers nobody.
    address public owner;

    constructor(address owner_) {
        owner = owner_;
    }

    /// @notice Changes the key: what was signed with the old one is worth nothing from then on.
    function setOwner(address owner_) external {
        owner = owner_;
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

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        (address signer, ECDSA.RecoverError error_, ) = ECDSA.tryRecoverCalldata(hash, signature);
        bool isOwner = error_ == ECDSA.RecoverError.NoError && signer == owner;
        return isOwner ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}
