// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @dev What an address may do, one bit each. Sponsors and watchers need no role.
uint8 constant ROLE_DATA_OWNER = 1;
/// @dev Holds replicas and trains.
uint8 constant ROLE_COMPUTE_OWNER = 2;
/// @dev Asks for training and pays for it.
uint8 constant ROLE_BUYER = 4;
/// @dev Scores models.
uint8 constant ROLE_VALIDATOR = 8;
/// @dev Averages updates for a buyer.
uint8 constant ROLE_AGGREGATOR = 16;

/// @notice One participant.
/// @param creditWei What it can withdraw, or spend.
/// @param bondWei Its bond: free, locked and leaving together.
/// @param roles Bits; 0 for nobody.
/// @param leavesAt When the leaving part can be released.
/// @param lockedWei Part of the bond that answers for what it does now.
/// @param leavingWei Part of the bond that was asked back.
/// @param encryptionKey Its X25519 public key, to which shards and models are encrypted.
struct Participant {
    uint96 creditWei;
    uint96 bondWei;
    uint8 roles;
    uint40 leavesAt;
    uint96 lockedWei;
    uint96 leavingWei;
    bytes32 encryptionKey;
}

/// @notice Evidence for and against a participant in one role, and its time.
/// @param alpha Successes, in units of 2^-32, at least 1.
/// @param beta Failures, in units of 2^-32, at least 1.
/// @param epoch To which both are decayed.
struct Reputation {
    uint64 alpha;
    uint64 beta;
    uint32 epoch;
}

/// @title Who takes part: roles, keys, money, bonds, reputation
/// @notice Participants are pseudonymous: an address, what it may do, and a key to encrypt to.
///
/// **Money.** Each account has one *credit*. Any call may carry ether: it is added to the caller's credit first, and what the call costs is taken out of the credit. Whatever is paid, refunded or not needed comes back as credit, and ether leaves by
/// {withdraw} only. A *bond* is a part of the credit set aside: it answers for what a participant does, is locked while it does so, and comes back with a delay.
/// @dev `balance = Σ creditWei + Σ bondWei + Σ escrow of jobs`, to the wei, plus ether that was forced in. What is *burned* is credited to `0x000000000000000000000000000000000000dEaD`.
///
/// **Reputation.** Per role: α += w on success, β += w on time-out, β += 3 w on slash, with `w = log2(1 + value / 0.001 ether)`. What exceeds the first 1 of each decays by 0.98 an epoch of a week. Score = α / (α + β).
/// It weights draws up to a cap; bonds, not scores, gate entry. Twin: `commonlearn.protocol.reputation`.
interface IParticipants {
    /// @notice Emitted when somebody registered, or changed roles or key.
    event Registered(address indexed account, uint8 roles, bytes32 encryptionKey);
    /// @notice Emitted when ether came in.
    event Deposited(address indexed account, uint256 amountWei);
    /// @notice Emitted when credit went out as ether.
    event Withdrawn(address indexed account, address indexed to, uint256 amountWei);
    /// @notice Emitted when credit was earned, or came back.
    event Credited(address indexed account, uint256 amountWei);
    /// @notice Emitted when credit became bond.
    event Bonded(address indexed account, uint256 amountWei);
    /// @notice Emitted when a part of a bond was asked back.
    event BondLeaving(address indexed account, uint256 amountWei, uint256 leavesAt);
    /// @notice Emitted when it became credit again.
    event BondReleased(address indexed account, uint256 amountWei);
    /// @notice Emitted when a part of a bond was locked.
    event BondLocked(address indexed account, uint256 amountWei);
    /// @notice Emitted when a locked part became free.
    event BondFreed(address indexed account, uint256 amountWei);
    /// @notice Emitted when a locked part was lost.
    event BondSlashed(address indexed account, uint256 amountWei);
    /// @notice Emitted when a reputation changed.
    event ReputationChanged(address indexed account, uint8 indexed role, uint64 alpha, uint64 beta, uint32 epoch);

    /// @notice Thrown by calls that need a role which the caller has not.
    error RoleMissing(address account, uint8 role);
    /// @notice Thrown by {register} when the roles are none, or unknown.
    error UnknownRoles(uint8 roles);
    /// @notice Thrown when credit, with what was sent, does not cover what the call costs.
    error CreditTooLow(address account, uint256 creditWei, uint256 neededWei);
    /// @notice Thrown when more bond is asked back than is free.
    error BondTooLow(address account, uint256 freeWei, uint256 neededWei);
    /// @notice Thrown by {releaseBond} before its time.
    error BondNotYetFree(uint256 leavesAt);
    /// @notice Thrown when there is no credit to withdraw, or no bond to release.
    error NothingToPay(address account);
    /// @notice Thrown when the recipient refused the ether. Nothing changed; name another recipient.
    error PaymentRefused(address to, uint256 amountWei);
    /// @notice Thrown when credit is withdrawn within {ITrainingMarket-multicall}.
    error NotWithinMulticall();

    /// @notice Registers the caller, or changes its roles and key.
    /// @dev Emits {Registered}.
    /// @param roles Bits, see above; at least one.
    /// @param encryptionKey X25519 public key; zero for who receives nothing.
    function register(uint8 roles, bytes32 encryptionKey) external payable;

    /// @notice Adds what was sent to the caller's credit.
    function deposit() external payable;

    /// @notice Pays out all of the caller's credit.
    /// @dev Emits {Withdrawn}. Requirements: there is some; the recipient takes it; not within a multicall.
    function withdraw(address payable to) external payable returns (uint256 amountWei);

    /// @notice Makes bond out of credit. (What locks a bond does so by itself where the free bond is too low.)
    function bond(uint256 amountWei) external payable;

    /// @notice Asks a free part of the bond back, with a delay of {UNBOND_SECONDS}, which begins anew for all that leaves.
    function unbond(uint256 amountWei) external payable;

    /// @notice Makes credit out of what was asked back.
    function releaseBond() external payable returns (uint256 amountWei);

    /// @notice One participant.
    function participantOf(address account) external view returns (Participant memory);

    /// @notice A reputation as it is now, decayed.
    /// @param role One bit.
    /// @return reputation With `epoch` now.
    /// @return score α / (α + β) in units of 2^-32.
    function reputationOf(
        address account,
        uint8 role
    ) external view returns (Reputation memory reputation, uint256 score);
}
