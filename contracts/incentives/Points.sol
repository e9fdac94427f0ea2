// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Badge, IBadges} from "../../interfaces/IBadges.sol";
import {Contribution} from "../../interfaces/IDataHandler.sol";
import {Ballot, IPoints, PointsAccount, PointsTerms, Tally} from "../../interfaces/IPoints.sol";
import {PointsWeight} from "../libraries/PointsWeight.sol";

/// @title Points that contributors give one another: the rules
/// @dev Knows neither data nor model: whoever inherits joins them by the functions at the end. Pure arithmetic is in {PointsWeight}. Needs no guard: nothing is paid, and nobody else's code is called but that of the badges.
abstract contract Points is IPoints {
    uint256 private constant ONE = PointsWeight.ONE;
    uint256 private constant MOST_FOUNDERS = 16;
    uint256 private constant HUNDRED_POINTS = 100_00;
    uint256 private constant JUDGE_VOTES = 10;
    uint256 private constant STEADY_WEEKS = 4;

    struct Vote {
        uint48 weight;
        bool confirms;
        bool isCounted;
    }

    mapping(address account => PointsAccount) private _accounts;
    mapping(uint256 id => Tally) private _tallies;
    mapping(uint256 id => mapping(address voter => Vote)) private _votes;

    /// @inheritdoc IPoints
    function confirm(uint256 id, Contribution calldata contribution, bytes32 sampleHash) external {
        _vote(id, contribution, sampleHash, true, _votingTerms());
    }

    /// @inheritdoc IPoints
    function contest(uint256 id, Contribution calldata contribution, bytes32 sampleHash) external {
        _vote(id, contribution, sampleHash, false, _votingTerms());
    }

    /// @inheritdoc IPoints
    function confirmMany(Ballot[] calldata ballots) external {
        _voteMany(ballots, true);
    }

    /// @inheritdoc IPoints
    function contestMany(Ballot[] calldata ballots) external {
        _voteMany(ballots, false);
    }

    /// @inheritdoc IPoints
    function judge(address voter, uint256[] calldata ids) external {
        for (uint256 i = 0; i < ids.length; ++i) {
            Tally memory tally = _tallies[ids[i]];
            Vote memory vote = _votes[ids[i]][voter];
            bool agrees = vote.confirms ? tally.confirmed > tally.contested : tally.confirmed < tally.contested;
            if (vote.weight == 0 || vote.isCounted || !agrees) revert NotRight(ids[i], voter);
            if (block.timestamp < tally.closesAt) revert VotesStillOpen(ids[i], tally.closesAt);
            _votes[ids[i]][voter].isCounted = true;
            emit Judged(ids[i], voter);
        }
        uint256 right = _accounts[voter].rightVotes + ids.length;
        _accounts[voter].rightVotes = SafeCast.toUint24(right);
    }

    /// @inheritdoc IPoints
    function claimBadge(address account, Badge badge) external returns (uint256 tokenId) {
        if (!hasEarned(account, badge)) revert NotEarned(account, badge);
        return IBadges(badges()).award(account, badge);
    }

    /// @inheritdoc IPoints
    function pointsOf(address account) public view returns (uint256 points) {
        return PointsWeight.points(_accounts[account].received, _accounts[account].burned);
    }

    /// @inheritdoc IPoints
    function accountOf(address account) external view returns (PointsAccount memory) {
        return _accounts[account];
    }

    /// @inheritdoc IPoints
    function voteWeightOf(address account) external view returns (uint256 weight) {
        PointsTerms memory t = _votingTerms();
        (uint256 canGive, ) = _canGive(_accounts[account], t);
        return canGive < t.leastVote ? 0 : canGive;
    }

    /// @inheritdoc IPoints
    function tallyOf(uint256 id) external view returns (Tally memory) {
        return _tallies[id];
    }

    /// @inheritdoc IPoints
    function voteOf(uint256 id, address voter) external view returns (uint256 weight, bool confirms, bool isCounted) {
        Vote memory vote = _votes[id][voter];
        return (vote.weight, vote.confirms, vote.isCounted);
    }

    /// @inheritdoc IPoints
    function hasEarned(address account, Badge badge) public view returns (bool) {
        PointsAccount memory a = _accounts[account];
        if (badge == Badge.FirstLight) return a.weeksActive > 0;
        if (badge == Badge.Confirmed) return a.received > 0;
        if (badge == Badge.Hundred) return pointsOf(account) >= HUNDRED_POINTS;
        if (badge == Badge.Judge) return a.rightVotes >= JUDGE_VOTES;
        return a.weeksActive >= STEADY_WEEKS;
    }

    /// @inheritdoc IPoints
    function badges() public view virtual returns (address);

    /// @inheritdoc IPoints
    function terms() public view virtual returns (PointsTerms memory);

    /// @notice Gives the founders what they may spend.
    function _grant(PointsTerms memory t) internal {
        for (uint256 i = 0; i < t.founders.length; ++i) _accounts[t.founders[i]].grantLeft = t.grant;
    }

    /// @notice Notes in which week an account has contributed; writes once a week.
    /// @dev Weeks fit 16 bits until the year 3226, and then stop to count.
    function _noteWeek(address author) internal {
        uint256 week = block.timestamp / 1 weeks;
        PointsAccount storage account = _accounts[author];
        if (account.lastWeek >= week || week > type(uint16).max) return;
        account.lastWeek = uint16(week);
        ++account.weeksActive;
    }

    /// @notice Reverts unless a vote costs more than it gives, and somebody can begin.
    function _requireValid(PointsTerms memory t) internal pure {
        bool valid =
            t.founders.length > 0 &&
                t.founders.length <= MOST_FOUNDERS &&
                t.leastVote > 0 &&
                t.leastVote <= t.mostVote &&
                t.mostVote <= type(uint24).max &&
                t.giveBps > 0 &&
                t.giveBps <= ONE / 2 &&
                t.feeBps > ONE &&
                t.feeBps <= 2 * ONE &&
                t.voteSeconds > 0 &&
                PointsWeight.granted(t.grant, t.feeBps) >= t.leastVote;
        address last = address(0);
        for (uint256 i = 0; i < t.founders.length; ++i) {
            if (t.founders[i] <= last) valid = false;
            last = t.founders[i];
        }
        if (!valid) revert InvalidPointsTerms(t);
    }

    function _voteMany(Ballot[] calldata ballots, bool confirms) private {
        PointsTerms memory t = _votingTerms();
        for (uint256 i = 0; i < ballots.length; ++i)
            _vote(ballots[i].id, ballots[i].contribution, ballots[i].sampleHash, confirms, t);
    }

    function _vote(
        uint256 id,
        Contribution calldata contribution,
        bytes32 sampleHash,
        bool confirms,
        PointsTerms memory t
    ) private {
        _requireRecord(id, contribution, sampleHash);
        if (msg.sender == contribution.author) revert VoteOnOwn(id);
        if (_votes[id][msg.sender].weight > 0) revert AlreadyVoted(id, msg.sender);
        uint256 closesAt = uint256(contribution.contributedAt) + t.voteSeconds;
        if (block.timestamp >= closesAt) revert VotesClosed(id, closesAt);

        uint256 weight = _give(id, contribution.author, confirms, t);
        _votes[id][msg.sender] = Vote(uint48(weight), confirms, false);
        _count(id, contribution.author, confirms, weight, closesAt);
    }

    /// @notice Takes weight and fee from the voter.
    function _give(uint256 id, address author, bool confirms, PointsTerms memory t) private returns (uint256 weight) {
        PointsAccount memory account = _accounts[msg.sender];
        bool fromGrant;
        (weight, fromGrant) = _canGive(account, t);
        if (weight < t.leastVote) revert NoStanding(msg.sender, weight, t.leastVote);
        uint256 fee = PointsWeight.fee(weight, t.feeBps);
        if (fromGrant) {
            account.grantLeft -= uint32(weight + fee);
        } else {
            account.given += uint48(weight);
            account.burned += uint48(fee);
        }
        _accounts[msg.sender] = account;
        emit Voted(id, msg.sender, author, confirms, weight, fee, fromGrant);
    }

    /// @notice Moves the tally, and the author's points with it.
    function _count(uint256 id, address author, bool confirms, uint256 weight, uint256 closesAt) private {
        Tally memory tally = _tallies[id];
        uint256 before = PointsWeight.points(tally.confirmed, tally.contested);
        if (confirms) {
            tally.confirmed += uint64(weight);
            ++tally.confirmations;
        } else {
            tally.contested += uint64(weight);
            ++tally.contests;
        }
        tally.closesAt = uint40(closesAt);
        _tallies[id] = tally;
        uint256 received = _accounts[author].received + PointsWeight.points(tally.confirmed, tally.contested) - before;
        _accounts[author].received = SafeCast.toUint48(received);
    }

    /// @notice The weight of an account's next vote, and whether a grant pays for it.
    function _canGive(
        PointsAccount memory account,
        PointsTerms memory t
    ) private pure returns (uint256 weight, bool fromGrant) {
        weight = PointsWeight.granted(account.grantLeft, t.feeBps);
        fromGrant = weight >= t.leastVote;
        if (!fromGrant) weight = PointsWeight.earned(account.received, account.given, t.giveBps);
        if (weight > t.mostVote) weight = t.mostVote;
    }

    /// @notice The rules without the founders.
    function _votingTerms() internal view virtual returns (PointsTerms memory);

    /// @notice Reverts unless this very contribution is recorded.
    function _requireRecord(uint256 id, Contribution calldata contribution, bytes32 sampleHash) internal view virtual;
}
