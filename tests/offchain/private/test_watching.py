"""What the demo is watched by: the chain's clock, words for events, waiting.

Requirements N-06, N-07.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from commonlearn.pod import Event
from commonlearn.pod.roles.ledger import Job, Ledger, Round
from commonlearn.records import JobPhase, Stage
from scripts.demos.private.clock import waits_until
from scripts.demos.private.result import JobResult, payments_of
from scripts.demos.private.waiting import DemoFailed, Lines, until, waited_for
from scripts.demos.private.words import reason_of

ONE, TWO, CHEAT = "0xaa", "0xbb", "0xcc"
RIGHT, WRONG = bytes([1]) * 32, bytes([2]) * 32


@pytest.fixture
def found():
    """A round of one subset with three seats."""
    return Round(0, 0, [0], {(0, 0): ONE, (0, 1): TWO, (0, 2): CHEAT})


@pytest.fixture
def job(found):
    made = Job(1, "0xbuyer", None, None, [1], places=[(1, 0)], phase=JobPhase.RUNNING, deadline=500)
    made.rounds[0] = found
    return made


class TestTheClock:
    """N-06: it is put forward only when nobody honest has anything left to do."""

    @pytest.mark.parametrize("stage", [Stage.ARMED, Stage.COMMITTING, Stage.REVEALING, Stage.AGREED, Stage.DISPUTED])
    def test_waits_for_whoever_has_something_to_do(self, job, found, stage):
        job.stage, found.sealed = stage, {(0, 0), (0, 1), (0, 2)}
        assert waits_until(job, {CHEAT}) is None

    def test_waits_for_an_honest_one_that_is_slow(self, job, found):
        job.stage, found.sealed = Stage.REVEALING, {(0, 0), (0, 1), (0, 2)}
        found.revealed = {(0, 0): RIGHT}
        assert waits_until(job, {CHEAT}) is None
        assert waits_until(job, set()) is None

    def test_does_not_wait_for_a_cheat(self, job, found):
        job.stage, found.sealed = Stage.REVEALING, {(0, 0), (0, 1), (0, 2)}
        found.revealed = {(0, 0): RIGHT, (0, 1): RIGHT}
        assert waits_until(job, {CHEAT}) == 500
        assert waits_until(job, set()) is None

    @pytest.mark.parametrize("stage", [Stage.AGGREGATED, Stage.DECIDED])
    def test_does_not_wait_for_objections_that_nobody_has(self, job, stage):
        job.stage = stage
        assert waits_until(job, set()) == 500

    def test_leaves_a_job_alone_that_has_ended(self, job):
        job.stage, job.phase = Stage.DECIDED, JobPhase.CLOSED
        assert waits_until(job, set()) is None


class TestTheReason:
    """N-07: why somebody was slashed, out of what is on the chain."""

    def of(self, job, found, *, seals=("0x01", "0x02", "0x03")):
        found.agreed, found.sealed = {0: RIGHT}, {(0, index) for index, seal in enumerate(seals) if seal}
        events = [
            Event(1, n, "ResultSealed", {"job": 1, "round": 0, "slot": 0, "index": n, "seal": seal})
            for n, seal in enumerate(seals)
            if seal
        ]
        return reason_of(CHEAT.upper().replace("X", "x"), Ledger(jobs={1: job}), events, lambda who: f"<{who}>")

    def test_another_model(self, job, found):
        found.revealed = {(0, 0): RIGHT, (0, 1): RIGHT, (0, 2): WRONG}
        assert self.of(job, found) == "it revealed model 02020202, not the majority's"

    def test_a_copied_seal(self, job, found):
        found.revealed = {(0, 0): RIGHT, (0, 1): RIGHT}
        assert "copied the seal of <0xbb>" in self.of(job, found, seals=("0x01", "0x02", "0x02"))

    def test_no_reveal(self, job, found):
        found.revealed = {(0, 0): RIGHT, (0, 1): RIGHT}
        assert self.of(job, found) == "it sealed a model and never revealed it"

    def test_no_seal(self, job, found):
        found.revealed = {(0, 0): RIGHT, (0, 1): RIGHT}
        assert self.of(job, found, seals=("0x01", "0x02", "")) == "it sealed nothing in time"

    def test_a_vote(self, job, found):
        job.jury = [CHEAT]
        found.revealed = {(0, 2): RIGHT}
        assert "vote" in self.of(job, found)


class TestTheResult:
    def test_adds_payments_up_by_part(self):
        paid = [("0xaa", 1, 5), ("0xaa", 1, 6), ("0xaa", 2, 7), ("0xbb", 0, 8), ("0xbb", 8, 9), ("0xbb", 16, 4)]
        events = [Event(1, 0, "Paid", {"account": who, "role": role, "amountWei": wei}) for who, role, wei in paid]
        names = payments_of([*events, Event(1, 0, "Other", {})], {"0xaa": "a", "0xbb": "b"}.get)
        assert sum(sum(parts.values()) for parts in names.values()) == 39
        assert names["a"]["data"] == 11

    def test_is_as_it_should_be_only_without_problems(self):
        result = JobResult("local", 1, "CLOSED", 1, "", [], {}, {}, {}, 0.0)
        assert result.as_json()["ok"] is True
        result.problems.append("something")
        assert result.as_json()["ok"] is False


def test_a_pod_starts_without_what_other_commands_need():
    """N-06: fifteen of them start at once on a small machine; scikit-learn alone would cost each a second."""
    source = "import sys, commonlearn.cli.pod, commonlearn.pod.roles; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "commonlearn.pod.roles" in loaded
    assert loaded & {"sklearn", "scipy", "commonlearn.client.public_model"} == set()


class TestWaiting:
    def test_ends_when_it_is_there(self):
        tries = iter([None, False, 7])
        assert until(lambda: next(tries), "nothing came") == 7

    def test_is_never_longer_than_said(self, tmp_path):
        with pytest.raises(DemoFailed, match="nothing came within 0 s"):
            until(lambda: None, "nothing came", 0.0)
        with pytest.raises(DemoFailed, match="model was not written"):
            waited_for(tmp_path / "model", 0.0)

    def test_reads_whole_lines_once(self, tmp_path):
        path = tmp_path / "log"
        lines = Lines(path)
        assert lines.new() == []
        path.write_bytes(b'{"event": "one"}\n{"event": "tw')
        assert [line["event"] for line in lines.new()] == ["one"]
        with path.open("ab") as file:
            file.write(b'o"}\n{"event": "cut off by a ki\n{"event": "three"}\n')
        assert [line["event"] for line in lines.new()] == ["two", "three"]
        assert lines.new() == []
