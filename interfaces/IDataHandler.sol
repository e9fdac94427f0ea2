// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice What is known of one contribution besides its features. Kept whole in the log, and as a digest in storage.
/// @param author Who contributed, and gets the stake back.
/// @param label The class that the author gave.
/// @param taught Whether the model, at that time, did not know the answer safely: only such contributions can prove their author.
/// @param stakeWei What the author staked.
/// @param contributedAt Unix time in seconds.
struct Contribution {
    address author;
    uint16 label;
    bool taught;
    uint96 stakeWei;
    uint40 contributedAt;
}

/// @notice How a contribution stands. Every stake leaves `Open` exactly once.
enum Status {
    None, // never recorded
    Open, // stake locked
    Refunded, // proven: stake back to the author
    Forfeited, // reported: stake shared by the proven
    Swept, // nobody claimed it in time: stake to the beneficiary
    Batched // no end of a contribution: marks a record that stands for a whole batch
}

/// @title Who gave what, when, at which stake
/// @notice One word of storage a contribution: 248 bits of a hash over the {Contribution} and its sample, and 8 bits of {Status}. The data
/// themselves are in the event, from which anyone can prove them. Records are numbered, so equal samples never overwrite one another.
/// Contributions of one batch share a record, see {IBatch}.
interface IDataHandler {
    /// @notice Emitted for every contribution. Replaying these in order on the first words gives the model's words bit for bit.
    /// @param id Number of the contribution, from 0, without gaps.
    /// @param author Who contributed.
    /// @param label Class number.
    /// @param taught Whether the model was wrong or unsafe about the sample before learning it.
    /// @param stakeWei Stake locked.
    /// @param contributedAt Unix time in seconds.
    /// @param sample Encoded features.
    event Contributed(
        uint256 indexed id,
        address indexed author,
        uint16 label,
        bool taught,
        uint96 stakeWei,
        uint40 contributedAt,
        bytes sample
    );

    /// @notice Thrown when a contribution and sample do not hash to what is recorded under the number.
    error UnknownContribution(uint256 id);
    /// @notice Thrown when the contribution's stake has left already.
    error NotOpen(uint256 id, Status status);

    /// @notice Number of contributions so far; the next one gets this number.
    function contributions() external view returns (uint256);

    /// @notice How a contribution stands; `None` for a number that is not yet given. Never `Batched`.
    function statusOf(uint256 id) external view returns (Status);

    /// @notice The recorded word: digest (upper 248 bits) and status (lower 8).
    /// @dev A batch has its word under the number of its first contribution: the root of its Merkle tree without its last byte, and `Batched`. Under its other numbers there is nothing.
    function recordOf(uint256 id) external view returns (uint256);

    /// @notice The digest of a contribution, as recorded: `keccak256(abi.encode(contribution, sampleHash))` without its last byte.
    /// @param contribution What is known of it.
    /// @param sampleHash `keccak256` of the encoded features.
    function digestOf(Contribution calldata contribution, bytes32 sampleHash) external pure returns (bytes31);

    /// @notice Whether this very contribution was sponsored, is refunded, and taught the model: whoever paid for it may then be repaid.
    /// @param payee Who was named to get the stake back.
    function isProven(
        uint256 id,
        Contribution calldata contribution,
        bytes32 sampleHash,
        address payee
    ) external view returns (bool);
}
