"""Moves of many contributions at once, and sponsored ones, made twice like those of the `Bookkeeper`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import partial
from typing import Any

from commonlearn.contract_errors import BatchRefused
from commonlearn.errors import CommonlearnError, UnknownLabel
from commonlearn.incentives.batch import batch_tree
from commonlearn.incentives.self_assessment import ClaimOf, Refused
from commonlearn.models.exact import ExactModel
from commonlearn.records import NOBODY, Claim, Status
from tests.support.bookkeeper import Bookkeeper
from tests.support.events import logged
from tests.support.thrown import thrown_data


class BatchBookkeeper(Bookkeeper):
    """The books of a collaboration whose sponsorship contract is the cast's deployer: it names any author and payee."""

    def sponsor(self, author: Any, payee: Any, sample: bytes, label: int, excess_wei: int = 0) -> None:
        """Let the sponsorship contract contribute in somebody's name."""
        now = self._now()
        value = self.ledger.stake_at(now) + excess_wei
        trained = deepcopy(self.twin)
        expected = partial(
            self.ledger.contribute,
            author.address,
            label,
            sample,
            taught=trained.train_one(sample, label),
            value_wei=value,
            now=now,
            payee=payee.address,
        )
        arguments = (author, payee, sample, label, {"from": self.actors["deployer"], "value": value})
        if self._move("sponsor", expected, self.contract.contributeFor, arguments, now) is not None:
            self.twin = trained
            self.samples.append(sample)
            self._paid_in += value

    def contribute_many(
        self, author: Any, given: Sequence[tuple[bytes, int]], excess_wei: int = 0, *, strict: bool = False
    ) -> None:
        """Contribute samples and labels, good and bad, for their stakes and an excess (or a lack)."""
        now, trained = self._now(), deepcopy(self.twin)
        answers = [_answer(trained, sample, label) for sample, label in given]
        told = [(label, sample, answer) for (sample, label), answer in zip(given, answers, strict=True)]
        accepted = [
            (sample, answer) for (sample, _), answer in zip(given, answers, strict=True) if isinstance(answer, bool)
        ]
        value = max(0, self._price_of(len(accepted), now) + excess_wei)
        expected = partial(self.ledger.contribute_many, author.address, told, value_wei=value, now=now, strict=strict)
        arguments = ([sample for sample, _ in given], [label for _, label in given], strict)
        tx = self._many("contributeMany", expected, (*arguments, {"from": author, "value": value}), now, "position")
        if tx is not None:
            self.twin = trained
            self.samples += [sample for sample, _ in accepted]
            self._paid_in += value
            self._check_record(tx, len(accepted))

    def claim_many(
        self, name: str, ids: Sequence[int], caller: Any, *, altered: Sequence[int] = (), strict: bool = False
    ) -> None:
        """Refund, report or sweep (`name`) contributions; of the altered ones another story is told than the log's."""
        claims = [self._claim_told(id_, id_ in altered) for id_ in ids]
        predicted = self.twin.predict_encoded([claim.sample for claim in claims]) if claims else []
        now = self._now()
        told = [
            ClaimOf(
                claim.id,
                int(answer),
                (claim.contribution, claim.sample),
                None if claim.payee == NOBODY else claim.payee,
                claim.batch,
            )
            for claim, answer in zip(claims, predicted, strict=True)
        ]
        who = () if name == "sweep" else (caller.address,)
        expected = partial(getattr(self.ledger, f"{name}_many"), told, *who, now=now, strict=strict)
        arguments = ([claim.as_tuple() for claim in claims], strict, {"from": caller})
        self._many(f"{name}Many", expected, arguments, now, "id")

    def is_single(self, id_: int) -> bool:
        """Whether single claims know a contribution: it came alone, and nobody sponsored it."""
        claim = self.ledger.claim_of(id_)
        return not claim.proof and claim.payee == NOBODY

    def sweep_rest(self) -> None:
        """Take all stakes that are left: of single contributions and of others, by batches."""
        self.pass_time(self.terms.sweep_wait_seconds)
        rest = [id_ for id_ in range(len(self.samples)) if self.ledger.status_of(id_) is Status.OPEN]
        for start in range(0, len(rest), 50):
            self.claim_many("sweep", rest[start : start + 50], self.actors["stranger"], strict=True)

    def close(self) -> None:
        """Take all money out: whatever happened before, nothing is left but the rest that waits to be shared."""
        self.sweep_rest()
        super().close()

    # -------------------------------------------------------------------------------------------------------- private

    def _price_of(self, count: int, now: int) -> int:
        ledger = deepcopy(self.ledger)
        stakes = []
        for _ in range(count):
            stakes.append(ledger.stake_at(now))
            ledger.contribute("anyone", 0, b"", taught=False, value_wei=stakes[-1], now=now)
        return sum(stakes)

    def _claim_told(self, id_: int, altered: bool) -> Claim:
        if id_ >= len(self.samples):
            story, sample = self._story(id_, altered=False)
            return Claim(id_, story, sample, id_)
        claim = self.ledger.claim_of(id_)
        if not altered:
            return claim
        return replace(claim, contribution=replace(claim.contribution, taught=not claim.contribution.taught))

    def _many(self, name: str, expected: Callable[[], Any], arguments: tuple[Any, ...], now: int, field: str) -> Any:
        """Do what the ledger does, and compare what is logged of each that it refuses. Returns the transaction."""
        refused: list[Refused] = []

        def foretell() -> Any:
            try:
                result = expected()
            except BatchRefused as error:
                if isinstance(error.__cause__, CommonlearnError):
                    raise BatchRefused(error.position, thrown_data(error.__cause__)) from None
                raise
            refused.extend(result[1] if isinstance(result, tuple) else result)
            return result

        receipts: list[Any] = []

        def send(*inner: Any) -> Any:
            receipts.append(getattr(self.contract, name)(*inner))
            return receipts[-1]

        if self._move(name, foretell, send, arguments, now) is None:
            return None
        event = "SampleRefused" if field == "position" else "ClaimRefused"
        positions = [one.position if field == "position" else arguments[0][one.position][0] for one in refused]
        wanted = [
            (event, {field: place, "reason": thrown_data(one.reason)})
            for place, one in zip(positions, refused, strict=True)
        ]
        assert [found for found in logged(receipts[0]) if found[0] == event] == wanted
        self.succeeded[name] += len(arguments[0]) - len(refused)
        self.refused[name] += len(refused)
        return receipts[0]

    def _check_record(self, tx: Any, count: int) -> None:
        """One record for two or more, the tree's root; for one, its own digest."""
        first = len(self.samples) - count
        found = [fields for name, fields in logged(tx) if name == "BatchRecorded"]
        given = [(self.ledger.contribution(first + i), self.samples[first + i]) for i in range(count)]
        if count < 2:
            assert found == []
            return
        root = batch_tree(first, given).root
        assert found == [{"first": first, "count": count, "root": root}]
        assert self.contract.recordOf(first) == int.from_bytes(root[:31] + b"\x05", "big")
        assert all(self.contract.recordOf(first + i) == 0 for i in range(1, count))


def _answer(twin: ExactModel, sample: bytes, label: int) -> bool | CommonlearnError:
    """What the contract's model says: it looks at the label first, the twin at the sample."""
    if label >= twin.classes:
        return UnknownLabel(label, twin.classes)
    try:
        return twin.train_one(sample, label)
    except CommonlearnError as error:
        return error
