// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {MarketCollaboration} from "../../../contracts/core/MarketCollaboration.sol";
import {MarketFactory} from "../../../contracts/core/MarketFactory.sol";
import {Perceptron} from "../../../contracts/models/Perceptron.sol";
import {MerkleTree} from "../../../contracts/libraries/MerkleTree.sol";
import {LinearReplay} from "../../../contracts/testing/mocks/LinearReplay.sol";
import {Market, MarketTerms, Phase, TestSample} from "../../../interfaces/IMarket.sol";
import {IReplay, ReplayInput, ReplayState, ReplayTerms} from "../../../interfaces/IReplay.sol";
import {Models} from "./Models.sol";
import {VM} from "./Vm.sol";

/// @title People in markets: they do what the market waits for, or something else, and time passes
/// @notice What it sends is what comes and goes; the invariants compare the contract's books with that.
contract MarketHandler {
    uint256 public constant ACTORS = 4;
    address public constant BURNED = 0x000000000000000000000000000000000000dEaD;
    uint256 private constant PARTITIONS = 10;

    MarketCollaboration public immutable MARKET;
    IReplay private immutable ENGINE;

    ReplayInput[] private _inputs;
    uint256[] private _origins;
    bytes private _state;
    bytes private _initial;
    bytes private _prepared;

    uint256 public paidInWei;
    uint256 public paidOutWei;
    uint256 public refusals;
    uint256 public lastNumber;
    uint256 public lastPhase;
    bool public hasGoneBack;
    mapping(Phase phase => uint256) public reached;

    constructor() {
        VM.warp(1_800_000_000);
        VM.roll(1_000);
        ENGINE = new LinearReplay();
        Models.Shape memory shape = Models.Shape({encoding: 0, bits: 8, classes: 2, dimension: 40});
        MARKET = MarketCollaboration(
            new MarketFactory(address(0)).create(
                address(new Perceptron()),
                Models.perceptron(shape, 1, 0, 0),
                terms(),
                address(ENGINE),
                new bytes(64),
                ""
            )
        );
    }

    function terms() public pure returns (MarketTerms memory) {
        return MarketTerms(1_000, 10_007, 3, 501, 10, 4, 1 days, 1 hours, 2 hours, 600, 3, 2);
    }

    function actorAt(uint256 number) public pure returns (address) {
        return address(uint160(0xac700 + (number % ACTORS)));
    }

    // ------------------------------------------------------------------------------------------------------- actions

    /// @notice What the market waits for, up to four times.
    function goOn(uint256 dice) public {
        for (uint256 i = 0; i <= dice % 4; ++i) {
            _goOn(uint256(keccak256(abi.encode(dice, i))));
        }
    }

    /// @notice Ends what can be ended.
    function end(uint256 dice) external {
        _act(dice, 0, abi.encodeCall(MARKET.end, ()));
    }

    /// @notice Posts the state that is reached, as if it were the outcome; disputes, or calls somebody late.
    function argue(uint256 dice) external {
        uint256 bondWei = terms().postBondWei;
        uint256 choice = (dice >> 8) % 4;
        if (choice == 0) {
            ReplayState memory state = _decoded(_state);
            state.isFinal = true;
            _act(dice, bondWei, abi.encodeCall(MARKET.post, (state, 3, bytes32(dice))));
        } else if (choice == 1) {
            _act(dice, bondWei, abi.encodeCall(MARKET.dispute, ()));
        } else {
            _act(dice, 0, abi.encodeCall(MARKET.timeOut, ()));
        }
    }

    function withdraw(uint256 dice) external {
        address payable who = payable(actorAt(dice));
        uint256 before = who.balance;
        if (_act(dice, 0, abi.encodeCall(MARKET.withdraw, (who)))) paidOutWei += who.balance - before;
    }

    /// @notice Lets time pass, now and then very much.
    function wait(uint256 dice) external {
        uint256 seconds_ =
            dice % 16 == 0
                ? 91 days
                : dice % 4 == 0
                    ? 1 days
                    : dice % 1 hours;
        VM.warp(block.timestamp + seconds_);
        VM.roll(block.number + (dice % 8 == 0 ? 300 : 1));
    }

    // ------------------------------------------------------------------------------------------------------- private

    function _goOn(uint256 dice) private {
        Market memory m = MARKET.market();
        ++reached[m.phase];
        if (m.phase == Phase.Idle || m.phase == Phase.Closed || m.phase == Phase.Void) _commit(dice);
        else if (m.phase == Phase.Drawing) _draw(m, dice);
        else if (m.phase == Phase.Proving) _reveal(m.drawn, dice);
        else if (m.phase == Phase.Participating) _contribute(dice);
        else if (m.phase == Phase.Revealing) _reveal(m.nextPartition, dice);
        else if (m.phase == Phase.Preparing) _prepare(m, dice);
        else if (m.phase == Phase.Settling && !m.isSettled) _settle(dice);
        else if (m.isSettled && m.credited < m.participants) _finalise(dice);
        else _train(m.trained, dice);
    }

    function _commit(uint256 dice) private {
        delete _inputs;
        delete _origins;
        bytes32[] memory leaves = _leaves();
        uint256 value = terms().bondWei + MARKET.purseFor(PARTITIONS) + 10 + ((dice >> 8) % 100_000);
        _act(0, value, abi.encodeCall(MARKET.commit, (MerkleTree.root(leaves), PARTITIONS, PARTITIONS)));
    }

    function _draw(Market memory m, uint256 dice) private {
        if (block.number <= m.drawBlock) VM.roll(uint256(m.drawBlock) + 1);
        _act(dice, 0, abi.encodeCall(MARKET.draw, ()));
    }

    function _reveal(uint256 number, uint256 dice) private {
        TestSample[][] memory parts = new TestSample[][](1);
        parts[0] = _partition(number);
        _act(dice, 0, abi.encodeCall(MARKET.reveal, (_leaves(), parts)));
    }

    function _contribute(uint256 dice) private {
        bytes memory sample = abi.encodePacked(uint16((dice >> 8) % 40));
        uint256 value = 1_000 + ((dice >> 16) % 9_000);
        address who = actorAt(dice);
        if (!_act(dice, value, abi.encodeCall(MARKET.contribute, (sample, 1)))) return;
        (, , uint256 participant, , ) = MARKET.accountOf(who);
        _inputs.push(ReplayInput(uint32(participant), who, uint96(value), 1, sample));
        _origins.push((uint256(uint160(who)) << 96) | block.timestamp);
    }

    function _prepare(Market memory m, uint256 dice) private {
        bytes[] memory samples = new bytes[](PARTITIONS - 1);
        uint16[] memory labels = new uint16[](PARTITIONS - 1);
        for (uint256 i = 0; i < PARTITIONS - 1; ++i) {
            samples[i] = _sample(i < m.drawn ? i : i + 1);
        }
        if (!_act(dice, 0, abi.encodeCall(MARKET.prepare, (samples, labels)))) return;
        (, , uint256[] memory words) = MARKET.model().snapshot();
        (ReplayState memory state, bytes memory prepared) = ENGINE.prepare(
            address(MARKET.model()),
            words,
            samples,
            labels
        );
        (_initial, _prepared) = (abi.encode(state), prepared);
        state.bountyLeftWei = m.bountyWei;
        state.unitLeftWei = m.bountyWei / terms().fullScore;
        _state = abi.encode(state);
    }

    function _settle(uint256 dice) private {
        ReplayState memory state = _decoded(_state);
        uint256 left = _inputs.length - state.position;
        uint256 count = left == 0 ? 0 : 1 + ((dice >> 8) % left);
        (ReplayInput[] memory inputs, uint256[] memory origins) = _slice(state.position, count);
        ReplayState memory initial = _decoded(_initial);
        if (!_act(dice, 0, abi.encodeCall(MARKET.settle, (state, _prepared, initial, inputs, origins)))) return;
        Market memory m = MARKET.market();
        ReplayTerms memory t = ReplayTerms(
            MARKET.model().configuration(),
            m.contributions,
            terms().rounds,
            m.preparedHash,
            m.initialHash
        );
        _state = abi.encode(
            count == 0 ? ENGINE.closeRound(t, state, initial) : ENGINE.advance(t, state, _prepared, inputs)
        );
    }

    function _finalise(uint256 dice) private {
        _act(dice, 0, abi.encodeCall(MARKET.finalise, (_decoded(_state), 1 + ((dice >> 8) % 3))));
    }

    function _train(uint256 from, uint256 dice) private {
        uint256 count = 1 + ((dice >> 8) % (_inputs.length - from));
        (ReplayInput[] memory inputs, uint256[] memory origins) = _slice(from, count);
        _act(dice, 0, abi.encodeCall(MARKET.train, (inputs, origins)));
    }

    function _act(uint256 who, uint256 value, bytes memory call_) private returns (bool succeeded) {
        address actor = actorAt(who);
        if (value > 0) VM.deal(actor, actor.balance + value);
        VM.prank(actor);
        (succeeded, ) = address(MARKET).call{value: value}(call_);
        if (succeeded) paidInWei += value;
        else ++refusals;
        Market memory m = MARKET.market();
        if (m.number < lastNumber || (m.number == lastNumber && uint256(m.phase) < lastPhase)) hasGoneBack = true;
        (lastNumber, lastPhase) = (m.number, uint256(m.phase));
    }

    function _slice(
        uint256 from,
        uint256 count
    ) private view returns (ReplayInput[] memory inputs, uint256[] memory origins) {
        inputs = new ReplayInput[](count);
        origins = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            (inputs[i], origins[i]) = (_inputs[from + i], _origins[from + i]);
        }
    }

    function _decoded(bytes memory encoded) private pure returns (ReplayState memory state) {
        if (encoded.length > 0) state = abi.decode(encoded, (ReplayState));
    }

    function _sample(uint256 number) private pure returns (bytes memory) {
        return abi.encodePacked(uint16(number));
    }

    function _partition(uint256 number) private pure returns (TestSample[] memory samples) {
        samples = new TestSample[](1);
        samples[0] = TestSample(bytes32(number), 0, _sample(number));
    }

    /// @dev The provider is actor 0.
    function _leaves() private pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](PARTITIONS);
        for (uint256 i = 0; i < PARTITIONS; ++i) {
            bytes32 one = keccak256(abi.encode(bytes32(i), uint16(0), keccak256(_sample(i))));
            leaves[i] = keccak256(abi.encode(actorAt(0), i, uint256(1), keccak256(abi.encodePacked(one))));
        }
    }
}
