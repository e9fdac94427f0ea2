// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice Where data are trained on.
enum Custody {
    Local, // they never leave their owner, who is the only replica
    Sharded // subsets lie with compute owners, several replicas each
}

/// @notice How far a dataset is.
enum DatasetPhase {
    None, // no such dataset
    Draft, // described; no seats offered
    Distributing, // seats offered; compute owners join
    Ready, // jobs may ask for it
    Retired // for ever
}

/// @notice What a data owner says of a dataset, before anyone sees it.
/// @param owner Who answers for it.
/// @param schema Hash of the column names, types and units that all parties know; jobs match it.
/// @param template sha256 of the data template (the digest in its CID).
/// @param quality By the rule of `commonlearn.custody.quality`, in millionths.
/// @param rows How many each subset has at least; only these can be asked for in a spot check.
/// @param priceWei The least that a job must set aside for this owner.
/// @param custody Where it is trained on.
/// @param replicas How many hold each subset; 1 to 16; 1 if local.
/// @param joinSeconds How long compute owners have to join, and then to reveal.
/// @param ownerBondWei What the owner loses for a failed spot check.
/// @param replicaBondWei What each replica loses for a wrong or missing result.
/// @param checkBondWei What a spot check costs who asks for it in vain; 0 for no spot checks. Each can disclose one row: see {ISpotChecks}.
struct Description {
    address owner;
    bytes32 schema;
    bytes32 template;
    uint32 quality;
    uint32 rows;
    uint96 priceWei;
    Custody custody;
    uint8 replicas;
    uint32 joinSeconds;
    uint96 ownerBondWei;
    uint96 replicaBondWei;
    uint96 checkBondWei;
}

/// @notice One dataset as stored.
/// @param owner See {Description}.
/// @param phase How far it is.
/// @param custody Where it is trained on.
/// @param subsets How many; 1 to 256.
/// @param replicas Seats of each subset.
/// @param quality In millionths.
/// @param vacant How many seats are not verified.
/// @param priceWei Least data part of a job.
/// @param joinUntil Until when seats are joined; then as long again for reveals.
/// @param joinSeconds Both times.
/// @param jobs How many jobs run on it.
/// @param isChecked Whether its one spot check was asked for.
/// @param isFaulty Whether it failed.
/// @param rows Of each subset, at least.
/// @param ownerBondWei See {Description}.
/// @param replicaBondWei See {Description}.
/// @param checkBondWei See {Description}.
/// @param schema See {Description}.
/// @param rootsHash `keccak256(abi.encode(roots))`, the commitment to all rows.
struct Dataset {
    address owner;
    DatasetPhase phase;
    Custody custody;
    uint16 subsets;
    uint8 replicas;
    uint32 quality;
    uint16 vacant;
    uint96 priceWei;
    uint40 joinUntil;
    uint32 joinSeconds;
    uint16 jobs;
    bool isChecked;
    bool isFaulty;
    uint32 rows;
    uint96 ownerBondWei;
    uint96 replicaBondWei;
    uint96 checkBondWei;
    bytes32 schema;
    bytes32 rootsHash;
}

/// @title The catalogue of datasets
/// @notice A dataset is described, and committed to row by row, before anyone joins: `Draft → Distributing → Ready → Retired`. Local ones are ready at once.
/// @dev A row's leaf is `keccak256(abi.encode(position, salt, keccak256(row)))` with a salt of 32 random bytes; the tree of a subset is as OpenZeppelin's `MerkleProof` hashes, an odd one carried up.
interface ICatalogue {
    /// @notice Emitted when a dataset was described. First of fitchain's traces.
    event DatasetListed(uint256 indexed dataset, address indexed owner, Description description, bytes32[] roots);
    /// @notice Emitted at each change of phase.
    event DatasetPhaseChanged(uint256 indexed dataset, DatasetPhase phase);
    /// @notice Emitted for each seat that was offered.
    event SeatOffered(uint256 indexed dataset, uint256 indexed subset, uint256 index, address indexed holder);

    /// @notice Thrown for a dataset that does not exist.
    error UnknownDataset(uint256 dataset);
    /// @notice Thrown by what does not belong to a dataset's phase.
    error WrongDatasetPhase(uint256 dataset, DatasetPhase phase);
    /// @notice Thrown when somebody else than its owner acts on a dataset.
    error NotDatasetOwner(uint256 dataset, address caller);
    /// @notice Thrown when a description cannot work: no subset or more than 256, no replica or more than 16, more than 512 seats, a local one with several, a quality above a million, no time to join or more than 90 days.
    error WrongDescription(uint256 subsets, uint256 replicas, uint256 quality);
    /// @notice Thrown when there is not one holder for each seat.
    error WrongHolders(uint256 given, uint256 wanted);
    /// @notice Thrown when the same address would hold two seats of a subset.
    error HolderTwice(address holder, uint256 subset);
    /// @notice Thrown when a description that somebody else sends is not signed by its owner.
    error WrongSignature(address owner);
    /// @notice Thrown when a dataset is to be retired, or a seat given up, that jobs use.
    error DatasetInUse(uint256 dataset, uint256 jobs);

    /// @notice Describes a dataset and locks its owner's bond; offers its seats, if holders are given.
    /// @dev Notes: emits {DatasetListed}, {DatasetPhaseChanged}, {SeatOffered}. Anyone may send it with the owner's signature (EIP-712, ERC-1271): a hospital's cold key signs, its pod sends.
    /// Requirements: the owner has its role and enough credit and free bond.
    /// @param description What is said of it.
    /// @param roots Merkle root of each subset's salted rows.
    /// @param holders Of the seats, subset by subset; empty for a draft, or if local.
    /// @param signature The owner's, over {descriptionDigest}; empty when the owner calls.
    /// @return dataset Its number, from 1.
    function list(
        Description calldata description,
        bytes32[] calldata roots,
        address[] calldata holders,
        bytes calldata signature
    ) external payable returns (uint256 dataset);

    /// @notice Offers the seats of a draft.
    function offerSeats(uint256 dataset, address[] calldata holders) external payable;

    /// @notice Offers a seat that nobody took, or that was given up, rejected or slashed, to somebody else; the times to join and reveal begin anew. Not what was given up or slashed while jobs run: their rounds know it by its holder.
    /// @dev Honest limit: where others of the subset have revealed, its digest is known, and a late replica can copy it; the owner should ask it for rows before it verifies.
    function reofferSeat(uint256 dataset, uint256 subset, uint256 index, address holder) external payable;

    /// @notice Makes a dataset ready although seats are vacant, once the time to join and reveal is over. The owner, if each subset has a verified replica.
    function openEarly(uint256 dataset) external payable;

    /// @notice Retires a dataset on which no job runs. The owner; its bond is freed.
    function retire(uint256 dataset) external payable;

    /// @notice How many datasets there are.
    function datasets() external view returns (uint256);

    /// @notice One dataset.
    function datasetOf(uint256 dataset) external view returns (Dataset memory);

    /// @notice What an owner signs: EIP-712 digest of a description with roots and holders, who are to get the data, under its next nonce.
    function descriptionDigest(
        Description calldata description,
        bytes32[] calldata roots,
        address[] calldata holders
    ) external view returns (bytes32);
}
