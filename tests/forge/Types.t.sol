// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Terms} from "../../interfaces/ISelfAssessment.sol";
import {CreationRecord} from "../../contracts/core/CreationRecord.sol";
import {TypesHarness} from "../../contracts/testing/harnesses/TypesHarness.sol";
import {Chance} from "./support/Chance.sol";
import {Check} from "./support/Check.sol";

/// @notice The packed types: what goes in comes out, neighbours stay as they are, and what would leave its field stops or is refused
/// (requirements M-08, I-11).
/// @custom:mutation ModelConfiguration CentroidHeader ClassTotals LedgerState UploadState Holding ClaimTerms CreationRecord SelfAssessmentTerms
contract TypesTest {
    TypesHarness private _types;

    function setUp() public {
        _types = new TypesHarness();
    }

    function testFuzz_aConfigurationIsItsFields(uint256 seed) public view {
        Chance memory chance = Chance(seed);
        uint8[9] memory widths = [8, 8, 16, 32, 16, 16, 64, 32, 32];
        uint256[9] memory wanted;
        uint256 word = 0;
        for (uint256 i = 0; i < 9; ++i) {
            wanted[i] = chance.sized(2 ** widths[i] - 1);
            word = (word << widths[i]) | wanted[i];
        }
        uint256 unused = chance.oneIn(4) ? chance.sized(type(uint32).max) : 0;
        word = (word << 32) | unused;
        (uint256[9] memory fields, ) = _types.configuration(word);
        for (uint256 i = 0; i < 9; ++i) {
            Check.equal(fields[i], wanted[i], "field");
        }
    }

    function testFuzz_aConfigurationIsValidWithinItsRanges(uint256 seed) public view {
        Chance memory chance = Chance(seed);
        uint256 encoding = chance.below(5);
        uint256 bits = chance.oneIn(2) ? 4 << chance.below(4) : chance.below(41);
        uint256 classes = chance.oneIn(2) ? chance.between(2, 256) : chance.below(300);
        uint256 dimension = chance.oneIn(2) ? chance.between(1, 65_536) : chance.sized(type(uint32).max);
        uint256 unused = chance.oneIn(4) ? chance.sized(type(uint32).max) : 0;
        bool wanted = encoding < 3 && classes > 1 && classes <= 256 && dimension > 0 && dimension <= 65_536;
        wanted = wanted && (bits == 4 || bits == 8 || bits == 16 || bits == 32) && unused == 0;
        uint256 used = (chance.next() >> 96) << 32; // what the common part does not look at
        uint256 word = (encoding << 248) | (bits << 240) | (classes << 224) | (dimension << 192) | used | unused;
        (, bool isValid) = _types.configuration(word);
        Check.isTrue(isValid == wanted, "validity");
    }

    function testFuzz_lanesFillWords(uint256 seed) public view {
        Chance memory chance = Chance(seed);
        uint256 bits = 4 << chance.below(4);
        uint256 lanes = chance.sized(65_537 * 256);
        uint256 words = _types.wordsFor(bits << 240, lanes);
        Check.isTrue(words * (256 / bits) >= lanes, "too few words");
        Check.isTrue(words == 0 || (words - 1) * (256 / bits) < lanes, "too many words");
    }

    function testFuzz_aCentroidsHeaderStopsAtItsEnds(uint256 seed) public view {
        Chance memory chance = Chance(seed);
        uint256 activeAt = chance.sized(type(uint40).max);
        uint256 count = chance.sized(type(uint32).max);
        uint256 norm = chance.sized(type(uint184).max);
        uint256 word = (activeAt << 216) | (count << 184) | norm;
        _compareHeader(word, activeAt, count, norm);

        uint256 time = chance.sized(type(uint40).max);
        _compareHeader(_types.withActiveAt(word, time), time, count, norm);

        int256 change = int256(chance.sized(2 ** 79)) * (chance.oneIn(2) ? int256(1) : int256(-1));
        int256 wanted = int256(norm) + change;
        if (wanted < 0) wanted = 0;
        if (wanted > int256(uint256(type(uint184).max))) wanted = int256(uint256(type(uint184).max));
        uint256 grown = count < type(uint32).max ? count + 1 : count;
        _compareHeader(_types.withSample(word, change), activeAt, grown, uint256(wanted));
    }

    function testFuzz_aClassesTotalsStopAtTheirEnds(uint256 seed) public view {
        Chance memory chance = Chance(seed);
        uint256 documents = chance.sized(type(uint64).max);
        uint256 total = chance.sized(type(uint64).max);
        uint128 half = uint128((documents << 64) | total);
        _compareTotals(half, documents, total);

        uint256 grown = chance.sized(2 ** 31);
        uint256 wanted = total + grown > type(uint64).max ? type(uint64).max : total + grown;
        uint256 more = documents < type(uint64).max ? documents + 1 : documents;
        _compareTotals(_types.withDocument(half, grown), more, wanted);
    }

    function testFuzz_aLedgersWordIsItsFields(uint256 seed) public view {
        Chance memory chance = Chance(seed);
        uint256 count = chance.sized(type(uint48).max);
        uint256 lastTime = chance.sized(type(uint40).max);
        uint256 excessWei = chance.sized(type(uint80).max);
        uint256 lockedWei = chance.sized(type(uint88).max);
        uint256 word = _types.packLedger(count, lastTime, excessWei, lockedWei);
        (uint256 count_, uint256 lastTime_, uint256 excessWei_, uint256 lockedWei_) = _types.ledger(word);
        Check.equal(count_, count, "count");
        Check.equal(lastTime_, lastTime, "lastTime");
        Check.equal(excessWei_, excessWei, "excessWei");
        Check.equal(lockedWei_, lockedWei, "lockedWei");
    }

    function test_aLedgerRefusesMoreStakesThanItHolds() public view {
        (bool isFine, ) = address(_types).staticcall(abi.encodeCall(_types.packLedger, (1, 1, 1, 2 ** 88)));
        Check.isTrue(!isFine, "2^88 wei were packed into 88 bits");
    }

    function testFuzz_whatIsFixedAboutACollaborationComesBack(
        Terms calldata terms,
        CreationRecord calldata record
    ) public view {
        bytes memory arguments = _types.encodeCreation(terms, record);
        Check.equal(arguments.length, 128, "length");
        uint256[4] memory words = abi.decode(arguments, (uint256[4]));
        (Terms memory terms_, CreationRecord memory record_, uint256[3] memory price) = _types.decodeCreation(words);
        Check.equal(abi.encode(terms_), abi.encode(terms), "terms");
        Check.equal(abi.encode(record_), abi.encode(record), "record");
        Check.equal(price[0], terms.floorWei, "floorWei");
        Check.equal(price[1], terms.growthBps, "growthBps");
        Check.equal(price[2], terms.halfLifeSeconds, "halfLifeSeconds");
    }

    function testFuzz_claimsSeeTheTermsThatWereFixed(Terms calldata terms, CreationRecord calldata record) public view {
        uint256[4] memory words = abi.decode(_types.encodeCreation(terms, record), (uint256[4]));
        uint256[4] memory fields = _types.claimTerms(words);
        Check.equal(fields[0], terms.reporterBps, "reporterBps");
        Check.equal(fields[1], terms.refundWaitSeconds, "refundWaitSeconds");
        Check.equal(fields[2], terms.reportWaitSeconds, "reportWaitSeconds");
        Check.equal(fields[3], terms.sweepWaitSeconds, "sweepWaitSeconds");
    }

    function testFuzz_aHoldingIsItsFields(uint256 seed) public view {
        Chance memory chance = Chance(seed);
        uint256 provenGwei = chance.sized(type(uint64).max);
        uint256 perGwei = chance.sized(type(uint96).max);
        uint256 amountWei = chance.sized(type(uint96).max);
        (uint256 provenGwei_, uint256 perGwei_, uint256 amountWei_) = _types.holding(provenGwei, perGwei, amountWei);
        Check.equal(provenGwei_, provenGwei, "provenGwei");
        Check.equal(perGwei_, perGwei, "perGwei");
        Check.equal(amountWei_, amountWei, "amountWei");
        (bool isFine, ) = address(_types).staticcall(
            abi.encodeCall(_types.holding, (provenGwei, perGwei, 2 ** 96 + amountWei))
        );
        Check.isTrue(!isFine, "more than 2^96 wei were packed into 96 bits");
    }

    /// @dev Through a life: words and classes change before and after the seal, which stays.
    function testFuzz_anUploadIsItsFields(uint256 seed) public view {
        Chance memory chance = Chance(seed);
        uint256 word = 0;
        uint256 words = 0;
        uint256 classes = 0;
        bool isSealed = false;
        for (uint256 i = 0; i < 8; ++i) {
            if (chance.oneIn(4)) {
                word = _types.withSeal(word);
                isSealed = true;
            } else {
                (words, classes) = (chance.sized(type(uint32).max), chance.sized(type(uint16).max));
                word = _types.withWords(word, words, classes);
            }
            (uint256 words_, uint256 classes_, bool isSealed_) = _types.upload(word);
            Check.equal(words_, words, "words");
            Check.equal(classes_, classes, "classes");
            Check.isTrue(isSealed_ == isSealed, "seal");
            Check.isTrue(word >> 56 == 0, "bits that belong to no field");
        }
    }

    function _compareHeader(uint256 word, uint256 activeAt, uint256 count, uint256 norm) private view {
        (uint256 activeAt_, uint256 count_, uint256 norm_) = _types.centroidHeader(word);
        Check.equal(activeAt_, activeAt, "activeAt");
        Check.equal(count_, count, "count");
        Check.equal(norm_, norm, "norm");
    }

    function _compareTotals(uint128 half, uint256 documents, uint256 total) private view {
        (uint256 documents_, uint256 total_) = _types.classTotals(half);
        Check.equal(documents_, documents, "documents");
        Check.equal(total_, total, "total");
    }
}
