"""A whole market by commands alone (K-54): deploy by one word, commit, draw, reveal, audit, contribute, settle, train."""

import csv
import json

import pytest

from commonlearn.cli.exit_codes import ExitCode
from tests.support.live_market import DAY, labelled_reviews

RULES = {
    "min_stake": "0.001", "bond": "0.1", "step_fee": "0.000001", "post_bond": "0.01", "full_score": 10,
    "participate_time": "1d", "reveal_time": "1d", "dispute_time": "1d", "move_time": "1h", "rounds": 3,
    "draw_delay": 2, "most_contributions": 40,
}  # fmt: skip


def table(path, texts, labels):
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["review", "label"])
        writer.writerows([text, ("negative", "positive")[label]] for text, label in zip(texts, labels, strict=True))
    return path


@pytest.fixture
def market(shell, tmp_path):
    """A model under a market by one word, a secret test set, and commands of some of the cast."""
    texts, labels = labelled_reviews(40)
    learned = table(tmp_path / "learned.csv", texts * 5, labels * 5)
    rules = [word for name, value in RULES.items() for word in ("--rule", f"{name}={value}")]
    deployed = shell.json(
        "deploy", learned, "--text", "review", "--label", "label", "--incentive", "market", *rules,
        "--unlocked", shell.network.cast["deployer"], "--yes",
    )  # fmt: skip
    address = deployed["address"]

    def run(role, command, *words, as_json=False, code=0):
        who = [] if role is None else ["--unlocked", shell.network.cast[role], "--yes"]
        told = shell("market", command, address, *words, *who, *(["--json"] if as_json else []), code=code)
        return json.loads(told.stdout) if as_json else told

    run.address, run.tests = address, table(tmp_path / "secret.csv", *labelled_reviews(40))
    return run


def commit(market, *words, **options):
    return market("deployer", "commit", "--csv", market.tests, "--text", "review", "--bounty", "0.1", *words, **options)


def test_a_whole_life(shell, market):
    committed = commit(market)
    for said in ("bounty", "bond", "purse", "secret", "keep a copy"):
        assert said in committed.stderr
    assert "market 1 is on" in committed.stdout
    market("stranger", "draw", code=ExitCode.REFUSED)
    for _ in range(3):
        shell.network.node.request("evm_mine")
    assert "must be shown" in market("stranger", "draw").stdout
    assert "1 partition(s) revealed" in market("deployer", "reveal").stdout

    audited = market(None, "audit", "--csv", market.tests, "--text", "review")
    assert "4 samples were shown" in audited.stdout
    assert "the labels fit" in audited.stdout or "too few" in audited.stdout
    status = market(None, "status")
    for said in ("participating", "contribute", "audit", "bounty 0.1 ether"):
        assert said in status.stdout

    alice = shell.network.cast["alice"]
    given = shell(
        "contribute", market.address, "good film", "great plot", "--label", "positive", "--stake", "0.002",
        "--unlocked", alice, "--yes",
    )  # fmt: skip
    assert "staked 0.004 ether" in given.stdout
    assert "market status" in given.stdout
    shell.network.pass_time(DAY)
    assert "9 partition(s) revealed" in market("deployer", "reveal").stdout
    settled = market("stranger", "settle", as_json=True)
    assert settled["phase"] == "training"
    assert settled["pay_wei"] == settled["steps"] * 10**12
    market("stranger", "claim", code=ExitCode.LATER)
    assert "1 transaction(s)" in market("stranger", "train").stdout
    assert "closed" in market(None, "status").stdout
    shell("sync", market.address, "--verify")
    about = market(None, "status", "--account", alice, as_json=True)
    assert about["account"]["owed_wei"] >= 4 * 10**15
    assert "paid to" in market("alice", "withdraw").stdout
    market("alice", "withdraw", code=ExitCode.REFUSED)


def test_posting_and_watching(shell, market):
    commit(market)
    for _ in range(3):
        shell.network.node.request("evm_mine")
    market("stranger", "draw")
    market("deployer", "reveal")
    shell(
        "contribute",
        market.address,
        "good",
        "--label",
        "negative",
        "--unlocked",
        shell.network.cast["mallory"],
        "--yes",
    )
    shell.network.pass_time(DAY)
    market("deployer", "reveal")
    watched = market("carol", "watch", "--post", "--once")
    assert "the market is preparing" in watched.stderr
    prepared = market("stranger", "settle", "--gas-limit", "3000000", as_json=True)
    assert prepared["transactions"] > 1
    assert market("carol", "post", as_json=True)["actions"] == []


def test_an_empty_market_is_ended(shell, market):
    commit(market)
    market("stranger", "end", code=ExitCode.REFUSED)
    for _ in range(3):
        shell.network.node.request("evm_mine")
    market("stranger", "draw")
    market("deployer", "reveal")
    shell.network.pass_time(DAY)
    assert "ended: empty" in market("stranger", "end").stdout
    assert "paid to" in market("deployer", "withdraw").stdout


def test_wrong_use_is_told(shell, market, tmp_path):
    bad = table(tmp_path / "few.csv", ["good", "bad"], [1, 0])
    market("deployer", "commit", "--csv", bad, "--text", "review", "--bounty", "1", code=ExitCode.BAD_DATA)
    market(None, "audit", code=ExitCode.LATER)
    market("deployer", "reveal", code=ExitCode.LATER)
    market("stranger", "settle", code=ExitCode.LATER)
    shell.network.pass_time(1)
    told = shell(
        "contribute",
        market.address,
        "good",
        "--label",
        "positive",
        "--unlocked",
        shell.network.cast["bob"],
        "--yes",
        code=ExitCode.REFUSED,
    )
    assert "phase" in told.stderr
    films = shell.network.deploy().address
    told = shell("market", "status", films, code=ExitCode.WRONG_PLACE)
    assert "not a prediction market" in told.stderr
