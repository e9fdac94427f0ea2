// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Collaboration} from "../../../contracts/core/Collaboration.sol";
import {CollaborationFactory} from "../../../contracts/core/CollaborationFactory.sol";
import {Perceptron} from "../../../contracts/models/Perceptron.sol";
import {Contribution} from "../../../interfaces/IDataHandler.sol";
import {Terms} from "../../../interfaces/ISelfAssessment.sol";
import {Models} from "./Models.sol";
import {VM} from "./Vm.sol";

/// @title A small collaboration and its people
/// @notice A perceptron over 31 features whose weights begin at zero: one lesson of one feature decides what is predicted of it.
library Scene {
    address internal constant CREATOR = address(0xc2ea);
    address internal constant CURATOR = 0xC02a7E0000000000000000000000000000000077; // no byte of a first word is empty
    address internal constant SPONSORSHIP = address(0x5b05);
    address internal constant BENEFICIARY = address(0xbe4ef1);
    address internal constant ALICE = address(0xa11ce);
    address internal constant BOB = address(0xb0b);
    address internal constant MALLORY = address(0x3a1102);
    uint256 internal constant START = 1_800_000_000;
    uint256 internal constant FLOOR = 1000 gwei;
    uint256 internal constant DAY = 1 days;

    function terms() internal pure returns (Terms memory) {
        return Terms(BENEFICIARY, uint96(FLOOR), 2_000, 3_600, uint32(DAY), uint32(2 * DAY), uint32(4 * DAY), 1_000);
    }

    function configuration() internal pure returns (uint256) {
        return Models.perceptron(Models.Shape({encoding: 0, bits: 8, classes: 2, dimension: 31}), 4, 0, 0);
    }

    /// @notice The time. (`block.timestamp` is read once a function by the optimizer, which knows nothing of warps.)
    function time() internal view returns (uint256) {
        return VM.getBlockTimestamp();
    }

    /// @notice A collaboration that is open.
    function open() internal returns (Collaboration) {
        VM.warp(START);
        return make(new CollaborationFactory(SPONSORSHIP), terms(), new bytes(32));
    }

    /// @notice A collaboration with these first words.
    function make(
        CollaborationFactory factory,
        Terms memory terms_,
        bytes memory words
    ) internal returns (Collaboration) {
        address implementation = address(new Perceptron());
        VM.prank(CREATOR);
        return Collaboration(factory.create(implementation, configuration(), terms_, address(0), words, "about"));
    }

    /// @notice Somebody contributes at exactly the stake of the moment.
    function contribute(
        Collaboration c,
        address author,
        bytes memory sample,
        uint256 label
    ) internal returns (uint256 id, Contribution memory record) {
        uint256 stake = c.stakeNow();
        VM.deal(author, author.balance + stake);
        VM.prank(author);
        id = c.contribute{value: stake}(sample, label);
        record = Contribution(author, uint16(label), true, uint96(stake), uint40(time()));
        if (bytes31(bytes32(c.recordOf(id))) != c.digestOf(record, keccak256(sample))) record.taught = false;
    }
}
