"""The ledger twin: each rule of money, each refusal in the contract's order, and the books balanced under any story.

Requirements I-01, I-02, I-03, I-04, I-05, I-06, I-07, I-08, I-09, I-11.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonlearn.contract_errors import (
    InvalidTerms,
    ModelAgrees,
    ModelDisagrees,
    NotAuthor,
    NothingOwed,
    NotOpen,
    NotProven,
    OwnContribution,
    StakeTooHigh,
    StakeTooLow,
    TooEarly,
    UnknownContribution,
)
from commonlearn.errors import CommonlearnError
from commonlearn.incentives.self_assessment import SelfAssessmentLedger, Totals
from commonlearn.money import GWEI
from commonlearn.records import Status, Terms

BENEFICIARY = "0x" + "11" * 20
FLOOR = 1000 * GWEI


def terms(**changes):
    usual = {
        "beneficiary": BENEFICIARY,
        "floor_wei": FLOOR,
        "growth_bps": 0,
        "half_life_seconds": 100,
        "refund_wait_seconds": 10,
        "report_wait_seconds": 20,
        "sweep_wait_seconds": 30,
        "reporter_bps": 1000,
    }
    return Terms(**{**usual, **changes})


@pytest.fixture
def ledger():
    return SelfAssessmentLedger(terms(), opened_at=0)


def give(ledger, who, *, taught=True, value=FLOOR, now=0, label=1):
    return ledger.contribute(who, label, f"sample {ledger.contributions}", taught=taught, value_wei=value, now=now)


def prove(ledger, who, now=0):
    id_ = give(ledger, who, now=now)
    ledger.refund(id_, who, predicted=1, now=now + 10)


def test_contributions_are_numbered_and_lock_the_stake(ledger):
    assert [give(ledger, "ann"), give(ledger, "bob")] == [0, 1]
    assert ledger.totals() == Totals(2 * FLOOR, 0, 0)
    assert ledger.status_of(0) is Status.OPEN
    assert ledger.status_of(2) is Status.NONE
    assert ledger.contribution(1).author == "bob"


def test_too_little_is_refused_and_too_much_credited(ledger):
    with pytest.raises(StakeTooLow) as raised:
        give(ledger, "ann", value=FLOOR - 1)
    assert raised.value.values == (FLOOR - 1, FLOOR)
    assert ledger.totals() == Totals(0, 0, 0)
    give(ledger, "ann", value=FLOOR + 5)
    assert ledger.owed("ann") == 5


def test_the_stake_rises_with_contributions_and_falls_with_quiet():
    ledger = SelfAssessmentLedger(terms(growth_bps=1_000), opened_at=0)
    give(ledger, "ann", now=0)
    assert ledger.stake_at(0) == FLOOR * 11 // 10
    assert ledger.stake_at(100) == FLOOR * 105 // 100
    assert ledger.stake_at(100_000) == FLOOR


def test_a_stake_that_no_record_can_hold_is_refused():
    ledger = SelfAssessmentLedger(terms(floor_wei=(1 << 80) // GWEI * GWEI, growth_bps=10_000), opened_at=0)
    first = ledger.stake_at(0)
    give(ledger, "ann", value=first)
    with pytest.raises(StakeTooHigh) as raised:
        give(ledger, "ann", value=4 * first)
    assert raised.value.required_wei == 2 * first


def test_a_refund_gives_the_stake_back_and_proves_only_what_taught(ledger):
    taught, known = give(ledger, "ann"), give(ledger, "ann", taught=False)
    for id_ in (taught, known):
        ledger.refund(id_, "ann", predicted=1, now=10)
        assert ledger.status_of(id_) is Status.REFUNDED
    assert ledger.owed("ann") == 2 * FLOOR
    assert ledger.proven("ann") == FLOOR // GWEI
    assert ledger.totals() == Totals(0, FLOOR // GWEI, 0)


def test_a_report_pays_the_reporter_and_shares_the_rest_by_what_is_proven(ledger):
    prove(ledger, "ann")
    prove(ledger, "bob")
    prove(ledger, "bob")
    bad = give(ledger, "eve", now=20)
    per_gwei = ledger.report(bad, "ann", predicted=0, now=50)
    bounty, pot = FLOOR // 10, FLOOR - FLOOR // 10
    assert per_gwei == pot // 3000
    assert ledger.owed("ann") == FLOOR + bounty + 1000 * per_gwei
    assert ledger.owed("bob") == 2 * FLOOR + 2000 * per_gwei
    assert ledger.owed("eve") == 0
    assert ledger.totals() == Totals(0, 3000, pot - 3000 * per_gwei)


def test_the_rest_of_a_share_is_carried_into_the_next():
    ledger = SelfAssessmentLedger(terms(floor_wei=7 * GWEI), opened_at=0)
    for who in ("ann", "bob", "cyd"):
        give(ledger, who, value=7 * GWEI)
    for i, who in enumerate(("ann", "bob", "cyd")):
        ledger.refund(i, who, predicted=1, now=10)
    bad = [give(ledger, "eve", value=7 * GWEI, now=10) for _ in range(2)]
    pot = 7 * GWEI - 7 * GWEI // 10
    first = ledger.report(bad[0], "ann", predicted=0, now=40)
    assert (first, ledger.totals().carry_wei) == divmod(pot, 21)
    second = ledger.report(bad[1], "ann", predicted=0, now=40)
    assert (second, ledger.totals().carry_wei) == divmod(pot + pot % 21, 21)


def test_an_author_gets_nothing_of_an_own_forfeit_but_keeps_earlier_shares(ledger):
    for who in ("ann", "bob"):
        prove(ledger, who)
    first, own = give(ledger, "eve", now=20), give(ledger, "bob", now=20)
    ledger.report(first, "ann", predicted=0, now=40)
    before = ledger.owed("bob")
    assert before > FLOOR
    ledger.report(own, "ann", predicted=0, now=40)
    assert ledger.owed("bob") == before
    third = give(ledger, "eve", now=40)
    ledger.report(third, "ann", predicted=0, now=60)
    assert ledger.owed("bob") > before, "later forfeits are shared with it again"


def test_a_sweep_goes_to_the_beneficiary(ledger):
    id_ = give(ledger, "ann")
    ledger.sweep(id_, now=30)
    assert ledger.owed(BENEFICIARY) == FLOOR
    assert ledger.status_of(id_) is Status.SWEPT


def test_a_withdrawal_pays_everything_once(ledger):
    prove(ledger, "ann")
    assert ledger.withdraw("ann") == FLOOR
    with pytest.raises(NothingOwed):
        ledger.withdraw("ann")
    with pytest.raises(NothingOwed):
        ledger.withdraw("nobody")
    assert ledger.proven("ann") == 1000, "what is proven stays"
    assert ledger.balance_wei == 0


def test_refunds_are_refused_in_the_contracts_order(ledger):
    id_ = give(ledger, "ann")
    done = give(ledger, "ann")
    ledger.refund(done, "ann", predicted=1, now=10)
    everything_wrong = {"predicted": 0, "now": 0}
    with pytest.raises(UnknownContribution):
        ledger.refund(9, "bob", **everything_wrong)
    with pytest.raises(UnknownContribution):
        ledger.refund(done, "bob", **everything_wrong, claim=(ledger.contribution(done), "another sample"))
    with pytest.raises(NotOpen) as raised:
        ledger.refund(done, "bob", **everything_wrong)
    assert raised.value.status is Status.REFUNDED
    with pytest.raises(NotAuthor):
        ledger.refund(id_, "bob", **everything_wrong)
    with pytest.raises(TooEarly) as early:
        ledger.refund(id_, "ann", predicted=0, now=9)
    assert early.value.opens_at == 10
    with pytest.raises(ModelDisagrees):
        ledger.refund(id_, "ann", predicted=0, now=10)


def test_reports_are_refused_in_the_contracts_order(ledger):
    prove(ledger, "bob")
    id_ = give(ledger, "ann", now=10)
    everything_wrong = {"predicted": 1, "now": 0}
    with pytest.raises(UnknownContribution):
        ledger.report(9, "ann", **everything_wrong)
    with pytest.raises(NotOpen):
        ledger.report(0, "bob", **everything_wrong)
    with pytest.raises(OwnContribution):
        ledger.report(id_, "ann", **everything_wrong)
    with pytest.raises(NotProven):
        ledger.report(id_, "eve", **everything_wrong)
    with pytest.raises(TooEarly) as early:
        ledger.report(id_, "bob", predicted=1, now=29)
    assert early.value.opens_at == 30
    with pytest.raises(ModelAgrees):
        ledger.report(id_, "bob", predicted=1, now=30)


def test_sweeps_are_refused_in_the_contracts_order(ledger):
    id_ = give(ledger, "ann")
    prove(ledger, "ann")
    with pytest.raises(UnknownContribution):
        ledger.sweep(9, now=0)
    with pytest.raises(NotOpen):
        ledger.sweep(1, now=0)
    with pytest.raises(TooEarly) as early:
        ledger.sweep(id_, now=29)
    assert early.value.opens_at == 30
    ledger.sweep(id_, now=30)


@pytest.mark.parametrize(
    "changes",
    [
        {"refund_wait_seconds": 0},
        {"report_wait_seconds": 10},
        {"sweep_wait_seconds": 20},
        {"sweep_wait_seconds": 1 << 32},
        {"floor_wei": GWEI - 1},
        {"floor_wei": GWEI + 1},
        {"floor_wei": 1 << 80},
        {"growth_bps": 10_001},
        {"half_life_seconds": 0},
        {"reporter_bps": 5_001},
        {"beneficiary": "0x" + "0" * 40},
    ],
    ids=str,
)
def test_terms_that_cannot_work_are_refused_in_words(changes):
    with pytest.raises(InvalidTerms) as raised:
        SelfAssessmentLedger(terms(**changes), opened_at=0)
    assert len(raised.value.user_message) > 60


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["contribute", "refund", "report", "sweep", "withdraw"]),
        st.sampled_from(["ann", "bob", "eve"]),
        st.integers(0, 15),
        st.integers(0, 1),
        st.integers(0, 25),
        st.booleans(),
    ),
    max_size=80,
)


@settings(max_examples=150)
@given(STEPS)
def test_under_any_story_the_books_balance_and_every_stake_ends_once(story):
    ledger = SelfAssessmentLedger(terms(growth_bps=300, reporter_bps=777), opened_at=0)
    received = paid = now = 0
    ended: dict[int, Status] = {}
    for what, who, id_, bit, seconds, flag in story:
        now += seconds
        before = (ledger.balance_wei, ledger.totals())
        try:
            if what == "contribute":
                value = ledger.stake_at(now) + 13 * bit
                ledger.contribute(who, bit, id_, taught=flag, value_wei=value, now=now)
                received += value
            elif what == "refund":
                ledger.refund(id_, who, predicted=bit, now=now)
            elif what == "report":
                ledger.report(id_, who, predicted=bit, now=now)
            elif what == "sweep":
                ledger.sweep(id_, now=now)
            else:
                paid += ledger.withdraw(who)
        except CommonlearnError:
            assert before == (ledger.balance_wei, ledger.totals()), "a refused call changed something"
        assert ledger.balance_wei == received - paid
        locked = sum(
            ledger.contribution(i).stake_wei for i in range(ledger.contributions) if ledger.status_of(i) is Status.OPEN
        )
        assert ledger.totals().locked_wei == locked
        assert ledger.totals().proven_gwei == sum(ledger.proven(account) for account in ("ann", "bob", "eve"))
        for i in range(ledger.contributions):
            status = ledger.status_of(i)
            assert ended.get(i, status) is status, "a status went back"
            if status is not Status.OPEN:
                ended[i] = status
