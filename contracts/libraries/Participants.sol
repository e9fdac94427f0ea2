// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Those who take part in a replay, two packed words each
/// @dev Participant `n`, from the most significant bit. Word `2n`: account 160 | balanceWei 96. Word `2n + 1`: depositWei 96 | score 64 (two's complement) | isOut 8 | unused 88.
/// Numbers are not checked against the count: Solidity's own check of the array's bounds does it.
library Participants {
    uint256 private constant SCORE_MASK = uint256(type(uint64).max) << 96;
    uint256 private constant IS_OUT = 1 << 88;

    /// @notice How many there are.
    function count(uint256[] memory self) internal pure returns (uint256) {
        return self.length / 2;
    }

    /// @notice Whose balance it is.
    function accountOf(uint256[] memory self, uint256 number) internal pure returns (address) {
        return address(uint160(self[2 * number] >> 96));
    }

    /// @notice What is left of the deposit, with what was won.
    function balanceOf(uint256[] memory self, uint256 number) internal pure returns (uint256) {
        return uint96(self[2 * number]);
    }

    /// @notice Sum of the stakes.
    function depositOf(uint256[] memory self, uint256 number) internal pure returns (uint256) {
        return self[2 * number + 1] >> 160;
    }

    /// @notice By how many test samples the model got better through this participant in this round.
    function scoreOf(uint256[] memory self, uint256 number) internal pure returns (int256) {
        return int64(uint64(self[2 * number + 1] >> 96));
    }

    /// @notice Whether the contributions are left out from here on.
    function isOut(uint256[] memory self, uint256 number) internal pure returns (bool) {
        return self[2 * number + 1] & IS_OUT != 0;
    }

    /// @notice A copy with room for more behind its end, which {enter} takes.
    function withRoom(uint256[] memory self, uint256 more) internal pure returns (uint256[] memory roomy) {
        uint256 length = self.length;
        roomy = new uint256[](length + 2 * more);
        for (uint256 i = 0; i < length; ++i) {
            roomy[i] = self[i];
        }
        assembly ("memory-safe") {
            mstore(roomy, length)
        }
    }

    /// @notice Appends somebody without money; there must be room.
    function enter(uint256[] memory self, address account) internal pure {
        uint256 length = self.length;
        assembly ("memory-safe") {
            mstore(self, add(length, 2))
        }
        self[length] = uint256(uint160(account)) << 96;
        self[length + 1] = 0;
    }

    /// @notice Adds a stake to deposit and balance.
    function addStake(uint256[] memory self, uint256 number, uint256 stakeWei) internal pure {
        _setBalance(self, number, balanceOf(self, number) + stakeWei);
        uint256 deposit = SafeCast.toUint96(depositOf(self, number) + stakeWei);
        self[2 * number + 1] = (self[2 * number + 1] & (type(uint256).max >> 96)) | (deposit << 160);
    }

    /// @notice Adds to the score.
    function addScore(uint256[] memory self, uint256 number, int256 change) internal pure {
        uint256 score = uint64(SafeCast.toInt64(scoreOf(self, number) + change));
        self[2 * number + 1] = (self[2 * number + 1] & ~SCORE_MASK) | (score << 96);
    }

    /// @notice Adds an award to the balance.
    function award(uint256[] memory self, uint256 number, uint256 amountWei) internal pure {
        _setBalance(self, number, balanceOf(self, number) + amountWei);
    }

    /// @notice Takes a payment, at most all there is, from the balance.
    /// @param leastWei Who has less than this left is out.
    function charge(
        uint256[] memory self,
        uint256 number,
        uint256 amountWei,
        uint256 leastWei
    ) internal pure returns (uint256 paidWei) {
        uint256 balance = balanceOf(self, number);
        paidWei = amountWei < balance ? amountWei : balance;
        _setBalance(self, number, balance - paidWei);
        if (balance - paidWei < leastWei) self[2 * number + 1] |= IS_OUT;
    }

    /// @notice Sets all scores to zero.
    function clearScores(uint256[] memory self) internal pure {
        for (uint256 i = 1; i < self.length; i += 2) {
            self[i] &= ~SCORE_MASK;
        }
    }

    function _setBalance(uint256[] memory self, uint256 number, uint256 balance) private pure {
        self[2 * number] = ((self[2 * number] >> 96) << 96) | SafeCast.toUint96(balance);
    }
}
