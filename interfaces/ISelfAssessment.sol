// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Contribution} from "./IDataHandler.sol";

/// @notice The incentive's rules, fixed at creation. Times are seconds after a contribution.
/// @param beneficiary Gets stakes that nobody claimed by `sweepWaitSeconds`.
/// @param floorWei Lowest stake; a multiple of 1 gwei, at least 1 gwei.
/// @param growthBps By how much each contribution raises the stake of the next, in 1/10,000; at most 10,000.
/// @param halfLifeSeconds In how much quiet time the part above the floor halves.
/// @param refundWaitSeconds From when the author may take the stake back.
/// @param reportWaitSeconds From when others may report; later than `refundWaitSeconds`, so that authors always have the first word.
/// @param sweepWaitSeconds From when an unclaimed stake goes to the beneficiary; later than `reportWaitSeconds`.
/// @param reporterBps Part of a forfeited stake that its reporter gets beforehand, for the work, in 1/10,000; at most 5,000. It grows evenly from nothing at `reportWaitSeconds` to this at `sweepWaitSeconds`: whoever is content with least reports first, and copying a report gains no more.
struct Terms {
    address beneficiary;
    uint96 floorWei;
    uint16 growthBps;
    uint32 halfLifeSeconds;
    uint32 refundWaitSeconds;
    uint32 reportWaitSeconds;
    uint32 sweepWaitSeconds;
    uint16 reporterBps;
}

/// @title Ongoing self-assessment: stakes, refunds, reports
/// @notice Contributors stake on their data. After a wait, who gave data that the model agrees with takes the stake back, and is *proven* to the amount of that stake if the data
/// had taught the model something. Data that the model still disagrees with after a longer wait can be reported by anyone proven: the reporter gets a part of the stake that grows with the time it was left lying, the rest is
/// shared by all proven contributors in proportion to what each has proven, its author excepted. Source: Decentralized & Collaborative AI on Blockchain, "Ongoing self-assessment".
/// @dev Money: `balance = lockedWei + Σ owedWei(account) + carryWei`, to the wei, plus ether that was forced in. Ether leaves by {withdraw} only. Nobody has any power over stakes or rules.
/// `docs/explanation-money.md` says who can lose what.
interface ISelfAssessment {
    /// @notice Emitted when an author took a stake back.
    /// @param id Number of the contribution.
    /// @param author Who contributed, and is proven by it.
    /// @param stakeWei What is credited: to the author, or to the payee that the author signed for.
    /// @param provenGwei What the author is proven for by it: the stake in gwei if the contribution taught, else 0.
    event Refunded(uint256 indexed id, address indexed author, uint256 stakeWei, uint256 provenGwei);

    /// @notice Emitted when a stake was forfeited.
    /// @param id Number of the contribution.
    /// @param reporter Who reported it.
    /// @param stakeWei What was forfeited.
    /// @param bountyWei The reporter's part, credited at once.
    /// @param perGweiWei What each proven gwei (the author's excepted) was credited.
    event Forfeited(
        uint256 indexed id,
        address indexed reporter,
        uint256 stakeWei,
        uint256 bountyWei,
        uint256 perGweiWei
    );

    /// @notice Emitted when an unclaimed stake went to the beneficiary.
    event Swept(uint256 indexed id, address indexed beneficiary, uint256 stakeWei);

    /// @notice Emitted when an account was credited for paying more than the stake.
    event ExcessCredited(address indexed account, uint256 excessWei);

    /// @notice Emitted when ether left the contract.
    event Withdrawn(address indexed account, address indexed to, uint256 amountWei);

    /// @notice Thrown by contributions before the upload was sealed.
    error NotYetOpen();
    /// @notice Thrown when the value sent does not cover the stake.
    error StakeTooLow(uint256 sentWei, uint256 requiredWei);
    /// @notice Thrown when the stake has risen beyond what a record can hold; it falls with quiet.
    error StakeTooHigh(uint256 requiredWei);
    /// @notice Thrown when a claim comes before its time.
    error TooEarly(uint256 id, uint256 opensAt);
    /// @notice Thrown when a claim comes in the same second as a contribution: who bends the model for a claim must leave it bent for a block.
    error ModelJustMoved(uint256 contributedAt);
    /// @notice Thrown when somebody else claims an author's refund.
    error NotAuthor(uint256 id, address caller, address author);
    /// @notice Thrown when the model (still) disagrees with the data.
    error ModelDisagrees(uint256 id, uint256 predicted, uint256 label);
    /// @notice Thrown when reported data is what the model predicts.
    error ModelAgrees(uint256 id, uint256 label);
    /// @notice Thrown when an author reports own data.
    error OwnContribution(uint256 id);
    /// @notice Thrown when an account reports that has not proven anything.
    error NotProven(address account);
    /// @notice Thrown when there is nothing to withdraw.
    error NothingOwed(address account);
    /// @notice Thrown when the recipient refused the ether. Nothing changed; name another recipient.
    error WithdrawalFailed(address to, uint256 amountWei);
    /// @notice Thrown at creation when terms contradict one another.
    error InvalidTerms(Terms terms);

    /// @notice Takes back the stake of own data that the model agrees with.
    /// @dev Notes: credited, not sent; see {withdraw}. Emits {Refunded}.
    /// Requirements: recorded, open; the caller is the author; `refundWaitSeconds` have passed; nobody contributed in this second; the model predicts the label.
    /// @param id Number of the contribution.
    /// @param contribution As in the event.
    /// @param sample As in the event.
    function refund(uint256 id, Contribution calldata contribution, bytes calldata sample) external;

    /// @notice Forfeits the stake of others' data that the model disagrees with.
    /// @dev Notes: the caller's part and everyone's share are credited. A rest of less than one wei a proven gwei is carried into the next share. Emits {Forfeited}.
    /// Requirements: recorded, open; the caller is not the author and is proven; `reportWaitSeconds` have passed; nobody contributed in this second; the model predicts another label.
    function report(uint256 id, Contribution calldata contribution, bytes calldata sample) external;

    /// @notice Credits a stake that nobody claimed in time to the beneficiary. Anyone may call.
    /// @dev Emits {Swept}. Requirements: recorded, open; `sweepWaitSeconds` have passed.
    /// @param sampleHash `keccak256` of the encoded features.
    function sweep(uint256 id, Contribution calldata contribution, bytes32 sampleHash) external;

    /// @notice Pays out all that the caller is owed.
    /// @dev Emits {Withdrawn}. Requirements: something is owed; the recipient takes it.
    /// @param to Recipient.
    /// @return amountWei What was paid.
    function withdraw(address payable to) external returns (uint256 amountWei);

    /// @notice The rules.
    function terms() external view returns (Terms memory);

    /// @notice What an account is owed and has proven.
    /// @return owedWei What {withdraw} would pay.
    /// @return provenGwei Stake proven by data that taught.
    function accountOf(address account) external view returns (uint256 owedWei, uint256 provenGwei);

    /// @notice Sums over all accounts.
    /// @return lockedWei Stakes of open contributions.
    /// @return provenGwei Stake proven by all accounts together.
    /// @return carryWei Rests waiting for the next share.
    function totals() external view returns (uint256 lockedWei, uint256 provenGwei, uint256 carryWei);
}
