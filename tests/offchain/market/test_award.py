"""What a round pays (K-34, K-35, K-36)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from commonlearn.market.award import close_round
from commonlearn.market.participants import Participant, Roster

amounts = st.one_of(st.integers(0, 60), st.integers(0, 10**24))
scores = st.one_of(st.integers(-6, 6), st.integers(-(10**6), 10**6))
people = st.lists(st.tuples(amounts, scores), max_size=6)


def roster_of(given_people):
    return Roster(
        Participant("0x" + f"{number:040x}", balance, 5, score) for number, (balance, score) in enumerate(given_people)
    )


@given(people=people, unit=amounts, bounty=amounts, rounds=st.integers(1, 16), data=st.data())
def test_money_is_kept_and_rounds_end(people, unit, bounty, rounds, data):
    roster, unawarded = roster_of(people), 0
    total = bounty + sum(balance for balance, _ in people)
    for left in range(rounds, 0, -1):
        out_before = sum(each.is_out for each in roster)
        found = close_round(roster, unit, bounty, left)
        assert found.unit_wei > 0 or unit == 0
        unit, bounty, unawarded = unit - found.unit_wei, found.bounty_left_wei, unawarded + found.surplus_wei
        assert unit >= 0
        assert bounty >= 0
        assert all(each.balance_wei >= 0 for each in roster)
        assert sum(each.balance_wei for each in roster) + bounty + unawarded == total
        if unit == 0:
            break
        assert sum(each.is_out for each in roster) > out_before
        for number, each in enumerate(list(roster)):
            roster.change(number, score=0 if each.is_out else data.draw(scores))
    assert unit == 0


@given(people=people, unit=amounts, bounty=amounts, rounds=st.integers(1, 16))
def test_each_loses_by_the_own_harm_and_wins_by_the_own_help(people, unit, bounty, rounds):
    roster = roster_of(people)
    before = list(roster)
    found = close_round(roster, unit, bounty, rounds)
    helped = sum(max(0, score) for _, score in people)
    for old, new in zip(before, roster, strict=True):
        gained = new.balance_wei - old.balance_wei
        if old.score <= 0:
            assert gained == -min(old.balance_wei, -old.score * found.unit_wei)
        else:
            each, rest = divmod(gained, old.score)
            assert rest == 0
            assert each <= found.unit_wei
            if each < found.unit_wei:
                assert found.bounty_left_wei < helped, "what is left over is less than a wei a test sample"


def test_without_harm_all_is_decided_at_once():
    roster = roster_of([(10, 0), (10, 3)])
    assert close_round(roster, 7, 100, 9).unit_wei == 7
    assert [each.balance_wei for each in roster] == [10, 31]


def test_all_harmful_forfeit_to_nobody():
    roster = roster_of([(10, -1), (20, -3)])
    found = close_round(roster, 5, 100, 1)
    assert (found.bounty_left_wei, found.surplus_wei) == (100, 20)
    assert [each.balance_wei for each in roster] == [5, 5]


def test_nobody_took_part():
    found = close_round(Roster(), 5, 100, 3)
    assert (found.unit_wei, found.bounty_left_wei, found.surplus_wei) == (5, 100, 0)
