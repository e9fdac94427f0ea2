// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICollaboration} from "../../interfaces/ICollaboration.sol";
import {GasClaim, IReimbursement, PoolTerms} from "../../interfaces/IReimbursement.sol";
import {RepaidGas} from "../libraries/RepaidGas.sol";
import {Balances} from "./Balances.sol";

/// @title Pools that repay the gas of proven contributions
/// @dev What a contribution cost is noted when it is made, under the pool of that moment: a later pool owes nothing for it. Collaborations are asked whether a contribution is proven; one that lies drains its own pool.
abstract contract Reimbursement is IReimbursement, Balances {
    struct Pool {
        address creator;
        uint96 leftWei;
        PoolTerms terms;
    }

    struct Note {
        address payer;
        uint96 owedWei;
    }

    /// @dev What belongs to one pool and none before or after it.
    struct Ledger {
        mapping(uint256 id => Note) notes;
        mapping(address author => uint256) repaidWei;
    }

    mapping(address collaboration => Pool) private _pools;
    /// @dev By the end of earning, which rises from pool to pool.
    mapping(address collaboration => mapping(uint256 earnUntil => Ledger)) private _ledgers;

    /// @inheritdoc IReimbursement
    function openPool(address collaboration, PoolTerms calldata terms) external payable nonReentrant {
        address creator = ICollaboration(collaboration).creator();
        if (msg.sender != creator) revert OnlyCreator(msg.sender, creator);
        if (_pools[collaboration].creator != address(0)) revert PoolIsOpen(collaboration);
        bool timely = block.timestamp < terms.earnUntil && terms.earnUntil < terms.claimUntil;
        if (!timely || terms.capWei == 0 || terms.capWei > terms.authorCapWei) revert InvalidPoolTerms(terms);
        _pools[collaboration] = Pool(creator, SafeCast.toUint96(msg.value), terms);
        emit PoolOpened(collaboration, creator, terms);
        if (msg.value > 0) emit PoolFunded(collaboration, msg.sender, msg.value);
    }

    /// @inheritdoc IReimbursement
    function fundPool(address collaboration) external payable {
        _requireEther();
        Pool storage pool = _existing(collaboration);
        _requireNotOver(collaboration, pool.terms.earnUntil);
        pool.leftWei += SafeCast.toUint96(msg.value);
        emit PoolFunded(collaboration, msg.sender, msg.value);
    }

    /// @inheritdoc IReimbursement
    function claimGas(
        address collaboration,
        GasClaim[] calldata claims
    ) external nonReentrant returns (uint256 paidWei) {
        Pool storage pool = _existing(collaboration);
        _requireNotOver(collaboration, pool.terms.claimUntil);
        for (uint256 i = 0; i < claims.length; ++i) paidWei += _repay(collaboration, pool, claims[i]);
    }

    /// @inheritdoc IReimbursement
    function closePool(address collaboration) external returns (uint256 restWei) {
        Pool memory pool = _existing(collaboration);
        if (block.timestamp <= pool.terms.claimUntil) revert PoolNotOver(collaboration, pool.terms.claimUntil);
        restWei = pool.leftWei;
        delete _pools[collaboration];
        _credit(pool.creator, restWei);
        emit PoolClosed(collaboration, pool.creator, restWei);
    }

    /// @inheritdoc IReimbursement
    function poolOf(
        address collaboration
    ) external view returns (address creator, uint256 leftWei, PoolTerms memory terms) {
        Pool memory pool = _pools[collaboration];
        return (pool.creator, pool.leftWei, pool.terms);
    }

    /// @inheritdoc IReimbursement
    function noteOf(address collaboration, uint256 id) external view returns (address payer, uint256 owedWei) {
        Note memory note = _ledger(collaboration).notes[id];
        return (note.payer, note.owedWei);
    }

    /// @inheritdoc IReimbursement
    function repaidTo(address collaboration, address author) external view returns (uint256 amountWei) {
        return _ledger(collaboration).repaidWei[author];
    }

    /// @inheritdoc IReimbursement
    function repaidPercent() external pure returns (uint256) {
        return RepaidGas.PERCENT;
    }

    /// @notice Notes what a contribution cost, if there is a pool to repay it.
    /// @dev Comes last, so that little is left unmeasured. An account without code that began the transaction paid for all of it, and for this call alone.
    /// @param payer Who called this contract.
    /// @param startGas Gas left when the call began.
    /// @param overheadGas What the transaction cost before it reached this contract.
    function _note(address collaboration, uint256 id, address payer, uint256 startGas, uint256 overheadGas) internal {
        Pool storage pool = _pools[collaboration];
        PoolTerms memory terms = pool.terms;
        if (block.timestamp > terms.earnUntil || pool.leftWei == 0) return;
        // Nobody is let in by it: only who also is the caller, and so pays for all that was measured, is noted.
        // slither-disable-next-line tx-origin
        if (payer != tx.origin || payer.code.length != 0) return; // solhint-disable-line avoid-tx-origin
        Note storage note = _ledgers[collaboration][terms.earnUntil].notes[id];
        if (note.payer != address(0)) return; // what is counted for a note is the price of a first one
        uint256 gasUsed = RepaidGas.counted(startGas - gasleft() + overheadGas);
        uint256 owedWei = Math.min(gasUsed * block.basefee, terms.capWei);
        if (owedWei == 0) return;
        (note.payer, note.owedWei) = (payer, uint96(owedWei)); // the cap has 88 bits
        emit GasNoted(collaboration, id, payer, gasUsed, owedWei);
    }

    function _repay(
        address collaboration,
        Pool storage pool,
        GasClaim calldata claim
    ) private returns (uint256 paidWei) {
        Ledger storage ledger = _ledgers[collaboration][pool.terms.earnUntil];
        Note memory note = ledger.notes[claim.id];
        if (note.owedWei == 0) revert NothingNoted(collaboration, claim.id);
        if (!ICollaboration(collaboration).isProven(claim.id, claim.contribution, claim.sampleHash, claim.payee))
            revert NotProvenYet(collaboration, claim.id);
        uint256 repaidWei = ledger.repaidWei[claim.contribution.author];
        uint256 authorWei = pool.terms.authorCapWei - repaidWei;
        uint256 poolWei = pool.leftWei;
        paidWei = Math.min(note.owedWei, Math.min(poolWei, authorWei));
        if (paidWei == 0) revert NothingLeft(collaboration, poolWei, authorWei);
        ledger.repaidWei[claim.contribution.author] = repaidWei + paidWei;
        ledger.notes[claim.id].owedWei = uint96(note.owedWei - paidWei);
        pool.leftWei = uint96(poolWei - paidWei);
        _credit(note.payer, paidWei);
        emit Reimbursed(collaboration, claim.id, note.payer, paidWei);
    }

    function _ledger(address collaboration) private view returns (Ledger storage) {
        return _ledgers[collaboration][_pools[collaboration].terms.earnUntil];
    }

    function _existing(address collaboration) private view returns (Pool storage pool) {
        pool = _pools[collaboration];
        if (pool.creator == address(0)) revert NoPool(collaboration);
    }

    function _requireNotOver(address collaboration, uint256 endsAt) private view {
        if (block.timestamp > endsAt) revert PoolOver(collaboration, endsAt);
    }
}
