"""The page and the log of a pod.

Requirement Y-07.
"""

from __future__ import annotations

import io
import json
import re
import socket
import urllib.error
import urllib.request

import pytest

from commonlearn.pod import ConfigProblem, Done, StatusPage, open_log, status_of
from tests.offchain.pod.conftest import Sealer, turns
from tests.offchain.pod.test_runner import Once

EVIL = "<script>alert(1)</script><img src=x onerror=y>"


@pytest.fixture
def page(pod):
    def act(context):
        context.progress(EVIL)
        raise ValueError(EVIL)

    runner = pod(Sealer(), Once(act))
    runner.progress["running"] = EVIL
    for _ in range(3):
        runner.turn()
    served = StatusPage(lambda: status_of(runner, trouble=EVIL))
    yield served
    served.close()


def fetch(page, path="/", method="GET", **headers):
    url = f"http://127.0.0.1:{page.port}{path}"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method, headers=headers), timeout=10) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def test_says_what_the_pod_does(page, chain):
    status, headers, text = fetch(page)
    assert status == 200
    assert headers["Content-Type"].startswith("text/html")
    for words in (chain.address, "compute-owner", "job 1 seal", "job 2 reveal", "31337"):
        assert words in text


def test_shows_strange_texts_as_text(page):
    """Y-07: what comes from a program or the chain is never markup."""
    _, headers, text = fetch(page)
    assert "&lt;script&gt;" in text
    assert not re.search(r"<script|<img|onerror=(?!y&gt;)", text)
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_asks_nobody_else(page):
    _, _, text = fetch(page)
    places = re.findall(r"(?:src|href)=\"([^\"]*)\"", text)
    assert places == ["/style.css", "/status.json"]
    assert fetch(page, "/style.css")[0] == 200


def test_is_json_too_and_has_no_secrets(page, state):
    status, _, text = fetch(page, "/status.json")
    found = json.loads(text)
    assert status == 200
    assert found["counts"]["planned"] >= 1
    assert {"job 1 seal", "it"} <= {each["key"] for each in found["actions"]}
    salt = state.secrets(("job 1 salt",))["job 1 salt"].hex()
    assert salt not in text
    assert not any(attempt.raw in text for entry in state.last_entries(9) for attempt in entry.attempts)


def test_can_change_nothing(page):
    assert fetch(page, method="POST")[0] == 405
    assert fetch(page, "/other")[0] == 404
    assert fetch(page, "/../../etc/passwd")[0] == 404


def test_is_not_read_by_pages_from_elsewhere(page):
    """Y-07: a name from elsewhere that points to this machine is refused."""
    assert fetch(page, Host="evil.example")[0] == 403
    assert fetch(page, Host=f"evil.example:{page.port}")[0] == 403
    assert fetch(page, Host=f"localhost:{page.port}")[0] == 200


def test_says_when_its_port_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        with pytest.raises(ConfigProblem, match=r"status\.port"):
            StatusPage(dict, port=taken.getsockname()[1])


def test_shows_an_empty_memory(pod):
    served = StatusPage(lambda: status_of(pod(Once(lambda _: Done()))))
    try:
        assert "nothing read yet" in fetch(served)[2]
        assert "None yet." in fetch(served)[2]
    finally:
        served.close()


class TestTheLog:
    def lines(self, stream):
        return [json.loads(line) for line in stream.getvalue().splitlines()]

    def test_is_one_object_a_line(self):
        stream = io.StringIO()
        log = open_log(file=stream, account="0xme")
        log.info("sent", action="job 5\nseal", data=b"\x01", big=1 << 80)
        log.debug("not shown")
        (line,) = self.lines(stream)
        assert (line["event"], line["action"], line["data"]) == ("sent", "job 5\nseal", "0x01")
        assert (line["account"], line["level"], line["big"]) == ("0xme", "info", 1 << 80)
        assert line["timestamp"].endswith("Z")

    def test_never_has_secrets(self):
        stream = io.StringIO()
        names = ("salt", "job_salt", "password", "raw", "private_key", "secrets")
        open_log(file=stream).warning("signed", **dict.fromkeys(names, "the secret"))
        assert "the secret" not in stream.getvalue()

    def test_has_faults_as_data(self):
        stream = io.StringIO()
        try:
            raise ValueError("wrong")
        except ValueError:
            open_log(file=stream).exception("role failed")
        (line,) = self.lines(stream)
        assert line["exception"][0]["exc_value"] == "wrong"

    def test_goes_into_a_file(self, tmp_path):
        path = tmp_path / "logs" / "pod.jsonl"
        open_log(file=path).info("one")
        open_log(file=path).info("two")
        assert [json.loads(line)["event"] for line in path.read_text().splitlines()] == ["one", "two"]

    def test_takes_what_a_pod_tells(self, chain, state):
        from commonlearn.pod import Runner

        stream = io.StringIO()
        log = open_log(file=stream)
        runner = Runner(state, chain, chain, [Sealer()], tell=log.info, clock=lambda: 1_800_000_000.0)
        turns(runner)
        runner.close()
        lines = self.lines(stream)
        assert {"planned", "sent", "mined", "done"} <= {line["event"] for line in lines}
        salt = state.secrets(("job 1 salt",))["job 1 salt"].hex()
        assert salt not in stream.getvalue()
