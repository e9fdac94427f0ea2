"""Many contributions and claims in one transaction: the same as alone, but cheaper (P-11, P-12)."""

import os
import signal
import subprocess
import sys
from itertools import groupby

import pytest
from eth_account import Account

from commonlearn.archive.records import LoggedContribution
from commonlearn.archive.sorting import log_of
from commonlearn.chain.contracts import Call
from commonlearn.chain.errors import InsufficientFunds
from commonlearn.chain.signers import LocalSigner
from commonlearn.client import batching, participation
from commonlearn.client.batching import fitting, most_gas
from commonlearn.client.claims import ClaimState
from commonlearn.client.errors import ContributionRefused, ContributionsInterrupted, ReplayMismatch, StakeAboveLimit
from commonlearn.client.labels import label_numbers
from commonlearn.errors import EmptySample, UnknownLabel
from commonlearn.incentives.batch import batch_tree
from commonlearn.numerics import keccak256
from commonlearn.records import Contribution, Status
from tests.support.flaky_node import flaky
from tests.support.live import BAD, FLOOR_WEI, GOOD, REFUND, REPORT, SWEEP, Network

TEXTS = [GOOD, BAD, "great actor", "boring, boring", "actor", "plot actor", "a film"]
LABELS = [1, 0, 1, 0, 1, 1, 0]


@pytest.fixture
def keyed(network: Network, tmp_path):
    """An account whose key is here, with a hundred ether, its own for each test."""
    account = Account.from_key(keccak256(str(tmp_path.name).encode()))
    network.sender("stranger").send_one(Call(account.address, "0x", 100 * 10**18, "funding"))
    return LocalSigner(account)


@pytest.fixture
def model(network, address, tmp_path):
    return network.load(address, tmp_path)


def nonces(network: Network, author: str) -> int:
    return int(network.connection.rpc.call("eth_getTransactionCount", author, "latest"), 16)


# -------------------------------------------------------------------------------------------------------- contributing


def test_a_batch_is_one_transaction_and_teaches_what_single_calls_teach(network, model, tmp_path):
    alone = network.load(network.deploy().address, tmp_path)
    receipts = model.contribute(TEXTS, LABELS, account=network.cast["alice"])
    singles = alone.contribute(TEXTS, LABELS, account=network.cast["alice"], batch=1)
    assert len({r.tx_hash for r in receipts}) == 1
    assert len({r.tx_hash for r in singles}) == 7
    assert [(r.id, r.position, r.label, r.taught) for r in receipts] == [
        (r.id, r.position, r.label, r.taught) for r in singles
    ]
    assert model.sync().contributions == 7
    assert alone.sync().contributions == 7
    assert model.twin.words() == alone.twin.words()
    model.verify()
    receipt = network.connection.rpc.call("eth_getTransactionReceipt", receipts[0].tx_hash)
    assert sum(r.gas_used for r in receipts) == int(receipt["gasUsed"], 16)
    assert sum(r.gas_used for r in receipts) < 0.5 * sum(r.gas_used for r in singles)


def test_one_sample_is_a_single_call(network, model):
    (receipt,) = model.contribute([GOOD], [1], account=network.cast["alice"])
    sent = network.connection.rpc.call("eth_getTransactionByHash", receipt.tx_hash)
    assert sent["input"] == model.contract.contribute(model.encode([GOOD])[0], 1, 0).data


def test_a_job_is_cut_into_as_many_batches_as_are_needed(network, model, keyed):
    seen = []
    receipts = model.contribute(TEXTS, LABELS, account=keyed, batch=3, on_progress=lambda *now: seen.append(now))
    assert [len(list(group)) for _, group in groupby(receipts, lambda r: r.tx_hash)] == [3, 3, 1]
    assert [r.id for r in receipts] == list(range(7))
    assert [done for done, total in seen if total == 7] == [0, 3, 6, 7, 7]
    assert nonces(network, keyed.address) == 3


def test_batches_fill_a_quarter_of_a_block_and_no_more(network, model, keyed, monkeypatch):
    budget = 700_000
    monkeypatch.setattr(batching, "most_gas", lambda connection: budget)
    receipts = model.contribute([GOOD, BAD] * 40, [1, 0] * 40, account=keyed)
    batches = [list(group) for _, group in groupby(receipts, lambda r: r.tx_hash)]
    gases = [sum(r.gas_used for r in batch) for batch in batches]
    assert len(batches) > 1
    assert all(gas <= budget for gas in gases)
    assert all(gas > 0.5 * budget for gas in gases[:-1])
    assert [r.id for r in receipts] == list(range(80))


def test_the_budget_is_a_share_of_the_block_under_the_cap_of_a_transaction(network):
    class Huge:
        def block(self):
            return type("Block", (), {"gas_limit": 1 << 50})

    assert most_gas(network.connection) * 1.25 < network.connection.block().gas_limit / 4
    assert 12_000_000 < most_gas(Huge()) < 1 << 24


@pytest.mark.parametrize("each", [1_000, 25_000, 90_000, 3_000_000, 50_000_000])
@pytest.mark.parametrize("most", [1, 7, 200, 5_000])
def test_what_is_cut_fits_and_leaves_little_unused(each, most):
    asked = []

    def gas_of(count):
        asked.append(count)
        gas = 40_000 + each * count
        return None if gas > 30_000_000 and count > 1 else gas

    count, gas = fitting(most, 50, 6_000_000, gas_of)
    assert gas == 40_000 + each * count
    assert count == 1 or gas <= 6_000_000
    assert count == most or gas + each > 0.5 * 6_000_000
    assert len(asked) <= 6


def test_large_samples_are_cut_by_bytes(network, monkeypatch):
    monkeypatch.setattr(batching, "_MOST_BYTES", 1_000)
    assert batching._within_bytes([b"\0" * 200] * 9) == 3
    assert batching._within_bytes([b"\0" * 5_000] * 9) == 1


def test_the_quote_knows_transactions_stakes_and_gas(network, model):
    alice, quotes = network.cast["alice"], []
    quote = model.quote(TEXTS, LABELS, account=alice)
    receipts = model.contribute(TEXTS, LABELS, account=alice, confirm=lambda q: quotes.append(q) or True)
    assert quote.cost == quotes[0].cost
    assert quote.cost.transactions == 1
    assert quote.cost.value_wei == sum(r.stake_wei for r in receipts)
    assert quote.last_stake_wei == receipts[-1].stake_wei > quote.first_stake_wei == receipts[0].stake_wei
    assert sum(r.gas_used for r in receipts) == pytest.approx(quote.cost.gas, rel=0.25)
    assert model.quote(TEXTS, LABELS, account=alice, batch=2).cost.transactions == 4


def test_a_batch_ends_where_the_stake_passes_the_limit(network, tmp_path, keyed):
    model = network.load(network.deploy(growth_bps=5_000).address, tmp_path)
    with pytest.raises(StakeAboveLimit) as raised:
        model.contribute(TEXTS, LABELS, account=keyed, max_stake_wei=4 * FLOOR_WEI)
    assert raised.value.done == model.contract.contributions() > 1
    assert nonces(network, keyed.address) == 1
    model.contribute(TEXTS, LABELS, account=keyed)
    assert model.contract.contributions() == 7


def test_an_account_that_cannot_pay_a_batch_sends_nothing(network, model):
    poor = Account.from_key(b"\x08" * 32)
    network.sender("stranger").send_one(Call(poor.address, "0x", 3 * FLOOR_WEI, "funding"))
    with pytest.raises(InsufficientFunds) as raised:
        model.contribute(TEXTS, LABELS, account=LocalSigner(poor))
    assert raised.value.needs_wei > 3 * FLOOR_WEI
    assert model.contract.contributions() == 0


# ------------------------------------------------------------------------------------------------------------- refusals


def test_bad_rows_are_named_and_the_others_contributed(network, model):
    texts = [GOOD, "zzz qqq", BAD, "great", ""]
    quotes = []
    made = model.contribute(
        texts, [1, 1, 0, "so so", 1], account=network.cast["alice"], strict=False,
        confirm=lambda q: quotes.append(q) or True,
    )  # fmt: skip
    assert [(r.id, r.position) for r in made] == [(0, 0), (1, 2)]
    assert [(r.position, type(r.error)) for r in made.refused] == [
        (1, EmptySample),
        (3, UnknownLabel),
        (4, EmptySample),
    ]
    assert made.refused[0].why.startswith("the text 'zzz qqq' has no word")
    assert quotes[0].count == 2
    assert quotes[0].refused == made.refused
    with pytest.raises(EmptySample):
        model.contribute(["zzz"], [1], account=network.cast["alice"], strict=False)


def test_what_the_contract_refuses_is_named_too_and_stays_so(network, model, keyed, monkeypatch):
    """The copy believes in a class that the contract does not have: only the contract can say."""
    monkeypatch.setattr("commonlearn.client.public_model.label_numbers", lambda labels, names: list(labels))
    made = model.contribute(TEXTS[:5], [1, 9, 1, 9, 0], account=keyed, strict=False, job="named")
    assert [(r.id, r.position) for r in made] == [(0, 0), (1, 2), (2, 4)]
    assert [(r.position, r.error.values) for r in made.refused] == [(1, (9, 2)), (3, (9, 2))]
    assert made.refused[0].tx_hash == made[0].tx_hash
    again = model.contribute(TEXTS[:5], [1, 9, 1, 9, 0], account=keyed, strict=False, job="named")
    assert (again, again.refused[1].why) == (made, made.refused[1].why)
    assert nonces(network, keyed.address) == 1
    for batch in (2, None):
        with pytest.raises(ContributionRefused, match="Item 2: the label 9 names no class") as raised:
            model.contribute(TEXTS[:3], [1, 9, 1], account=keyed, strict=True, batch=batch)
        assert raised.value.position == 1
    assert model.contract.contributions() == 3
    model.sync()
    model.verify()


# --------------------------------------------------------------------------------------------------------- interruptions

_KILLED = """
import os, signal, sys
from commonlearn import PublicModel
from eth_account import Account
from commonlearn.chain.signers import LocalSigner
address, rpc, folder, key = sys.argv[1:5]
model = PublicModel.load(address, rpc=rpc, cache=folder + "/cache", journal=folder + "/journal")
def die(done, total):
    if done >= 4:
        os.kill(os.getpid(), signal.SIGKILL)
model.contribute(["a good film", "dull"] * 5, [1, 0] * 5, account=LocalSigner(Account.from_key(key)), batch=4, on_progress=die)
"""


def test_a_killed_process_is_resumed_by_the_next(network, address, keyed, tmp_path):
    key = "0x" + keccak256(str(tmp_path.name).encode()).hex()
    environment = {**os.environ, "PYTHONPATH": "offchain"}
    ended = subprocess.run(
        [sys.executable, "-c", _KILLED, address, network.node.url, str(tmp_path), key], env=environment, timeout=120
    )
    assert ended.returncode == -signal.SIGKILL
    model = network.load(address, tmp_path)
    assert model.contributions == 4
    quotes = []
    receipts = model.contribute(
        ["a good film", "dull"] * 5, [1, 0] * 5, account=keyed, batch=4, confirm=lambda q: quotes.append(q) or True
    )
    assert (quotes[0].count, quotes[0].already_made) == (6, 4)
    assert [r.id for r in receipts] == list(range(10))
    assert nonces(network, keyed.address) == 3


def test_a_batch_that_a_wallet_sped_up_counts(network, address, keyed, tmp_path):
    model = network.load(address, tmp_path)
    with flaky(network.node.port) as proxy:
        behind = network.load(address, tmp_path, rpc=proxy.url)
        proxy.once("eth_sendRawTransaction", "lose request")
        with pytest.raises(ContributionsInterrupted):
            behind.contribute(TEXTS, LABELS, account=keyed)
    sender = network.sender()
    sender.signer = keyed
    call = model.contract.contribute_many(model.encode(TEXTS), label_numbers(LABELS, ["0", "1"]), 10**15, strict=True)
    sender.send_one(call)
    receipts = model.contribute(TEXTS, LABELS, account=keyed)
    assert [r.id for r in receipts] == list(range(7))
    assert nonces(network, keyed.address) == 1


def test_a_part_of_a_batch_by_another_hash_is_not_it(network, address, keyed, tmp_path):
    model = network.load(address, tmp_path)
    with flaky(network.node.port) as proxy:
        behind = network.load(address, tmp_path, rpc=proxy.url)
        proxy.once("eth_sendRawTransaction", "lose request")
        with pytest.raises(ContributionsInterrupted):
            behind.contribute(TEXTS, LABELS, account=keyed)
    sender = network.sender()
    sender.signer = keyed
    sender.send_one(model.contract.contribute_many(model.encode(TEXTS)[:3], [1, 0, 1], 10**15, strict=True))
    receipts = model.contribute(TEXTS, LABELS, account=keyed)
    assert [r.id for r in receipts] == list(range(3, 10))


def test_a_batch_taken_back_by_a_reorganisation_is_made_again(own_network, tmp_path):
    network, alice = own_network, own_network.cast["alice"]
    model = network.load(network.deploy().address, tmp_path)
    before = network.node.snapshot()
    taken: list[None] = []

    def take_back(done, total):
        if done == 4 and not taken:
            taken.append(network.node.revert(before))

    receipts = model.contribute(TEXTS, LABELS, account=alice, batch=2, on_progress=take_back)
    assert taken == [None]
    assert sorted(r.id for r in receipts) == list(range(7))
    assert model.contract.contributions() == 7
    model.sync()
    model.verify()


# --------------------------------------------------------------------------------------------------------------- claims


def test_batched_contributions_are_refunded_reported_and_swept(network, model, keyed):
    alice, mallory = network.cast["alice"], network.cast["mallory"]
    model.contribute(["actor", "actor"], [1, 1], account=alice)
    model.contribute([GOOD] * 3, [0] * 3, account=mallory)
    model.contribute([BAD], [0], account=alice)
    network.pass_time(REFUND)
    sent = network.sent("alice")
    refunded = model.refund(account=alice)
    assert [claim.id for claim in refunded.made] == [0, 1, 5], "two of a batch and a single one, in one transaction"
    assert network.sent("alice") == sent + 1
    assert refunded.credited_wei == sum(claim.stake_wei for claim in refunded.made)
    assert [claim.state for claim in model.refund(account=alice).claims] == [ClaimState.ENDED] * 3
    network.pass_time(REPORT)
    reported = model.report(account=alice, ids=[3, 4])
    assert [claim.id for claim in reported.made] == [3, 4]
    network.pass_time(SWEEP)
    assert [claim.id for claim in model.sweep(account=alice).made] == [2]
    assert model.contract.statuses(range(6)) == [
        Status.REFUNDED, Status.REFUNDED, Status.SWEPT, Status.FORFEITED, Status.FORFEITED, Status.REFUNDED,
    ]  # fmt: skip
    assert model.contract.totals()[0] == 0


def test_one_claim_of_a_batch_needs_its_proof_too(network, model):
    alice = network.cast["alice"]
    model.contribute(TEXTS, LABELS, account=alice)
    network.pass_time(REFUND)
    for id_ in (0, 3, 6):
        assert [claim.id for claim in model.refund(account=alice, ids=[id_]).made] == [id_]


def test_a_claim_that_fails_in_its_block_does_not_stop_the_others(network, model, monkeypatch):
    """Somebody is faster with one of them: the batch goes through without it."""
    alice = network.cast["alice"]
    model.contribute(TEXTS[:3], LABELS[:3], account=alice)
    network.pass_time(REFUND)
    real = participation.carry_out

    def meanwhile(kind, sender, contract, logged, predicted, **options):
        def confirm(cost, claims):
            first = options["prove"]([logged[0]])
            sender.send_one(contract.refund_many(first))
            return True

        return real(kind, sender, contract, logged, predicted, **{**options, "confirm": confirm})

    monkeypatch.setattr(participation, "carry_out", meanwhile)
    result = model.refund(account=alice)
    assert [claim.state for claim in result.claims] == [ClaimState.ENDED, ClaimState.MADE, ClaimState.MADE]
    assert "already" in result.claims[0].why or "went back" in result.claims[0].why


def test_claims_are_cut_like_contributions(network, model, monkeypatch):
    alice = network.cast["alice"]
    model.contribute(TEXTS * 3, LABELS * 3, account=alice)
    network.pass_time(REFUND)
    monkeypatch.setattr("commonlearn.client.bundles.most_gas", lambda connection: 250_000)
    sent, seen = network.sent("alice"), []
    result = model.refund(account=alice, on_progress=lambda *now: seen.append(now))
    assert len(result.made) == 21
    assert network.sent("alice") - sent > 1
    assert seen[-1] == (21, 21)


# ----------------------------------------------------------------------------------------------------------- the copy


def test_the_copy_knows_batches_from_the_log_however_it_was_read(network, address, keyed, tmp_path):
    """By events as they come, or all of the log later: the proofs are the same, and the contract's root."""
    followed = network.load(address, tmp_path)
    followed.contribute(TEXTS, LABELS, account=keyed, batch=3)
    followed.sync()
    late = network.load(address, tmp_path / "late")
    late.sync_log()
    read = [list(model._cache.contributions()) for model in (followed, late)]
    assert read[0] == read[1]
    assert [(one.batch, one.batch_count) for one in read[0]] == [(0, 3)] * 3 + [(3, 3)] * 3 + [(None, 1)]
    recorded = followed.contract.events(["BatchRecorded"], 0, network.connection.block().number)
    for event in recorded:
        first, count = event.values["first"], event.values["count"]
        members = [(one.contribution, one.sample) for one in read[0][first : first + count]]
        assert batch_tree(first, members).root == event.values["root"]
    assert len(recorded) == 2


class _Logged:
    """An event of the log."""

    def __init__(self, name, **values):
        self.name, self.values = name, values
        self.block_number, self.log_index, self.tx_hash, self.block_hash = 1, 0, "0x", "0xone"


def _contributed(id_):
    return _Logged(
        "Contributed", id=id_, author="0x" + "11" * 20, label=1, taught=True, stakeWei=10**9, contributedAt=5,
        sample=b"\0\1",
    )  # fmt: skip


def test_a_log_whose_batches_do_not_fit_is_not_believed():
    batch = _Logged("BatchRecorded", first=0, count=2, root=b"")
    first, second = log_of([_contributed(0), _contributed(1), batch]).contributions
    assert (first.batch, second.batch, second.batch_count) == (0, 0, 2)
    for events in ([_contributed(0), batch], [_contributed(1), _contributed(2), batch], [batch]):
        with pytest.raises(ReplayMismatch):
            log_of(events)


def test_a_sponsor_is_kept_with_its_contribution():
    sponsor = "0x" + "33" * 20
    sponsored = _Logged("Sponsored", id=5, payee=sponsor)
    first, second = log_of([_contributed(4), _contributed(5), sponsored]).contributions
    assert (first.payee, second.payee) == ("", sponsor)
    assert isinstance(second, LoggedContribution)
    assert second.contribution == Contribution("0x" + "11" * 20, 1, True, 10**9, 5)
