"""A pod from its settings, on a real chain, with its page and log.

Requirements Y-01, Y-06, Y-07.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import time
import urllib.request

import pytest

from commonlearn.chain.errors import KeystoreProblem, NodeUnreachable, WrongNetwork
from commonlearn.pod import ConfigProblem, PodBusy, open_pod
from commonlearn.pod.config import config_from
from scripts.local_node import free_port
from tests.offchain.pod.test_wallet import PAYEE, Payer
from tests.support.keystores import PASSWORD, keystore_file
from tests.support.node import chain_for_tests


@pytest.fixture(scope="module")
def node():
    with chain_for_tests() as found:
        yield found


@pytest.fixture
def settings(node, tmp_path):
    keystore, address = keystore_file(tmp_path, "pod")
    node.request("anvil_setBalance", address, hex(10**20))
    (tmp_path / "password").write_text(PASSWORD)
    (tmp_path / "password").chmod(0o600)
    return {
        "roles": ["sponsor"],
        "node": {"url": node.url, "confirmations": 1, "poll_seconds": 0.02},
        "account": {"keystore": str(keystore), "password_file": str(tmp_path / "password")},
        "folders": {"state": str(tmp_path / "memory")},
        "storage": {"stores": [str(tmp_path / "objects")]},
        "prices": {"most_per_day": "1 ether"},
        "status": {"port": free_port()},
        "log": {"file": str(tmp_path / "pod.jsonl")},
    }


def opened(settings, **roles):
    return open_pod(config_from(settings), roles or {"sponsor": Payer()}, lambda _: None)


def test_works_until_it_is_told_to_stop(node, settings, tmp_path):
    """Once started and stopped, and once more, each is paid once; page and log say so."""
    for _ in range(2):
        with opened(settings) as pod:
            seen = []

            def watch(pod=pod, seen=seen):
                deadline = time.monotonic() + 30
                while time.monotonic() < deadline:
                    node.request("anvil_mine", "0x1")
                    with urllib.request.urlopen(f"{pod.page}/status.json", timeout=10) as answer:
                        seen.append(json.load(answer))
                    if seen[-1]["counts"]["done"] == 3:
                        break
                os.kill(os.getpid(), signal.SIGTERM)

            watcher = threading.Thread(target=watch)
            watcher.start()
            pod.run()
            watcher.join()
        assert seen[-1]["counts"]["done"] == 3
        assert seen[-1]["trouble"] is None
        assert int(node.request("eth_getBalance", PAYEE, "latest"), 16) == 6
    lines = [json.loads(line) for line in (tmp_path / "pod.jsonl").read_text().splitlines()]
    told = [line["event"] for line in lines]
    assert (told.count("started"), told.count("sent"), told.count("stopped")) == (2, 3, 2)
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_shows_its_trouble_and_that_it_is_over(settings, monkeypatch):
    with opened(settings) as pod:
        turn, calls = pod.runner.turn, []

        def away():
            calls.append(1)
            if len(calls) == 1:
                raise ConnectionError("connection refused")
            if len(calls) == 2:
                trouble.append(list(pod.trouble))
            if len(calls) == 3:
                pod.runner.stop.set()
            return turn()

        trouble: list[list[str]] = []
        monkeypatch.setattr(pod.runner, "turn", away)
        pod.run()
        assert trouble == [["connection refused"]]
        assert pod.trouble == []


def test_a_role_that_is_not_there_is_named(settings):
    with pytest.raises(ConfigProblem, match="sponsor cannot be played here"):
        with opened(settings, watcher=Payer()):
            pass


def test_what_cannot_be_used_is_said_at_once(settings, tmp_path):
    with pytest.raises(WrongNetwork):
        with opened({**settings, "node": {**settings["node"], "chain_id": 5}}):
            pass
    with pytest.raises(NodeUnreachable):
        with opened({**settings, "node": {"url": "http://127.0.0.1:9"}}):
            pass
    (tmp_path / "password").write_text("wrong")
    with pytest.raises(KeystoreProblem):
        with opened(settings):
            pass
    (tmp_path / "password").chmod(0o644)
    with pytest.raises(ConfigProblem, match="chmod 600"):
        with opened(settings):
            pass


def test_a_second_one_with_the_same_memory_does_not_start(settings):
    with opened(settings), pytest.raises(PodBusy):
        with opened({**settings, "status": {"port": 0}}):
            pass
    with opened({**settings, "status": {"port": 0}}) as pod:
        assert pod.page is None
