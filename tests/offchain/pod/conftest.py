"""A chain in a file, and a role that seals, trains and reveals."""

from __future__ import annotations

import hashlib

import pytest

from commonlearn.pod import Action, Done, Pace, Role, Runner, Stage, State
from tests.support.file_chain import FileChain, event_call


class Sealer(Role):
    """Seals a secret for each of some jobs, trains, and reveals once the seal is on the chain."""

    name = "compute-owner"

    def __init__(self, jobs=(1, 2), slow=(), deadline=None):
        self.jobs, self.deadline = jobs, deadline
        self.slow = frozenset(slow)
        self.trained = 0

    def plan(self, view, memory):
        sealed = {event.values["job"] for event in view.events if event.name == "Sealed"}
        for job in self.jobs:
            salt, name = (f"job {job} salt",), f"job {job}"
            yield Action(f"{name} seal", "seal", {"job": job}, salt, self.deadline)
            yield Action(f"{name} train", "train", {"job": job})
            if job in sealed and memory.stages.get(f"{name} train") is Stage.DONE:
                yield Action(f"{name} reveal", "reveal", {"job": job, **memory.results[f"{name} train"]}, salt)

    @property
    def handlers(self):
        return {"seal": self.seal, "train": self.train, "reveal": self.reveal}

    def seal(self, action, context):
        (salt,) = context.secrets.values()
        return event_call("Sealed", job=action.values["job"], seal=hashlib.sha256(salt).hexdigest())

    def train(self, action, context):
        self.trained += 1
        context.progress("epoch 1")
        return Done({"model": f"model of job {action.values['job']}"})

    def reveal(self, action, context):
        (salt,) = context.secrets.values()
        return event_call("Revealed", salt=salt.hex(), **action.values)


class Told(list):
    """What a pod told."""

    def __call__(self, event, **values):
        self.append((event, values))

    @property
    def events(self):
        return [event for event, _ in self]


@pytest.fixture
def chain(tmp_path):
    return FileChain(tmp_path / "chain.json")


@pytest.fixture
def state(tmp_path):
    found = State(tmp_path, FileChain.chain_id, FileChain.genesis, FileChain.address)
    yield found
    found.close()


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def pod(chain, state, told):
    """Make a runner; ended with the test."""
    made = []

    def make(*roles, on_step=None, clock=lambda: 1_800_000_000.0, **pace):
        runner = Runner(
            state, chain, chain, roles or (Sealer(),), Pace(**pace), tell=told, on_step=on_step, clock=clock
        )
        made.append(runner)
        return runner

    yield make
    for runner in made:
        runner.close()


def check_all_done_once(chain, jobs=(1, 2)):
    """Each job sealed once and revealed once, and the secret revealed is the one that was sealed."""
    mined = chain.events(0, 10_000)
    for job in jobs:
        (seal,) = [each for each in mined if each.name == "Sealed" and each.values["job"] == job]
        (reveal,) = [each for each in mined if each.name == "Revealed" and each.values["job"] == job]
        assert hashlib.sha256(bytes.fromhex(reveal.values["salt"])).hexdigest() == seal.values["seal"]
        assert reveal.values["model"] == f"model of job {job}"
    assert len([each for each in mined if each.name != "Other"]) == 2 * len(jobs)


def turns(runner, most=60):
    """Work until everything has ended, however that takes."""
    for _ in range(most):
        runner.turn()
        if runner.state.memory().stages and not runner.state.open_entries():
            runner.turn()
            if not runner.state.open_entries():
                return
    raise AssertionError(f"not done after {most} turns: {[entry.action.key for entry in runner.state.open_entries()]}")
