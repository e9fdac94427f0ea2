"""Contributions of the log as the contract wants them claimed: with the Merkle path of those that came in a batch."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from commonlearn.archive.records import LoggedContribution
from commonlearn.client.cache import ModelCache
from commonlearn.client.errors import ReplayMismatch
from commonlearn.incentives.batch import batch_tree
from commonlearn.records import NOBODY, Claim

__all__ = ["claims_of"]


def claims_of(cache: ModelCache, logged: Sequence[LoggedContribution]) -> list[Claim]:
    """Each contribution with its proof.

    Parameters
    ----------
    cache : ModelCache
        Holds the whole log: a path needs all of a batch.
    logged : sequence of LoggedContribution

    Raises
    ------
    ReplayMismatch
        A part of a batch is missing in the copy.
    """
    trees = {}
    for one in logged:
        if one.batch is not None and one.batch not in trees:
            members = list(islice(cache.contributions(after_id=one.batch - 1), one.batch_count))
            if len(members) != one.batch_count or {member.batch for member in members} != {one.batch}:
                raise ReplayMismatch(f"the batch of contribution {one.id} is not complete")
            trees[one.batch] = batch_tree(one.batch, [(m.contribution, m.sample) for m in members])
    return [
        Claim(
            id=one.id,
            contribution=one.contribution,
            sample=one.sample,
            payee=one.payee or NOBODY,
            batch=one.id if one.batch is None else one.batch,
            proof=() if one.batch is None else tuple(trees[one.batch].proof(one.id - one.batch)),
        )
        for one in logged
    ]
