"""The reporter's part of a forfeited stake: the twin of `contracts/libraries/ReporterPart.sol`."""

from __future__ import annotations

__all__ = ["reporter_part"]

_ONE = 10_000


def reporter_part(stake_wei: int, full_bps: int, since_open: int, span: int) -> int:
    """The part that a reporter gets beforehand, in wei, rounded down.

    It grows from nothing, when reports open, to the full part, when unclaimed stakes can be swept. So whoever is
    content with least reports first, and who copies a report out of the pool of transactions takes no more than that.

    Parameters
    ----------
    stake_wei : int
        The forfeited stake, at least 0.
    full_bps : int
        The full part, in 1/10,000; 0 to 5,000.
    since_open : int
        Seconds since reports opened, at least 0.
    span : int
        Seconds from then until the part is full; above 0.

    Returns
    -------
    int
        Wei, 0 to ``stake_wei * full_bps // 10_000``.

    Examples
    --------
    >>> [reporter_part(10**6, 1_000, hours, 10) for hours in (0, 5, 10, 99)]
    [0, 50000, 100000, 100000]
    """
    return stake_wei * full_bps * min(since_open, span) // (span * _ONE)
