// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {BoundedCall} from "../../contracts/libraries/BoundedCall.sol";
import {RepaidGas} from "../../contracts/libraries/RepaidGas.sol";
import {Sponsorship} from "../../contracts/sponsorship/Sponsorship.sol";
import {SponsorshipHandler} from "./support/SponsorshipHandler.sol";
import {Check} from "./support/Check.sol";

/// @notice Money of sponsors and pools under any order of actions, with collaborations that lie and call back (requirements S-08, S-09, G-05, G-07).
contract SponsorshipTest {
    SponsorshipHandler private _handler;

    function setUp() public {
        _handler = new SponsorshipHandler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function invariant_etherHeldIsEtherOwed() public {
        Check.equal(address(_handler.SPONSORSHIP()).balance, _handler.owedWei(), "ether held");
    }

    function invariant_noNoteExceedsItsCap() public view {
        for (uint256 i = 0; i < 2; ++i) Check.equal(_handler.noteBeyondCap(i), 0, "note beyond the cap");
    }

    /// @dev Without this, the invariants could hold because nothing ever happens.
    function test_theHandlerReachesEverything() public {
        for (uint256 i = 0; i < 300; ++i) {
            uint256 dice = uint256(keccak256(abi.encode(i)));
            _handler.deposit(dice, dice >> 8, dice >> 16);
            _handler.wait(uint32(dice >> 90) % 2 hours, uint64(dice >> 100));
            _handler.relay(dice >> 24, dice >> 32, dice >> 40, dice >> 48, i % 3 == 0, i % 7 == 0);
            _handler.contribute(dice >> 56, dice >> 64, dice >> 72);
            _handler.claimGas(dice >> 80, dice >> 88, dice >> 96, dice >> 104);
            if (i % 5 == 0) _handler.lie(dice, uint64(dice >> 8), dice % 2, i % 10 != 0, dice >> 120);
            if (i % 9 == 0) _handler.fundPool(dice, dice >> 8, dice >> 16);
            if (i % 40 == 39) _handler.closePool(dice, dice >> 8, true);
            if (i % 6 == 0) _handler.openPool(dice, dice >> 8, dice >> 16, 1 ether, 3 ether, 10 days);
            if (i % 4 == 0) _handler.withdraw(dice);
            invariant_etherHeldIsEtherOwed();
        }
        for (uint256 kind = 0; kind < _handler.KINDS(); ++kind) {
            Check.isTrue(_handler.successes(kind) > 0, "an action never came through");
        }
        Check.isTrue(_handler.refusals() > 20, "nothing was refused");
    }

    function testFuzz_whatCountsIsFourFifths(uint128 gasUsed, uint32 length) public pure {
        uint256 whole = uint256(gasUsed) + RepaidGas.overhead(length) + RepaidGas.NOTE;
        uint256 counted = RepaidGas.counted(uint256(gasUsed) + RepaidGas.overhead(length));
        Check.isTrue(counted * 5 <= whole * 4, "more than four fifths count");
        Check.isTrue((counted + 1) * 5 > whole * 4, "less than four fifths count");
        Check.isTrue(RepaidGas.overhead(length) <= 21_000 + 4 * uint256(length), "more than the least price of data");
    }

    function testFuzz_noMoreIsReadThanAskedFor(bytes calldata thrown, uint16 most, bool throws) public {
        (bool succeeded, bytes memory result) = BoundedCall.callItself(
            abi.encodeCall(this.answer, (thrown, throws)),
            most
        );
        Check.isTrue(succeeded == !throws, "success");
        bytes memory wanted = thrown[:thrown.length < most ? thrown.length : most];
        Check.equal(result, wanted, "what was read");
        bytes memory next = new bytes(64); // memory behind it is free and clean
        Check.equal(next, abi.encode(uint256(0), uint256(0)), "memory behind");
    }

    /// @notice Gives, or throws, exactly these bytes.
    function answer(bytes calldata data, bool throws) external pure {
        bytes memory copy = data;
        assembly ("memory-safe") {
            if throws {
                revert(add(copy, 0x20), mload(copy))
            }
            return(add(copy, 0x20), mload(copy))
        }
    }

    function sponsorship() external view returns (Sponsorship) {
        return _handler.SPONSORSHIP();
    }
}
