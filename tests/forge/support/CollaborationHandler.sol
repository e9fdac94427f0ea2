// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Collaboration} from "../../../contracts/core/Collaboration.sol";
import {ICollaboration} from "../../../interfaces/ICollaboration.sol";
import {Contribution, IDataHandler, Status} from "../../../interfaces/IDataHandler.sol";
import {ISelfAssessment, Terms} from "../../../interfaces/ISelfAssessment.sol";
import {CollaborationFactory} from "../../../contracts/core/CollaborationFactory.sol";
import {Perceptron} from "../../../contracts/models/Perceptron.sol";
import {RefusingRecipient} from "../../../contracts/testing/mocks/RefusingRecipient.sol";
import {StakePriceReference} from "../../../contracts/testing/references/StakePriceReference.sol";
import {Check} from "./Check.sol";
import {Models} from "./Models.sol";
import {VM} from "./Vm.sol";

/// @title Several people, one collaboration, and a plain ledger beside it
/// @notice Every action says beforehand what must come of it: success, or which error. The ledger pays each account by name, in loops, and is never asked to be cheap.
contract CollaborationHandler {
    uint256 public constant ACTORS = 5;
    uint256 internal constant FEATURES = 8;
    uint256 internal constant DAY = 1 days;
    // Choices of {contribute} besides the feature
    uint256 internal constant LIE = 0;
    uint256 internal constant TRUTH = 256;
    uint256 internal constant EXACTLY = 2;

    Collaboration public immutable COLLABORATION;
    RefusingRecipient private immutable REFUSING;

    // The plain ledger
    Contribution[] internal _contributions;
    bytes[] internal _samples;
    Status[] public statuses;
    uint256[] public endings;
    mapping(address actor => uint256) public owedWei;
    mapping(address actor => uint256) public provenGwei;
    uint256 public carryWei;
    uint256 public paidInWei;
    uint256 public paidOutWei;
    uint256 public forcedWei;
    uint256 internal _excessWei;
    uint256 internal _lastTime;
    /// @dev Batched or sponsored: single claims do not know it.
    mapping(uint256 id => bool) public isForBatchesOnly;
    mapping(Status status => uint256) public successes;
    uint256 public refusals;

    constructor() {
        VM.warp(1_800_000_000);
        REFUSING = new RefusingRecipient();
        Models.Shape memory shape = Models.Shape({encoding: 0, bits: 8, classes: 2, dimension: FEATURES});
        COLLABORATION = Collaboration(
            new CollaborationFactory(address(this)).create(
                address(new Perceptron()),
                Models.perceptron(shape, 4, 0, 6),
                terms(),
                address(0),
                new bytes(32),
                ""
            )
        );
        _lastTime = block.timestamp;
        // Four are proven from the start, and two lies are there to be reported, so that short runs share stakes too.
        for (uint256 i = 0; i < 4; ++i) {
            _contribute(actorAt(i), TRUTH + 4 + i / 2, EXACTLY);
        }
        _contribute(actorAt(4), LIE + 4, EXACTLY);
        _contribute(actorAt(0), LIE + 5, EXACTLY);
        VM.warp(block.timestamp + DAY);
        for (uint256 i = 0; i < 4; ++i) {
            refund(0, 1, false);
        }
    }

    function terms() public pure returns (Terms memory) {
        return
            Terms({
                beneficiary: actorAt(ACTORS - 1),
                floorWei: 123_457 gwei,
                growthBps: 1_234,
                halfLifeSeconds: 3_600,
                refundWaitSeconds: uint32(DAY),
                reportWaitSeconds: uint32(2 * DAY),
                sweepWaitSeconds: uint32(4 * DAY),
                reporterBps: 777
            });
    }

    /// @notice Each of the actors; the last is also the beneficiary.
    function actorAt(uint256 number) public pure returns (address) {
        return address(uint160(0xac700 + (number % ACTORS)));
    }

    function contributions() external view returns (uint256) {
        return _contributions.length;
    }

    function stakeOf(uint256 id) external view returns (uint256) {
        return _contributions[id].stakeWei;
    }

    // ------------------------------------------------------------------------------------------------------------ actions

    /// @notice One to three contributions.
    function contribute(uint256 who, uint256 choice, uint256 value) external credits {
        for (uint256 i = 0; i <= who % 3; ++i) {
            _contribute(actorAt(who >> 8), choice >> (32 * i), value >> (32 * i));
        }
    }

    function refund(uint256 which, uint256 who, bool isTampered) public credits {
        if (_contributions.length == 0) return;
        (uint256 id, Contribution memory c, bytes memory sample) = _pick(which, Status.Refunded);
        address caller = who % 4 == 0 ? actorAt(who >> 8) : c.author; // mostly the author
        if (isTampered && who % 3 == 0) c.stakeWei += 1;
        bytes4 wanted;
        if (isForBatchesOnly[id] || c.stakeWei != _contributions[id].stakeWei)
            wanted = IDataHandler.UnknownContribution.selector;
        else if (statuses[id] != Status.Open) wanted = IDataHandler.NotOpen.selector;
        else if (caller != c.author) wanted = ISelfAssessment.NotAuthor.selector;
        else if (block.timestamp < c.contributedAt + DAY) wanted = ISelfAssessment.TooEarly.selector;
        else if (block.timestamp == _lastTime) wanted = ISelfAssessment.ModelJustMoved.selector;
        else if (COLLABORATION.predict(sample) != c.label) wanted = ISelfAssessment.ModelDisagrees.selector;

        if (!_act(caller, 0, abi.encodeCall(ISelfAssessment.refund, (id, c, sample)), wanted)) return;
        _end(id, Status.Refunded);
        owedWei[c.author] += c.stakeWei;
        if (c.taught) provenGwei[c.author] += c.stakeWei / 1 gwei;
    }

    function report(uint256 which, uint256 who, bool isTampered) external credits {
        if (_contributions.length == 0) return;
        (uint256 id, Contribution memory c, bytes memory sample) = _pick(which, Status.Forfeited);
        address caller = _reporter(who, c.author);
        if (isTampered && who % 3 == 0) sample = abi.encodePacked(sample, sample);
        bytes4 wanted;
        if (isForBatchesOnly[id] || sample.length != _samples[id].length)
            wanted = IDataHandler.UnknownContribution.selector;
        else if (statuses[id] != Status.Open) wanted = IDataHandler.NotOpen.selector;
        else if (caller == c.author) wanted = ISelfAssessment.OwnContribution.selector;
        else if (provenGwei[caller] == 0) wanted = ISelfAssessment.NotProven.selector;
        else if (block.timestamp < c.contributedAt + 2 * DAY) wanted = ISelfAssessment.TooEarly.selector;
        else if (block.timestamp == _lastTime) wanted = ISelfAssessment.ModelJustMoved.selector;
        else if (COLLABORATION.predict(sample) == c.label) wanted = ISelfAssessment.ModelAgrees.selector;

        if (!_act(caller, 0, abi.encodeCall(ISelfAssessment.report, (id, c, sample)), wanted)) return;
        _end(id, Status.Forfeited);
        uint256 bounty = _reportersPart(c);
        owedWei[caller] += bounty;
        _share(c.stakeWei - bounty, c.author);
    }

    function sweep(uint256 which, uint256 who, bool isTampered) public credits {
        if (_contributions.length == 0) return;
        (uint256 id, Contribution memory c, bytes memory sample) = _pick(which, Status.Swept);
        if (isTampered && who % 3 == 0) c.label = 1 - c.label;
        bytes4 wanted;
        if (isForBatchesOnly[id] || c.label != _contributions[id].label)
            wanted = IDataHandler.UnknownContribution.selector;
        else if (statuses[id] != Status.Open) wanted = IDataHandler.NotOpen.selector;
        else if (block.timestamp < c.contributedAt + 4 * DAY) wanted = ISelfAssessment.TooEarly.selector;

        bytes memory call_ = abi.encodeCall(ISelfAssessment.sweep, (id, c, keccak256(sample)));
        if (!_act(actorAt(who), 0, call_, wanted)) return;
        _end(id, Status.Swept);
        owedWei[terms().beneficiary] += c.stakeWei;
    }

    /// @notice Takes out what is owed, now and then to somebody who refuses it.
    function withdraw(uint256 who) public {
        address account = actorAt(who);
        uint256 owed = owedWei[account];
        bool isRefused = who % 8 == 7;
        bytes4 wanted;
        if (owed == 0) wanted = ISelfAssessment.NothingOwed.selector;
        else if (isRefused) wanted = ISelfAssessment.WithdrawalFailed.selector;
        address payable to = payable(isRefused ? address(REFUSING) : account);

        uint256 before = to.balance;
        if (!_act(account, 0, abi.encodeCall(ISelfAssessment.withdraw, (to)), wanted)) return;
        Check.equal(to.balance - before, owed, "what was paid");
        owedWei[account] = 0;
        paidOutWei += owed;
    }

    /// @notice Lets time pass, and now and then forces ether in.
    function wait(uint256 seconds_, uint96 amountWei) external {
        VM.warp(block.timestamp + (seconds_ % (2 * DAY)));
        if (amountWei % 4 > 0) return;
        VM.deal(address(COLLABORATION), address(COLLABORATION).balance + (amountWei % 1 ether));
        forcedWei += amountWei % 1 ether;
    }

    // ----------------------------------------------------------------------------------------------------------- the ledger

    /// @notice One feature, its label right two times in three; sometimes too little value, sometimes too much.
    /// @param choice Lower 8 bits: the feature; the rest, if it is a multiple of three, makes it a lie.
    function _contribute(address author, uint256 choice, uint256 value) private {
        uint256 feature = uint8(choice) % FEATURES;
        uint256 label = feature < FEATURES / 2 ? 0 : 1;
        if ((choice >> 8) % 3 == 0) label = 1 - label;
        bytes memory sample = abi.encodePacked(uint16(feature));
        uint256 stake = _price();
        Check.equal(COLLABORATION.stakeNow(), stake, "stakeNow");
        uint256 sent = value % 4 == 0 ? stake + ((value >> 8) % 1 ether) : stake;
        if (value % 8 == 1) sent = stake - 1;

        VM.deal(author, sent);
        bytes4 wanted = sent < stake ? ISelfAssessment.StakeTooLow.selector : bytes4(0);
        if (!_act(author, sent, abi.encodeCall(ICollaboration.contribute, (sample, label)), wanted)) return;

        uint256 id = _contributions.length;
        _record(id, Contribution(author, uint16(label), false, uint96(stake), uint40(block.timestamp)), sample);
        owedWei[author] += sent - stake;
        paidInWei += sent;
        _excessWei = StakePriceReference.raised(stake, terms().floorWei, terms().growthBps);
        _lastTime = block.timestamp;
    }

    /// @dev Nobody may be owed less after an action than before, but by a withdrawal of their own, which does not use this.
    modifier credits() {
        uint256[] memory before = new uint256[](ACTORS);
        for (uint256 i = 0; i < ACTORS; ++i) {
            (before[i], ) = COLLABORATION.accountOf(actorAt(i));
        }
        _;
        for (uint256 i = 0; i < ACTORS; ++i) {
            (uint256 afterwards, ) = COLLABORATION.accountOf(actorAt(i));
            Check.isTrue(afterwards >= before[i], "somebody is owed less than before");
        }
    }

    /// @notice Acts as somebody, and checks that it comes out as foretold.
    function _act(address who, uint256 value, bytes memory call_, bytes4 wanted) internal returns (bool succeeded) {
        VM.prank(who);
        bytes memory answer;
        (succeeded, answer) = address(COLLABORATION).call{value: value}(call_);
        bytes4 found = succeeded ? bytes4(0) : bytes4(answer);
        Check.equal(abi.encodePacked(found), abi.encodePacked(wanted), "outcome of an action");
        if (!succeeded) ++refusals;
    }

    /// @notice Finds out from the recorded digest whether the contribution taught, which no call returns.
    function _record(uint256 id, Contribution memory c, bytes memory sample) private {
        bytes32 record = bytes32(COLLABORATION.recordOf(id));
        if (COLLABORATION.digestOf(c, keccak256(sample)) != bytes31(record)) {
            c.taught = true;
            Check.isTrue(COLLABORATION.digestOf(c, keccak256(sample)) == bytes31(record), "not what was contributed");
        }
        _contributions.push(c);
        _samples.push(sample);
        statuses.push(Status.Open);
        endings.push(0);
    }

    function _end(uint256 id, Status status) internal {
        statuses[id] = status;
        ++endings[id];
        ++successes[status];
    }

    function _reportersPart(Contribution memory c) internal view returns (uint256) {
        uint256 since = block.timestamp - c.contributedAt - terms().reportWaitSeconds;
        uint256 span = terms().sweepWaitSeconds - terms().reportWaitSeconds;
        return (uint256(c.stakeWei) * terms().reporterBps * (since < span ? since : span)) / span / 10_000;
    }

    function _share(uint256 amountWei, address author) internal {
        uint256 base = 0;
        for (uint256 i = 0; i < ACTORS; ++i) {
            if (actorAt(i) != author) base += provenGwei[actorAt(i)];
        }
        uint256 pot = amountWei + carryWei;
        uint256 perGwei = pot / base;
        for (uint256 i = 0; i < ACTORS; ++i) {
            if (actorAt(i) != author) owedWei[actorAt(i)] += provenGwei[actorAt(i)] * perGwei;
        }
        carryWei = pot % base;
    }

    function _price() internal view returns (uint256) {
        Terms memory t = terms();
        uint256 excess = StakePriceReference.decayed(_excessWei, block.timestamp - _lastTime, t.halfLifeSeconds);
        return StakePriceReference.price(t.floorWei, excess);
    }

    /// @notice A contribution: half of the time one whose stake can be ended in the way that is tried, if there is any.
    function _pick(
        uint256 which,
        Status ending
    ) private view returns (uint256 id, Contribution memory c, bytes memory sample) {
        uint256 count = _contributions.length;
        id = (which >> 1) % count;
        if (which % 2 == 0) {
            for (uint256 i = 0; i < count && !_canEnd(id, ending); ++i) {
                id = (id + 1) % count;
            }
        }
        return (id, _contributions[id], _samples[id]);
    }

    function _canEnd(uint256 id, Status ending) internal view returns (bool) {
        uint256 age = block.timestamp - _contributions[id].contributedAt;
        if (statuses[id] != Status.Open) return false;
        if (ending == Status.Swept) return age >= 4 * DAY;
        bool isAgreed = COLLABORATION.predict(_samples[id]) == _contributions[id].label;
        return ending == Status.Refunded ? isAgreed && age >= DAY : !isAgreed && age >= 2 * DAY;
    }

    /// @notice Anybody; mostly somebody who is proven and not the author.
    function _reporter(uint256 who, address author) internal view returns (address caller) {
        caller = actorAt(who >> 8);
        if (who % 4 == 0) return caller;
        for (uint256 i = 0; i < ACTORS; ++i) {
            caller = actorAt((who >> 8) + i);
            if (caller != author && provenGwei[caller] > 0) return caller;
        }
    }
}
