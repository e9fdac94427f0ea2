// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Collaboration} from "../../../contracts/core/Collaboration.sol";
import {CollaborationFactory} from "../../../contracts/core/CollaborationFactory.sol";
import {PointsCollaboration} from "../../../contracts/core/PointsCollaboration.sol";
import {PointsFactory} from "../../../contracts/core/PointsFactory.sol";
import {ReopeningModel} from "../../../contracts/testing/mocks/ReopeningModel.sol";
import {ICollaboration} from "../../../interfaces/ICollaboration.sol";
import {Contribution} from "../../../interfaces/IDataHandler.sol";
import {PointsTerms} from "../../../interfaces/IPoints.sol";
import {Check} from "../support/Check.sol";
import {Scene} from "../support/Scene.sol";
import {VM} from "../support/Vm.sol";

/// @notice A collaboration opens once, whatever its model does while it is sealed (requirements C-02, I-01). This contract is the creator, whom the model calls then.
/// @custom:mutation CollaborationBase
contract ReopeningTest {
    bytes private constant SAMPLE = hex"0007";

    address private _made;
    bool private _hasReopened;
    bytes private _answer;

    /// @dev Called by the model from within `seal`: opens again, and contributes.
    fallback() external payable {
        ICollaboration c = ICollaboration(_made);
        (_hasReopened, _answer) = _made.call(abi.encodeCall(ICollaboration.open, ()));
        c.contribute{value: c.stakeNow()}(SAMPLE, 1);
    }

    function test_aSecondOpeningWithinTheFirstForgetsNoStake() public {
        VM.warp(Scene.START);
        _made = new CollaborationFactory(address(0)).create(
            address(new ReopeningModel()),
            0,
            Scene.terms(),
            address(0),
            "",
            ""
        );
        Collaboration c = Collaboration(_made);
        VM.deal(address(this), Scene.FLOOR);
        c.open();
        _requireRefused();
        Check.equal(c.contributions(), 1, "contributions");
        (uint256 lockedWei, , ) = c.totals();
        Check.equal(lockedWei, _made.balance, "stakes locked");
        VM.warp(Scene.START + Scene.DAY);
        ReopeningModel(address(c.model())).answerWith(1, false);
        c.refund(0, Contribution(address(this), 1, false, uint96(Scene.FLOOR), uint40(Scene.START)), SAMPLE);
        (uint256 owedWei, ) = c.accountOf(address(this));
        Check.equal(owedWei, Scene.FLOOR, "stake that came back");
    }

    function test_aSecondOpeningWithinTheFirstForgetsNoNumber() public {
        VM.warp(Scene.START);
        address[] memory founders = new address[](1);
        founders[0] = Scene.ALICE;
        _made = new PointsFactory(address(0)).create(
            address(new ReopeningModel()),
            0,
            PointsTerms(founders, 1_000, 1, 100, 2_000, 11_000, 3_600),
            address(0),
            "",
            ""
        );
        PointsCollaboration(_made).open();
        _requireRefused();
        Check.equal(PointsCollaboration(_made).contributions(), 1, "contributions");
    }

    function _requireRefused() private view {
        Check.isTrue(!_hasReopened, "opened twice");
        Check.equal(_answer, abi.encodeWithSelector(ICollaboration.AlreadyOpen.selector), "error");
    }
}
