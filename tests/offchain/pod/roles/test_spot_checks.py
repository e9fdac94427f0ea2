"""A holder asks for a row in private, and on chain where that fails (Y-16)."""

from __future__ import annotations

import pytest

from commonlearn.custody import new_key
from commonlearn.pod import Done
from commonlearn.pod.roles.data_owner import DataOwner
from commonlearn.pod.roles.letters import Letters
from commonlearn.pod.roles.opening import open_desk
from commonlearn.pod.roles.questions import (
    LetterRefused,
    Question,
    answer_letter,
    names_of,
    question_letter,
    read_answer,
    read_question,
)
from commonlearn.records import Mismatch

ANSWER, CHECKED = "dataset 1 seat 0.0 answer", "dataset 1 seat 0.0 unchecked"
BOND, OWNER_BOND = 4 * 10**9, 5 * 10**9


class Silent(DataOwner):
    """Answers no private question, but shows rows on chain."""

    @property
    def handlers(self):
        return {**super().handlers, "answer questions": lambda *_: Done()}


class Lost(DataOwner):
    """Has not the rows that it committed to any more: answers something, and shows nothing."""

    @property
    def handlers(self):
        return {**super().handlers, "answer questions": self.guess, "show row": self.fail}

    def guess(self, action, context):
        ledger = self._desk.ledger(context.view)
        asked, answered = names_of(1, 0, 0, 0)
        (holder,) = {seat.holder.lower() for seat in ledger.datasets[1].seats.values()}
        private, public = context.secrets["encryption key"], ledger.keys[holder]
        question = read_question(asked, self._desk.letters.get(asked), private, public)
        self._desk.letters.put(answered, answer_letter(question.challenge, b"?" * 32, private, public))
        return Done()

    def fail(self, action, context):
        raise OSError("the rows are lost")


def play(world, until, kind=None, seconds=900, **asking):
    asking = {"look_every": 1, "check_seconds": 7_200, **asking}
    world.add("one", "compute-owner", price="1 wei", **asking)
    listed = {"custody": "sharded", "holders": [world.addresses["one"]], "answer_every": 1, "check_bond": "4 gwei"}
    world.owner("north", 1, **listed)
    if kind is not None:
        world.liars["north"] = lambda config: {"data-owner": kind(open_desk(config), config.data_owner)}
    world.play(60, until, seconds)
    return world.market.participant(world.addresses["one"]), world.market.participant(world.addresses["north"])


def test_an_owner_that_has_its_rows_answers_and_nothing_is_disclosed(plain_world):
    world = plain_world
    # The chain's clock jumps on while the owner looks; how often, nobody knows.
    play(world, lambda: world.memory("one").results.get(ANSWER, {}).get("answered"), check_seconds=10**6)
    assert world.memory("one").results[ANSWER]["right"] is True
    for _ in range(2):
        world.turn("one")
    assert not world.market.dataset(1).is_checked
    assert "dataset 1 ask row" not in world.memory("one").stages
    held = {each.read_bytes() for each in (world.folder / "letters").iterdir()}
    rows = (world.folder / "north.csv").read_text().split("\n")[1].split(",")[0].encode()
    assert not any(rows in each for each in held)


def test_who_does_not_answer_in_private_is_asked_on_chain_if_the_holder_risks_its_bond(plain_world):
    world = plain_world
    one, _ = play(world, lambda: bool(world.told("SpotCheckAnswered")), Silent, most_check_bond="4 gwei")
    assert [each.values["amountWei"] for each in world.told("BondSlashed")] == [BOND]
    assert world.told("SpotCheckAnswered")[0].values["dataset"] == 1
    assert one.locked_wei == 3 * 10**9  # the seat's
    assert not world.market.dataset(1).is_faulty


def test_a_holder_that_would_risk_too_much_says_so_and_goes_on(plain_world):
    world = plain_world
    play(world, lambda: CHECKED in world.memory("one").results, Silent, most_check_bond="3 gwei")
    world.turn("one")
    assert "more than most_check_bond" in world.memory("one").results[CHECKED]["reason"]
    assert not world.market.dataset(1).is_checked


def test_an_owner_that_lost_its_rows_loses_its_bond(plain_world):
    """Its answer is wrong, it can show nothing, and no job can name the dataset any more."""
    world = plain_world
    one, _ = play(
        world, lambda: world.market.dataset(1).is_faulty, Lost, seconds=40_000, most_check_bond="4 gwei",
        check_seconds=10**7,
    )  # fmt: skip
    assert world.memory("one").results[ANSWER] == {"answered": True, "right": False}
    assert [each.values["amountWei"] for each in world.told("BondSlashed")] == [OWNER_BOND]
    assert one.credit_wei >= OWNER_BOND // 2
    dataset = world.market.dataset(1)
    assert world.market.mismatch(1, dataset.schema, dataset.custody, 0) is Mismatch.FAULTY


# -------------------------------------------------------------------------------------------------------------- letters


@pytest.fixture
def keys():
    return new_key(), new_key(), new_key()


def test_letters_are_of_both_keys_or_none(keys):
    (holder, holders), (owner, owners), (thief, _) = keys
    question = Question(7, 2, 11, b"c" * 32)
    letter = question_letter(question, holder, owners)
    assert read_question("asked", letter, owner, holders) == question
    forged = question_letter(question, thief, owners)
    changed = letter[:-1] + bytes([letter[-1] ^ 1])
    for wrong in (forged, changed, letter[:20], b"", b"x" * 600):
        with pytest.raises(LetterRefused, match="asked"):
            read_question("asked", wrong, owner, holders)
    with pytest.raises(LetterRefused):
        read_question("asked", letter, thief, holders)


def test_an_answer_is_to_the_challenge_that_was_made(keys):
    (holder, holders), (owner, owners), _ = keys
    letter = answer_letter(b"c" * 32, b"a" * 32, owner, holders)
    assert read_answer("answered", letter, b"c" * 32, holder, owners) == b"a" * 32
    with pytest.raises(LetterRefused, match="another challenge"):
        read_answer("answered", letter, b"d" * 32, holder, owners)
    with pytest.raises(LetterRefused, match="no question"):
        read_question("asked", letter, holder, owners)
    with pytest.raises(LetterRefused, match="no answer"):
        read_answer(
            "answered", question_letter(Question(1, 0, 0, b"c" * 32), owner, holders), b"c" * 32, holder, owners
        )


def test_of_a_letter_that_is_too_long_only_the_beginning_is_read(tmp_path):
    letters = Letters(str(tmp_path))
    letters.put("asked", b"x" * 10_000)
    assert len(letters.get("asked", 512)) == 512
