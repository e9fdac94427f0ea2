// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Badge} from "./IBadges.sol";
import {Contribution} from "./IDataHandler.sol";

/// @notice The rules of points, fixed at creation. Points are counted in hundredths, parts in 1/10,000.
/// @param founders Accounts with standing from the beginning: 1 to 16, in ascending order.
/// @param grant What each founder may spend on votes, fees included, before having earned anything.
/// @param leastVote Least weight of a vote: who can give less has no standing; at least 1.
/// @param mostVote Greatest weight of a vote; at least `leastVote`, at most 2^24 − 1.
/// @param giveBps Part α of the points received that an account may give, over its whole life; 1 to 5,000.
/// @param feeBps What is burned of the giver's own points for each point given, φ; above 10,000, so that a vote costs more than it gives, and at most 20,000.
/// @param voteSeconds For how long after a contribution it can be voted on; at least 1.
struct PointsTerms {
    address[] founders;
    uint32 grant;
    uint32 leastVote;
    uint32 mostVote;
    uint16 giveBps;
    uint16 feeBps;
    uint32 voteSeconds;
}

/// @notice One account, one slot. All amounts are hundredths of a point.
/// @param received From the tallies of own contributions.
/// @param given Weight of all votes, confirmations and contests, that were not paid out of the grant.
/// @param burned Fees of these votes.
/// @param grantLeft What is left of a founder's grant; 0 for everybody else.
/// @param weeksActive In how many different weeks (of 7 days since 1970) the account has contributed.
/// @param lastWeek Number of the last of these.
/// @param rightVotes Votes that agreed with the final tally, as counted by {IPoints-judge}.
struct PointsAccount {
    uint48 received;
    uint48 given;
    uint48 burned;
    uint32 grantLeft;
    uint16 weeksActive;
    uint16 lastWeek;
    uint24 rightVotes;
}

/// @notice What was said about one contribution, one slot.
/// @param confirmed Sum of weights for it.
/// @param contested Sum of weights against it.
/// @param closesAt Unix time in seconds from which it can no longer be voted on; 0 before the first vote.
/// @param confirmations Number of votes for it.
/// @param contests Number of votes against it.
struct Tally {
    uint64 confirmed;
    uint64 contested;
    uint40 closesAt;
    uint32 confirmations;
    uint32 contests;
}

/// @notice Which contribution a vote is about, and that the voter has seen it: a vote counts only with the very data that are recorded.
/// @param id Number of the contribution.
/// @param contribution As in {IDataHandler-Contributed}.
/// @param sampleHash `keccak256` of the encoded features.
struct Ballot {
    uint256 id;
    Contribution contribution;
    bytes32 sampleHash;
}

/// @title Points that contributors give one another
/// @notice A contribution earns its author points when other contributors confirm it, whatever the model thinks of it. Nobody can give without having received: an account gives at most the part α of the points
/// that it has received, and burns φ > 1 points of its own for each point given. So every vote among accounts of one owner leaves them with less together, and no ring of puppets ever has more points than
/// outsiders gave it. `docs/explanation-points.md` has the proof and the limits. No money.
/// @dev A tally is the sum of confirming weights less the sum of contesting ones; the author has `max(tally, 0)` points of it, so that a contest never takes more than the contribution gave.
/// Twin: `commonlearn.incentives.points`.
interface IPoints {
    /// @notice Emitted for each vote. The log of these, from the founders' grants on, gives every account's points.
    /// @param id Number of the contribution.
    /// @param voter Who voted.
    /// @param author Whose contribution it is.
    /// @param confirms Whether for it or against it.
    /// @param weight By how much the tally moved.
    /// @param fee What was burned for it.
    /// @param fromGrant Whether weight and fee came out of a founder's grant.
    event Voted(
        uint256 indexed id,
        address indexed voter,
        address indexed author,
        bool confirms,
        uint256 weight,
        uint256 fee,
        bool fromGrant
    );

    /// @notice Emitted when a vote was counted that agreed with the final tally.
    event Judged(uint256 indexed id, address indexed voter);

    /// @notice Thrown by contributions before the upload was sealed.
    error NotYetOpen();
    /// @notice Thrown when ether is sent: nothing is staked here.
    error EtherRefused(uint256 sentWei);
    /// @notice Thrown when an author votes on an own contribution.
    error VoteOnOwn(uint256 id);
    /// @notice Thrown when an account votes twice on a contribution.
    error AlreadyVoted(uint256 id, address voter);
    /// @notice Thrown when a vote comes after its time.
    error VotesClosed(uint256 id, uint256 closedAt);
    /// @notice Thrown when votes are judged before all are in.
    error VotesStillOpen(uint256 id, uint256 closesAt);
    /// @notice Thrown when an account cannot give even the least weight.
    error NoStanding(address account, uint256 canGive, uint256 leastVote);
    /// @notice Thrown when a vote cannot be counted as right: there is none, it was counted already, or the final tally does not agree with it.
    error NotRight(uint256 id, address voter);
    /// @notice Thrown when an account has not (yet) done what a badge is for.
    error NotEarned(address account, Badge badge);
    /// @notice Thrown at creation when terms contradict one another.
    error InvalidPointsTerms(PointsTerms terms);

    /// @notice Says that a contribution is right: its author earns points.
    /// @dev Notes: the weight is as much as the account can still give, at most `mostVote`; the fee is burned. A founder's grant is spent first. Emits {Voted}.
    /// Requirements: recorded; the caller is not the author and has not voted on it; it can still be voted on; the caller can give `leastVote`.
    /// @param id Number of the contribution.
    /// @param contribution As in the event.
    /// @param sampleHash `keccak256` of the encoded features.
    function confirm(uint256 id, Contribution calldata contribution, bytes32 sampleHash) external;

    /// @notice Says that a contribution is wrong: its author's points from it fall, at the least to none.
    /// @dev Notes: costs the voter as much as a confirmation. Emits {Voted}. Requirements: as {confirm}.
    function contest(uint256 id, Contribution calldata contribution, bytes32 sampleHash) external;

    /// @notice {confirm} for several; all or none.
    function confirmMany(Ballot[] calldata ballots) external;

    /// @notice {contest} for several; all or none.
    function contestMany(Ballot[] calldata ballots) external;

    /// @notice Counts votes of one account that agreed with the final tallies, for {Badge-Judge}. Anyone may call.
    /// @dev Emits {Judged} for each. Requirements: each vote is closed, agrees with its tally and was not counted.
    /// @param voter Whose votes.
    /// @param ids Contributions that were voted on.
    function judge(address voter, uint256[] calldata ids) external;

    /// @notice Mints a badge to an account that has earned it. Anyone may call.
    /// @dev Notes: badges stay, whatever becomes of the points. Requirements: earned; not minted before. See {Badge} for what each is for.
    /// @return tokenId See {IBadges-tokenIdOf}.
    function claimBadge(address account, Badge badge) external returns (uint256 tokenId);

    /// @notice The points of an account, in hundredths: received less burned, at least 0.
    function pointsOf(address account) external view returns (uint256 points);

    /// @notice All that is kept of an account.
    function accountOf(address account) external view returns (PointsAccount memory);

    /// @notice The weight that an account's next vote would have; 0 without standing.
    function voteWeightOf(address account) external view returns (uint256 weight);

    /// @notice What was said about a contribution.
    function tallyOf(uint256 id) external view returns (Tally memory);

    /// @notice What an account said about a contribution.
    /// @return weight 0 if it has not voted.
    /// @return confirms Whether for it or against it.
    /// @return isCounted Whether {judge} has counted it.
    function voteOf(uint256 id, address voter) external view returns (uint256 weight, bool confirms, bool isCounted);

    /// @notice Whether an account has done what a badge is for, minted or not.
    function hasEarned(address account, Badge badge) external view returns (bool);

    /// @notice The rules.
    function terms() external view returns (PointsTerms memory);

    /// @notice Where badges are minted.
    function badges() external view returns (address);
}
