"""What sponsors sign and pay for."""

from __future__ import annotations

from dataclasses import dataclass, fields

__all__ = ["PoolTerms", "SponsoredContribution"]


@dataclass(frozen=True, slots=True)
class SponsoredContribution:
    """A contribution that its author signs and somebody else sends. All of it is signed.

    Parameters
    ----------
    collaboration : str
        Address of the model.
    author : str
        Who signs: has the rights of an author, is proven and earns the points.
    payee : str
        Who gets the stake back.
    relayer : str
        Who may send it; the zero address for anyone.
    sample : bytes
        Encoded features.
    label : int
        Class number, from 0.
    max_stake_wei : int
        Most that may be staked.
    stake_from_author : bool
        Whether the stake comes out of the author's balance in the sponsorship contract, not out of the relayer's ether.
    nonce : int
        Any number below 2^256 that the author has not used.
    deadline : int
        Last Unix time in seconds at which it may be sent.
    """

    collaboration: str
    author: str
    payee: str
    relayer: str
    sample: bytes
    label: int
    max_stake_wei: int
    stake_from_author: bool
    nonce: int
    deadline: int

    def as_tuple(self) -> tuple[str, str, str, str, bytes, int, int, bool, int, int]:
        """In the contract's order."""
        return tuple(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True, slots=True)
class PoolTerms:
    """The rules of a pool that repays gas, fixed when it is opened.

    Parameters
    ----------
    cap_wei, author_cap_wei : int
        Most that one contribution, and all contributions of one author together, are repaid; below 2^88.
    earn_until, claim_until : int
        Unix times in seconds: up to when contributions are noted, and up to when what was noted can be claimed.

    Examples
    --------
    >>> PoolTerms(10**15, 10**16, 1_800_000_000, 1_900_000_000).problems(now=1_700_000_000)
    []
    """

    cap_wei: int
    author_cap_wei: int
    earn_until: int
    claim_until: int

    def as_tuple(self) -> tuple[int, int, int, int]:
        """In the contract's order."""
        return (self.cap_wei, self.author_cap_wei, self.earn_until, self.claim_until)

    def problems(self, *, now: int) -> list[str]:
        """What the contract would refuse at a Unix time, in plain words; empty when the rules are valid."""
        found = []
        if not 0 < self.cap_wei <= self.author_cap_wei < 1 << 88:
            found.append("the cap of a contribution must be above zero and not above the cap of an author")
        if not now < self.earn_until < self.claim_until < 1 << 40:
            found.append("the end of earning must lie in the future, and the end of claims after it")
        return found
