// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice How far a seat is.
enum ReplicaPhase {
    None, // no such seat
    Offered, // to its holder
    Joined, // its holder sealed the digest of what it received
    Revealed, // and revealed it
    Verified, // the owner found it right; it trains
    Rejected, // the owner found it wrong; its bond is free
    Faulty, // slashed
    Left // given up
}

/// @notice One seat: a subset's replica at a compute owner.
struct Replica {
    address holder;
    ReplicaPhase phase;
}

/// @notice What a compute owner asks for its work.
/// @param priceWei A round of one replica.
/// @param capacity How many seats it takes.
/// @param held How many it has.
/// @param minSeconds The least time in which it trains, and in which it reveals; rounds of hastier jobs are not assigned to it.
/// @param environment sha256 over Python's version and those of the libraries that results depend on.
struct ComputeOffer {
    uint96 priceWei;
    uint16 capacity;
    uint16 held;
    uint32 minSeconds;
    bytes32 environment;
}

/// @title Compute owners: offers, and replicas
/// @notice A compute owner says its price and joins a seat that it was offered by sealing the digest of what it received. Once all of a subset have joined, or the time is over, seals are revealed; the owner says which are right, and replicas of a
/// subset see whether they got the same.
/// @dev Seals are {IRounds-sealOf} with the dataset for a job and `type(uint256).max` for a round. The digest is the shard's sha256, which stays secret until all have sealed.
interface IReplicas {
    /// @notice Emitted when a compute owner made, or changed, its offer.
    event ComputeOffered(
        address indexed holder,
        uint256 priceWei,
        uint256 capacity,
        uint256 minSeconds,
        bytes32 environment
    );
    /// @notice Emitted when a seat changed.
    event ReplicaChanged(
        uint256 indexed dataset,
        uint256 indexed subset,
        uint256 index,
        address indexed holder,
        ReplicaPhase phase
    );
    /// @notice Emitted when a replica sealed.
    event ReplicaSealed(uint256 indexed dataset, uint256 indexed subset, uint256 index, bytes32 seal);
    /// @notice Emitted when a replica's digest is known; others of its subset compare.
    event ReplicaRevealed(uint256 indexed dataset, uint256 indexed subset, uint256 index, bytes32 digest, bytes32 salt);

    /// @notice Thrown when somebody else than its holder acts for a seat.
    error NotHolder(uint256 dataset, uint256 subset, uint256 index, address caller);
    /// @notice Thrown by what does not belong to a seat's phase.
    error WrongReplicaPhase(uint256 dataset, uint256 subset, uint256 index, ReplicaPhase phase);
    /// @notice Thrown when a compute owner has no room for another seat.
    error CapacityReached(address holder, uint256 capacity);
    /// @notice Thrown before others have sealed, or before a deadline is over.
    error TooSoon(uint256 until);
    /// @notice Thrown when the time for it is over.
    error TooLate(uint256 deadline);
    /// @notice Thrown by an empty seal.
    error EmptySeal();
    /// @notice Thrown when what is revealed is not what the caller sealed.
    error SealMismatch(bytes32 seal, bytes32 found);

    /// @notice Says, or changes, what the caller asks for its work.
    function offerCompute(uint96 priceWei, uint16 capacity, uint32 minSeconds, bytes32 environment) external payable;

    /// @notice Takes an offered seat and locks its bond.
    /// @dev Requirements: the caller is its holder, has the role and room; in time.
    function join(uint256 dataset, uint256 subset, uint256 index, bytes32 seal) external payable;

    /// @notice Reveals what the caller sealed. From when all of the subset have joined, or the time to join is over.
    function revealReplica(
        uint256 dataset,
        uint256 subset,
        uint256 index,
        bytes32 digest,
        bytes32 salt
    ) external payable;

    /// @notice The owner says whether a revealed digest is right. The last one makes the dataset ready.
    function verify(uint256 dataset, uint256 subset, uint256 index, bool isRight) external payable;

    /// @notice Gives a seat up and frees its bond: a verified one unless a round that it is assigned to is not counted (a local one: unless a job runs), one that is not verified unless its reveal is owed, any when the dataset is retired.
    function vacate(uint256 dataset, uint256 subset, uint256 index) external payable;

    /// @notice Slashes a replica that sealed and did not reveal in time: half to the caller, half burned. Anyone; as a reveal is owed to all.
    function dismiss(uint256 dataset, uint256 subset, uint256 index) external payable;

    /// @notice One seat.
    function replicaOf(uint256 dataset, uint256 subset, uint256 index) external view returns (Replica memory);

    /// @notice What a compute owner asks.
    function computeOfferOf(address holder) external view returns (ComputeOffer memory);
}
