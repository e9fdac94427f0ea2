"""A chain that stands still, a node that is away, blocks that are taken back, while real processes carry a job on.

Requirements N-04, N-05.
"""

from __future__ import annotations

import pytest

from commonlearn.records import JobPhase, Stage
from scripts.demos.private.waiting import until
from tests.support.small_job import SmallJob

pytestmark = pytest.mark.usefixtures("walled")

CONFIRMATIONS = 3
OWNERS = 2


@pytest.fixture
def job(tmp_path):
    with SmallJob(tmp_path / "job", owners=OWNERS, confirmations=CONFIRMATIONS) as found:
        found.play_local(rounds=2)
        yield found


def ends_as_it_should(job):
    """All rounds count, the model is that of honest work, nobody is slashed, nothing was given up."""
    job.until_the_end()
    found = job.job()
    assert (found.phase, len(found.finals)) == (JobPhase.CLOSED, 2)
    assert job.slashed() == []
    assert job.model_file.read_bytes() == job.replayed()
    view = job.market.job(1)
    assert (view.phase, view.agreed_rounds, view.is_unscored) == (JobPhase.CLOSED, 2, False)
    paid = {job.cast.name_of(each.values["account"]) for each in job.watcher.events if each.name == "Paid"}
    assert paid == {*job.material.owners, "buyer", "validator"}


def waiting(job):
    """Transactions that no block has taken."""
    return int(job.node.request("txpool_status")["pending"], 16)


def last(job, name):
    """The newest event of a name; None if there is none."""
    return next((each for each in reversed(job.watcher.events) if each.name == name), None)


def mined_in(job, block):
    """Who knows that which action of its own is in a block."""
    return [
        (name, line["action"])
        for name in job.cast.actors
        for line in job.logged(name)
        if line["event"] == "mined" and line["block"] == block
    ]


def was_taken_back(job, name, action):
    """Whether an actor has noticed that an action of its own is in no block any more."""
    return any(line["event"] == "taken back" and line["action"] == action for line in job.logged(name))


class TestBlocksAreTakenBack:
    """N-05: in the middle of commit, reveal and vote."""

    def test_by_other_blocks_of_the_same_number(self, job):
        """N-05: what was sent is offered again as it was, and counts once."""
        hit = set()
        for name in ("ResultSealed", "ResultRevealed", "VoteSealed", "VoteRevealed"):
            event = job.until(lambda name=name: last(job, name), f"there was no {name}")
            noticed = until(lambda block=event.block: mined_in(job, block), f"nobody has noticed its {name}")
            depth = job.head() - event.block + 1
            assert 1 <= depth <= CONFIRMATIONS, "beyond its confirmations a pod promises nothing"
            job.node.request("anvil_reorg", depth, [])
            job.watcher.look()
            assert last(job, name) is None
            for who, action in noticed:
                job.until(lambda who=who, action=action: was_taken_back(job, who, action), f"{who}: {action}")
                hit.add(who)
        ends_as_it_should(job)
        assert "validator" in hit
        assert hit & set(job.material.owners)
        assert all("blocks taken back" in {line["event"] for line in job.logged(who)} for who in hit)

    def test_by_a_shorter_chain(self, job):
        """N-05: the chain goes back to what it was before draws, and draws by other blocks."""
        for name in ("RoundDrawn", "JuryDrawn"):
            states = {}

            def drawn(name=name, states=states):
                states[job.head()] = job.node.snapshot()
                return last(job, name)

            event = job.until(drawn, f"there was no {name}")
            # As deep as pods still answer for.
            back = min(number for number in states if number >= job.head() - CONFIRMATIONS)
            job.node.revert(states[back])
            assert job.head() == back < event.block
            job.watcher.look()
            assert last(job, name) is None
        ends_as_it_should(job)


class TestTheChainStandsStill:
    """N-04."""

    def test_without_blocks(self, job):
        """N-04: in the middle of commit, reveal and vote no block comes until all who can have sent."""
        waited = 0
        for phase, stage, many in (
            (JobPhase.RUNNING, Stage.COMMITTING, OWNERS),
            (JobPhase.RUNNING, Stage.REVEALING, OWNERS),
            (JobPhase.VALIDATING, Stage.COMMITTING, 1),
        ):
            job.until(
                lambda p=phase, s=stage: (now := job.job()) and (now.phase, now.stage) == (p, s), f"no {stage.name}"
            )
            standing = job.head()
            until(lambda many=many: waiting(job) >= many, "nobody has sent anything while the chain stood still")
            assert job.head() == standing
            waited += 1
        ends_as_it_should(job)
        assert waited == 3

    def test_with_its_node_away(self, job):
        """N-04: the node is ended while seals are due, and started again where it was once everybody has noticed."""
        job.until(lambda: (now := job.job()) and now.stage is Stage.COMMITTING, "no round was drawn")
        lost = {name: len(job.logged(name)) for name in job.cast.actors}
        number = job.head()
        job.node.stop()

        def noticed():
            return all(
                any(line["event"] == "no turn" for line in job.logged(name)[seen:]) for name, seen in lost.items()
            )

        until(noticed, "not everybody has noticed that the node is away")
        assert job.cast.ended() == []
        job.node.start()
        assert job.head() == number
        ends_as_it_should(job)
