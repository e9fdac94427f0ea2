// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Ending, Phase} from "../../interfaces/IMarket.sol";
import {IMarketSettlement} from "../../interfaces/IMarketSettlement.sol";
import {IReplay, ReplayInput, ReplayState} from "../../interfaces/IReplay.sol";
import {MarketPosts} from "./MarketPosts.sol";

/// @title Direct settlement, credits and training
abstract contract MarketSettling is IMarketSettlement, MarketPosts {
    using SafeCast for uint256;

    /// @inheritdoc IMarketSettlement
    function prepare(bytes[] calldata samples, uint16[] calldata labels) external nonReentrant {
        _requireInTime(_requirePhase(Phase.Preparing));
        bytes32 hash = _testHash(samples, labels);
        if (hash != _market.testHash) revert WrongTestSet(hash, _market.testHash);
        // Only the words are needed.
        // slither-disable-next-line unused-return
        (, , uint256[] memory words) = _learner().snapshot();
        (ReplayState memory state, bytes memory prepared) = IReplay(_engine()).prepare(
            address(_learner()),
            words,
            samples,
            labels
        );
        (bytes32 preparedHash, bytes32 initialHash) = (keccak256(prepared), keccak256(abi.encode(state)));
        state.bountyLeftWei = _market.bountyWei;
        state.unitLeftWei = state.bountyLeftWei / _terms().fullScore;
        bytes32 stateHash = keccak256(abi.encode(state));
        (_market.preparedHash, _market.initialHash) = (preparedHash, initialHash);
        (_market.startHash, _market.stateHash) = (stateHash, stateHash);
        _payFees(samples.length);
        emit Prepared(_market.number, preparedHash, initialHash, stateHash);
        _enter(Phase.Settling, block.timestamp + SETTLE_SECONDS);
    }

    /// @inheritdoc IMarketSettlement
    function settle(
        ReplayState calldata state,
        bytes calldata prepared,
        ReplayState calldata initial,
        ReplayInput[] calldata inputs,
        uint256[] calldata origins
    ) external nonReentrant {
        _requireUnsettled();
        _requireState(state, _market.stateHash);
        Progress memory next = _advance(state, prepared, initial, inputs, origins);
        _market.stateHash = next.stateHash;
        _payFees(_steps(inputs));
        emit Advanced(_market.number, msg.sender, _steps(inputs), next.round, next.position, next.stateHash);
        if (next.isFinal) {
            _judgeByOutcome(next.stateHash);
            _settled(next.stateHash);
        }
    }

    /// @inheritdoc IMarketSettlement
    function finalise(ReplayState calldata state, uint256 count) external nonReentrant {
        if (!_market.isSettled) revert NothingToDo();
        _requireState(state, _market.stateHash);
        if (_market.phase == Phase.Settling) _payOut(state);
        else _requirePhase(Phase.Training);
        uint256 from = _market.credited;
        uint256 left = _market.participants - from;
        if (count > left) count = left;
        if (count == 0) revert NothingToDo();
        uint256 paidWei = 0;
        for (uint256 i = from; i < from + count; ++i) {
            paidWei += _creditParticipant(i, state.participants[2 * i]);
        }
        _market.credited = (from + count).toUint16();
        _market.stakesWei = (_market.stakesWei - paidWei).toUint96();
        _payFees(count);
    }

    /// @inheritdoc IMarketSettlement
    function train(ReplayInput[] calldata inputs, uint256[] calldata origins) external nonReentrant {
        _requirePhase(Phase.Training);
        if (inputs.length == 0 || _market.credited < _market.participants) revert NothingToDo();
        uint256 from = _market.trained;
        uint256 left = _market.contributions - from;
        if (inputs.length > left) revert TooManyContributions(inputs.length, left);
        uint256 first = _market.first + from;
        _requireInputs(first, inputs, origins);
        _market.trained = (from + inputs.length).toUint16();
        _payFees(inputs.length);

        bytes memory learned = new bytes(inputs.length);
        for (uint256 i = 0; i < inputs.length; ++i) {
            if (_accounts[inputs[i].account].isPunished) continue;
            learned[i] = 0x01;
            // Whether it taught changes nothing here.
            // slither-disable-next-line unused-return
            _learner().train(inputs[i].sample, inputs[i].label);
        }
        _learned(first, learned);
        emit Trained(_market.number, first, learned);
        if (inputs.length == left) _close(Ending.Completed);
    }

    /// @notice Begins the pay-out: checks that the outcome neither makes nor loses money, and pays all but the participants.
    function _payOut(ReplayState calldata state) private {
        uint256 count = _market.participants;
        uint256 balancesWei = 0;
        if (state.participants.length != 2 * count) revert NothingToDo();
        for (uint256 i = 0; i < count; ++i) {
            balancesWei += uint96(state.participants[2 * i]);
        }
        uint256 outcomeWei = balancesWei + state.bountyLeftWei + state.unawardedWei;
        uint256 heldWei = uint256(_market.stakesWei) + _market.bountyWei;
        if (outcomeWei != heldWei) revert MoneyMismatch(outcomeWei, heldWei);
        (_market.stakesWei, _market.bountyWei) = (balancesWei.toUint96(), 0);
        _credit(_market.provider, state.bountyLeftWei + _terms().bondWei);
        _credit(BURNED, state.unawardedWei);
        emit Finalised(_market.number, state.bountyLeftWei, state.unawardedWei);
        _enter(Phase.Training, block.timestamp + SETTLE_SECONDS);
    }

    /// @param word See {ReplayState-participants}.
    function _creditParticipant(uint256 number, uint256 word) private returns (uint256 balanceWei) {
        address who = address(uint160(word >> 96));
        balanceWei = uint96(word);
        Account memory account = _accounts[who];
        uint256 depositWei = account.stakeWei;
        // Only a faulty engine can give somebody else's number.
        if (account.market != _market.number || account.participant != number)
            revert MoneyMismatch(balanceWei, depositWei);
        account.isPunished = balanceWei < depositWei;
        account.creditWei = (account.creditWei + balanceWei).toUint96();
        account.stakeWei = 0;
        _accounts[who] = account;
        emit ParticipantCredited(_market.number, who, depositWei, balanceWei);
    }

    function _testHash(bytes[] calldata samples, uint16[] calldata labels) private pure returns (bytes32 hash) {
        if (samples.length != labels.length) revert IReplay.LabelCount(samples.length, labels.length);
        for (uint256 i = 0; i < samples.length; ++i) {
            hash = keccak256(abi.encode(hash, labels[i], keccak256(samples[i])));
        }
    }

    /// @notice Notes which of neighbouring contributions were taught.
    function _learned(uint256 first, bytes memory learned) internal virtual;
}
