// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {NaiveBayes} from "../../../contracts/models/NaiveBayes.sol";
import {NearestCentroid} from "../../../contracts/models/NearestCentroid.sol";
import {Perceptron} from "../../../contracts/models/Perceptron.sol";
import {IModel} from "../../../interfaces/IModel.sol";
import {Check} from "../support/Check.sol";
import {Models} from "../support/Models.sol";
import {Scene} from "../support/Scene.sol";
import {VM} from "../support/Vm.sol";

/// @notice First words, their seal, added classes and what every model tells, call by call; this contract is the trainer (requirements M-03 to M-05,
/// M-07, M-10, M-12, M-14).
/// @custom:mutation Model Perceptron NearestCentroid NaiveBayes ModelConfiguration CentroidHeader
contract UploadTest {
    uint256 private constant PERCEPTRON = 0;
    uint256 private constant CENTROID = 1;
    uint256 private constant BAYES = 2;
    uint256 private constant NOTICE = 1 days;

    address[3] private _implementations;

    function setUp() public {
        VM.warp(Scene.START);
        _implementations = [address(new Perceptron()), address(new NearestCentroid()), address(new NaiveBayes())];
    }

    // -------------------------------------------------------------------------------------------------------------- upload

    function test_chunksComeInOrderAndFixAHash() public {
        IModel model = _make(PERCEPTRON, _perceptron(3, 63)); // 64 lanes a class: six words
        uint256[] memory words = _words(6);
        VM.expectEmit(address(model));
        emit IModel.WordsUploaded(0, abi.encode(words[0], words[1]));
        model.upload(abi.encode(words[0], words[1]));
        _requireState(model, 2, 6, false);
        Check.equal(model.wordsAt(1, 2)[0], words[1], "word");
        model.upload("");
        VM.expectEmit(address(model));
        emit IModel.WordsUploaded(2, abi.encode(words[2], words[3], words[4], words[5]));
        model.upload(abi.encode(words[2], words[3], words[4], words[5]));
        bytes32 hash = _hash(model, words);
        (, , , bytes32 found) = model.uploadState();
        Check.isTrue(found == hash, "hash before the seal");
        VM.expectEmit(address(model));
        emit IModel.Sealed(hash);
        Check.isTrue(model.seal() == hash, "hash");
        _requireState(model, 6, 6, true);
        Check.equal(model.classes(), 3, "classes");
        (string memory kind, uint256 configuration, uint256[] memory all) = model.snapshot();
        Check.equal(bytes(kind), "perceptron/1", "kind");
        Check.equal(configuration, _perceptron(3, 63), "configuration");
        Check.equal(all, words, "words");
        Check.isTrue(model.trainer() == address(this), "trainer");
    }

    function test_eachRefusalOfAnUpload() public {
        IModel model = _make(PERCEPTRON, _perceptron(3, 63));
        VM.expectRevert(abi.encodeWithSelector(IModel.ChunkLength.selector, 33));
        model.upload(new bytes(33));
        VM.expectRevert(abi.encodeWithSelector(IModel.TooManyWords.selector, 7, 6));
        model.upload(new bytes(7 * 32));
        model.upload(new bytes(5 * 32));
        VM.expectRevert(abi.encodeWithSelector(IModel.TooManyWords.selector, 7, 6));
        model.upload(new bytes(2 * 32));
        VM.expectRevert(abi.encodeWithSelector(IModel.MissingWords.selector, 5, 6));
        model.seal();
        model.upload(new bytes(32));
        model.seal();
        VM.expectRevert(abi.encodeWithSelector(IModel.AlreadySealed.selector));
        model.upload("");
        VM.expectRevert(abi.encodeWithSelector(IModel.AlreadySealed.selector));
        model.seal();
    }

    function test_onlyTheTrainerWrites() public {
        IModel model = _make(CENTROID, _centroid(2, 31, NOTICE));
        bytes memory refusal = abi.encodeWithSelector(IModel.OnlyTrainer.selector, Scene.MALLORY, address(this));
        bytes[4] memory calls = [
            abi.encodeCall(IModel.upload, ("")),
            abi.encodeCall(IModel.seal, ()),
            abi.encodeCall(IModel.addClass, ("")),
            abi.encodeCall(IModel.train, (hex"0000", 0))
        ];
        for (uint256 i = 0; i < 4; ++i) {
            VM.prank(Scene.MALLORY);
            (bool isFine, bytes memory answer) = address(model).call(calls[i]);
            Check.isTrue(!isFine, "somebody else wrote");
            Check.equal(answer, refusal, "error");
        }
    }

    // ------------------------------------------------------------------------------------------------------ configurations

    function test_fieldsThatAModelCannotUseAreRefused() public {
        uint256[3] memory good = [_perceptron(2, 31), _centroid(2, 31, NOTICE), _bayes(2, 31)];
        // step, interceptValue, margin, smoothing, noticeSeconds, unused
        uint256[6] memory fields = [uint256(1) << 176, 1 << 160, 1 << 96, 1 << 64, 1 << 32, 1];
        bool[6][3] memory isUsed = [
            [true, true, true, false, false, false],
            [false, false, false, false, true, false],
            [false, false, false, true, false, false]
        ];
        for (uint256 kind = 0; kind < 3; ++kind) {
            _make(kind, good[kind]).upload("");
            for (uint256 i = 0; i < 6; ++i) {
                IModel model = _make(kind, good[kind] ^ fields[i]);
                bool isBad = !isUsed[kind][i];
                if (isBad)
                    VM.expectRevert(
                        abi.encodeWithSelector(IModel.InvalidConfiguration.selector, good[kind] ^ fields[i])
                    );
                model.upload("");
            }
        }
    }

    function test_fieldsAtTheEndsOfTheirRanges() public {
        _requireValid(PERCEPTRON, _perceptron(2, 31) & ~(uint256(type(uint16).max) << 176), false); // no step
        _requireValid(PERCEPTRON, _perceptron(2, 31) | (32_767 << 160), true);
        _requireValid(PERCEPTRON, _perceptron(2, 31) | (32_768 << 160), false);
        _requireValid(BAYES, _bayes(2, 31) & ~(uint256(type(uint32).max) << 64), false); // no smoothing
        _requireValid(BAYES, Models.naiveBayes(_shape(2, 31), 1), true);
        _requireValid(BAYES, Models.naiveBayes(_shape(2, 31), type(uint32).max), true);
        _requireValid(PERCEPTRON, _perceptron(1, 31), false);
        _requireValid(PERCEPTRON, _perceptron(2, 0), false);
    }

    /// @dev One lane more than fits needs one word more.
    function test_wordsAreCountedByEachModel() public {
        _requireWords(PERCEPTRON, _perceptron(2, 31), 1);
        _requireWords(PERCEPTRON, _perceptron(2, 32), 2);
        _requireWords(PERCEPTRON, _perceptron(3, 31), 3);
        _requireWords(CENTROID, _centroid(2, 32, 0), 4);
        _requireWords(CENTROID, _centroid(2, 33, 0), 6);
        _requireWords(BAYES, _bayes(2, 16), 2);
        _requireWords(BAYES, _bayes(3, 11), 4);
        _requireWords(BAYES, _bayes(4, 8), 3);
    }

    // ------------------------------------------------------------------------------------------------------------- centroids

    function test_aClassWithoutSamplesIsNotSealed() public {
        IModel centroid = _make(CENTROID, _centroid(2, 31, 0));
        centroid.upload(abi.encode(uint256(1) << 184, 0, 0, 0));
        VM.expectRevert(abi.encodeWithSelector(IModel.EmptyClass.selector, 1));
        centroid.seal();
        for (uint256 empty = 0; empty < 3; ++empty) {
            IModel bayes = _make(BAYES, _bayes(3, 10));
            uint256[3] memory documents = [uint256(1), 1, 1];
            documents[empty] = 0;
            bayes.upload(abi.encode((documents[0] << 192) | (documents[1] << 64), documents[2] << 192, 0));
            VM.expectRevert(abi.encodeWithSelector(IModel.EmptyClass.selector, empty));
            bayes.seal();
        }
        IModel full = _make(BAYES, _bayes(3, 10));
        full.upload(abi.encode((uint256(1) << 192) | (1 << 64), uint256(1) << 192, 0));
        full.seal();
    }

    /// @dev Lanes 3 and −4 in two words: the norm is 25, and each wrong one is found out at the earliest word that shows it.
    function test_aNormMustBeThatOfItsLanes() public {
        uint256 lane3 = uint256(3) << 248;
        uint256 laneMinus4 = uint256(0xfc) << 240;
        uint256[6] memory norms = [uint256(25), 24, 26, 15, 16, 0];
        for (uint256 i = 0; i < 6; ++i) {
            IModel model = _make(CENTROID, _centroid(2, 64, 0));
            bytes memory second = abi.encode((uint256(1) << 184) | norms[i], laneMinus4, lane3);
            model.upload(abi.encode((uint256(1) << 184) | 25, lane3, laneMinus4));
            if (i > 0) VM.expectRevert(abi.encodeWithSelector(IModel.WrongNorm.selector, 1));
            model.upload(second);
            (uint256 uploaded, , , ) = model.uploadState();
            Check.equal(uploaded, i == 0 ? 6 : 3, "uploaded");
        }
        IModel early = _make(CENTROID, _centroid(2, 64, 0));
        VM.expectRevert(abi.encodeWithSelector(IModel.WrongNorm.selector, 0));
        early.upload(abi.encode((uint256(1) << 184) | 8, lane3));
        VM.expectRevert(abi.encodeWithSelector(IModel.FirstClassDelayed.selector, 0));
        early.upload(abi.encode((uint256(1) << 216) | (uint256(1) << 184)));
    }

    function test_aClassIsAddedAfterItsNotice() public {
        IModel model = _make(CENTROID, _centroid(2, 31, NOTICE));
        bytes memory one = abi.encode((uint256(1) << 184) | 1, uint256(1) << 248);
        VM.expectRevert(abi.encodeWithSelector(IModel.NotSealed.selector));
        model.addClass(one);
        model.upload(abi.encode(uint256(1) << 184, 0, uint256(1) << 184, 0));
        bytes32 hash = model.seal();
        VM.expectRevert(abi.encodeWithSelector(IModel.MissingWords.selector, 1, 2));
        model.addClass(new bytes(63));
        VM.expectRevert(abi.encodeWithSelector(IModel.TooManyWords.selector, 3, 2));
        model.addClass(new bytes(96));
        VM.expectRevert(abi.encodeWithSelector(IModel.ChunkLength.selector, 65));
        model.addClass(new bytes(65));
        VM.expectRevert(abi.encodeWithSelector(IModel.EmptyClass.selector, 2));
        model.addClass(new bytes(64));
        VM.expectEmit(address(model));
        emit IModel.WordsUploaded(4, one);
        VM.expectEmit(address(model));
        emit IModel.ClassAdded(2, Scene.START + NOTICE);
        Check.equal(model.addClass(one), 2, "number");

        Check.equal(model.classes(), 3, "classes");
        _requireState(model, 6, 6, true);
        (, , , bytes32 hashAfter) = model.uploadState();
        Check.isTrue(hashAfter == hash, "the seal's hash changed");
        Check.equal(model.wordsAt(4, 1)[0], ((Scene.START + NOTICE) << 216) | (uint256(1) << 184) | 1, "header");
        VM.warp(Scene.START + NOTICE - 1);
        Check.equal(model.predict(hex"0000"), 0, "during the notice");
        VM.expectRevert(abi.encodeWithSelector(IModel.UnknownLabel.selector, 2, 3));
        model.train(hex"0000", 2);
        VM.expectRevert(abi.encodeWithSelector(IModel.UnknownLabel.selector, 2, 3));
        model.check(hex"0000", 2);
        VM.warp(Scene.START + NOTICE);
        Check.equal(model.predict(hex"0000"), 2, "after the notice");
        model.check(hex"0000", 2);
        Check.isTrue(!model.train(hex"0000", 2), "it taught");
        Check.equal(model.wordsAt(4, 1)[0], ((Scene.START + NOTICE) << 216) | (uint256(2) << 184) | 4, "header");
    }

    function test_classesAreAddedUpTo64() public {
        IModel model = _make(CENTROID, _centroid(63, 31, 0));
        bytes memory one = abi.encode(uint256(1) << 184, 0);
        for (uint256 k = 0; k < 63; ++k) model.upload(one);
        model.seal();
        Check.equal(model.addClass(one), 63, "number");
        VM.expectRevert(abi.encodeWithSelector(IModel.ClassesFixed.selector));
        model.addClass(one);
    }

    function test_everyModelSaysWhatItIs() public {
        Check.equal(bytes(_make(PERCEPTRON, 0).kind()), "perceptron/1", "kind");
        Check.equal(bytes(_make(CENTROID, 0).kind()), "nearest-centroid/1", "kind");
        Check.equal(bytes(_make(BAYES, 0).kind()), "naive-bayes/1", "kind");
    }

    function test_otherModelsHaveFixedClasses() public {
        IModel model = _make(PERCEPTRON, _perceptron(2, 31));
        VM.expectRevert(abi.encodeWithSelector(IModel.ClassesFixed.selector));
        model.addClass("");
    }

    // ---------------------------------------------------------------------------------------------------------------- labels

    function test_aLabelNamesAClass() public {
        uint256[3] memory configurations = [_perceptron(2, 31), _centroid(2, 31, 0), _bayes(2, 31)];
        for (uint256 kind = 0; kind < 3; ++kind) {
            IModel model = _make(kind, configurations[kind]);
            model.upload("");
            model.check(hex"0000", 1);
            VM.expectRevert(abi.encodeWithSelector(IModel.UnknownLabel.selector, 2, 2));
            model.check(hex"0000", 2);
            VM.expectRevert(abi.encodeWithSelector(IModel.UnknownLabel.selector, 2, 2));
            model.train(hex"0000", 2);
        }
    }

    // --------------------------------------------------------------------------------------------------------------- helpers

    function _make(uint256 kind, uint256 configuration) private returns (IModel) {
        bytes memory arguments = abi.encodePacked(address(this), configuration);
        return IModel(Clones.cloneWithImmutableArgs(_implementations[kind], arguments));
    }

    function _shape(uint256 classes, uint256 dimension) private pure returns (Models.Shape memory) {
        return Models.Shape({encoding: 0, bits: 8, classes: classes, dimension: dimension});
    }

    function _perceptron(uint256 classes, uint256 dimension) private pure returns (uint256) {
        return Models.perceptron(_shape(classes, dimension), 4, 0, 0);
    }

    function _centroid(uint256 classes, uint256 dimension, uint256 notice) private pure returns (uint256) {
        return Models.nearestCentroid(_shape(classes, dimension), notice);
    }

    function _bayes(uint256 classes, uint256 dimension) private pure returns (uint256) {
        return Models.naiveBayes(_shape(classes, dimension), 256);
    }

    function _words(uint256 count) private pure returns (uint256[] memory words) {
        words = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) words[i] = uint256(keccak256(abi.encode(i)));
    }

    function _hash(IModel model, uint256[] memory words) private view returns (bytes32 hash) {
        hash = bytes32(model.configuration());
        for (uint256 i = 0; i < words.length; ++i) hash = keccak256(abi.encode(hash, words[i]));
    }

    function _requireState(IModel model, uint256 uploaded, uint256 required, bool isSealed) private view {
        (uint256 uploaded_, uint256 required_, bool isSealed_, ) = model.uploadState();
        Check.equal(uploaded_, uploaded, "uploaded");
        Check.equal(required_, required, "required");
        Check.isTrue(isSealed_ == isSealed, "sealed");
    }

    function _requireValid(uint256 kind, uint256 configuration, bool isValid) private {
        IModel model = _make(kind, configuration);
        if (!isValid) VM.expectRevert(abi.encodeWithSelector(IModel.InvalidConfiguration.selector, configuration));
        model.upload("");
    }

    function _requireWords(uint256 kind, uint256 configuration, uint256 words) private {
        (, uint256 required, , ) = _make(kind, configuration).uploadState();
        Check.equal(required, words, "words");
    }
}
