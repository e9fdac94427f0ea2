// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Custody, Dataset, DatasetPhase} from "../../interfaces/training/ICatalogue.sol";
import {Mismatch} from "../../interfaces/training/IJobs.sol";
import {TrainingBooks} from "./TrainingBooks.sol";

/// @title Whether a dataset suits a job
/// @dev Twin: `commonlearn.protocol.matching`.
abstract contract Matching is TrainingBooks {
    /// @notice See {IJobs-mismatchOf}.
    function _mismatch(
        uint256 dataset,
        bytes32 schema,
        Custody custody,
        uint256 minQuality
    ) internal view returns (Mismatch) {
        Dataset storage d = _datasets[dataset];
        if (d.phase == DatasetPhase.None) return Mismatch.Unknown;
        if (d.phase != DatasetPhase.Ready) return Mismatch.NotReady;
        if (d.isFaulty) return Mismatch.Faulty;
        if (d.custody != custody) return Mismatch.Custody;
        if (d.schema != schema) return Mismatch.Schema;
        if (d.quality < minQuality) return Mismatch.Quality;
        return Mismatch.None;
    }
}
