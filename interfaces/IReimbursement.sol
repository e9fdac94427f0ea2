// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Contribution} from "./IDataHandler.sol";

/// @notice The rules of a pool, fixed when it is opened.
/// @param capWei Most that one contribution is repaid.
/// @param authorCapWei Most that the contributions of one author are repaid together.
/// @param earnUntil Contributions are noted up to this Unix time in seconds.
/// @param claimUntil What was noted can be claimed up to this one; the rest goes back to the creator.
struct PoolTerms {
    uint88 capWei;
    uint88 authorCapWei;
    uint40 earnUntil;
    uint40 claimUntil;
}

/// @notice A contribution whose gas is claimed.
/// @param id Its number.
/// @param contribution As in the event.
/// @param sampleHash `keccak256` of the encoded features.
/// @param payee Who got the stake back.
struct GasClaim {
    uint256 id;
    Contribution contribution;
    bytes32 sampleHash;
    address payee;
}

/// @title Gas of contributions, repaid once they are proven
/// @notice The creator of a collaboration opens a pool; anyone may add to it. A contribution that comes through {ISponsorship} while the pool lasts is noted with what it cost. When it is proven (the stake went back
/// and the model learned from it) whoever paid the gas gets what was noted, within the caps.
/// @dev What is noted is never more than what was burnt for it, so nobody earns by being repaid, not even a proposer of blocks:
/// - the price is the base fee, which is burnt, at the time of the contribution. Priority fees are not repaid;
/// - only calls that an account without code sends itself are noted: there the caller pays all gas that is measured;
/// - four fifths of the gas count ({repaidPercent}), as a transaction may get back a fifth of its gas for cleared storage (EIP-3529), which a contract cannot see.
/// First come, first served: a pool may be empty when a contribution is proven.
interface IReimbursement {
    /// @notice Emitted when a pool was opened.
    event PoolOpened(address indexed collaboration, address indexed creator, PoolTerms terms);

    /// @notice Emitted when ether was added to a pool.
    event PoolFunded(address indexed collaboration, address indexed from, uint256 amountWei);

    /// @notice Emitted when a contribution was noted.
    /// @param collaboration Where it went.
    /// @param id Its number there.
    /// @param payer Who paid the gas.
    /// @param gasUsed Gas that counts.
    /// @param owedWei What is repaid at most.
    event GasNoted(
        address indexed collaboration,
        uint256 indexed id,
        address indexed payer,
        uint256 gasUsed,
        uint256 owedWei
    );

    /// @notice Emitted when gas was repaid, into the balance of who paid it.
    event Reimbursed(address indexed collaboration, uint256 indexed id, address indexed payer, uint256 paidWei);

    /// @notice Emitted when a pool was closed.
    event PoolClosed(address indexed collaboration, address indexed creator, uint256 restWei);

    /// @notice Thrown when anyone but the collaboration's creator opens a pool.
    error OnlyCreator(address caller, address creator);
    /// @notice Thrown when there is a pool already that was not closed.
    error PoolIsOpen(address collaboration);
    /// @notice Thrown when a pool's rules contradict one another or come too late.
    error InvalidPoolTerms(PoolTerms terms);
    /// @notice Thrown when there is no pool.
    error NoPool(address collaboration);
    /// @notice Thrown when a pool takes no more ether, or pays no more claims.
    error PoolOver(address collaboration, uint256 endedAt);
    /// @notice Thrown when a pool is closed before its claims have ended.
    error PoolNotOver(address collaboration, uint256 endsAt);
    /// @notice Thrown when nothing is noted for a contribution, or it was repaid already.
    error NothingNoted(address collaboration, uint256 id);
    /// @notice Thrown when a contribution is not proven, or is not the one recorded.
    error NotProvenYet(address collaboration, uint256 id);
    /// @notice Thrown when the pool is empty or the author's contributions were repaid as much as one author's are.
    error NothingLeft(address collaboration, uint256 poolWei, uint256 authorWei);

    /// @notice Opens a pool, with the ether sent along.
    /// @dev Emits {PoolOpened}, and {PoolFunded} if there is ether. Requirements: the caller is the collaboration's creator; no other pool; now < `earnUntil` < `claimUntil`; 0 < `capWei` ≤ `authorCapWei`.
    function openPool(address collaboration, PoolTerms calldata terms) external payable;

    /// @notice Adds to a pool. It does not come back to the giver: what is left goes to the creator.
    /// @dev Emits {PoolFunded}. Requirements: a pool that still notes contributions; some ether.
    function fundPool(address collaboration) external payable;

    /// @notice Repays gas of proven contributions into the balances of those who paid it. Anyone may call.
    /// @dev Notes: of what the pool does not hold or an author's cap does not allow, the rest stays noted. Emits {Reimbursed}.
    /// Requirements: a pool whose claims have not ended; each contribution noted, proven, and something left for it.
    /// @return paidWei What was repaid in all.
    function claimGas(address collaboration, GasClaim[] calldata claims) external returns (uint256 paidWei);

    /// @notice Ends a pool and credits the rest to its creator. Anyone may call.
    /// @dev Emits {PoolClosed}. Requirements: a pool whose claims have ended.
    /// @return restWei What was left.
    function closePool(address collaboration) external returns (uint256 restWei);

    /// @notice A collaboration's pool; all zero if there is none.
    function poolOf(
        address collaboration
    ) external view returns (address creator, uint256 leftWei, PoolTerms memory terms);

    /// @notice What is noted for a contribution under the present pool.
    /// @return payer Who is repaid; zero if nothing is noted.
    /// @return owedWei What is repaid at most.
    function noteOf(address collaboration, uint256 id) external view returns (address payer, uint256 owedWei);

    /// @notice What an author's contributions were repaid out of the present pool.
    function repaidTo(address collaboration, address author) external view returns (uint256 amountWei);

    /// @notice Part of the gas that counts, in percent.
    function repaidPercent() external pure returns (uint256);
}
