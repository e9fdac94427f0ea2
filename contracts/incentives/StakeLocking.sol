// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISelfAssessment} from "../../interfaces/ISelfAssessment.sol";
import {BatchItems} from "../libraries/BatchItems.sol";
import {ProvenPool} from "../libraries/ProvenPool.sol";
import {StakePrice} from "../libraries/StakePrice.sol";
import {HoldingLibrary} from "../types/Holding.sol";
import {LedgerState, LedgerStateLibrary} from "../types/LedgerState.sol";

/// @title What contributions stake: the price of the moment, locked and booked
/// @dev Holds the books of self-assessment, which {SelfAssessment} continues. Pure arithmetic is in {StakePrice}.
abstract contract StakeLocking is ISelfAssessment {
    using ProvenPool for ProvenPool.Pool;

    LedgerState internal _ledger;
    ProvenPool.Pool internal _pool;

    /// @notice The stake that a contribution costs now.
    function _stakeNow() internal view returns (uint256 stakeWei) {
        (uint256 floorWei, , uint256 halfLifeSeconds) = _priceTerms();
        return _stake(_ledger, floorWei, halfLifeSeconds);
    }

    /// @notice Locks the stake of one contribution out of the value sent, and credits the rest.
    /// @param payee Who is credited the rest.
    /// @return id Number of the contribution.
    /// @return stakeWei What was locked.
    function _lock(address payee) internal returns (uint256 id, uint96 stakeWei) {
        LedgerState ledger = _ledger;
        // Zero means never opened; nobody can make it zero again.
        // slither-disable-next-line incorrect-equality
        if (ledger.lastTime() == 0) revert NotYetOpen();
        (uint256 floorWei, uint256 growthBps, uint256 halfLifeSeconds) = _priceTerms();
        uint256 required = _stake(ledger, floorWei, halfLifeSeconds);
        if (msg.value < required) revert StakeTooLow(msg.value, required);
        uint256 excess = StakePrice.raised(required, floorWei, growthBps);
        if (excess > LedgerStateLibrary.MOST_EXCESS) revert StakeTooHigh(required);
        (id, stakeWei) = (ledger.count(), uint96(required)); // floor < 2^80 and excess < 2^80 are checked at creation and above
        _book(ledger, id + 1, excess, required, payee);
    }

    /// @notice Locks the stakes of many contributions at once, each at its own price, and credits the rest.
    /// @param count How many; may be 0.
    /// @return first Number of the first.
    /// @return stakesWei What was locked for each.
    function _lockMany(uint256 count) internal returns (uint256 first, uint256[] memory stakesWei) {
        LedgerState ledger = _ledger;
        // Zero means never opened; nobody can make it zero again.
        // slither-disable-next-line incorrect-equality
        if (ledger.lastTime() == 0) revert NotYetOpen();
        first = ledger.count();
        uint256 sumWei;
        uint256 excess;
        (stakesWei, sumWei, excess) = _stakes(ledger, count);
        if (msg.value < sumWei) revert StakeTooLow(msg.value, sumWei);
        _book(ledger, first + count, excess, sumWei, msg.sender);
    }

    /// @notice Stores stakes that were locked, if any, and credits what was sent beyond them.
    /// @param count Number of contributions by now.
    function _book(LedgerState ledger, uint256 count, uint256 excess, uint256 sumWei, address payee) private {
        if (count != ledger.count())
            _ledger = LedgerStateLibrary.pack(count, block.timestamp, excess, ledger.lockedWei() + sumWei);
        if (msg.value > sumWei) {
            _pool.credit(payee, HoldingLibrary.pack(0, 0, msg.value - sumWei));
            emit ExcessCredited(payee, msg.value - sumWei);
        }
    }

    /// @notice The stakes of so many contributions in this second, their sum, and the excess after them.
    function _stakes(
        LedgerState ledger,
        uint256 count
    ) private view returns (uint256[] memory stakesWei, uint256 sumWei, uint256 excess) {
        (uint256 floorWei, uint256 growthBps, uint256 halfLifeSeconds) = _priceTerms();
        uint256 required = _stake(ledger, floorWei, halfLifeSeconds);
        stakesWei = new uint256[](count);
        // each is below 2^81, see {_lock}
        unchecked {
            for (uint256 i = 0; i < count; ++i) {
                BatchItems.set(stakesWei, i, required);
                sumWei += required;
                excess = StakePrice.raised(required, floorWei, growthBps);
                if (excess > LedgerStateLibrary.MOST_EXCESS) revert StakeTooHigh(required);
                required = StakePrice.price(floorWei, excess);
            }
        }
    }

    function _stake(LedgerState ledger, uint256 floorWei, uint256 halfLifeSeconds) private view returns (uint256) {
        uint256 excess = StakePrice.decayed(ledger.excessWei(), block.timestamp - ledger.lastTime(), halfLifeSeconds);
        return StakePrice.price(floorWei, excess);
    }

    /// @notice The terms that set the stake.
    function _priceTerms() internal view virtual returns (uint256 floorWei, uint256 growthBps, uint256 halfLifeSeconds);
}
