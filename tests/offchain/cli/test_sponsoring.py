"""`sign`, `relay`, `pool` and `prepaid` as a shell runs them; the relayer in a process and on a socket of its own.

Requirements S-11, S-15, G-09.
"""

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
from eth_account import Account

from commonlearn.chain.abi import function_of
from commonlearn.chain.contracts import Call
from commonlearn.cli.exit_codes import ExitCode
from commonlearn.client.sponsoring.errors import RelayerUnreachable, RelayRefused
from commonlearn.client.sponsoring.pools import PoolDesk
from commonlearn.client.sponsoring.requests import SignedRequest
from commonlearn.client.sponsoring.submitting import relayer_terms, submit
from commonlearn.records import NOBODY
from tests.support.live import BAD, GOOD, REFUND

ETHER = 10**18
FEE = 10**9


@pytest.fixture
def author(shell):
    """An account without ether: its address, and options that name its keystore."""
    account = Account.create()
    key, password = shell.folder / "key.json", shell.folder / "password"
    key.write_text(json.dumps(Account.encrypt(account.key, "secret", iterations=2)))
    password.write_text("secret\n")
    return account.address, ["--keystore", key], {"COMMONLEARN_PASSWORD_FILE": str(password)}


@contextmanager
def relaying(shell, address, *options):
    """A relayer in a process of its own; gives its address and, afterwards, a list with its last words."""
    sponsor = shell.network.cast["bob"]
    command = [sys.executable, "-m", "commonlearn.cli", "relay", address, "--port", "0", "--unlocked", sponsor, "--yes"]
    env = {**os.environ, "COMMONLEARN_RPC": shell.network.node.url, "COMMONLEARN_STATE": str(shell.folder / "state"),
           "COMMONLEARN_CACHE": str(shell.folder / "relayer cache")}  # fmt: skip
    process = subprocess.Popen(
        [*command, *options, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
    )
    said, ended = [], []
    try:
        for line in process.stderr:
            said.append(line)
            found = re.search(r"Listening at (http://\S+)", line)
            if found:
                break
        else:
            pytest.fail(f"the relayer did not start: {''.join(said)}")
        yield found[1], said, ended
    finally:
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
        ended.append(process.returncode)
        ended.append(out)


def test_signed_here_sent_by_another_process(shell, address, author):
    who, keystore, env = author
    file = shell.folder / "signed.json"
    with relaying(shell, address, "--payee", "author", "--per-hour", "2") as (url, said, ended):
        terms = relayer_terms(url)
        assert terms["relayer"] == shell.network.cast["bob"]
        shell(
            "sign", address, GOOD, BAD, "--label", "positive", "--relayer", terms["relayer"], "--output", file,
            *keystore, **env,
        )  # fmt: skip
        signed = [SignedRequest.from_dict(one) for one in json.loads(file.read_text())]
        assert [one.request.author for one in signed] == [who, who]
        answers = [submit(url, one) for one in signed]
        assert [answer["state"] for answer in answers] == ["done", "done"]
        again = shell.json(
            "sign", address, GOOD, "--label", "positive", "--relayer", terms["relayer"], *keystore, **env
        )
        with pytest.raises(RelayRefused, match="AccountLimit"):
            submit(url, SignedRequest.from_dict(again["signed"][0]))
    assert any("may spend" in line for line in said), "money is shown before anything is spent"
    assert ended[0] == 0
    summary = json.loads(ended[1])
    assert (summary["command"], summary["ok"], summary["contributions"]) == ("relay", True, 2)
    assert summary["spent_wei"] == sum(int(answer["spent_wei"]) for answer in answers)
    assert shell.network.connection.balance(who) == 0


def test_contributing_through_a_relayer_in_one_command(shell, address, author):
    who, keystore, env = author
    with relaying(shell, address) as (url, _, _):
        options = ["--relayer", url, *keystore]
        declined = shell("contribute", address, GOOD, "--label", "positive", *options, stdin="n\n", code=3, **env)
        assert f"{shell.network.cast['bob']}'s" in declined.stderr, "it says whose the stake will be"
        answer = shell.json("contribute", address, GOOD, BAD, "--label", "positive", *options, "--yes", **env)
        assert [one["state"] for one in answer["contributions"]] == ["done", "done"]
        assert answer["account"] == who
    history = shell.json("history", address)
    assert sum(event.get("account") == who or who in json.dumps(event) for event in history["events"]) >= 2


def test_what_is_no_relayer(shell, address, author):
    _, keystore, env = author
    signed = shell.json("sign", address, GOOD, "--label", "positive", *keystore, **env)
    one = SignedRequest.from_dict(signed["signed"][0])
    for url in ("http://127.0.0.1:9", "ftp://here", shell.network.node.url):
        with pytest.raises(RelayerUnreachable):
            submit(url, one)


def test_what_sign_makes(shell, address, author):
    who, keystore, env = author
    carol = shell.network.cast["carol"]
    answer = shell.json(
        "sign", address, GOOD, "--label", "positive", "--payee", carol, "--max-stake", "5gwei", "--stake-from-author",
        "--valid", "2h", *keystore, **env,
    )  # fmt: skip
    (content,) = answer["signed"]
    request = content["request"]
    assert (request["author"], request["payee"], request["relayer"]) == (who, carol, NOBODY)
    assert (request["max_stake_wei"], request["stake_from_author"]) == ("5000000000", True)
    now = shell.network.connection.now()
    assert 7_100 < int(request["deadline"]) - now <= 7_200
    assert SignedRequest.from_dict(content).signed_by == who
    shell("sign", address, GOOD, "--label", "no class", *keystore, code=ExitCode.BAD_DATA, **env)


def test_a_life_of_a_pool(shell, network, address):
    creator, contributor = network.cast["deployer"], network.cast["alice"]
    mine, theirs = ["--unlocked", creator, "--yes"], ["--unlocked", contributor, "--yes"]
    assert shell("pool", "show", address, code=ExitCode.REFUSED).stderr.count("NoPool")
    shell("pool", "open", address, "0.1", *theirs, code=ExitCode.REFUSED)
    asked = shell("pool", "open", address, "0.1", "--unlocked", creator, stdin="n\n", code=ExitCode.DECLINED)
    assert "Cost to open a pool" in asked.stderr
    opened = run_pool(shell, "open", address, "0.1", "--earn", "1h", "--claim", "1h", *mine)
    assert opened["amount_wei"] == ETHER // 10
    assert run_pool(shell, "fund", address, "0.05", *theirs)["left_wei"] == ETHER * 15 // 100
    network.node.request("anvil_setNextBlockBaseFeePerGas", hex(FEE))
    try:
        made = run_pool(shell, "contribute", address, "actor", "--label", "positive", *theirs)
    finally:
        network.node.request("anvil_setNextBlockBaseFeePerGas", "0x0")
        network.node.request("evm_mine")
    assert made["taught"] is True
    assert 0 < made["owed_wei"] < made["fee_wei"]
    shown = run_pool(shell, "show", address)
    assert shown["noted"] == [
        {"id": made["id"], "payer": contributor, "owed_wei": made["owed_wei"], "is_proven": False}
    ]
    assert run_pool(shell, "claim", address, *theirs) | {"claimed": 0, "paid_wei": 0} == run_pool(
        shell, "claim", address, *theirs
    )
    network.pass_time(REFUND)
    refund_sponsored(network, shell, address, contributor)
    assert "yes" in shell("pool", "show", address).stdout
    claimed = run_pool(shell, "claim", address, *theirs)
    assert (claimed["claimed"], claimed["paid_wei"]) == (1, made["owed_wei"])
    assert run_pool(shell, "show", address)["noted"] == []
    shell("pool", "close", address, *theirs, code=ExitCode.REFUSED)
    network.pass_time(7_300)
    closed = run_pool(shell, "close", address, *theirs)
    assert (closed["creator"], closed["rest_wei"]) == (creator, ETHER * 15 // 100 - made["owed_wei"])
    shell("prepaid", address, "--withdraw", *mine)
    assert run_prepaid(shell, address, *mine) == 0


def run_pool(shell, what, *arguments):
    """Run a subcommand with ``--json``."""
    content = json.loads(shell("pool", what, *arguments, "--json").stdout)
    assert (content["command"], content["ok"]) == (what, True)
    return content


def run_prepaid(shell, *arguments):
    return shell.json("prepaid", *arguments)["balance_wei"]


def refund_sponsored(network, shell, address, author):
    """Take back the stake of the author's only contribution."""
    model = network.load(address, shell.folder)
    desk = PoolDesk(model)
    (noted,) = desk.standing()
    (event,) = model.contract.events(("Contributed",), 0, network.connection.block().number)
    values = event.values
    told = (values["author"], values["label"], values["taught"], values["stakeWei"], values["contributedAt"])
    claim = (noted.id, told, bytes(values["sample"]), author, noted.id, [])
    data = function_of("Collaboration", "refundMany").encode([claim], True)
    network.sender("alice").send_one(Call(address, data, 0, "refund"))


def test_prepaid_ether(shell, network, address):
    alice = network.cast["alice"]
    options = ["--unlocked", alice, "--yes"]
    before = run_prepaid(shell, address, *options)
    assert run_prepaid(shell, address, "--add", "0.01", *options) == before + ETHER // 100
    shell("prepaid", address, "--add", "1", "--withdraw", *options, code=ExitCode.USAGE)
    shell("prepaid", address, "--cancel", "x", *options, code=ExitCode.USAGE)
    shell("prepaid", address, "--cancel", "77", *options)
    shell("prepaid", address, "--cancel", "77", *options, code=ExitCode.REFUSED)
    assert run_prepaid(shell, address, "--withdraw", *options) == 0
    shell("prepaid", address, "--withdraw", *options, code=ExitCode.REFUSED)
