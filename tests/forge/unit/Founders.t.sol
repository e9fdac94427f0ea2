// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PointsFactory} from "../../../contracts/core/PointsFactory.sol";
import {PointsCollaboration} from "../../../contracts/core/PointsCollaboration.sol";
import {Perceptron} from "../../../contracts/models/Perceptron.sol";
import {IPoints, PointsTerms} from "../../../interfaces/IPoints.sol";
import {Check} from "../support/Check.sol";
import {Scene} from "../support/Scene.sol";
import {VM} from "../support/Vm.sol";

/// @notice Founders are 1 to 16, all of those that the creator named (requirement C-01).
/// @custom:mutation PointsTerms Points
contract FoundersTest {
    PointsFactory private _factory;
    address private _perceptron;

    function setUp() public {
        _factory = new PointsFactory(address(0));
        _perceptron = address(new Perceptron());
    }

    function test_sixteenFoundersAreTaken() public {
        PointsTerms memory terms = _terms(16);
        PointsCollaboration made = PointsCollaboration(_create(terms));
        Check.equal(abi.encode(made.terms()), abi.encode(terms), "terms");
    }

    /// @dev 257 and 272 end with the bits of 1 and 16.
    function test_moreFoundersAreRefused() public {
        uint16[5] memory counts = [0, 17, 256, 257, 272];
        for (uint256 i = 0; i < counts.length; ++i) {
            PointsTerms memory terms = _terms(counts[i]);
            VM.expectRevert(abi.encodeWithSelector(IPoints.InvalidPointsTerms.selector, terms));
            _create(terms);
        }
    }

    function _create(PointsTerms memory terms) private returns (address) {
        return _factory.create(_perceptron, Scene.configuration(), terms, address(0), new bytes(32), "");
    }

    function _terms(uint256 count) private pure returns (PointsTerms memory) {
        address[] memory founders = new address[](count);
        for (uint256 i = 0; i < count; ++i) founders[i] = address(uint160(i + 1));
        return PointsTerms(founders, 1_000, 1, 100, 2_000, 11_000, 3_600);
    }
}
