"""A pod that is killed at every step, and at two, ends as one that is not.

Requirements Y-01, Y-03.
"""

from __future__ import annotations

import os
import random
import signal

import pytest

from commonlearn.pod import Pace, Runner, State
from tests.offchain.pod.conftest import Sealer, check_all_done_once, turns
from tests.support.file_chain import FileChain


def life(folder, kill_at=None):
    """Be a pod in a process of its own, killed at the given step; how it ended, and how many steps it made."""
    counter = folder / "steps"
    child = os.fork()
    if child == 0:
        try:
            steps = 0

            def on_step(_):
                nonlocal steps
                steps += 1
                if steps == kill_at:
                    os.kill(os.getpid(), signal.SIGKILL)

            chain = FileChain(folder / "chain.json")
            state = State(folder, chain.chain_id, chain.genesis, chain.address)
            runner = Runner(state, chain, chain, [Sealer()], Pace(confirmations=1), on_step=on_step)
            turns(runner)
            counter.write_text(str(steps))
            os._exit(0)
        except BaseException as error:
            (folder / "error").write_text(repr(error))
            os._exit(1)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), int(counter.read_text()) if counter.exists() else 0


@pytest.fixture(scope="module")
def steps(tmp_path_factory):
    """How many steps a whole life has."""
    folder = tmp_path_factory.mktemp("whole")
    code, steps = life(folder)
    assert code == 0, (folder / "error").read_text()
    check_all_done_once(FileChain(folder / "chain.json"))
    return steps


def test_at_every_step(steps, tmp_path):
    """Y-01, Y-03: killed between any two steps, then started again."""
    assert steps > 30
    for kill_at in range(1, steps + 1):
        folder = tmp_path / str(kill_at)
        folder.mkdir()
        code, _ = life(folder, kill_at)
        assert code == -signal.SIGKILL, kill_at
        code, _ = life(folder)
        assert code == 0, f"killed at step {kill_at}: {(folder / 'error').read_text()}"
        check_all_done_once(FileChain(folder / "chain.json"))


def test_again_and_again(tmp_path):
    """Killed after a few steps each time, it still gets on, and does nothing twice."""
    for seed in range(6):
        chance, folder = random.Random(seed), tmp_path / str(seed)
        folder.mkdir()
        for _ in range(200):
            code, _ = life(folder, chance.randint(4, 12))
            if code == 0:
                break
            assert code == -signal.SIGKILL, (folder / "error").read_text()
        assert code == 0
        check_all_done_once(FileChain(folder / "chain.json"))


def test_while_blocks_are_taken_back(tmp_path):
    """Y-02: both at once."""
    for seed in range(6):
        chance, folder = random.Random(100 + seed), tmp_path / str(seed)
        folder.mkdir()
        for _ in range(200):
            code, _ = life(folder, chance.randint(4, 30))
            if code == 0:
                break
            chain = FileChain(folder / "chain.json", mines=False)
            # No deeper than what counts as done: beyond that nothing is promised.
            if chain.head().number > 2:
                chain.take_back(1, keep=chance.random() < 0.5)
        assert code == 0
        check_all_done_once(FileChain(folder / "chain.json"))
