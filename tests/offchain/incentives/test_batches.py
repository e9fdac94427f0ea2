"""Batches in the ledger: the same books as single calls, and proofs of each contribution.

Requirements B-01, B-02, B-04, B-06, B-09.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonlearn.contract_errors import (
    BatchRefused,
    EmptyBatch,
    ModelDisagrees,
    ModelJustMoved,
    NotAuthor,
    NotOpen,
    OwnContribution,
    StakeTooLow,
    UnknownContribution,
)
from commonlearn.errors import EmptySample
from commonlearn.incentives.batch import batch_claims, batch_tree, leaf_of
from commonlearn.incentives.self_assessment import ClaimOf, SelfAssessmentLedger
from commonlearn.numerics import keccak256, verify
from commonlearn.records import Contribution, Status, Terms

TERMS = Terms("0x" + "11" * 20, 10**14, 500, 3600, 100, 200, 300, 1000)
ANN, BOB, CEM = ("0x" + digit * 40 for digit in "abc")
GIVEN = [(1, b"s0", True), (0, b"s1", False), (1, b"s2", True)]


def ledger() -> SelfAssessmentLedger:
    return SelfAssessmentLedger(TERMS, opened_at=0)


def books(one: SelfAssessmentLedger) -> object:
    contributions = [one.contribution(i) for i in range(one.contributions)]
    accounts = {who: (one.owed(who), one.proven(who)) for who in (ANN, BOB, CEM)}
    return contributions, accounts, one.totals(), one.balance_wei, one.stake_at(50)


@given(st.lists(st.tuples(st.integers(0, 1), st.binary(max_size=4), st.booleans()), min_size=1, max_size=9))
def test_fuzz_a_batch_leaves_the_books_of_single_calls(samples):
    singles, batch = ledger(), ledger()
    value = 0
    for label, sample, taught in samples:
        stake = singles.stake_at(10)
        singles.contribute(ANN, label, sample, taught=taught, value_wei=stake, now=10)
        value += stake
    assert batch.contribute_many(ANN, samples, value_wei=value, now=10) == (0, [])
    assert books(batch) == books(singles)
    answers = [label for label, _, _ in samples]
    for id_, label in enumerate(answers):
        singles.refund(id_, ANN, predicted=label, now=110)
    assert batch.refund_many([ClaimOf(id_, label) for id_, label in enumerate(answers)], ANN, now=110) == []
    assert books(batch) == books(singles)


def test_what_is_refused_is_left_out():
    one = ledger()
    error = EmptySample()
    first, refused = one.contribute_many(ANN, [GIVEN[0], (1, b"", error), GIVEN[1]], value_wei=10**18, now=10)
    assert (first, one.contributions) == (0, 2)
    assert [(each.position, each.reason) for each in refused] == [(1, error)]
    with pytest.raises(BatchRefused) as caught:
        one.contribute_many(ANN, [GIVEN[0], (1, b"", error)], value_wei=10**18, now=10, strict=True)
    assert (caught.value.position, caught.value.__cause__) == (1, error)
    assert one.contributions == 2


def test_too_little_and_nothing():
    one = ledger()
    with pytest.raises(StakeTooLow):
        one.contribute_many(ANN, GIVEN, value_wei=3 * 10**14, now=10)
    with pytest.raises(EmptyBatch):
        one.contribute_many(ANN, [], value_wei=0, now=10)
    with pytest.raises(EmptyBatch):
        one.sweep_many([], now=10)
    assert one.balance_wei == 0


def test_claims_are_refused_one_by_one_or_all_together():
    one = ledger()
    one.contribute_many(ANN, GIVEN, value_wei=10**18, now=10)
    claims = [ClaimOf(0, 1), ClaimOf(0, 1), ClaimOf(1, 1), ClaimOf(9)]
    before = books(one)
    with pytest.raises(BatchRefused) as caught:
        one.refund_many(claims, ANN, now=110, strict=True)
    assert isinstance(caught.value.__cause__, NotOpen)
    assert books(one) == before
    refused = one.refund_many(claims, ANN, now=110)
    assert [type(each.reason) for each in refused] == [NotOpen, ModelDisagrees, UnknownContribution]
    assert [one.status_of(i) for i in range(3)] == [Status.REFUNDED, Status.OPEN, Status.OPEN]
    one.contribute(BOB, 1, b"x", taught=False, value_wei=10**18, now=120)
    with pytest.raises(ModelJustMoved):
        one.refund_many(claims, ANN, now=120)


def test_single_calls_know_neither_batched_nor_sponsored_ones():
    one = ledger()
    one.contribute_many(ANN, GIVEN, value_wei=10**18, now=10)
    one.contribute(ANN, 1, b"s", taught=True, value_wei=10**18, now=10, payee=BOB)
    for id_ in range(4):
        with pytest.raises(UnknownContribution):
            one.refund(id_, ANN, predicted=1, now=110)


def test_a_sponsored_stake_goes_to_its_payee():
    one = ledger()
    one.contribute(ANN, 1, b"s", taught=True, value_wei=10**14 + 5, now=10, payee=BOB)
    assert one.owed(BOB) == 5
    told = ClaimOf(0, 1, payee=BOB)
    assert isinstance(one.refund_many([told], CEM, now=110)[0].reason, NotAuthor)
    assert isinstance(one.report_many([told], BOB, now=210)[0].reason, OwnContribution)
    assert one.refund_many([told], BOB, now=110) == []
    assert (one.owed(BOB), one.proven(BOB)) == (10**14 + 5, 0)
    assert (one.owed(ANN), one.proven(ANN)) == (0, 10**5)


def test_leaves_are_the_contracts():
    contribution = Contribution(ANN, 7, True, 10**15, 1_800_000_000)
    words = (3, int(ANN, 16), 7, 1, 10**15, 1_800_000_000, int.from_bytes(keccak256(b"sample"), "big"))
    assert leaf_of(3, contribution, b"sample") == keccak256(b"".join(word.to_bytes(32, "big") for word in words))


def test_every_claim_of_a_batch_is_proven():
    given_ = [(Contribution(ANN, i, True, 10**15, 5), bytes([i])) for i in range(7)]
    root = batch_tree(40, given_).root
    for claim in batch_claims(40, given_):
        assert claim.batch == 40
        assert verify(root, leaf_of(claim.id, claim.contribution, claim.sample), claim.proof)
