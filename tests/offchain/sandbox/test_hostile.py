"""Hostile programs: each is stopped with a name for how, and the next run works.

Requirements U-02, U-03, U-04, U-05.
"""

from __future__ import annotations

import json
import socket
import threading
import time

import pytest

from commonlearn.sandbox import Ending, Limits, Program, run
from tests.offchain.sandbox.conftest import HOSTILE

MIB = 1 << 20
SMALL = {"output_bytes": 8 * MIB, "memory_bytes": 256 * MIB}


def reached(outcome):
    assert outcome.ok, f"{outcome}\n{outcome.errors}"
    return json.loads(outcome.outputs["report.json"])


@pytest.fixture(autouse=True)
def next_run_works(walled):
    """Whatever a program did, an honest one runs after it."""
    yield
    honest = Program.of("import json; open('/out/sum', 'w').write(str(sum(json.load(open('/data/rows')))))")
    assert run(honest, {"data/rows": b"[1, 2, 3]"}, outputs={"sum": 9}).outputs == {"sum": b"6"}


class TestReachesNothing:
    def test_of_the_host(self, shut_in, tmp_path):
        """U-02: no file of the host is there, by whatever name."""
        (tmp_path / "secret.key").write_bytes(b"a secret of the host")
        assert reached(shut_in("reads_host_files", settings={"secret": str(tmp_path / "secret.key")})) == []

    def test_of_the_network(self, shut_in):
        """U-02: no socket of any kind, no name, and not even a listener on the same machine."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(0.2)
            assert reached(shut_in("opens_sockets", settings={"port": listener.getsockname()[1]})) == []
            with pytest.raises(TimeoutError):
                listener.accept()

    def test_of_the_kernel(self, shut_in):
        """U-03: what training needs not is refused, and what a kernel may have one day is not there."""
        outcome = shut_in("asks_kernel", outputs={"report.json": MIB, "refused.json": MIB})
        assert reached(outcome) == []
        refused = json.loads(outcome.outputs["refused.json"])
        if refused:  # the numbers of the calls are those of x86-64
            assert {refused[name] for name in ("ptrace", "mount", "keyctl", "bpf", "io_uring_setup")} == {"EPERM"}
            assert refused["no such call"] == refused["clone3"] == "ENOSYS"

    @pytest.mark.parametrize("way", ["x32", "32 bits"])
    def test_of_the_kernel_by_other_numbers(self, shut_in, way):
        """U-03: the filter knows the machine's own calls; whoever speaks another tongue is killed."""
        outcome = shut_in("speaks_other_tongues", settings={"way": way})
        assert outcome.ending is Ending.CRASHED or reached(outcome) == []
        assert outcome.ending is Ending.FINISHED or outcome.detail in ("SIGSYS", "SIGSEGV")

    def test_of_other_rights(self, shut_in):
        """U-03: nobody else, no capability, and no way to gain one."""
        assert reached(shut_in("becomes_root")) == []

    def test_of_other_processes(self, shut_in):
        own, parent, name, others = reached(shut_in("looks_at_others"))
        assert (own, parent, name) == (2, 1, "sandbox")
        assert others in ([], [1])  # the sandbox's own first process, which it cannot kill

    def test_of_the_environment(self, shut_in, monkeypatch):
        """U-02: what the pod knows by variables, a program does not."""
        monkeypatch.setenv("COMMONLEARN_SECRET", "a private key")
        found = reached(shut_in("reads_environment"))
        assert "a private key" not in json.dumps(found)
        assert found["environment"]["PYTHONHASHSEED"] == "0"
        assert {found["environment"][name] for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")} == {"1"}
        assert found["arguments"] == ["/job/program.py"]

    def test_by_descriptors(self, shut_in, tmp_path):
        with (tmp_path / "open").open("wb"):
            assert reached(shut_in("keeps_descriptors")) == []

    def test_of_its_inputs(self, shut_in):
        """U-02: data, program and packages are read-only."""
        before = (HOSTILE / "changes_inputs.py.txt").read_bytes()
        assert reached(shut_in("changes_inputs")) == []
        assert (HOSTILE / "changes_inputs.py.txt").read_bytes() == before

    def test_outside_by_links(self, shut_in):
        assert reached(shut_in("leaves_links")) == []

    def test_of_memory_that_is_not_counted(self, shut_in):
        """U-04: no file in memory, no shared segment, no other folder."""
        assert reached(shut_in("hides_memory")) == []

    def test_by_other_processes_of_its_own(self, shut_in):
        """U-04: a program is one process."""
        assert reached(shut_in("forks")) == []

    def test_beyond_its_threads(self, shut_in):
        assert reached(shut_in("bombs_threads", limits=Limits(threads=4, wall_seconds=20))) <= 4
        assert reached(shut_in("bombs_threads", limits=Limits(threads=0, wall_seconds=20))) == 0


class TestIsStopped:
    """U-04: each limit has its ending."""

    def test_by_the_clock(self, shut_in):
        began = time.monotonic()
        outcome = shut_in("runs_forever", limits=Limits(wall_seconds=0.5))
        assert (outcome.ending, outcome.exit_code, dict(outcome.outputs)) == (Ending.OUT_OF_TIME, None, {})
        assert "still here" in outcome.printed
        assert time.monotonic() - began < 5

    def test_by_processor_time(self, shut_in):
        outcome = shut_in("burns_time", limits=Limits(cpu_seconds=1, wall_seconds=60))
        assert outcome.ending is Ending.OUT_OF_CPU_TIME
        assert 0.9 <= outcome.cpu_seconds < 5

    def test_by_memory(self, shut_in):
        outcome = shut_in("fills_memory", limits=Limits(wall_seconds=60, **SMALL))
        assert outcome.ending is Ending.OUT_OF_MEMORY
        assert "268,435,456 bytes" in str(outcome)

    def test_by_space(self, shut_in):
        outcome = shut_in("fills_disk", limits=Limits(wall_seconds=60, **SMALL))
        assert (outcome.ending, dict(outcome.outputs)) == (Ending.OUT_OF_SPACE, {})

    def test_by_files(self, shut_in):
        outcome = shut_in("makes_files", limits=Limits(output_files=10, wall_seconds=60))
        assert outcome.ending is Ending.TOO_MANY_FILES

    def test_by_what_it_prints(self, shut_in):
        outcome = shut_in("prints_much", limits=Limits(printed_bytes=50_000, wall_seconds=60))
        assert outcome.ending is Ending.PRINTED_TOO_MUCH
        assert len(outcome.printed) == 50_000

    def test_by_whoever_ran_it(self, shut_in):
        stop = threading.Event()
        outcome = shut_in("runs_forever", stop=stop, on_progress=lambda _: stop.set(), every=0.1)
        assert outcome.ending is Ending.STOPPED

    def test_by_itself(self, shut_in):
        assert str(shut_in("dies")) == "The program was killed by a signal: SIGSEGV."
        outcome = shut_in("raises")
        assert (outcome.ending, outcome.exit_code) == (Ending.FAILED, 1)
        assert str(outcome) == "The program ended with an error: ValueError: no such column."

    def test_and_cannot_steer_a_terminal(self, shut_in):
        """U-05: what it printed is shown as text."""
        outcome = shut_in("steers_terminal")
        assert (outcome.ending, outcome.exit_code) == (Ending.FAILED, 3)
        shown = outcome.printed + outcome.errors + str(outcome)
        assert not set(shown) & set("\x1b\x07\r\x9b\u202e\u2028")
        assert "loss 0.1" in shown


@pytest.mark.parametrize(
    ("way", "ending"),
    [
        ("longer", Ending.OUTPUT_TOO_LARGE),
        ("sparse", Ending.OUTPUT_TOO_LARGE),
        ("another file", Ending.OUTPUT_UNEXPECTED),
        ("a name", Ending.OUTPUT_UNEXPECTED),
        ("hidden", Ending.OUTPUT_UNEXPECTED),
        ("a folder", Ending.OUTPUT_UNSAFE),
        ("no model", Ending.OUTPUT_MISSING),
    ],
)
def test_data_are_not_smuggled_out_beside_the_model(shut_in, way, ending):
    """U-05: outputs are the files that were agreed on, up to the sizes that were agreed on, or none."""
    outcome = shut_in(
        "hides_data", settings={"way": way}, outputs={"parameters.bin": 100}, optional={"metrics.json": 100}
    )
    assert (outcome.ending, dict(outcome.outputs)) == (ending, {})
    assert len(outcome.detail) < 200


def test_every_hostile_program_is_run():
    here = (HOSTILE.parent / "test_hostile.py").read_text()
    names = [path.name.removesuffix(".py.txt") for path in HOSTILE.iterdir()]
    assert len(names) > 15
    assert [name for name in names if f'"{name}"' not in here] == []
