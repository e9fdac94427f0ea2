"""Thin typed wrappers of what a collaboration under points has besides, and of its badges."""

from __future__ import annotations

from collections.abc import Sequence

from commonlearn.chain.abi import checksummed, function_of
from commonlearn.chain.contracts import Call, CollaborationContract
from commonlearn.numerics.hashing import keccak256
from commonlearn.records import Badge, Contribution

__all__ = ["PointsContract"]

Ballot = tuple[int, Contribution, bytes]
"""Number, contribution and sample of what is voted on."""


class PointsContract:
    """Points of a collaboration.

    Parameters
    ----------
    contract : CollaborationContract
        Of a model whose incentive is points.
    """

    def __init__(self, contract: CollaborationContract) -> None:
        self.contract = contract
        self.connection = contract.connection
        self.address = contract.address
        self.badges = checksummed(self.connection.read(self.address, function_of("PointsCollaboration", "badges")))

    def _call(self, name: str, *arguments: object, what: str) -> Call:
        return Call(self.address, function_of("PointsCollaboration", name).encode(*arguments), 0, what)

    def vote(self, ballots: Sequence[Ballot], *, confirms: bool) -> Call:
        """Confirms or contests contributions, all or none."""
        verb = "confirm" if confirms else "contest"
        plain = [(id_, contribution.as_tuple(), keccak256(sample)) for id_, contribution, sample in ballots]
        if len(plain) == 1:
            return self._call(verb, *plain[0], what=f"{verb} contribution {plain[0][0]}")
        return self._call(f"{verb}Many", plain, what=f"{verb} {len(plain)} contributions")

    def judge(self, voter: str, ids: Sequence[int]) -> Call:
        """Counts votes that agreed with the final tallies."""
        return self._call("judge", voter, list(ids), what=f"count {len(ids)} right vote(s)")

    def claim_badge(self, account: str, badge: Badge) -> Call:
        """Mints a badge to who has earned it."""
        return self._call("claimBadge", account, int(badge), what=f"claim the badge {badge.title!r}")

    def badges_of(self, accounts: Sequence[str]) -> dict[str, tuple[Badge, ...]]:
        """Which badges accounts have been awarded."""
        function = function_of("Badges", "isAwarded")
        wanted = [(account, badge) for account in accounts for badge in Badge]
        calls = [(self.badges, function, (self.address, account, int(badge))) for account, badge in wanted]
        found: dict[str, tuple[Badge, ...]] = dict.fromkeys(accounts, ())
        for (account, badge), is_awarded in zip(wanted, self.connection.read_many(calls), strict=True):
            if is_awarded:
                found[account] += (badge,)
        return found

    def token_of(self, account: str, badge: Badge) -> int:
        """Number of a badge's token, minted or not."""
        function = function_of("Badges", "tokenIdOf")
        return int(self.connection.read(self.badges, function, self.address, account, int(badge)))
