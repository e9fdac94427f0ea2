"""The plain model under points, and books kept beside it: every move is made on the chain and in the twin.

All functions need a connected brownie, which is imported when they run.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from commonlearn.errors import CommonlearnError
from commonlearn.incentives.points import PointsAccount, PointsLedger
from commonlearn.numerics import keccak256, words_to_bytes
from commonlearn.records import Badge, PointsTerms
from tests.support import collaborations
from tests.support.events import logged
from tests.support.plain_model import CONFIGURATION, UNKNOWN, Given, first_weights, presence
from tests.support.reverts import reverts

__all__ = ["DAY", "PointsModel", "create", "deploy_points_factory", "points_terms"]

DAY = 86_400
NOBODY = "0x" + "00" * 20


def points_terms(accounts: Sequence[Any], /, **changes: Any) -> PointsTerms:
    """Rules of most tests: founders may spend 200 points each, a vote weighs 1 to 10."""
    usual = {
        "founders": tuple(sorted(map(str, accounts), key=lambda one: int(one, 16))),
        "grant": 20_000,
        "least_vote": 100,
        "most_vote": 1_000,
        "give_bps": 2_000,
        "fee_bps": 15_000,
        "vote_seconds": 14 * DAY,
    }
    return PointsTerms(**{**usual, **changes})


def deploy_points_factory(sponsorship: str = NOBODY) -> Any:
    """Deploy a `PointsFactory`."""
    brownie: Any = import_module("brownie")
    project = brownie.project.get_loaded_projects()[0]
    return project["PointsFactory"].deploy(sponsorship, {"from": brownie.accounts[0]})


def create(
    factory: Any,
    implementation: Any,
    terms: PointsTerms | Sequence[Any],
    *,
    configuration: Any = CONFIGURATION,
    words: bytes | None = None,
    curator: Any = None,
    metadata: bytes = b"",
    sender: Any = None,
) -> Any:
    """Create a collaboration through the factory; with all words, as by default, it is open."""
    brownie: Any = import_module("brownie")
    collaborations.pass_time_until(collaborations.next_time())
    tx = factory.create(
        implementation,
        configuration.to_int(),
        terms.as_tuple() if isinstance(terms, PointsTerms) else tuple(terms),
        curator or NOBODY,
        words_to_bytes(first_weights().words()) if words is None else words,
        metadata,
        {"from": sender or brownie.accounts[0]},
    )
    project = brownie.project.get_loaded_projects()[0]
    return project["PointsCollaboration"].at(tx.events["Created"]["collaboration"], tx=tx)


class PointsModel:
    """The plain model under points, with the twin's ledger beside it.

    Parameters
    ----------
    collaboration : Contract
        Open.
    terms : PointsTerms
        Its rules.
    """

    def __init__(self, collaboration: Any, terms: PointsTerms) -> None:
        self.contract = collaboration
        self.terms = terms
        self.books = PointsLedger(terms)
        self.given: list[Given] = []

    @classmethod
    def create(cls, factory: Any, implementation: Any, terms: PointsTerms, **options: Any) -> PointsModel:
        """Make one."""
        return cls(create(factory, implementation, terms, **options), terms)

    def branch(self) -> PointsModel:
        """Books of their own from here on, for a chain that goes back to this point."""
        other = copy.copy(self)
        other.books, other.given = copy.deepcopy(self.books), list(self.given)
        return other

    # ----------------------------------------------------------------------------------------------------------- moves

    def give(self, who: Any, feature: int = UNKNOWN, label: int = 1) -> Given:
        """Contribute a sample of one feature."""
        at = collaborations.next_time()
        collaborations.pass_time_until(at)
        tx = self.contract.contribute(presence(feature), label, {"from": who})
        event = tx.events["Contributed"]
        contribution = collaborations.contribution_tuple(event)
        given = Given(event["id"], contribution, collaborations.sample_of(event), who, tx)
        assert self.books.contribute(str(who), now=at) == given.id
        self.given.append(given)
        return given

    def confirm(self, given: Given, by: Any) -> Any:
        """Let somebody confirm; the transaction, or None where twin and contract refuse alike."""
        return self.vote(given, by, confirms=True)

    def contest(self, given: Given, by: Any) -> Any:
        """Let somebody contest."""
        return self.vote(given, by, confirms=False)

    def vote(self, given: Given, by: Any, *, confirms: bool) -> Any:
        """Let somebody vote, and compare event and books with the twin's."""
        send = self.contract.confirm if confirms else self.contract.contest
        at = collaborations.next_time()
        vote = self._by_twin(
            lambda: self.books.vote(given.id, str(by), confirms=confirms, now=at),
            lambda: send(given.id, given.contribution, keccak256(given.sample), {"from": by}),
            at,
        )
        if vote is None:
            return None
        made, tx = vote
        fields = {
            "id": given.id,
            "voter": str(by),
            "author": str(given.author),
            "confirms": confirms,
            "weight": made.weight,
            "fee": made.fee,
            "fromGrant": made.from_grant,
        }
        assert logged(tx) == [("Voted", fields)]
        self.compare(by, given.author)
        self.compare_tally(given.id, by)
        return tx

    def judge(self, voter: Any, ids: Sequence[int], by: Any) -> Any:
        """Let somebody have votes counted; the transaction, or None where both refuse alike."""
        at = collaborations.next_time()
        judged = self._by_twin(
            lambda: self.books.judge(str(voter), ids, now=at),
            lambda: self.contract.judge(voter, list(ids), {"from": by}),
            at,
        )
        if judged is None:
            return None
        assert logged(judged[1]) == [("Judged", {"id": id_, "voter": str(voter)}) for id_ in ids]
        self.compare(voter)
        return judged[1]

    def _by_twin(self, move: Callable[[], Any], send: Callable[[], Any], at: int) -> tuple[Any, Any] | None:
        collaborations.pass_time_until(at)
        try:
            result = move()
        except CommonlearnError as error:
            with reverts(type(error).__name__, *error.values):
                send()
            return None
        return result, send()

    # --------------------------------------------------------------------------------------------------------- reading

    def account(self, who: Any) -> PointsAccount:
        """What the contract keeps of an account."""
        return PointsAccount(*(int(value) for value in self.contract.accountOf(who)))

    def points(self, who: Any) -> int:
        """Points of an account, in hundredths."""
        return int(self.contract.pointsOf(who))

    def compare(self, *accounts: Any) -> None:
        """Compare accounts with the twin's."""
        for who in accounts:
            expected = self.books.account(str(who))
            assert self.account(who) == expected
            assert self.points(who) == expected.points
            assert self.contract.voteWeightOf(who) == self.books.weight_of(str(who))
            for badge in Badge:
                assert self.contract.hasEarned(who, int(badge)) is self.books.has_earned(str(who), badge)

    def compare_tally(self, id_: int, voter: Any) -> None:
        """Compare what was said about a contribution with the twin's books."""
        tally, vote = self.books.tally(id_), self.books.votes[id_, str(voter)]
        expected = (tally.confirmed, tally.contested, tally.closes_at, tally.confirmations, tally.contests)
        assert tuple(self.contract.tallyOf(id_)) == expected
        assert self.contract.voteOf(id_, voter) == (vote.weight, vote.confirms, vote.is_counted)
