// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICollaboration} from "../../interfaces/ICollaboration.sol";
import {Contribution, IDataHandler} from "../../interfaces/IDataHandler.sol";
import {IPoints, PointsTerms} from "../../interfaces/IPoints.sol";
import {Badges} from "../badges/Badges.sol";
import {DataHandler} from "../data/DataHandler.sol";
import {Points} from "../incentives/Points.sol";
import {CollaborationBase} from "./CollaborationBase.sol";
import {PointsTermsLibrary} from "./PointsTerms.sol";

/// @title A public model whose contributors give one another points
/// @dev The model learns every contribution at once, for gas alone; points say whose data others found right.
// Payable by its interface only: ether that is sent is refused with an error.
// slither-disable-next-line locked-ether
contract PointsCollaboration is CollaborationBase, DataHandler, Points {
    struct Ledger {
        uint64 count;
        bool isOpen;
    }

    /// @dev Lives in the implementation's code; the same for all clones.
    address private immutable BADGES;

    Ledger private _ledger;

    constructor(address factory, address sponsorship_) CollaborationBase(factory, sponsorship_) {
        BADGES = address(new Badges(factory));
    }

    /// @inheritdoc ICollaboration
    /// @dev Ether is refused. The call to the model comes before anything is read or written here, and nothing is called after it.
    function contribute(bytes calldata sample, uint256 label) external payable returns (uint256 id) {
        return _contribute(msg.sender, sample, label);
    }

    /// @inheritdoc ICollaboration
    /// @dev Points go to the author. Nothing is staked, so the payee gets nothing, and is not part of the record.
    function contributeFor(
        address author,
        address payee,
        bytes calldata sample,
        uint256 label
    ) external payable returns (uint256 id) {
        _onlySponsorship();
        id = _contribute(author, sample, label);
        emit Sponsored(id, payee);
    }

    /// @inheritdoc ICollaboration
    function incentive() external pure returns (string memory) {
        return "points/1";
    }

    /// @inheritdoc ICollaboration
    function stakeNow() external pure returns (uint256 stakeWei) {
        return 0;
    }

    /// @inheritdoc ICollaboration
    function isOpen() public view override returns (bool) {
        return _ledger.isOpen;
    }

    /// @inheritdoc IDataHandler
    function contributions() public view override(CollaborationBase, DataHandler) returns (uint256) {
        return _ledger.count;
    }

    /// @inheritdoc IPoints
    function terms() public view override returns (PointsTerms memory) {
        return PointsTermsLibrary.terms();
    }

    /// @inheritdoc IPoints
    function badges() public view override returns (address) {
        return BADGES;
    }

    function _contribute(address author, bytes calldata sample, uint256 label) private returns (uint256 id) {
        if (msg.value > 0) revert EtherRefused(msg.value);
        bool taught = model().train(sample, label);
        if (!_ledger.isOpen) revert NotYetOpen();
        id = _ledger.count;
        _ledger.count = uint64(id + 1);
        _noteWeek(author);
        // Time fits 40 bits for 34,000 years.
        Contribution memory given = Contribution(author, SafeCast.toUint16(label), taught, 0, uint40(block.timestamp));
        _record(id, given, sample, address(0));
    }

    function _requireValidTerms() internal view override {
        _requireValid(terms());
    }

    function _opened() internal override {
        _ledger.isOpen = true;
        _grant(terms());
    }

    function _votingTerms() internal view override returns (PointsTerms memory) {
        return PointsTermsLibrary.votingTerms();
    }

    function _requireRecord(uint256 id, Contribution calldata contribution, bytes32 sampleHash) internal view override {
        // The next line reads the contribution into it.
        // slither-disable-next-line uninitialized-local
        Contribution memory given;
        _readOpen(id, contribution, sampleHash, given);
    }
}
