"""Contributions survive every interruption without a second stake (P-03)."""

import os
import signal
import subprocess
import sys
from collections import Counter
from itertools import pairwise

import pytest
from eth_account import Account

from commonlearn import PublicModel
from commonlearn.chain.contracts import Call, CollaborationContract
from commonlearn.chain.errors import InsufficientFunds, NodeUnreachable, RpcError, TransactionPending, UnknownAccount
from commonlearn.chain.fees import Prices
from commonlearn.chain.signers import LocalSigner
from commonlearn.chain.transactions import Sender
from commonlearn.client.contributing import ContributionRun
from commonlearn.client.errors import (
    ContributionsInterrupted,
    Declined,
    JournalBusy,
    JournalProblem,
    LengthMismatch,
    NothingToContribute,
    StakeAboveLimit,
)
from commonlearn.client.journal import Journal
from commonlearn.errors import EmptySample, UnknownLabel
from commonlearn.money import GWEI
from commonlearn.numerics import keccak256
from tests.support.flaky_node import flaky
from tests.support.live import BAD, FLOOR_WEI, GOOD, WORDS, Network

TEXTS = [GOOD, BAD, "great actor", "boring, boring", GOOD]
LABELS = ["positive", "negative", 1, 0, "positive"]


@pytest.fixture
def keyed(network: Network, tmp_path):
    """An account whose key is here, with a hundred ether, its own for each test."""
    account = Account.from_key(hash_of(tmp_path))
    funding = Call(account.address, "0x", 100 * 10**18, "funding")
    network.sender("stranger").send_one(funding)
    return LocalSigner(account)


def hash_of(tmp_path) -> bytes:
    return keccak256(str(tmp_path.name).encode())


def transactions_of(network: Network, author: str) -> int:
    return int(network.connection.rpc.call("eth_getTransactionCount", author, "latest"), 16)


def contributed(network: Network, address: str, author: str) -> list[tuple[bytes, int]]:
    """What an account has really contributed, by the chain's log."""
    contract = CollaborationContract(network.connection, address)
    events = contract.events(["Contributed"], 0, network.connection.block().number)
    return [(e.values["sample"], e.values["label"]) for e in events if e.values["author"] == author]


def expected(model: PublicModel) -> Counter[tuple[bytes, int]]:
    return Counter(zip(model.encode(TEXTS), [1, 0, 1, 0, 1], strict=True))


def test_receipts_say_what_was_recorded(network, address, tmp_path):
    model = network.load(address, tmp_path)
    receipts = model.contribute(TEXTS, LABELS, account=network.cast["alice"])
    assert [(r.id, r.position, r.label) for r in receipts] == [(i, i, y) for i, y in enumerate([1, 0, 1, 0, 1])]
    assert receipts[0].stake_wei == FLOOR_WEI
    assert all(b.stake_wei >= a.stake_wei for a, b in pairwise(receipts))
    assert all(r.gas_used > 10_000 and r.fee_wei > 0 for r in receipts)
    assert model.contract.totals()[0] == sum(r.stake_wei for r in receipts)
    model.sync()
    views = model.account_status(network.cast["alice"]).contributions
    assert [view.taught for view in views] == [r.taught for r in receipts]


def test_equal_samples_in_one_job_are_all_made(network, address, tmp_path):
    model = network.load(address, tmp_path)
    receipts = model.contribute([GOOD] * 5, [1] * 5, account=network.cast["alice"])
    assert [r.id for r in receipts] == [0, 1, 2, 3, 4]


def test_what_was_sent_too_much_is_owed(network, address, tmp_path):
    model = network.load(address, tmp_path)
    (receipt,) = model.contribute([GOOD], [1], account=network.cast["alice"], tolerance=2.0)
    assert model.contract.account(network.cast["alice"])[0] == 2 * FLOOR_WEI - receipt.stake_wei


@pytest.mark.parametrize("fate", ["lose request", "lose answer"])
@pytest.mark.parametrize("signing", ["here", "by the node"])
@pytest.mark.parametrize(("batch", "transactions"), [(1, 3), (2, 2)], ids=["alone", "in batches"])
def test_a_node_lost_at_any_request_costs_no_second_stake(
    network, address, keyed, tmp_path, fate, signing, batch, transactions
):
    """The node goes away at the first request, the second, and so on through the run; each time the job is resumed."""
    account = keyed if signing == "here" else network.cast["alice"]
    author = keyed.address if signing == "here" else account
    texts, labels = TEXTS[:3], LABELS[:3]
    interrupted = 0
    with flaky(network.node.port) as proxy:
        model = network.load(address, tmp_path, rpc=proxy.url)
        wanted = Counter(zip(model.encode(texts), [1, 0, 1], strict=True))
        used = transactions_of(network, author)
        for doomed in range(200):
            left = {"requests": doomed, "lost": False}

            def rule(requests, left=left):
                if left["lost"]:
                    return "lose request"
                left["requests"] -= 1
                left["lost"] = left["requests"] < 0
                return fate if left["lost"] else "answer"

            proxy.rule = rule
            made = Counter(contributed(network, address, author))
            message = ""
            try:
                model.contribute(texts, labels, account=account, batch=batch, in_flight=2, job=str(doomed))
            except (NodeUnreachable, ContributionsInterrupted) as error:
                interrupted += 1
                message = error.user_message
            proxy.heal()
            finished = message == ""
            assert finished or "again" in message
            if not finished:
                receipts = model.contribute(texts, labels, account=account, batch=batch, in_flight=2, job=str(doomed))
                assert [r.position for r in receipts] == [0, 1, 2]
            assert Counter(contributed(network, address, author)) - made == wanted
            used += transactions
            assert transactions_of(network, author) == used, f"not {transactions} transactions (request {doomed})"
            if finished and not left["lost"]:
                break
        else:
            pytest.fail("the run never came to its end")
    assert interrupted > 15, "the run has fewer requests than this test is about"


def test_a_node_that_stops_and_starts_again_is_resumed(own_network_with_state, tmp_path):
    network = own_network_with_state
    address = network.deploy().address
    model = network.load(address, tmp_path)

    def stop_in_the_middle(done, total):
        if done >= 2 and network.node.is_running:
            network.node.stop()

    with pytest.raises(ContributionsInterrupted) as raised:
        model.contribute(
            TEXTS, LABELS, account=network.cast["alice"], batch=1, in_flight=2, on_progress=stop_in_the_middle
        )
    assert 2 <= raised.value.done < 5
    network.node.start()
    network.pass_time(60)  # anvil begins with the first block's time again
    receipts = model.contribute(TEXTS, LABELS, account=network.cast["alice"])
    assert len(receipts) == 5
    assert Counter(contributed(network, address, network.cast["alice"])) == expected(model)
    assert network.sent("alice") <= 5


_KILLED = """
import os, signal, sys
from commonlearn import PublicModel
from eth_account import Account
from commonlearn.chain.fees import Prices
from commonlearn.chain.signers import LocalSigner
from commonlearn.chain.transactions import Sender
address, rpc, folder, key, texts = sys.argv[1:6]
model = PublicModel.load(address, rpc=rpc, cache=folder + "/cache", journal=folder + "/journal")
def die(done, total):
    if done >= 2:
        os.kill(os.getpid(), signal.SIGKILL)
account = LocalSigner(Account.from_key(key))
model.contribute(texts.split("|"), [1, 0, 1, 0, 1], account=account, batch=1, in_flight=2, on_progress=die)
"""


def test_a_killed_process_is_resumed_by_the_next(network, address, keyed, tmp_path):
    arguments = [address, network.node.url, str(tmp_path), "0x" + hash_of(tmp_path).hex(), "|".join(TEXTS)]
    environment = {**os.environ, "PYTHONPATH": "offchain"}
    ended = subprocess.run([sys.executable, "-c", _KILLED, *arguments], env=environment, timeout=120)
    assert ended.returncode == -signal.SIGKILL
    made = len(contributed(network, address, keyed.address))
    assert 2 <= made < 5
    receipts = network.load(address, tmp_path).contribute(TEXTS, LABELS, account=keyed)
    assert len(receipts) == 5
    assert len(contributed(network, address, keyed.address)) == 5


def test_a_wallets_faster_replacement_counts_as_the_contribution(network, address, keyed, tmp_path):
    """The user speeds a lost transaction up elsewhere: same nonce, same data, other hash."""
    model = network.load(address, tmp_path)
    with flaky(network.node.port) as proxy:
        model_behind = network.load(address, tmp_path, rpc=proxy.url)
        proxy.once("eth_sendRawTransaction", "lose request")
        with pytest.raises(ContributionsInterrupted):
            model_behind.contribute([GOOD], [1], account=keyed)
    replacement = model.contract.contribute(model.encode([GOOD])[0], 1, 3 * FLOOR_WEI)
    sender = network.sender()
    sender.signer = keyed
    sender.send_one(replacement)
    (receipt,) = model.contribute([GOOD], [1], account=keyed)
    assert receipt.id == 0
    assert len(contributed(network, address, keyed.address)) == 1


def test_a_nonce_used_for_something_else_leads_to_a_new_transaction(network, address, keyed, tmp_path):
    model = network.load(address, tmp_path)
    with flaky(network.node.port) as proxy:
        model_behind = network.load(address, tmp_path, rpc=proxy.url)
        proxy.once("eth_sendRawTransaction", "lose request")
        with pytest.raises(ContributionsInterrupted):
            model_behind.contribute([GOOD, BAD], [1, 0], account=keyed)
    sender = network.sender()
    sender.signer = keyed
    sender.send_one(Call(network.cast["bob"], "0x", 1, "a transfer"))
    receipts = model.contribute([GOOD, BAD], [1, 0], account=keyed)
    assert len(receipts) == 2
    assert len(contributed(network, address, keyed.address)) == 2


def test_an_equal_contribution_of_another_job_is_not_taken_for_ones_own(network, address, keyed, tmp_path):
    """Two jobs with the same text; the first is lost and its nonce goes to the second."""
    model = network.load(address, tmp_path)
    with flaky(network.node.port) as proxy:
        model_behind = network.load(address, tmp_path, rpc=proxy.url)
        proxy.once("eth_sendRawTransaction", "lose request")
        with pytest.raises(ContributionsInterrupted):
            model_behind.contribute([GOOD], [1], account=keyed, job="first")
    model.contribute([GOOD], [1], account=keyed, job="second")
    (receipt,) = model.contribute([GOOD], [1], account=keyed, job="first")
    assert receipt.id == 1
    assert len(contributed(network, address, keyed.address)) == 2


def test_a_named_job_is_made_once_and_an_unnamed_one_as_often_as_asked(network, address, tmp_path):
    model, alice = network.load(address, tmp_path), network.cast["alice"]
    quotes = []

    def remember(quote):
        quotes.append(quote)
        return True

    first = model.contribute([GOOD], [1], account=alice, job="monday")
    assert model.contribute([GOOD], [1], account=alice, job="monday", confirm=remember) == first
    assert quotes == [], "nothing was to be sent, so nothing was to be asked"
    model.contribute([BAD], [0], account=alice)
    model.contribute([BAD], [0], account=alice, confirm=remember)
    assert [quote.repeats for quote in quotes] == [1]
    assert model.contract.contributions() == 3


def test_a_contribution_taken_back_by_a_reorganisation_is_made_again(own_network, tmp_path):
    network, alice = own_network, own_network.cast["alice"]
    address = network.deploy().address
    model = network.load(address, tmp_path)
    before = network.node.snapshot()

    def take_back(done, total):
        if done == 3 and not taken:
            taken.append(network.node.revert(before))

    taken: list[None] = []
    receipts = model.contribute(TEXTS[:3], LABELS[:3], account=alice, in_flight=3, on_progress=take_back)
    assert taken == [None]
    assert len(receipts) == 3
    assert len(contributed(network, address, alice)) == 3
    assert [r.block_number for r in receipts] == [
        e.block_number for e in model.contract.events(["Contributed"], 0, network.connection.block().number)
    ]


def test_a_rise_of_the_stake_in_between_is_tried_again(network, tmp_path):
    """Someone else's contributions raise the stake after it was forecast: the refused one is sent anew with more."""
    address = network.deploy(growth_bps=10_000).address
    model, other = network.load(address, tmp_path), network.load(address, tmp_path / "other")
    with flaky(network.node.port) as proxy:
        model_behind = network.load(address, tmp_path, rpc=proxy.url)
        state = {"raised": False}

        def raise_before_sending(requests):
            if requests[0]["method"] == "eth_sendTransaction" and not state["raised"]:
                state["raised"] = True
                other.contribute([BAD], [0], account=network.cast["bob"])
            return "answer"

        proxy.rule = raise_before_sending
        (receipt,) = model_behind.contribute([GOOD], [1], account=network.cast["carol"], max_stake_wei=10 * FLOOR_WEI)
    assert receipt.id == 1
    assert receipt.stake_wei > 1.9 * FLOOR_WEI
    assert model.contract.contributions() == 2


def test_a_stake_above_the_limit_stops_before_it_is_paid(network, tmp_path):
    address = network.deploy(growth_bps=5_000).address
    model, alice = network.load(address, tmp_path), network.cast["alice"]
    with pytest.raises(StakeAboveLimit) as raised:
        model.contribute(TEXTS, LABELS, account=alice, max_stake_wei=2 * FLOOR_WEI, batch=1, in_flight=2)
    assert raised.value.done == 2
    assert raised.value.stake_wei > 2 * FLOOR_WEI
    assert model.contract.contributions() == 2
    assert len(model.contribute(TEXTS, LABELS, account=alice)) == 5
    assert model.contract.contributions() == 5


def test_bad_data_is_found_before_anything_is_sent(network, address, tmp_path):
    model, alice = network.load(address, tmp_path), network.cast["alice"]
    before = network.sent("alice")
    with pytest.raises(UnknownLabel, match="'negative', 'positive'"):
        model.contribute([GOOD, BAD], ["positive", "so so"], account=alice)
    with pytest.raises(EmptySample) as raised:
        model.contribute([GOOD, "zzz qqq"], [1, 0], account=alice)
    assert raised.value.sample == 1
    with pytest.raises(LengthMismatch):
        model.contribute([GOOD, BAD], [1], account=alice)
    with pytest.raises(NothingToContribute):
        model.contribute([], [], account=alice)
    with pytest.raises(ValueError, match="not a multiple of 2"):
        model.contribute_encoded([b"\0"], [1], account=alice)
    with pytest.raises(IndexError):
        model.contribute_encoded([(len(WORDS)).to_bytes(2, "big")], [1], account=alice)
    assert network.sent("alice") == before


def test_a_declined_quote_sends_nothing(network, address, tmp_path):
    model = network.load(address, tmp_path)
    before, asked = network.sent("alice"), []

    def decline(quote):
        asked.append(quote)
        return False

    with pytest.raises(Declined):
        model.contribute(TEXTS, LABELS, account=network.cast["alice"], confirm=decline)
    assert network.sent("alice") == before
    assert asked[0].count == 5
    assert asked[0].first_stake_wei == FLOOR_WEI
    assert asked[0].cost.gas > 100_000


def test_the_quote_is_close_to_what_it_costs(network, address, tmp_path):
    model, alice = network.load(address, tmp_path), network.cast["alice"]
    quote = model.quote(TEXTS, LABELS, account=alice)
    receipts = model.contribute(TEXTS, LABELS, account=alice)
    assert sum(r.stake_wei for r in receipts) == pytest.approx(quote.cost.value_wei, rel=0.01)
    assert sum(r.gas_used for r in receipts) == pytest.approx(quote.cost.gas, rel=0.5)


def test_an_account_without_ether_is_told_what_it_needs(network, address, tmp_path):
    poor = LocalSigner(Account.from_key(b"\x07" * 32))
    with pytest.raises(InsufficientFunds) as raised:
        network.load(address, tmp_path).contribute([GOOD], [1], account=poor)
    assert raised.value.has_wei == 0
    assert raised.value.needs_wei >= FLOOR_WEI


def test_an_account_that_the_node_does_not_hold_is_refused(network, address, tmp_path):
    with pytest.raises(UnknownAccount):
        network.load(address, tmp_path).contribute([GOOD], [1], account="0x" + "12" * 20)


def test_two_processes_do_not_contribute_with_one_account_at_once(network, address, tmp_path):
    model, alice = network.load(address, tmp_path), network.cast["alice"]
    path = Journal.path_of(
        tmp_path / "journal", network.connection.chain_id, network.connection.genesis_hash, address, alice
    )
    with Journal(path).exclusive(), pytest.raises(JournalBusy):
        model.contribute([GOOD], [1], account=alice)
    assert len(model.contribute([GOOD], [1], account=alice)) == 1


def test_a_journal_that_cannot_be_written_stops_everything(network, address, tmp_path):
    (tmp_path / "journal").write_text("a file where a folder should be")
    before = network.sent("alice")
    with pytest.raises(JournalProblem):
        network.load(address, tmp_path).contribute([GOOD], [1], account=network.cast["alice"])
    assert network.sent("alice") == before


def test_a_stuck_transaction_is_replaced_and_only_one_of_both_counts(own_network, tmp_path, monkeypatch):
    """Nothing is mined, and the wait ends. Later the user offers more: the replacement has the same nonce."""
    network = own_network
    address = network.deploy().address
    model, alice = network.load(address, tmp_path), network.cast["alice"]
    network.node.request("evm_setAutomine", False)
    waits, now = [], [0.0]
    original = ContributionRun.__init__

    def impatient(self, *args, **kwargs):
        original(self, *args, **kwargs)
        self._sleep, self._clock = waits[0], lambda: now[0]

    monkeypatch.setattr(ContributionRun, "__init__", impatient)
    waits[:] = [lambda seconds: now.__setitem__(0, now[0] + 100)]
    with pytest.raises(TransactionPending) as raised:
        model.contribute([GOOD], [1], account=alice)
    assert len(raised.value.hashes) == 1
    waits[:] = [lambda seconds: network.node.request("evm_mine")]
    (receipt,) = model.contribute([GOOD], [1], account=alice, prices=Prices(gas_wei=50 * GWEI))
    network.node.request("evm_mine")
    assert receipt.tx_hash not in raised.value.hashes
    assert contributed(network, address, alice) == [(model.encode([GOOD])[0], 1)]
    assert network.sent("alice") == 1


@pytest.mark.parametrize(("batch", "transactions"), [(1, 5), (2, 3), (None, 1)])
def test_a_refusal_by_the_node_is_raised_and_the_same_nonce_is_used_later(
    network, address, keyed, tmp_path, monkeypatch, batch, transactions
):
    model = network.load(address, tmp_path)
    real = Sender.broadcast

    def refuse(self, transactions):
        return [
            RpcError("eth_sendRawTransaction", -32000, "tx fee (2.00 ether) exceeds the configured cap")
            for _ in transactions
        ]

    monkeypatch.setattr(Sender, "broadcast", refuse)
    with pytest.raises(RpcError, match="exceeds the configured cap"):
        model.contribute(TEXTS, LABELS, account=keyed, batch=batch)
    monkeypatch.setattr(Sender, "broadcast", real)
    receipts = model.contribute(TEXTS, LABELS, account=keyed, batch=batch)
    assert len(receipts) == 5
    assert len(contributed(network, address, keyed.address)) == 5
    assert transactions_of(network, keyed.address) == transactions
