"""Honest programs in the sandbox, and what it asks of whoever runs it.

Requirements U-01, U-06, U-07, U-08.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from commonlearn.sandbox import (
    InvalidInput,
    InvalidLimit,
    Limits,
    Program,
    ProgramChanged,
    SandboxUnavailable,
    availability,
    available,
    default_view,
    run,
    running,
)
from commonlearn.sandbox.arithmetic import LEVEL_3, arithmetic
from commonlearn.sandbox.filter import ALLOWED, REFUSED

ROOT = Path(__file__).resolve().parents[3]
ECHO = Program.of("import shutil; shutil.copy('/data/x', '/out/x')")
FITS = Program.of(
    """
import json
import numpy as np
from sklearn.linear_model import LogisticRegression

X, y = np.load("/data/X.npy"), np.load("/data/y.npy")
seed = json.load(open("/job/settings.json"))["seed"]
model = LogisticRegression(random_state=seed).fit(X, y)
print("accuracy", model.score(X, y), flush=True)
np.round(np.append(model.coef_, model.intercept_), 6).tofile("/out/parameters.bin")
json.dump({"words": sorted({"a", "b", "c"}), "hash": hash("a")}, open("/out/metrics.json", "w"))
"""
)


@pytest.fixture
def data(tmp_path):
    chance = np.random.default_rng(3)
    X = chance.normal(size=(200, 5))
    np.save(tmp_path / "X.npy", X)
    np.save(tmp_path / "y.npy", (X[:, 0] > 0).astype(np.int64))
    files = {f"data/{name}.npy": tmp_path / f"{name}.npy" for name in "Xy"}
    return {**files, "job/settings.json": json.dumps({"seed": 1}).encode()}


class TestAProgram:
    def test_trains_as_it_would_outside_and_always_alike(self, walled, data):
        """U-07: fixed hash seed, one thread, one environment: byte for byte the same model."""
        runs = [
            run(FITS, data, outputs={"parameters.bin": 1000}, optional={"metrics.json": 1000}, every=0.05)
            for _ in range(2)
        ]
        assert [str(each) for each in runs] == ["The program finished."] * 2, runs[0].errors
        assert runs[0].outputs == runs[1].outputs
        assert runs[0].outputs.keys() == {"parameters.bin", "metrics.json"}
        weights = np.frombuffer(runs[0].outputs["parameters.bin"])
        assert abs(weights[0]) > abs(weights[1:]).max()
        assert runs[0].printed.startswith("accuracy 0.9")
        assert runs[0].seconds > runs[0].cpu_seconds / 2 > 0
        assert runs[0].peak_bytes > 20 << 20

    def test_is_the_one_that_was_agreed_on(self):
        """U-01: another source is refused before anything is started."""
        with pytest.raises(ProgramChanged, match="was agreed on") as changed:
            Program(ECHO.source + b" ", ECHO.digest)
        assert (changed.value.wanted, changed.value.found) == (ECHO.digest, Program.of(ECHO.source + b" ").digest)
        with pytest.raises(ProgramChanged):
            Program(ECHO.source, ECHO.digest.upper())
        with pytest.raises(InvalidInput, match="more than 1,048,576"):
            Program.of(b"#" * (1 << 20 | 1))

    @pytest.mark.parametrize(
        "source",
        [
            b"# coding: utf-7\n# nothing +AAo-import os\n",
            b'# commonlearn-job: {"title": "coding: utf-7"}\n# nothing +AAo-import os\n',
            b"#\n# -*- coding: latin-1 -*-\nx = '\xe9'\n",
            b"#\r# coding=utf-16\n",
            b"# coding: no such thing\n",
            b"x = 1\n# \xff\n",
        ],
    )
    def test_is_what_people_read(self, source):
        """U-09: in another encoding, which a comment can name, what reads like a comment would be run."""
        with pytest.raises(InvalidInput, match="not UTF-8"):
            Program.of(source)
        assert Program.of("# coding: utf-8\nx = 'é'\n").digest
        assert Program.of("\n\n# coding: utf-7, which is too late to count\n").digest

    def test_that_is_no_python_ends_with_an_error(self, walled):
        assert "SyntaxError" in str(run(Program.of(b"this is no program"), {}))
        assert not run(Program.of(b"\x00\x01x"), {}).ok

    def test_may_leave_the_largest_model_that_was_agreed_on(self, walled):
        source = "open('/out/m', 'wb').write(bytes(1000))"
        assert len(run(Program.of(source), {}, outputs={"m": 1000}).outputs["m"]) == 1000
        assert not run(Program.of(source), {}, outputs={"m": 999}).ok

    def test_sees_what_another_left_as_little_as_what_the_host_has(self, walled):
        leaves = Program.of("open('/out/x', 'w').write('left')")
        assert run(leaves, {}, outputs={"x": 9}).ok
        looks = Program.of("import os; names = str(os.listdir()); open('/out/x', 'w').write(names)")
        assert run(looks, {}, outputs={"x": 9}).outputs["x"] == b"[]"


class TestProgress:
    def test_is_told_while_it_lasts(self, walled):
        """U-06: a long run shows that it lives."""
        source = (
            "import time\nx = bytearray(8 << 20)\nfor i in range(6): print('epoch', i, flush=True); time.sleep(0.1)"
        )
        told = []
        outcome = run(Program.of(source), {}, outputs={}, on_progress=told.append, every=0.1)
        assert outcome.ok
        assert len(told) >= 3
        assert told[-1].last_line.startswith("epoch")
        assert told[-1].seconds > told[0].seconds > 0
        assert max(each.memory_bytes for each in told) > 8 << 20

    def test_what_it_raises_ends_the_run(self, walled):
        def interrupt(_):
            raise KeyboardInterrupt

        before = set(_sandboxes())
        with pytest.raises(KeyboardInterrupt):
            run(Program.of("import time; time.sleep(60)"), {}, on_progress=interrupt, every=0.05)
        assert set(_sandboxes()) <= before


class TestInputs:
    @pytest.mark.parametrize(
        "name",
        ["x", "/data/x", "data/../x", "data/", "out/x", "etc/passwd", "data//x", "data/a b", "data/.x", "data/x\n", ""],
    )
    def test_lie_where_programs_look_for_them(self, walled, name):
        with pytest.raises(InvalidInput, match="under job/, data/ or model/"):
            run(ECHO, {name: b""})

    def test_are_not_the_program(self, walled):
        with pytest.raises(InvalidInput, match="given by itself"):
            run(ECHO, {"job/program.py": b"other"})
        with pytest.raises(InvalidInput, match="lies below"):
            run(ECHO, {"data/x": b"", "data/x/y": b""})

    def test_are_files(self, walled, tmp_path):
        os.mkfifo(tmp_path / "pipe")
        for path in (tmp_path, tmp_path / "missing", tmp_path / "pipe"):
            with pytest.raises(InvalidInput, match="no file that can be read"):
                run(ECHO, {"data/x": path})

    @pytest.mark.parametrize("mode", [0o600, 0o644, 0o400])
    def test_need_be_readable_by_their_owner_only(self, walled, tmp_path, mode):
        (tmp_path / "closed").mkdir(mode=0o700)
        path = tmp_path / "closed" / "x"
        path.write_bytes(b"rows")
        path.chmod(mode)
        assert run(ECHO, {"data/x": path}, outputs={"x": 4}).outputs["x"] == b"rows"
        assert path.stat().st_mode & 0o777 == mode

    def test_leave_nothing_behind(self, walled, tmp_path, monkeypatch):
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        run(ECHO, {"data/x": b"rows"}, outputs={"x": 4})
        assert list(tmp_path.iterdir()) == []

    def test_that_a_killed_run_left_are_removed_and_no_others(self, walled, tmp_path, monkeypatch):
        """U-06: nothing stays behind."""
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        left, fresh, used, other = (
            tmp_path / f"{name}"
            for name in ("commonlearn-sandbox-1", "commonlearn-sandbox-2", "commonlearn-sandbox-3", "x")
        )
        for folder in (left, fresh, used, other):
            folder.mkdir()
            (folder / "0").write_bytes(b"rows")
        (tmp_path / "commonlearn-sandbox-4").symlink_to(other)
        for folder in (left, used, other):
            os.utime(folder, (1, 1))
        descriptor = os.open(used, os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        run(ECHO, {"data/x": b"rows"}, outputs={"x": 4})
        os.close(descriptor)
        assert not left.exists()
        assert all((folder / "0").exists() for folder in (fresh, used, other))


def test_several_run_at_once(walled):
    def one(number):
        source = f"import time; time.sleep(0.2); open('/out/x', 'w').write('{number}')"
        return run(Program.of(source), {}, outputs={"x": 9}).outputs["x"]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(one, range(4))) == [b"0", b"1", b"2", b"3"]


class TestLimits:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("wall_seconds", 0),
            ("wall_seconds", float("nan")),
            ("wall_seconds", float("inf")),
            ("cpu_seconds", 0.5),
            ("cpu_seconds", True),
            ("memory_bytes", 1),
            ("memory_bytes", "1G"),
            ("output_bytes", 0),
            ("threads", -1),
            ("printed_bytes", None),
        ],
    )
    def test_are_numbers_that_can_be_kept(self, name, value):
        with pytest.raises(InvalidLimit, match=name):
            Limits(**{name: value})

    def test_of_outputs_fit_into_the_folder(self):
        with pytest.raises(InvalidLimit, match="output_bytes"):
            run(ECHO, {}, Limits(output_bytes=1 << 20), outputs={"x": 2 << 20})


class TestWhereItCannotBe:
    """U-08: without walls nothing is run, and the message says what to install."""

    @pytest.fixture(autouse=True)
    def fresh(self):
        running._checked.cache_clear()
        yield
        running._checked.cache_clear()

    def test_without_bubblewrap(self, monkeypatch):
        monkeypatch.setattr(shutil, "which", lambda name, path=None: None if name == "bwrap" else "/usr/bin/" + name)
        with pytest.raises(SandboxUnavailable, match="apt-get install bubblewrap libseccomp2"):
            run(ECHO, {})
        assert "bwrap" in str(available())

    def test_without_libseccomp(self, monkeypatch):
        monkeypatch.setattr(
            availability, "filter_program", lambda **_: (_ for _ in ()).throw(ImportError("no libseccomp"))
        )
        with pytest.raises(SandboxUnavailable, match=r"libseccomp.*apt-get install"):
            run(ECHO, {})

    def test_on_another_system(self, monkeypatch):
        monkeypatch.setattr(sys, "platform", "darwin")
        with pytest.raises(SandboxUnavailable, match="on Linux"):
            run(ECHO, {})

    def test_where_the_kernel_refuses(self, walled, monkeypatch, tmp_path):
        fake = tmp_path / "bwrap"
        fake.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
        fake.chmod(0o755)
        which = shutil.which
        monkeypatch.setattr(shutil, "which", lambda name, path=None: str(fake) if name == "bwrap" else which(name))
        with pytest.raises(SandboxUnavailable, match=r"No permissions.*AppArmor"):
            run(ECHO, {})

    def test_where_python_does_not_start(self, walled, monkeypatch):
        monkeypatch.setattr(running, "default_view", lambda: type(default_view())(binds=default_view().binds[:1]))
        with pytest.raises(SandboxUnavailable, match="did not run"):
            run(ECHO, {})


def test_the_lists_of_calls_are_apart():
    assert set(ALLOWED) & set(REFUSED) == set()
    for calls in (ALLOWED, REFUSED):
        assert len(calls) == len(set(calls))


def test_what_results_depend_on_has_a_hash():
    view = default_view()
    assert dict(view.versions).keys() == {"python", "numpy", "scipy", "scikit-learn", "commonlearn", "arithmetic"}
    assert len(view.digest()) == 64
    other = type(view)(view.binds, versions=(*view.versions[:-1], ("scipy", "0")))
    assert other.digest() != view.digest()


class TestArithmetic:
    """U-07: libraries that choose their code by the processor are held to one choice."""

    def test_is_named_after_what_the_processor_can(self, tmp_path, monkeypatch):
        monkeypatch.setattr("platform.machine", lambda: "x86_64")
        processor = tmp_path / "cpuinfo"
        processor.write_text("model name\t: Some 3000\nflags\t\t: avx avx2 bmi1 bmi2 f16c fma movbe avx512f\n")
        assert arithmetic(processor) == ("x86-64-v3", LEVEL_3)
        processor.write_text("model name\t: Some 100\nflags\t\t: avx\n")
        assert arithmetic(processor) == ("x86_64 Some 100", {})
        monkeypatch.setattr("platform.machine", lambda: "aarch64")
        assert arithmetic(tmp_path / "missing") == ("aarch64", {})

    def test_is_that_of_the_sandbox(self, walled):
        source = "import json, threadpoolctl, numpy, scipy.linalg\nfrom numpy._core._multiarray_umath import __cpu_features__\njson.dump([[each['architecture'] for each in threadpoolctl.threadpool_info() if each['internal_api'] == 'openblas'], [each['num_threads'] for each in threadpoolctl.threadpool_info()], __cpu_features__.get('X86_V4')], open('/out/x', 'w'))"
        outcome = run(Program.of(source), {}, outputs={"x": 1000})
        kinds, threads, widest = json.loads(outcome.outputs["x"])
        assert set(threads) <= {1}
        if default_view().variables:
            assert set(kinds) <= {"Haswell"}
            assert not widest


def test_a_killed_pod_leaves_nothing_running(walled):
    """U-06: walls stand no longer than who put them up."""
    script = (
        "from commonlearn.sandbox import *\n"
        "run(Program.of('print(1, flush=True)\\nwhile True: pass'), {}, on_progress=lambda p: print(p, flush=True), every=.1)"
    )
    before = set(_sandboxes())
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=ROOT) as pod:
        pod.stdout.readline()
        started = set(_sandboxes()) - before
        assert started
        pod.send_signal(signal.SIGKILL)
    for number in started:
        with contextlib.suppress(ProcessLookupError):
            select.select([os.pidfd_open(int(number))], [], [], 10)  # until it ends
    assert not started & set(_sandboxes())


def test_as_an_ordinary_user(walled):
    """U-03: as root a program gets a user of its own, as anybody else it is mapped to nobody; both hold."""
    if os.geteuid() != 0:
        pytest.skip("the other tests are it: they run as an ordinary user already")
    python = f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"
    if not Path(python).exists() or shutil.which("setpriv") is None:
        pytest.skip(f"{python} or setpriv is not there, and another user cannot read root's own Python")
    paths = [str(ROOT / "offchain"), *(path for path in sys.path if path.endswith("site-packages"))]
    source = (Path(__file__).parent / "hostile" / "asks_kernel.py.txt").read_text()
    script = (
        "import sys, os\nfrom commonlearn.sandbox import *\n"
        "outcome = run(Program.of(sys.argv[1]), {}, outputs={'report.json': 999}, optional={'refused.json': 9999})\n"
        "print(os.getuid(), outcome, outcome.outputs['report.json'])"
    )
    call = ["setpriv", "--reuid", "54321", "--regid", "54321", "--clear-groups", python, "-B", "-c", script, source]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": ":".join(paths), "HOME": "/nonexistent"}
    done = subprocess.run(call, capture_output=True, text=True, env=environment, cwd="/", timeout=60)
    if "ModuleNotFoundError" in done.stderr or "PermissionError" in done.stderr:
        pytest.skip(f"another user cannot read this clone: {done.stderr.splitlines()[-1]}")
    assert done.stdout == "54321 The program finished. b'[]'\n", done.stderr


def _sandboxes():
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if b"/job/program.py" in path.read_bytes():
                yield path.parent.name
        except OSError:
            continue
