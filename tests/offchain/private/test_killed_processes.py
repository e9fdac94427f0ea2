"""SIGKILL at each action of each role, in real processes on a real chain: the job ends as if nothing had happened.

Requirement N-03. ``tests/offchain/pod/test_killed.py`` kills one pod between any two of its steps, without a chain.
"""

from __future__ import annotations

import random
import re
import signal

import pytest

from scripts.demos.private.waiting import Lines
from tests.support.small_job import SmallJob

pytestmark = pytest.mark.usefixtures("walled")

POINTS = (("planned",), ("begun", "sent"), ("done",))
"""When an action's process is killed: one of these each, always the same."""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The same job without kills."""
    with SmallJob(tmp_path_factory.mktemp("undisturbed") / "job") as job:
        job.play_sharded()
        job.until_the_end()
        found = {
            "model": job.model_file.read_bytes(),
            "transactions": job.transactions(),
            "told": job.told(),
            "actions": {name: nameless(planned(job, name)) for name in job.cast.actors},
        }
    return found


def planned(job, name):
    """What an actor has had to do."""
    return {line["action"] for line in job.logged(name) if line["event"] == "planned"}


def nameless(actions):
    """Actions without what differs between two runs: addresses, times and blocks."""
    return {re.sub(r"0x[0-9a-fA-F]{40}|(until|of block) \d+", "…", action) for action in actions}


class Killer:
    """Kills an actor's process once at each of its actions, when its log says so, and starts it again."""

    def __init__(self, job):
        self.job, self.points, self.killed = job, {}, {}
        self.logs = {name: Lines(actor.log) for name, actor in job.cast.actors.items()}

    def __call__(self):
        for name, log in self.logs.items():
            for line in log.new():
                self.read(name, line)

    def read(self, name, line):
        action = line.get("action")
        if action is None:
            return
        point = self.points.setdefault(
            (name, action), random.Random(f"{name} {min(nameless([action]))}").choice(POINTS)
        )
        # A kill can cut another action's line off; then that one's end will do.
        if line["event"] in (*point, "done") and (name, action) not in self.killed:
            actor = self.job.cast.actors[name]
            actor.kill()
            assert actor.process.returncode == -signal.SIGKILL
            self.killed[name, action] = line["event"]
            actor.launch()


def test_at_each_action_of_each_role(undisturbed, tmp_path):
    """N-03: same model, same events, nobody slashed, and as many transactions of each as without kills."""
    with SmallJob(tmp_path / "job") as job:
        job.play_sharded()
        killer = Killer(job)
        job.until_the_end(killer)
        job.until(lambda: killer() or all(map(job.has_ended, job.cast.actors)), "not everybody came to an end")
        job.turn()
        killer()
        for name, actions in undisturbed["actions"].items():
            assert nameless(planned(job, name)) == actions
            logged = {line["action"] for line in job.logged(name) if line["event"] == "done"}
            assert logged <= {action for who, action in killer.killed if who == name}
            assert len(actions - nameless(logged)) <= 1, "too many lines were cut off for the test to mean something"
        assert set(killer.killed.values()) == {event for point in POINTS for event in point}
        assert job.slashed() == []
        assert job.model_file.read_bytes() == undisturbed["model"] == job.replayed()
        assert job.told() == undisturbed["told"]
        assert job.transactions() == undisturbed["transactions"]
        wrong = [
            (name, line)
            for name in job.cast.actors
            for line in job.logged(name)
            if line["event"] in ("failed", "late", "role failed", "displaced")
        ]
        assert wrong == []
