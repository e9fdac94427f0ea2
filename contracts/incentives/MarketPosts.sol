// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IMarket, Phase} from "../../interfaces/IMarket.sol";
import {IMarketDispute, Post} from "../../interfaces/IMarketDispute.sol";
import {IMarketSettlement} from "../../interfaces/IMarketSettlement.sol";
import {ReplayInput, ReplayState} from "../../interfaces/IReplay.sol";
import {MarketReplay} from "./MarketReplay.sol";

/// @title Posted outcomes and their disputes
abstract contract MarketPosts is IMarketDispute, MarketReplay {
    using SafeCast for uint256;

    /// @dev Of what direct settlement would be paid: whoever posts computes off chain.
    uint256 private constant POSTERS_PART = 10;

    /// @inheritdoc IMarketDispute
    function post(ReplayState calldata state, uint256 steps, bytes32 statesRoot) external payable nonReentrant {
        _requireUnsettled();
        if (_post.poster != address(0)) revert AlreadyPosted(_post.poster);
        _requireBond();
        if (!state.isFinal) revert IMarketSettlement.WrongFinality(false);
        uint256 most = (uint256(_market.contributions) + 1) * _terms().rounds;
        if (steps == 0 || steps > most) revert WrongSteps(steps, most);
        // Begins at zero, as Solidity sets it.
        // slither-disable-next-line uninitialized-local
        Post memory p;
        p.poster = msg.sender;
        p.steps = steps.toUint32();
        p.until = (block.timestamp + _terms().disputeSeconds).toUint40();
        p.stateHash = keccak256(abi.encode(state));
        p.statesRoot = statesRoot;
        _post = p;
        emit Posted(_market.number, msg.sender, steps, p.stateHash, statesRoot, p.until);
    }

    /// @inheritdoc IMarketDispute
    function dispute() external payable nonReentrant {
        _requireUnsettled();
        Post memory p = _posted();
        if (p.challenger != address(0)) revert AlreadyDisputed(p.challenger);
        if (block.timestamp >= p.until) revert IMarket.DeadlinePassed(p.until);
        _requireBond();
        p.challenger = msg.sender;
        (p.low, p.high) = (0, p.steps);
        (p.lowHash, p.highHash, p.middleHash) = (_market.startHash, p.stateHash, 0);
        _turn(p, true);
        emit Disputed(_market.number, msg.sender);
    }

    /// @inheritdoc IMarketDispute
    function bisect(bytes32 stateHash, bytes32[] calldata proof) external nonReentrant {
        Post memory p = _inDispute(true);
        if (p.high - p.low < 2) revert WrongDistance(1);
        uint32 middle = (p.low + p.high) / 2;
        bytes32 leaf = keccak256(abi.encode(middle, stateHash));
        if (!MerkleProof.verifyCalldata(proof, p.statesRoot, leaf)) revert WrongProof(middle);
        p.middleHash = stateHash;
        _turn(p, false);
        emit Bisected(_market.number, middle, stateHash);
    }

    /// @inheritdoc IMarketDispute
    function choose(bool isWrong) external nonReentrant {
        Post memory p = _inDispute(false);
        uint32 middle = (p.low + p.high) / 2;
        if (isWrong) (p.high, p.highHash) = (middle, p.middleHash);
        else (p.low, p.lowHash) = (middle, p.middleHash);
        p.middleHash = 0;
        _turn(p, true);
        emit HalfChosen(_market.number, p.low, p.high);
    }

    /// @inheritdoc IMarketDispute
    function decide(
        ReplayState calldata state,
        bytes calldata prepared,
        ReplayState calldata initial,
        ReplayInput[] calldata inputs,
        uint256[] calldata origins
    ) external nonReentrant {
        _requireUnsettled();
        Post memory p = _posted();
        if (p.challenger == address(0)) revert NotDisputed();
        if (p.high - p.low != 1) revert WrongDistance(p.high - p.low);
        _requireState(state, p.lowHash);
        if (inputs.length > 1) revert IMarketSettlement.TooManyContributions(inputs.length, 1);
        // Nothing follows a final state, whatever is claimed to.
        bool isRight = !state.isFinal && _advance(state, prepared, initial, inputs, origins).stateHash == p.highHash;
        _judge(p, isRight);
    }

    /// @inheritdoc IMarketDispute
    function timeOut() external nonReentrant {
        _requireUnsettled();
        Post memory p = _posted();
        if (p.challenger == address(0)) revert NotDisputed();
        if (block.timestamp <= p.moveUntil) revert NotYetTime(uint256(p.moveUntil) + 1);
        _judge(p, !p.isPostersTurn);
    }

    /// @inheritdoc IMarketDispute
    function accept() external nonReentrant {
        _requireUnsettled();
        Post memory p = _posted();
        if (p.challenger != address(0)) revert AlreadyDisputed(p.challenger);
        if (block.timestamp < p.until) revert NotYetTime(p.until);
        delete _post;
        _credit(p.poster, _terms().postBondWei + _takeReward(p.steps, p.poster));
        _settled(p.stateHash);
    }

    /// @inheritdoc IMarketDispute
    function posted() external view returns (Post memory) {
        return _post;
    }

    /// @notice Fixes the outcome.
    function _settled(bytes32 stateHash) internal {
        (_market.isSettled, _market.stateHash) = (true, stateHash);
        _market.deadline = (block.timestamp + SETTLE_SECONDS).toUint40();
        emit IMarketSettlement.Settled(_market.number, stateHash);
    }

    /// @notice Judges an open post by an outcome that the contract has computed itself.
    function _judgeByOutcome(bytes32 stateHash) internal {
        Post memory p = _post;
        if (p.poster == address(0)) return;
        bool isRight = p.stateHash == stateHash;
        if (p.challenger != address(0)) {
            _judge(p, isRight);
            if (!isRight) return;
        } else if (!isRight) {
            _punish(msg.sender, p.poster, 0);
            delete _post;
            return;
        }
        _credit(p.poster, _terms().postBondWei);
        emit PostAccepted(_market.number, p.poster, 0);
        delete _post;
    }

    function _requireUnsettled() internal view {
        _requirePhase(Phase.Settling);
        if (_market.isSettled) revert IMarketSettlement.WrongFinality(true);
    }

    function _requireInTime(uint256 deadline) internal view {
        if (block.timestamp > deadline) revert IMarket.DeadlinePassed(deadline);
    }

    function _posted() private view returns (Post memory p) {
        p = _post;
        if (p.poster == address(0)) revert NothingPosted();
    }

    function _inDispute(bool isPostersTurn) private view returns (Post memory p) {
        _requireUnsettled();
        p = _posted();
        if (p.challenger == address(0)) revert NotDisputed();
        address mover = p.isPostersTurn ? p.poster : p.challenger;
        if (p.isPostersTurn != isPostersTurn || msg.sender != mover) revert NotYourTurn(msg.sender, mover);
        _requireInTime(p.moveUntil);
    }

    function _turn(Post memory p, bool isPostersTurn) private {
        p.isPostersTurn = isPostersTurn;
        p.moveUntil = (block.timestamp + _terms().moveSeconds).toUint40();
        _post = p;
    }

    /// @notice Ends a dispute. A post that was right goes on, open to the next one.
    function _judge(Post memory p, bool isRight) private {
        if (isRight) {
            _punish(p.poster, p.challenger, 0);
            p.challenger = address(0);
            p.until = (block.timestamp + _terms().disputeSeconds).toUint40();
            _post = p;
        } else {
            _punish(p.challenger, p.poster, _terms().postBondWei);
            delete _post;
        }
    }

    /// @notice Half of the loser's bond goes to the winner, with the winner's own if it is given back now.
    function _punish(address winner, address loser, uint256 ownBondWei) private {
        uint256 bondWei = _terms().postBondWei;
        uint256 burnedWei = bondWei - bondWei / 2;
        _credit(winner, ownBondWei + bondWei / 2);
        _credit(BURNED, burnedWei);
        emit PostJudged(_market.number, winner, loser, burnedWei);
    }

    /// @notice Takes the poster's reward out of the purse; crediting and training come first.
    function _takeReward(uint256 steps, address poster) private returns (uint256 rewardWei) {
        uint256 feeWei = _terms().stepFeeWei;
        uint256 reservedWei = feeWei * (uint256(_market.participants) + _market.contributions);
        uint256 purseWei = _market.purseWei;
        uint256 freeWei = purseWei > reservedWei ? purseWei - reservedWei : 0;
        rewardWei = (feeWei * steps) / POSTERS_PART;
        if (rewardWei > freeWei) rewardWei = freeWei;
        _market.purseWei = (purseWei - rewardWei).toUint96();
        emit PostAccepted(_market.number, poster, rewardWei);
    }

    // Reached from payable functions through a delegatecall, which slither does not follow; the value stays.
    // slither-disable-next-line msg-value-in-nonpayable
    function _requireBond() private view {
        uint256 bondWei = _terms().postBondWei;
        if (msg.value != bondWei) revert WrongBond(msg.value, bondWei);
    }
}
