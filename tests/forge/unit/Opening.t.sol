// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Collaboration} from "../../../contracts/core/Collaboration.sol";
import {CollaborationBase} from "../../../contracts/core/CollaborationBase.sol";
import {CollaborationFactory} from "../../../contracts/core/CollaborationFactory.sol";
import {NearestCentroid} from "../../../contracts/models/NearestCentroid.sol";
import {Perceptron} from "../../../contracts/models/Perceptron.sol";
import {HostileModel} from "../../../contracts/testing/mocks/HostileModel.sol";
import {ICollaboration} from "../../../interfaces/ICollaboration.sol";
import {IFactory} from "../../../interfaces/IFactory.sol";
import {IModel} from "../../../interfaces/IModel.sol";
import {ISelfAssessment, Terms} from "../../../interfaces/ISelfAssessment.sol";
import {Check} from "../support/Check.sol";
import {Models} from "../support/Models.sol";
import {Scene} from "../support/Scene.sol";
import {VM} from "../support/Vm.sol";

/// @notice How a collaboration comes to be, call by call (requirements C-01, C-02, M-03, M-04, I-11).
/// @custom:mutation CollaborationBase FactoryBase CollaborationFactory Collaboration CreationRecord SelfAssessmentTerms CloneArguments
contract OpeningTest {
    /// @dev The last whole gwei below 2^80 wei.
    uint256 private constant MOST_FLOOR = 1_208_925_819_614_629 gwei;

    CollaborationFactory private _factory;
    address private _perceptron;

    function setUp() public {
        VM.warp(Scene.START);
        VM.roll(77);
        _factory = new CollaborationFactory(Scene.SPONSORSHIP);
        _perceptron = address(new Perceptron());
    }

    function test_aCreationIsLoggedAndReadable() public {
        bytes32 hash = keccak256(abi.encode(bytes32(Scene.configuration()), uint256(0)));
        address made = _childOf(address(_factory), 2);
        VM.expectEmit(made);
        emit ICollaboration.Described("about");
        VM.expectEmit(_childOf(made, 1));
        emit IModel.WordsUploaded(0, new bytes(32));
        VM.expectEmit(_childOf(made, 1));
        emit IModel.Sealed(hash);
        VM.expectEmit(made);
        emit ICollaboration.Opened(hash);
        Collaboration c = Collaboration(
            _create(_perceptron, Scene.configuration(), Scene.terms(), address(0), new bytes(32))
        );

        Check.isTrue(c.creator() == address(this) && c.curator() == address(0), "who");
        Check.isTrue(c.sponsorship() == Scene.SPONSORSHIP, "sponsorship");
        Check.equal(c.createdAtBlock(), 77, "block");
        Check.isTrue(c.metadataHash() == keccak256("about"), "metadata");
        Check.isTrue(c.isOpen(), "open");
        Check.equal(abi.encode(c.terms()), abi.encode(Scene.terms()), "terms");
        Check.equal(bytes(c.incentive()), "self-assessment/1", "incentive");
        Check.equal(c.contributions(), 0, "contributions");
        Check.equal(c.stakeNow(), Scene.FLOOR, "stake");
        Check.isTrue(c.model().trainer() == address(c), "trainer");
    }

    function test_theFactoryTellsWhatItMade() public {
        address made = _childOf(address(_factory), 2);
        address model = _childOf(made, 1);
        VM.expectEmit(address(_factory));
        emit IFactory.Created(made, _perceptron, address(this), model);
        address found = _create(_perceptron, Scene.configuration(), Scene.terms(), address(0), "");
        Check.isTrue(found == made && address(Collaboration(made).model()) == model, "addresses");
        Check.isTrue(!Collaboration(made).isOpen(), "open without words");
        Check.isTrue(_factory.implementation() == _childOf(address(_factory), 1), "implementation");
    }

    function test_aSnapshotIsAllThatInferenceNeeds() public {
        bytes memory words = abi.encode(uint256(5) << 248);
        Collaboration c = Scene.make(_factory, Scene.terms(), words);
        Scene.contribute(c, Scene.ALICE, hex"0001", 1);
        (
            string memory kind,
            uint256 configuration,
            uint256[] memory found,
            uint256 count,
            uint256 block_,
            bytes32 hash
        ) = c.snapshot();
        Check.equal(bytes(kind), "perceptron/1", "kind");
        Check.equal(configuration, Scene.configuration(), "configuration");
        Check.equal(found.length, 1, "words");
        Check.equal(found[0], (uint256(5) << 248) | (uint256(4) << 232), "word");
        Check.equal(count, 1, "contributions");
        Check.equal(block_, 77, "block");
        Check.isTrue(hash == keccak256("about"), "metadata");
        Check.equal(c.predict(hex"0001"), 1, "prediction");
    }

    function test_aFactoryRefusesWhatIsNoModel() public {
        VM.expectRevert(abi.encodeWithSelector(IFactory.NoImplementation.selector, Scene.ALICE));
        _create(Scene.ALICE, Scene.configuration(), Scene.terms(), address(0), "");
    }

    function test_aNoticeIsAtLeastTheReportersWait() public {
        address centroid = address(new NearestCentroid());
        uint256 needed = Scene.terms().reportWaitSeconds;
        Models.Shape memory s = Models.Shape({encoding: 0, bits: 8, classes: 2, dimension: 31});
        VM.expectRevert(abi.encodeWithSelector(IFactory.NoticeTooShort.selector, needed - 1, needed));
        _create(centroid, Models.nearestCentroid(s, needed - 1), Scene.terms(), Scene.CURATOR, "");
        _create(centroid, Models.nearestCentroid(s, needed - 1), Scene.terms(), address(0), "");
        _create(centroid, Models.nearestCentroid(s, needed), Scene.terms(), Scene.CURATOR, "");
    }

    function test_onlyTheFactorySetsUpItsClones() public {
        Collaboration c = Scene.open();
        VM.expectRevert(abi.encodeWithSelector(ICollaboration.OnlyFactory.selector, address(this)));
        c.initialize(_perceptron, Scene.configuration(), "", "");
        Collaboration behind = Collaboration(_factory.implementation());
        VM.expectRevert(abi.encodeWithSelector(ICollaboration.OnlyFactory.selector, address(this)));
        behind.initialize(_perceptron, Scene.configuration(), "", "");
    }

    function test_onlyTheCreatorUploadsAndOpens() public {
        Collaboration c = Scene.make(_factory, Scene.terms(), "");
        bytes memory refusal = abi.encodeWithSelector(
            ICollaboration.OnlyCreator.selector,
            address(this),
            Scene.CREATOR
        );
        VM.expectRevert(refusal);
        c.upload(new bytes(32));
        VM.expectRevert(refusal);
        c.open();
        VM.prank(Scene.CREATOR);
        VM.expectRevert(abi.encodeWithSelector(IModel.MissingWords.selector, 0, 1));
        c.open();
        VM.prank(Scene.CREATOR);
        c.upload(new bytes(32));
        Check.isTrue(!c.isOpen(), "open by the last word");
        VM.warp(Scene.START + 9);
        VM.prank(Scene.CREATOR);
        Check.isTrue(c.open() == keccak256(abi.encode(bytes32(Scene.configuration()), uint256(0))), "hash");
        Check.isTrue(c.isOpen(), "open");
        VM.prank(Scene.CREATOR);
        VM.expectRevert(abi.encodeWithSelector(ICollaboration.AlreadyOpen.selector));
        c.open();
    }

    /// @dev The model of somebody else's may let itself be sealed as often as one likes.
    function test_aCollaborationOpensOnceWhateverTheModelSays() public {
        VM.prank(Scene.CREATOR);
        Collaboration c = Collaboration(_create(address(new HostileModel()), 0, Scene.terms(), address(0), ""));
        Check.isTrue(c.isOpen(), "open");
        address creator = c.creator();
        VM.prank(creator);
        VM.expectRevert(abi.encodeWithSelector(ICollaboration.AlreadyOpen.selector));
        c.open();
    }

    function test_onlyTheCuratorAddsClasses() public {
        Models.Shape memory s = Models.Shape({encoding: 0, bits: 8, classes: 2, dimension: 31});
        bytes memory class = abi.encode(uint256(1) << 184, uint256(0));
        address made = _create(
            address(new NearestCentroid()),
            Models.nearestCentroid(s, 2 * Scene.DAY),
            Scene.terms(),
            Scene.CURATOR,
            bytes.concat(class, class)
        );
        Collaboration c = Collaboration(made);
        Check.isTrue(c.curator() == Scene.CURATOR, "curator");
        bytes4 refusal = ICollaboration.OnlyCurator.selector;
        VM.expectRevert(abi.encodeWithSelector(refusal, address(this), Scene.CURATOR));
        c.addClass(class);
        VM.prank(Scene.CURATOR);
        Check.equal(c.addClass(class), 2, "number of the class");
        // what is fixed is read over no memory but scratch space
        Scene.contribute(c, Scene.ALICE, hex"0000", 0);
        Check.equal(c.contributions(), 1, "contributions");
    }

    function test_onlyTheSponsorshipContributesForOthers() public {
        Collaboration c = Scene.open();
        VM.expectRevert(abi.encodeWithSelector(ICollaboration.OnlySponsorship.selector, address(this)));
        c.contributeFor(Scene.ALICE, Scene.BOB, hex"0001", 1);
        Collaboration without = Scene.make(new CollaborationFactory(address(0)), Scene.terms(), new bytes(32));
        VM.prank(address(0));
        VM.expectRevert(abi.encodeWithSelector(ICollaboration.OnlySponsorship.selector, address(0)));
        without.contributeFor(Scene.ALICE, Scene.BOB, hex"0001", 1);
    }

    function test_everyContradictionOfTheTermsIsRefused() public {
        for (uint256 i = 0; i < 10; ++i) {
            Terms memory t = Scene.terms();
            if (i == 0) t.refundWaitSeconds = 0;
            if (i == 1) t.reportWaitSeconds = t.refundWaitSeconds;
            if (i == 2) t.sweepWaitSeconds = t.reportWaitSeconds;
            if (i == 3) t.floorWei = 1 gwei - 1;
            if (i == 4) t.floorWei = 1 gwei + 1;
            if (i == 5) t.floorWei = 0;
            if (i == 6) t.growthBps = 10_001;
            if (i == 7) t.halfLifeSeconds = 0;
            if (i == 8) t.reporterBps = 5_001;
            if (i == 9) t.beneficiary = address(0);
            VM.expectRevert(abi.encodeWithSelector(ISelfAssessment.InvalidTerms.selector, t));
            _create(_perceptron, Scene.configuration(), t, address(0), "");
        }
        Terms memory greatest = Scene.terms();
        greatest.floorWei = uint96(MOST_FLOOR + 1 gwei);
        VM.expectRevert(abi.encodeWithSelector(ISelfAssessment.InvalidTerms.selector, greatest));
        _create(_perceptron, Scene.configuration(), greatest, address(0), "");
    }

    function test_termsAtTheEndsOfTheirRangesAreTaken() public {
        Terms memory t = Terms(address(1), 1 gwei, 10_000, 1, 1, 2, 3, 5_000);
        Collaboration c = Collaboration(_create(_perceptron, Scene.configuration(), t, address(0), ""));
        Check.equal(abi.encode(c.terms()), abi.encode(t), "terms");
        uint32 most = type(uint32).max;
        t = Terms(address(1), uint96(MOST_FLOOR), 0, most, most - 2, most - 1, most, 0);
        c = Collaboration(_create(_perceptron, Scene.configuration(), t, address(0), ""));
        Check.equal(abi.encode(c.terms()), abi.encode(t), "terms");
    }

    /// @dev What stands behind the words that are read goes nowhere, least of all over the pointer to free memory.
    function test_theTermsAreReadWhateverTheCuratorsFirstByte() public {
        address curator = address(type(uint160).max);
        Models.Shape memory s = Models.Shape({encoding: 0, bits: 8, classes: 2, dimension: 31});
        uint256 configuration = Models.nearestCentroid(s, 2 * Scene.DAY);
        Collaboration c = Collaboration(
            _create(address(new NearestCentroid()), configuration, Scene.terms(), curator, "")
        );
        Check.equal(abi.encode(c.terms()), abi.encode(Scene.terms()), "terms");
        Check.isTrue(c.curator() == curator, "curator");
    }

    function _create(
        address implementation,
        uint256 configuration,
        Terms memory t,
        address curator,
        bytes memory words
    ) private returns (address) {
        return _factory.create(implementation, configuration, t, curator, words, "about");
    }

    /// @notice Where a contract's child of a small number is.
    function _childOf(address parent, uint8 number) private pure returns (address) {
        bytes32 hash = keccak256(abi.encodePacked(hex"d694", parent, number));
        return address(uint160(uint256(hash)));
    }
}
