// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICollaboration} from "../../interfaces/ICollaboration.sol";
import {Contribution, IDataHandler} from "../../interfaces/IDataHandler.sol";
import {IMarket, Market, MarketTerms, Phase} from "../../interfaces/IMarket.sol";
import {IMarketDispute, Post} from "../../interfaces/IMarketDispute.sol";
import {IMarketSettlement} from "../../interfaces/IMarketSettlement.sol";
import {ReplayInput, ReplayState} from "../../interfaces/IReplay.sol";
import {MarketCommitment} from "../incentives/MarketCommitment.sol";
import {MarketEnding} from "../incentives/MarketEnding.sol";
import {MarketParticipation} from "../incentives/MarketParticipation.sol";
import {CollaborationBase} from "./CollaborationBase.sol";
import {MarketBase} from "./MarketBase.sol";
import {MarketTermsLibrary} from "./MarketTerms.sol";

/// @title A public model that is taught by prediction markets
/// @dev Settlement and dispute are in {MarketSettlement}, which runs here through `delegatecall`: the address is fixed in this implementation's code.
contract MarketCollaboration is
    MarketBase,
    CollaborationBase,
    MarketCommitment,
    MarketParticipation,
    MarketEnding,
    IMarketSettlement,
    IMarketDispute
{
    address private immutable SETTLEMENT;

    bool private _isOpen;

    constructor(address factory, address sponsorship_, address settlement) CollaborationBase(factory, sponsorship_) {
        SETTLEMENT = settlement;
    }

    /// @inheritdoc ICollaboration
    function contribute(bytes calldata sample, uint256 label) external payable nonReentrant returns (uint256 id) {
        return _contribute(msg.sender, msg.sender, sample, label);
    }

    /// @inheritdoc ICollaboration
    function contributeFor(
        address author,
        address payee,
        bytes calldata sample,
        uint256 label
    ) external payable nonReentrant returns (uint256 id) {
        _onlySponsorship();
        id = _contribute(author, payee, sample, label);
        emit Sponsored(id, payee);
    }

    /// @inheritdoc IMarketSettlement
    function prepare(bytes[] calldata, uint16[] calldata) external {
        _settlement();
    }

    /// @inheritdoc IMarketSettlement
    function settle(
        ReplayState calldata,
        bytes calldata,
        ReplayState calldata,
        ReplayInput[] calldata,
        uint256[] calldata
    ) external {
        _settlement();
    }

    /// @inheritdoc IMarketSettlement
    function finalise(ReplayState calldata, uint256) external {
        _settlement();
    }

    /// @inheritdoc IMarketSettlement
    function train(ReplayInput[] calldata, uint256[] calldata) external {
        _settlement();
    }

    /// @inheritdoc IMarketDispute
    function post(ReplayState calldata, uint256, bytes32) external payable {
        _settlement();
    }

    /// @inheritdoc IMarketDispute
    function dispute() external payable {
        _settlement();
    }

    /// @inheritdoc IMarketDispute
    function bisect(bytes32, bytes32[] calldata) external {
        _settlement();
    }

    /// @inheritdoc IMarketDispute
    function choose(bool) external {
        _settlement();
    }

    /// @inheritdoc IMarketDispute
    function decide(
        ReplayState calldata,
        bytes calldata,
        ReplayState calldata,
        ReplayInput[] calldata,
        uint256[] calldata
    ) external {
        _settlement();
    }

    /// @inheritdoc IMarketDispute
    function timeOut() external {
        _settlement();
    }

    /// @inheritdoc IMarketDispute
    function accept() external {
        _settlement();
    }

    /// @inheritdoc ICollaboration
    function incentive() external pure returns (string memory) {
        return "market/1";
    }

    /// @inheritdoc ICollaboration
    function stakeNow() external view returns (uint256 stakeWei) {
        return _terms().minStakeWei;
    }

    /// @inheritdoc IMarketDispute
    function posted() external view returns (Post memory) {
        return _post;
    }

    /// @inheritdoc IMarket
    function market() external view returns (Market memory m) {
        m = _market;
        (Phase phase, uint256 deadline) = _phase();
        (m.phase, m.deadline) = (phase, SafeCast.toUint40(deadline));
    }

    /// @inheritdoc IMarket
    function totals() external view returns (uint256 stakesWei, uint256 escrowWei, uint256 postBondsWei) {
        MarketTerms memory t = _terms();
        Phase phase = _market.phase;
        bool isBonded = phase >= Phase.Drawing && phase <= Phase.Settling;
        escrowWei = uint256(_market.bountyWei) + _market.purseWei + (isBonded ? t.bondWei : 0);
        if (_post.poster != address(0)) postBondsWei += t.postBondWei;
        if (_post.challenger != address(0)) postBondsWei += t.postBondWei;
        return (_market.stakesWei, escrowWei, postBondsWei);
    }

    /// @inheritdoc IMarket
    function link(
        uint256 previous,
        bytes31 digest,
        address account,
        uint256 participant
    ) external pure returns (uint256) {
        return _link(previous, digest, account, participant);
    }

    /// @inheritdoc IMarket
    function marketOf(uint256 id) external view returns (uint256 number) {
        return _marketOf(id);
    }

    /// @inheritdoc ICollaboration
    function isOpen() public view override returns (bool) {
        return _isOpen;
    }

    /// @inheritdoc IMarket
    function terms() external view returns (MarketTerms memory) {
        return _terms();
    }

    /// @inheritdoc IMarket
    function engine() external view returns (address) {
        return _engine();
    }

    /// @inheritdoc IDataHandler
    function contributions() public view override(CollaborationBase, MarketBase) returns (uint256) {
        return MarketBase.contributions();
    }

    function _contribute(
        address author,
        address payee,
        bytes calldata sample,
        uint256 label
    ) private returns (uint256 id) {
        model().check(sample, label);
        uint96 stakeWei;
        uint256 participant;
        (id, stakeWei, participant) = _stake(payee);
        Contribution memory contribution = Contribution(
            author,
            SafeCast.toUint16(label),
            false,
            stakeWei,
            uint40(block.timestamp)
        );
        _record(id, contribution, sample, payee, participant);
    }

    function _settlement() private {
        // What a settlement returns is in the log and the state; the functions that come here return nothing.
        // slither-disable-next-line unused-return
        Address.functionDelegateCall(SETTLEMENT, msg.data);
    }

    function _requireValidTerms() internal view override {
        MarketTerms memory t = _terms();
        if (!MarketTermsLibrary.isValid(t)) revert InvalidMarketTerms(t);
    }

    function _opened() internal override {
        _isOpen = true;
    }

    function _nextContribution() internal view override returns (uint256) {
        if (!_isOpen) revert NotYetOpen();
        return contributions();
    }
}
