// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Dataset, DatasetPhase} from "../../interfaces/training/ICatalogue.sol";
import {Job, JobPhase} from "../../interfaces/training/IJobs.sol";
import {ROLE_DATA_OWNER} from "../../interfaces/training/IParticipants.sol";
import {IReplicas} from "../../interfaces/training/IReplicas.sol";
import {ISpotChecks, SpotCheck} from "../../interfaces/training/ISpotChecks.sol";
import {TrainingPart} from "./TrainingPart.sol";

/// @title One row, at most, shown under its commitment
abstract contract SpotChecks is TrainingPart {
    using SafeCast for uint256;

    /// @notice How long an owner has to show a row.
    uint256 internal constant ANSWER_SECONDS = 3 days;

    /// @notice See {ISpotChecks-askRow}.
    function askRow(uint256 dataset, uint256 subset, uint256 row, uint256 job) external payable delegated {
        Dataset storage d = _datasets[dataset];
        bool isLive = d.phase == DatasetPhase.Distributing || d.phase == DatasetPhase.Ready;
        if (!isLive || d.isChecked || d.checkBondWei == 0) revert ISpotChecks.NoSpotCheck(dataset);
        bool isHolder = _isParty[dataset][msg.sender] && msg.sender != d.owner;
        if (!isHolder && !_isBuyerOf(dataset, job)) revert ISpotChecks.NotParty(dataset, msg.sender);
        if (subset >= d.subsets || row >= d.rows) revert ISpotChecks.NoSuchRow(subset, row);
        d.isChecked = true;
        uint40 deadline = (block.timestamp + ANSWER_SECONDS).toUint40();
        _checks[dataset] = SpotCheck(msg.sender, uint16(subset), deadline, uint32(row));
        _lock(msg.sender, d.checkBondWei);
        emit ISpotChecks.SpotCheckAsked(dataset, msg.sender, subset, row, deadline);
    }

    /// @notice See {ISpotChecks-answerRow}.
    /// @dev Anyone may send the answer: only who holds the salt can.
    function answerRow(
        uint256 dataset,
        bytes32[] calldata roots,
        bytes calldata row,
        bytes32 salt,
        bytes32[] calldata proof
    ) external payable delegated {
        SpotCheck memory c = _open(dataset);
        if (block.timestamp >= c.deadline) revert IReplicas.TooLate(c.deadline);
        Dataset storage d = _datasets[dataset];
        bytes32 leaf = keccak256(abi.encode(uint256(c.row), salt, keccak256(row)));
        if (
            keccak256(abi.encode(roots)) != d.rootsHash ||
            MerkleProof.processProofCalldata(proof, leaf) != roots[c.subset]
        ) revert ISpotChecks.WrongRow(dataset, c.subset, c.row);
        _checks[dataset].deadline = 0;
        emit ISpotChecks.SpotCheckAnswered(dataset, row, salt);
        _slash(c.challenger, d.checkBondWei);
        _credit(d.owner, d.checkBondWei);
    }

    /// @notice See {ISpotChecks-failRow}.
    function failRow(uint256 dataset) external payable delegated {
        SpotCheck memory c = _open(dataset);
        if (block.timestamp < c.deadline) revert IReplicas.TooSoon(c.deadline);
        Dataset storage d = _datasets[dataset];
        _checks[dataset].deadline = 0;
        d.isFaulty = true;
        emit ISpotChecks.SpotCheckFailed(dataset, c.challenger);
        _free(c.challenger, d.checkBondWei);
        _slash(d.owner, d.ownerBondWei);
        _halve(c.challenger, d.ownerBondWei);
        _wasWrong(d.owner, ROLE_DATA_OWNER, d.ownerBondWei);
    }

    function _open(uint256 dataset) private view returns (SpotCheck memory c) {
        c = _checks[dataset];
        if (c.deadline == 0) revert ISpotChecks.NothingAsked(dataset);
    }

    function _isBuyerOf(uint256 dataset, uint256 job) private view returns (bool) {
        Job storage j = _jobs[job];
        if (j.buyer != msg.sender || j.phase != JobPhase.Running) return false;
        uint32[] storage ids = _jobDatasets[job];
        for (uint256 i = 0; i < ids.length; ++i) {
            if (ids[i] == dataset) return true;
        }
        return false;
    }
}
