"""Whether a dataset, or a compute owner, suits a job (``contracts/market/Matching`` and ``Rounds``)."""

from __future__ import annotations

from dataclasses import dataclass

from commonlearn.records import Custody, DatasetPhase, Mismatch

__all__ = ["Offer", "mismatch", "suits"]


@dataclass(frozen=True)
class Offer:
    """What a compute owner asks.

    Attributes
    ----------
    price_wei : int
        A round of one replica.
    min_seconds : int
        The least time in which it trains, and in which it reveals.
    environment : bytes
        Hash of what its results depend on.
    """

    price_wei: int
    min_seconds: int
    environment: bytes


def mismatch(
    phase: DatasetPhase,
    is_faulty: bool,
    custody: Custody,
    schema: bytes,
    quality: int,
    *,
    wanted_custody: Custody,
    wanted_schema: bytes,
    min_quality: int,
) -> Mismatch:
    """Return why a dataset does not suit a job; the first reason in the contract's order.

    Examples
    --------
    >>> mismatch(DatasetPhase.READY, False, Custody.LOCAL, b"s", 5, wanted_custody=Custody.LOCAL, wanted_schema=b"s",
    ...          min_quality=6).name
    'QUALITY'
    """
    reasons = (
        (phase is DatasetPhase.NONE, Mismatch.UNKNOWN),
        (phase is not DatasetPhase.READY, Mismatch.NOT_READY),
        (is_faulty, Mismatch.FAULTY),
        (custody is not wanted_custody, Mismatch.CUSTODY),
        (schema != wanted_schema, Mismatch.SCHEMA),
        (quality < min_quality, Mismatch.QUALITY),
    )
    return next((reason for holds, reason in reasons if holds), Mismatch.NONE)


def suits(offer: Offer, seat_wei: int, train_seconds: int, reveal_seconds: int, environment: bytes) -> bool:
    """Whether a job pays what a compute owner asks, leaves it time, and has its environment.

    Examples
    --------
    >>> suits(Offer(5, 60, b"e"), 5, 60, 60, b"e"), suits(Offer(5, 61, b"e"), 5, 60, 60, b"e")
    (True, False)
    """
    return (
        offer.price_wei <= seat_wei
        and offer.min_seconds <= min(train_seconds, reveal_seconds)
        and offer.environment == environment
    )
