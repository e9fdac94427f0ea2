"""Reputation in integers (``contracts/libraries/ReputationMath``).

Evidence for and against somebody in a role: α and β begin at 1. α grows by w on success, β by w on time-out and by 3 w
on slash, where ``w = log2(1 + value / unit)``. What exceeds the first 1 of each decays by 0.98 an epoch; so who rests
goes back to a stranger's one half, which a new identity would have as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from commonlearn.numerics import log2_q32

__all__ = ["EPOCH_SECONDS", "ONE", "SLASH_WEIGHT", "UNIT_WEI", "Reputation", "decayed", "weight"]

ONE = 1 << 32
"""One, in units of 2**-32."""
EPOCH_SECONDS = 7 * 86_400
UNIT_WEI = 10**15
"""A value of this weighs 1."""
SLASH_WEIGHT = 3
_LAMBDA = (1 << 64) * 98 // 100
_FORGOTTEN = 4_096
_MOST = (1 << 64) - 1


def weight(value_wei: int) -> int:
    """Return what an event about a value weighs, in units of 2**-32.

    Examples
    --------
    >>> weight(0), weight(UNIT_WEI) == ONE
    (0, True)
    """
    return max(0, log2_q32(UNIT_WEI + value_wei) - log2_q32(UNIT_WEI))


def decayed(evidence: int, epochs: int) -> int:
    """Return α or β after so many epochs.

    Examples
    --------
    >>> decayed(3 * ONE, 0) == 3 * ONE, round(decayed(3 * ONE, 1) / ONE, 6), decayed(3 * ONE, 5_000) == ONE
    (True, 2.96, True)
    """
    if epochs == 0 or evidence <= ONE:
        return evidence
    if epochs >= _FORGOTTEN:
        return ONE
    factor, power = 1 << 64, _LAMBDA
    while epochs:
        if epochs & 1:
            factor = factor * power >> 64
        power = power * power >> 64
        epochs >>= 1
    return ONE + ((evidence - ONE) * factor >> 64)


@dataclass(frozen=True)
class Reputation:
    """Evidence about somebody in one role.

    Attributes
    ----------
    alpha, beta : int
        In units of 2**-32.
    epoch : int
        To which both are decayed.

    Examples
    --------
    >>> good = Reputation().succeeded(UNIT_WEI, 0)
    >>> good.score / ONE
    0.6666666665114462
    """

    alpha: int = ONE
    beta: int = ONE
    epoch: int = 0

    @property
    def score(self) -> int:
        """α / (α + β), in units of 2**-32."""
        return (self.alpha << 32) // (self.alpha + self.beta)

    def at(self, time: int) -> Reputation:
        """Return the same as of a time in seconds."""
        epoch = time // EPOCH_SECONDS
        epochs = epoch - self.epoch
        return Reputation(decayed(self.alpha, epochs), decayed(self.beta, epochs), epoch)

    def succeeded(self, value_wei: int, time: int) -> Reputation:
        """Return it after a success."""
        now = self.at(time)
        return Reputation(min(_MOST, now.alpha + weight(value_wei)), now.beta, now.epoch)

    def timed_out(self, value_wei: int, time: int) -> Reputation:
        """Return it after a time-out."""
        return self._failed(weight(value_wei), time)

    def was_wrong(self, value_wei: int, time: int) -> Reputation:
        """Return it after a slash for a wrong result."""
        return self._failed(SLASH_WEIGHT * weight(value_wei), time)

    def _failed(self, by: int, time: int) -> Reputation:
        now = self.at(time)
        return Reputation(now.alpha, min(_MOST, now.beta + by), now.epoch)
