// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice How far a job's model is.
enum ModelPhase {
    None,
    Registered, // submitted by its source's hash
    Training,
    Trained, // waits for the jury
    Validated, // scored
    Listed, // offered by its buyer
    Withdrawn // not any more, or the job died
}

/// @title Settlement: what a job pays, to the wei
/// @notice `budget = data + compute + validation + aggregation`, split by basis points with largest remainders. Compute is paid per agreed round, aggregation per final round, validation per decided vote. Of the data part,
/// `⌊part × clip((baseline − score) / (baseline − target), 0, 1)⌋` is released and shared by the weights that the jury agreed on, max(φ, 0) of each owner's Shapley value. What is left, and the purse, goes back to the sponsors.
/// **Unscored** jobs (no jury wanted, none could decide, the aggregator stalled) release the whole data part in equal shares: who has had the updates cannot save the price by letting the job die. The share of a dataset that failed its spot check goes back to the sponsors.
/// @dev `uint64[] weights` are one a dataset, in the job's order; revealed votes show them. Nothing is pushed: all becomes credit.
interface ISettlement {
    /// @notice Emitted when a job was settled.
    /// @param releasedWei Of the data part.
    event Settled(uint256 indexed job, uint256 releasedWei, uint256 refundedWei);
    /// @notice Emitted when a buyer offers a model, or does not any more.
    /// @param priceWei Asked for it.
    event ModelListed(uint256 indexed job, address indexed buyer, bytes32 model, uint256 priceWei, bool isListed);

    /// @notice Thrown when score and weights are not those that the jury agreed on, or are not one for each dataset.
    error WrongShares(uint256 job, bytes32 found, bytes32 wanted);
    /// @notice Thrown when the appeal's time is not over.
    error AppealOpen(uint256 job, uint256 until);
    /// @notice Thrown when the caller is not the job's buyer.
    error NotBuyer(uint256 job, address caller);

    /// @notice Settles a decided job once its appeal's time is over. Anyone who knows the weights; pays the bounty.
    /// @param score What the jury agreed on.
    /// @param weights Of the owners, one for each of the job's datasets, in its order.
    function settle(uint256 job, int64 score, uint64[] calldata weights) external payable;

    /// @notice Offers the model of a closed job, or takes the offer back.
    function listModel(uint256 job, uint256 priceWei, bool isListed) external payable;

    /// @notice A job's model.
    /// @return phase How far it is.
    /// @return model Digest of its latest parameters.
    /// @return score In millionths; 0 while unscored.
    function modelOf(uint256 job) external view returns (ModelPhase phase, bytes32 model, int64 score);

    /// @notice The parts of a budget.
    function partsOf(
        uint256 job
    ) external view returns (uint256 dataWei, uint256 computeWei, uint256 validationWei, uint256 aggregationWei);
}
