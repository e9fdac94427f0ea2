// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {IDisputes} from "../../interfaces/training/IDisputes.sol";
import {IJobs, JobPhase, JobTerms, Subject} from "../../interfaces/training/IJobs.sol";
import {IReplicas} from "../../interfaces/training/IReplicas.sol";
import {IRounds} from "../../interfaces/training/IRounds.sol";
import {ISettlement} from "../../interfaces/training/ISettlement.sol";
import {ISpotChecks} from "../../interfaces/training/ISpotChecks.sol";
import {ITrainingMarket} from "../../interfaces/training/ITrainingMarket.sol";
import {IValidation} from "../../interfaces/training/IValidation.sol";
import {Catalogue} from "./Catalogue.sol";
import {TrainingViews} from "./TrainingViews.sol";

/// @title Private training: one address for all of it
/// @dev Participants and catalogue are here; the rest is in parts that run here through `delegatecall`, as all together exceed what one contract may hold. Their addresses are fixed in this code.
contract TrainingMarket is Catalogue, TrainingViews, ITrainingMarket {
    address private immutable CATALOGUE;
    address private immutable ROUNDS;
    address private immutable SETTLEMENT;

    /// @param catalogue A `TrainingCatalogue`.
    /// @param rounds A `TrainingRounds`.
    /// @param settlement A `TrainingSettlement`.
    constructor(address catalogue, address rounds, address settlement) {
        if (catalogue.code.length == 0) revert PartMissing(catalogue);
        if (rounds.code.length == 0) revert PartMissing(rounds);
        if (settlement.code.length == 0) revert PartMissing(settlement);
        (CATALOGUE, ROUNDS, SETTLEMENT) = (catalogue, rounds, settlement);
    }

    /// @inheritdoc ITrainingMarket
    /// @dev What came along is credited before the first call, and none of the calls credits it again.
    function multicall(bytes[] calldata calls) external payable returns (bytes[] memory results) {
        bool isOutermost = !_isWithin();
        _takeValue();
        _setWithin(true);
        results = new bytes[](calls.length);
        for (uint256 i = 0; i < calls.length; ++i) {
            // This contract's own code.
            // slither-disable-next-line delegatecall-loop,calls-loop
            results[i] = Address.functionDelegateCall(address(this), calls[i]);
        }
        if (isOutermost) _setWithin(false);
    }

    /// @inheritdoc IJobs
    // The part's answer is this function's own: nothing is left to be done after it.
    // slither-disable-next-line incorrect-return
    function advance(uint256 job) external payable {
        JobPhase phase = _job(job).phase;
        if (phase < JobPhase.Running) _run(CATALOGUE);
        else if (phase == JobPhase.Running) _run(ROUNDS);
        else _run(SETTLEMENT);
    }

    /// @inheritdoc IReplicas
    function offerCompute(uint96, uint16, uint32, bytes32) external payable {
        _run(CATALOGUE);
    }

    /// @inheritdoc IReplicas
    function join(uint256, uint256, uint256, bytes32) external payable {
        _run(CATALOGUE);
    }

    /// @inheritdoc IReplicas
    function revealReplica(uint256, uint256, uint256, bytes32, bytes32) external payable {
        _run(CATALOGUE);
    }

    /// @inheritdoc IReplicas
    function verify(uint256, uint256, uint256, bool) external payable {
        _run(CATALOGUE);
    }

    /// @inheritdoc IReplicas
    function vacate(uint256, uint256, uint256) external payable {
        _run(CATALOGUE);
    }

    /// @inheritdoc IReplicas
    function dismiss(uint256, uint256, uint256) external payable {
        _run(CATALOGUE);
    }

    /// @inheritdoc ISpotChecks
    function askRow(uint256, uint256, uint256, uint256) external payable {
        _run(CATALOGUE);
    }

    /// @inheritdoc ISpotChecks
    function answerRow(uint256, bytes32[] calldata, bytes calldata, bytes32, bytes32[] calldata) external payable {
        _run(CATALOGUE);
    }

    /// @inheritdoc ISpotChecks
    function failRow(uint256) external payable {
        _run(CATALOGUE);
    }

    /// @inheritdoc IJobs
    function request(
        JobTerms calldata,
        Subject calldata,
        uint256[] calldata,
        uint256
    ) external payable returns (uint256) {
        _run(CATALOGUE);
    }

    /// @inheritdoc IJobs
    function fund(uint256, uint256) external payable returns (uint256) {
        _run(CATALOGUE);
    }

    /// @inheritdoc IJobs
    function approve(uint256, uint256) external payable {
        _run(CATALOGUE);
    }

    /// @inheritdoc IJobs
    function cancel(uint256, uint256) external payable {
        _run(CATALOGUE);
    }

    /// @inheritdoc IRounds
    function sealResult(uint256, uint256, uint256, bytes32) external payable {
        _run(ROUNDS);
    }

    /// @inheritdoc IRounds
    function revealResult(uint256, uint256, uint256, bytes32, bytes32) external payable {
        _run(ROUNDS);
    }

    /// @inheritdoc IRounds
    function aggregate(uint256, bytes32, bool) external payable {
        _run(ROUNDS);
    }

    /// @inheritdoc IDisputes
    function challenge(uint256, bytes32) external payable {
        _run(ROUNDS);
    }

    /// @inheritdoc IDisputes
    function judge(uint256, uint256, uint256, bytes32) external payable {
        _run(ROUNDS);
    }

    /// @inheritdoc IValidation
    function enrol(bytes32, uint96, uint96, uint32) external payable {
        _run(SETTLEMENT);
    }

    /// @inheritdoc IValidation
    function resign(bytes32) external payable {
        _run(SETTLEMENT);
    }

    /// @inheritdoc IValidation
    function sealVote(uint256, uint256, bytes32) external payable {
        _run(SETTLEMENT);
    }

    /// @inheritdoc IValidation
    function revealVote(uint256, uint256, int64, uint64[] calldata, bytes32) external payable {
        _run(SETTLEMENT);
    }

    /// @inheritdoc IValidation
    function appeal(uint256) external payable {
        _run(SETTLEMENT);
    }

    /// @inheritdoc ISettlement
    function settle(uint256, int64, uint64[] calldata) external payable {
        _run(SETTLEMENT);
    }

    /// @inheritdoc ISettlement
    function listModel(uint256, uint256, bool) external payable {
        _run(SETTLEMENT);
    }

    /// @notice Runs a part on this contract's storage with the call's own arguments, and returns, or reverts with, what it answers.
    function _run(address part) private {
        _takeValue();
        bytes memory answer = Address.functionDelegateCall(part, msg.data);
        assembly ("memory-safe") {
            return(add(answer, 0x20), mload(answer))
        }
    }
}
