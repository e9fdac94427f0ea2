// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice A contribution that its author signs and somebody else sends. All of it is signed (EIP-712, domain "commonlearn", version "1").
/// @param collaboration Where it goes.
/// @param author Who signs: has the rights of an author, is proven and earns the points.
/// @param payee Who gets the stake back, and what is forfeited by nobody; the author, the sponsor or anyone.
/// @param relayer Who may send it; zero for anyone.
/// @param sample Encoded features.
/// @param label Class number.
/// @param maxStakeWei Most that may be staked.
/// @param stakeFromAuthor Whether the stake comes out of the author's balance here; else out of what the relayer sends.
/// @param nonce Any number that the author has not used; see {ISponsorship-isUsed}.
/// @param deadline Last Unix time in seconds at which it may be sent.
// solhint-disable-next-line gas-struct-packing
struct SponsoredContribution {
    address collaboration;
    address author;
    address payee;
    address relayer;
    bytes sample;
    uint256 label;
    uint256 maxStakeWei;
    bool stakeFromAuthor;
    uint256 nonce;
    uint256 deadline;
}

/// @title Contributions that somebody else sends and pays for
/// @notice A contributor without ether signs; a relayer sends, pays the gas and, unless the author prepaid, the stake. Anyone may be a relayer. One contract a chain serves all collaborations whose factory
/// names it. Accounts with code sign by ERC-1271.
/// @dev Money: `balance = Σ balanceOf(account) + Σ leftWei of pools`, to the wei, plus ether that was forced in. Ether leaves towards collaborations, at most as much as the payer of the call allowed, and by
/// {withdraw}. Nobody has any power over others' balances or pools. Collaborations are taken for hostile: one can take the stake that it was sent, and nothing else.
/// `docs/explanation-sponsors.md` says who can lose what.
interface ISponsorship {
    /// @notice Emitted for each contribution that was relayed.
    /// @param collaboration Where it went.
    /// @param id Its number there.
    /// @param author Who signed.
    /// @param payee Who gets the stake back.
    /// @param relayer Who sent it.
    event Relayed(
        address indexed collaboration,
        uint256 indexed id,
        address indexed author,
        address payee,
        address relayer
    );

    /// @notice Emitted by {relayMany} for a request that was left out.
    /// @param position Its place in the call, from 0.
    /// @param reason What {relay} would have thrown, at most its first 256 bytes.
    event RelayRefused(uint256 indexed position, bytes reason);

    /// @notice Emitted when an author made a nonce useless.
    event Cancelled(address indexed author, uint256 nonce);

    /// @notice Emitted when ether was put into a balance.
    event Deposited(address indexed account, address indexed from, uint256 amountWei);

    /// @notice Emitted when ether left a balance.
    event Withdrawn(address indexed account, address indexed to, uint256 amountWei);

    /// @notice Thrown when the deadline has passed.
    error Expired(uint256 deadline);
    /// @notice Thrown when somebody sends what is signed for another relayer.
    error WrongRelayer(address caller, address relayer);
    /// @notice Thrown when the signature is not the author's, or was made for another request, contract or chain.
    error BadSignature(address author);
    /// @notice Thrown when the author's nonce was used or cancelled.
    error NonceUsed(address author, uint256 nonce);
    /// @notice Thrown when no payee is named: the stake would be lost.
    error NoPayee();
    /// @notice Thrown when the stake has risen above what the author signed for.
    error StakeAboveMaximum(uint256 stakeWei, uint256 maxStakeWei);
    /// @notice Thrown when who stakes has not put up enough.
    error NotPaid(address payer, uint256 availableWei, uint256 stakeWei);
    /// @notice Thrown when there is no contract at the collaboration's address.
    error NoCollaboration(address collaboration);
    /// @notice Thrown by {relayMany} for the first bad request when it was called strictly.
    error RelayFailed(uint256 position, bytes reason);
    /// @notice Thrown when there are not as many signatures as requests, or none.
    error RequestCount(uint256 requests, uint256 signatures);
    /// @notice Thrown when a part of this contract is called that only itself calls.
    error OnlyItself(address caller);
    /// @notice Thrown when ether should have been sent along.
    error NothingSent();
    /// @notice Thrown when there is nothing to withdraw.
    error NothingOwed(address account);
    /// @notice Thrown when the recipient refused the ether. Nothing changed; name another recipient.
    error WithdrawalFailed(address to, uint256 amountWei);

    /// @notice Sends a signed contribution.
    /// @dev Notes: the stake is what the collaboration asks for now; what was sent beyond it is added to the caller's balance. The gas may be repaid; see {IReimbursement}. Emits {Relayed}.
    /// Requirements: in time; the caller is the relayer, if one is named; the author's signature and an unused nonce; a payee; stake ≤ `maxStakeWei` and covered; what the collaboration requires.
    /// @param request What is signed.
    /// @param signature The author's: 65 bytes, or what the author's contract takes.
    /// @return id Number of the contribution.
    function relay(
        SponsoredContribution calldata request,
        bytes calldata signature
    ) external payable returns (uint256 id);

    /// @notice Sends many signed contributions, to one collaboration or several.
    /// @dev Notes: a bad request changes nothing and is left out. A collaboration or an author's contract can burn gas: put only such into one call as you trust not to. Emits {Relayed} and {RelayRefused}.
    /// Requirements: as many signatures as requests, at least one; with `strict`, no bad request.
    /// @param strict Whether one bad request stops all.
    /// @return sent How many were sent.
    function relayMany(
        SponsoredContribution[] calldata requests,
        bytes[] calldata signatures,
        bool strict
    ) external payable returns (uint256 sent);

    /// @notice One request of {relayMany}; only for this contract itself.
    /// @param relayer Who called {relayMany}.
    /// @param availableWei What is left of the ether that came with it.
    /// @param overheadGas The request's part of the gas that every transaction costs.
    /// @return id Number of the contribution.
    /// @return spentWei What was staked out of it.
    function relayPart(
        SponsoredContribution calldata request,
        bytes calldata signature,
        address relayer,
        uint256 availableWei,
        uint256 overheadGas
    ) external returns (uint256 id, uint256 spentWei);

    /// @notice Contributes in the caller's own name through this contract, so that a pool can repay the gas. See {IReimbursement}.
    /// @dev Notes: author and payee are the caller; what was sent beyond the stake is added to the caller's balance.
    /// Requirements: value ≥ stake; what the collaboration requires.
    /// @return id Number of the contribution.
    function contribute(
        address collaboration,
        bytes calldata sample,
        uint256 label
    ) external payable returns (uint256 id);

    /// @notice Makes a nonce of the caller useless, and so a request signed with it that was not sent yet.
    /// @dev Emits {Cancelled}. Requirements: not used.
    function cancel(uint256 nonce) external;

    /// @notice Adds the ether sent along to an account's balance, out of which that account's stakes are paid.
    /// @dev Emits {Deposited}. Requirements: some ether.
    function depositFor(address account) external payable;

    /// @notice Pays out the caller's balance.
    /// @dev Emits {Withdrawn}. Requirements: something is there; the recipient takes it.
    /// @return amountWei What was paid.
    function withdraw(address payable to) external returns (uint256 amountWei);

    /// @notice What an account has here, in wei.
    function balanceOf(address account) external view returns (uint256);

    /// @notice Whether an author's nonce was used or cancelled.
    function isUsed(address author, uint256 nonce) external view returns (bool);

    /// @notice What the author of a request signs.
    function hashOf(SponsoredContribution calldata request) external view returns (bytes32);
}
