"""What each habit does, and that others can be added.

Requirements Z-04, Z-13.
"""

import random

import pytest

from commonlearn.simulation.agents import HABITS, Agent, Offer, register
from commonlearn.simulation.play import play
from commonlearn.simulation.scenario import AgentSettings
from tests.offchain.simulation.small import made, material


class Texts:
    """Samples 0, 1, 2, …; odd ones are of class 1; the model says 1 to everything, and is surer of higher numbers."""

    accuracy, classes, pool_size = 0.8, 2, 50

    def __init__(self):
        self.given = []
        self.drawn = -1

    def next_sample(self):
        self.drawn += 1
        return self.drawn

    def truth(self, sample):
        return sample % 2

    def predict(self, sample):
        return 1

    def sureness(self, sample):
        return sample


def agent(habit, **settings):
    return HABITS[habit](AgentSettings(name="one", habit=habit, **settings), 0, random.Random(1))


def offers(habit, count=400, world=None, **settings):
    world = world or Texts()
    one = agent(habit, **settings)
    return [one.offer(world) for _ in range(count)]


def wrong(found):
    return sum(each.label != each.sample % 2 for each in found) / len(found)


def test_the_honest_say_what_is_true():
    found = offers("honest")
    assert wrong(found) == 0
    assert [each.sample for each in found] == list(range(400))


def test_mistakes_are_as_usual_as_said():
    assert 0.05 < wrong(offers("mistaken")) < 0.15
    assert 0.25 < wrong(offers("mistaken", mistakes=0.3)) < 0.35
    assert wrong(offers("mistaken", mistakes=0.0)) == 0
    assert 0.02 < wrong(offers("honest", mistakes=0.05)) < 0.09


def test_flippers_say_what_is_false():
    assert wrong(offers("label-flipper")) == 1


def test_copiers_repeat_what_others_gave_lately():
    world = Texts()
    assert agent("lazy-copier").offer(world) is None
    world.given = [Offer(number, 7) for number in range(300)]
    found = offers("lazy-copier", world=world)
    assert set(found) <= set(world.given[-100:])
    assert len(set(found)) > 80
    assert world.drawn == -1


def test_farmers_choose_what_the_model_is_surest_of_and_say_what_it_says():
    world = Texts()
    found = offers("easy-farmer", candidates=30, world=world)
    assert {each.label for each in found} == {1}
    assert sum(each.sample for each in found) / len(found) > 45
    assert world.drawn == -1


def test_reporters_contribute_until_they_can_be_proven():
    one = agent("reporter")
    assert (one.settings.limit, one.settings.report_after) == (5, 0)
    one.contributed = 4
    assert not one.is_done()
    one.contributed = 5
    assert one.is_done()
    assert agent("reporter", limit=9, report_after=60).settings.report_after == 60


def test_who_looks_first_leaves_out_what_the_model_is_sure_against():
    found = offers("honest", count=40, most_doubt=9.5)
    left_out = [number for number, each in enumerate(found) if each is None]
    assert left_out == [number for number in range(10, 40) if number % 2 == 0]


def test_nobody_helps_a_bad_model():
    world, confident = Texts(), agent("honest", confidence=0.1)
    assert 0.85 < sum(confident.works(world) for _ in range(1_000)) / 1_000 < 0.95
    assert all(agent("honest").works(world) for _ in range(50))


def test_rates_and_stakes_are_as_said():
    one = agent("honest", every=600, every_stdev=60, stake_mean=1_000, stake_stdev=100)
    waits = [one.wait() for _ in range(1_000)]
    assert 590 < sum(waits) / 1_000 < 610
    stakes = [one.most_stake() for _ in range(1_000)]
    assert 980 < sum(stakes) / 1_000 < 1_020
    assert len(set(stakes)) > 100
    assert agent("honest", every=1, every_stdev=100).wait() >= 1


@pytest.mark.parametrize(
    ("habit", "votes"),
    [
        ("honest", [True, False]),
        ("label-flipper", [False, True]),
        ("lazy-copier", [True, True]),
        ("easy-farmer", [True, False]),
    ],
)
def test_votes_follow_the_habit(habit, votes):
    one, world = agent(habit, votes=1.0), Texts()
    assert [one.judges(world, Offer(3, 1)), one.judges(world, Offer(3, 0))] == votes
    assert agent(habit, votes=0.0).judges(world, Offer(3, 1)) is None


def test_a_habit_of_ones_own_takes_part():
    @register
    class Stubborn(Agent):
        """Says 1 to everything."""

        habit = "stubborn"

        def offer(self, world):
            return Offer(world.next_sample(), 1)

    try:
        scenario = made(agents=[{"name": "mule", "habit": "stubborn", "purse": "1ether"}], samples=30)
        run = play(scenario, material())
        assert {action.label for action in run.actions if action.sample >= 0} == {1}
        assert run.outcome("mule").contributions == 30
    finally:
        del HABITS["stubborn"]


def test_one_agents_chance_is_not_anothers():
    alone = {"name": "honest", "habit": "honest", "purse": "10ether", "every": "1h", "every-stdev": "10min"}
    other = {**alone, "name": "other", "habit": "label-flipper", "starts": "400d"}
    times = []
    for agents in ([alone], [alone, other], [other, alone]):
        run = play(made(agents=agents), material(), baseline=False)
        times.append([action.time for action in run.actions if action.sample >= 0])
    assert times[0] == times[1] == times[2]
