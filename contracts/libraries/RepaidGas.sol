// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title How much of measured gas is repaid
/// @notice Never more than a transaction is charged: every number here is the least that the protocol takes.
/// Twin: `commonlearn.incentives.reimbursement`.
library RepaidGas {
    /// @notice Part of the gas that counts: a transaction gets back up to a fifth for storage that it cleared (EIP-3529), which a contract cannot see.
    uint256 internal constant PERCENT = 80;
    /// @notice What a transaction costs before anything else.
    uint256 internal constant TRANSACTION = 21_000;
    /// @notice The least that a byte of a transaction's data costs.
    uint256 internal constant BYTE = 4;
    /// @notice Storing the note itself, which is not measured.
    uint256 internal constant NOTE = 20_000;

    /// @notice What a transaction with so many bytes of data cost before it was carried out.
    function overhead(uint256 dataLength) internal pure returns (uint256) {
        return TRANSACTION + BYTE * dataLength;
    }

    /// @notice Gas that counts.
    function counted(uint256 gasUsed) internal pure returns (uint256) {
        return ((gasUsed + NOTE) * PERCENT) / 100;
    }
}
