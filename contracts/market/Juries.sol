// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {Job, JobTerms} from "../../interfaces/training/IJobs.sol";
import {IParticipants, ROLE_VALIDATOR, Reputation} from "../../interfaces/training/IParticipants.sol";
import {Enrolment, IValidation} from "../../interfaces/training/IValidation.sol";
import {ReputationMath} from "../libraries/ReputationMath.sol";
import {SubsetDraw} from "../libraries/SubsetDraw.sol";
import {TrainingPart} from "./TrainingPart.sol";

/// @title Pools of validators, and juries drawn from them
/// @dev Places are for ever, and the order is that of the pool as it was before the arming, so that nobody can move others by entering or leaving before the draw.
abstract contract Juries is TrainingPart {
    using SafeCast for uint256;
    using SubsetDraw for SubsetDraw.Walk;
    using Checkpoints for Checkpoints.Trace208;

    /// @notice From this score on a validator is always taken: three quarters, in units of 2^-32.
    uint256 internal constant SCORE_CAP = 3 << 30;
    /// @notice At most so many places of the random order are looked at, and four more for each that is wanted.
    uint256 internal constant LEAST_STEPS = 16;

    /// @notice See {IValidation-enrol}.
    function enrol(bytes32 testSet, uint96 minPayWei, uint96 maxBondWei, uint32 minSeconds) external payable delegated {
        _requireRole(msg.sender, ROLE_VALIDATOR);
        Enrolment storage e = _enrolments[testSet][msg.sender];
        // Places that cost nothing could fill a pool until no draw finds a jury, and unscored jobs are paid in full.
        if (_pools[testSet].length == 0) _poolBonds[testSet] = maxBondWei;
        uint256 leastWei = _poolBonds[testSet];
        if (maxBondWei < leastWei) revert IParticipants.BondTooLow(msg.sender, maxBondWei, leastWei);
        if (e.sinceBlock == 0) {
            uint256 freeWei = _freeBond(msg.sender);
            if (freeWei < maxBondWei) _bond(msg.sender, maxBondWei - freeWei);
            e.index = _pools[testSet].length.toUint32();
            _pools[testSet].push(msg.sender);
            // What was pushed is read by the draw.
            // slither-disable-next-line unused-return
            _poolSizes[testSet].push(block.number.toUint48(), uint208(e.index) + 1);
        }
        (e.sinceBlock, e.leftBlock) = (block.number.toUint40(), 0);
        (e.minPayWei, e.maxBondWei, e.minSeconds) = (minPayWei, maxBondWei, minSeconds);
        emit IValidation.Enrolled(testSet, msg.sender, minPayWei, maxBondWei, minSeconds);
    }

    /// @notice See {IValidation-resign}.
    function resign(bytes32 testSet) external payable delegated {
        Enrolment storage e = _enrolments[testSet][msg.sender];
        if (e.sinceBlock == 0 || e.leftBlock > 0) revert IValidation.NotEnrolled(testSet, msg.sender);
        e.leftBlock = block.number.toUint40();
        emit IValidation.Resigned(testSet, msg.sender);
    }

    /// @notice How large a jury is: the second is twice as large as the first, and one more.
    function _jurySize(uint256 job) internal view returns (uint256 size) {
        size = _terms[job].validators;
        if (_jobs[job].isAppealed) size = 2 * size + 1;
    }

    /// @notice Draws a jury and locks its bonds.
    /// @return jury Empty when there are too few.
    function _drawJury(uint256 job, bytes32 hash) internal returns (address[] memory jury) {
        bytes32 seed = keccak256(abi.encode(hash, job, VOTE_ROUND));
        uint256 wanted = _jurySize(job);
        jury = _candidates(job, seed, wanted);
        if (jury.length < wanted) return new address[](0);
        Job storage j = _jobs[job];
        uint256 bondWei = _terms[job].voteBondWei;
        for (uint256 i = 0; i < wanted; ++i) {
            _lockFree(jury[i], bondWei);
        }
        _juries[job][j.isAppealed] = jury;
        delete _juryStates[job][j.isAppealed];
        emit IValidation.JuryDrawn(job, j.attempt, j.isAppealed, jury);
    }

    /// @notice Walks through the pool in a random order: takes each with a chance that grows with its score, then those passed over.
    function _candidates(uint256 job, bytes32 seed, uint256 wanted) private view returns (address[] memory found) {
        address[] storage pool = _pools[_terms[job].testSet];
        uint256 steps = LEAST_STEPS + 4 * wanted;
        uint256 size = _poolSizes[_terms[job].testSet].upperLookup((_armedBlock(job) - 1).toUint48());
        SubsetDraw.Walk memory walk = SubsetDraw.begin(size, steps, seed);
        if (steps > walk.size) steps = walk.size;
        found = new address[](wanted);
        address[] memory passed = new address[](steps);
        (uint256 count, uint256 passedCount) = (0, 0);
        uint256 payWei = _parts(job)[2] / wanted;
        for (uint256 i = 0; i < steps && count < wanted; ++i) {
            address candidate = pool[walk.take()];
            if (!_isEligible(job, candidate, payWei)) continue;
            Reputation memory r = _reputation(candidate, ROLE_VALIDATOR);
            if (SubsetDraw.choice(seed, type(uint256).max - i) % SCORE_CAP < ReputationMath.score(r.alpha, r.beta))
                found[count++] = candidate;
            else passed[passedCount++] = candidate;
        }
        for (uint256 i = 0; i < passedCount && count < wanted; ++i) {
            found[count++] = passed[i];
        }
        assembly ("memory-safe") {
            mstore(found, count)
        }
    }

    function _armedBlock(uint256 job) private view returns (uint256) {
        return uint256(_jobs[job].drawBlock) - _terms[job].drawDelay;
    }

    /// @notice Whether somebody may score a job.
    /// @param payWei What a vote is paid.
    function _isEligible(uint256 job, address candidate, uint256 payWei) private view returns (bool) {
        Job storage j = _jobs[job];
        JobTerms storage t = _terms[job];
        Enrolment storage e = _enrolments[t.testSet][candidate];
        uint256 armedBlock = _armedBlock(job);
        if (e.sinceBlock >= armedBlock || (e.leftBlock > 0 && e.leftBlock < armedBlock)) return false;
        if (e.maxBondWei < t.voteBondWei || e.minPayWei > payWei) return false;
        if (e.minSeconds > t.voteSeconds || e.minSeconds > t.revealSeconds) return false;
        if (candidate == j.buyer || candidate == t.aggregator) return false;
        if (_participants[candidate].roles & ROLE_VALIDATOR == 0 || _freeBond(candidate) < t.voteBondWei) return false;
        uint32[] storage ids = _jobDatasets[job];
        for (uint256 i = 0; i < ids.length; ++i) {
            if (_isParty[ids[i]][candidate]) return false;
        }
        if (!j.isAppealed) return true;
        // The constant is a key: the first jury, not the one of the appeal.
        // slither-disable-next-line boolean-cst
        address[] storage first = _juries[job][false];
        for (uint256 i = 0; i < first.length; ++i) {
            if (first[i] == candidate) return false;
        }
        return true;
    }
}
