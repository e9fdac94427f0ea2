"""Claims and withdrawals: what is possible, what not yet and why; and the contract's books are the ledger twin's.

Requirements I-01, I-05, I-06, I-07, I-09.
"""

import random

import pytest

from commonlearn.archive.records import LoggedContribution
from commonlearn.chain.transactions import Sender
from commonlearn.client import claims
from commonlearn.client.claims import ClaimKind, ClaimState, judge
from commonlearn.client.errors import Declined
from commonlearn.contract_errors import ModelJustMoved, NothingOwed, NotProven, UnknownContribution
from commonlearn.incentives.self_assessment import SelfAssessmentLedger
from commonlearn.records import Contribution, Status, Terms
from tests.support.live import BAD, FLOOR_WEI, GOOD, REFUND, REPORT, SWEEP

TERMS = Terms("0x" + "11" * 20, 10**12, 100, 60, REFUND, REPORT, SWEEP, 500)
MINE = LoggedContribution(7, Contribution("0x" + "22" * 20, 1, True, 10**12, 1_000), b"\0\1", 5, 0, "0x")


@pytest.mark.parametrize(
    ("kind", "predicted", "status", "now", "state"),
    [
        (ClaimKind.REFUND, 1, Status.OPEN, 1_000 + REFUND - 1, ClaimState.TOO_EARLY),
        (ClaimKind.REFUND, 1, Status.OPEN, 1_000 + REFUND, ClaimState.READY),
        (ClaimKind.REFUND, 0, Status.OPEN, 1_000 + REFUND, ClaimState.MODEL_DISAGREES),
        (ClaimKind.REFUND, 1, Status.REFUNDED, 1_000 + REFUND, ClaimState.ENDED),
        (ClaimKind.REFUND, 0, Status.FORFEITED, 0, ClaimState.ENDED),
        (ClaimKind.REPORT, 0, Status.OPEN, 1_000 + REPORT - 1, ClaimState.TOO_EARLY),
        (ClaimKind.REPORT, 0, Status.OPEN, 1_000 + REPORT, ClaimState.READY),
        (ClaimKind.REPORT, 1, Status.OPEN, 1_000 + REPORT, ClaimState.MODEL_AGREES),
        (ClaimKind.SWEEP, 0, Status.OPEN, 1_000 + SWEEP - 1, ClaimState.TOO_EARLY),
        (ClaimKind.SWEEP, 0, Status.OPEN, 1_000 + SWEEP, ClaimState.READY),
        (ClaimKind.SWEEP, 1, Status.SWEPT, 1_000 + SWEEP, ClaimState.ENDED),
    ],
)
def test_a_claim_is_judged_in_the_contracts_order(kind, predicted, status, now, state):
    claim = judge(kind, MINE, predicted, status, TERMS, now)
    assert claim.state is state
    assert claim.id == 7
    assert claim.why
    assert claim.opens_at == 1_000 + {"refund": REFUND, "report": REPORT, "sweep": SWEEP}[kind.value]


@pytest.fixture
def model(network, address, tmp_path):
    return network.load(address, tmp_path)


def test_refunds_say_why_others_are_not_possible_yet(network, model):
    alice = network.cast["alice"]
    model.contribute([GOOD], [1], account=alice)
    network.pass_time(REFUND)
    model.contribute([BAD, GOOD], [0, 0], account=alice)
    network.pass_time(1)
    result = model.refund(account=alice)
    assert [(claim.id, claim.state) for claim in result.claims] == [
        (0, ClaimState.MADE),
        (1, ClaimState.TOO_EARLY),
        (2, ClaimState.TOO_EARLY),
    ]
    assert "possible in" in result.claims[1].why
    assert result.credited_wei == FLOOR_WEI
    network.pass_time(REFUND)
    states = {claim.id: claim for claim in model.refund(account=alice).claims}
    assert states[0].state is ClaimState.ENDED
    assert states[1].state is ClaimState.MADE
    assert states[2].state is ClaimState.MODEL_DISAGREES
    assert "predicts class 1, not 0" in states[2].why


def test_only_named_contributions_are_claimed(network, model):
    alice = network.cast["alice"]
    model.contribute([GOOD, BAD], [1, 0], account=alice)
    network.pass_time(REFUND)
    assert [claim.id for claim in model.refund(account=alice, ids=[1]).made] == [1]
    with pytest.raises(UnknownContribution):
        model.refund(account=alice, ids=[99])
    with pytest.raises(UnknownContribution):
        model.refund(account=network.cast["bob"], ids=[0])


def test_reports_share_the_stake_of_false_data(network, model):
    alice, mallory, beneficiary = (network.cast[role] for role in ("alice", "mallory", "beneficiary"))
    model.contribute(["actor", "plot actor"], [1, 1], account=alice)
    model.contribute([GOOD, GOOD], [0, 0], account=mallory)
    with pytest.raises(NotProven):
        model.report(account=alice)
    network.pass_time(REFUND)
    assert model.refund(account=alice).made
    assert model.account_status(alice).proven_gwei > 0
    assert model.report(account=alice).claims[0].state is ClaimState.TOO_EARLY
    network.pass_time(REPORT)
    reportable = [claim for claim in model.report(account=alice).claims if claim.state is ClaimState.MADE]
    assert {claim.id for claim in reportable} <= {2, 3}
    assert reportable, "the model disagrees with false labels of what it knows well"
    assert model.account_status(mallory).counts()["forfeited"] == len(reportable)
    owed = model.contract.account(alice)[0]
    assert owed >= sum(claim.stake_wei for claim in reportable)
    assert model.withdraw(account=alice)[0] == owed
    with pytest.raises(NothingOwed):
        model.withdraw(account=alice)
    network.pass_time(SWEEP)
    swept = model.sweep(account=beneficiary)
    assert swept.credited_wei == sum(claim.stake_wei for claim in swept.made)
    assert model.contract.totals()[0] == 0


def test_a_claim_waits_for_a_second_in_which_nobody_contributes(network, model, monkeypatch):
    alice = network.cast["alice"]
    model.contribute([GOOD], [1], account=alice)
    network.pass_time(REFUND)
    waited, real = [], Sender.plan

    def plan(self, calls):
        if len(waited) < 3:
            raise ModelJustMoved(network.connection.now())
        return real(self, calls)

    monkeypatch.setattr(Sender, "plan", plan)
    monkeypatch.setattr(claims.carry_out, "__kwdefaults__", {**claims.carry_out.__kwdefaults__, "sleep": waited.append})
    assert [claim.id for claim in model.refund(account=alice).made] == [0]
    assert len(waited) == 3


def test_a_claim_that_meets_a_contribution_in_its_block_is_made_in_the_next(network, model, monkeypatch):
    """Both get into one block, the contribution first: the refund fails there and is sent again."""
    alice, bob = network.cast["alice"], network.cast["bob"]
    model.contribute([GOOD], [1], account=alice)
    network.pass_time(REFUND)
    model.sync()
    sample, real = model.encode([BAD])[0], Sender.broadcast
    state = {"meet": True}

    def broadcast(self, transactions):
        if not state["meet"]:
            return real(self, transactions)
        state["meet"] = False
        network.node.request("evm_setAutomine", False)
        call = model.contract.contribute(sample, 0, 2 * FLOOR_WEI)
        fields = {"from": bob, "to": call.to, "data": call.data, "value": hex(call.value_wei), "gasPrice": hex(10**11)}
        network.node.request("eth_sendTransaction", {**fields, "gas": hex(500_000)})
        answers = real(self, transactions)
        network.node.request("evm_mine")
        network.node.request("evm_setAutomine", True)
        network.pass_time(1)
        return answers

    monkeypatch.setattr(Sender, "broadcast", broadcast)
    result = model.refund(account=alice)
    assert [claim.id for claim in result.made] == [0]
    assert network.connection.rpc.call("eth_getTransactionReceipt", result.made[0].tx_hash)["status"] == "0x1"
    assert not state["meet"]
    assert result.fee_wei > result.cost.fee_wei, "the failed one was paid for too"


def test_withdrawals_go_where_they_are_told(network, model):
    alice = network.cast["alice"]
    to = "0x" + "5A" * 20
    model.contribute([GOOD], [1], account=alice, tolerance=3)
    owed = model.contract.account(alice)[0]
    assert model.withdraw(account=alice, to=to)[0] == owed
    assert network.connection.balance(to) >= owed


def test_declining_sends_nothing(network, model):
    alice = network.cast["alice"]
    model.contribute([GOOD], [1], account=alice, tolerance=2)
    network.pass_time(SWEEP)
    before, asked = network.sent("alice"), []

    def decline(cost, what):
        asked.append((cost, what))
        return False

    for action in (model.refund, model.sweep, model.withdraw):
        with pytest.raises(Declined):
            action(account=alice, confirm=decline)
    assert network.sent("alice") == before
    assert len(asked) == 3
    assert all(cost.transactions == 1 and cost.fee_wei > 0 for cost, _ in asked)


def test_nothing_to_claim_asks_and_sends_nothing(network, model):
    result = model.refund(account=network.cast["carol"], confirm=lambda *_: pytest.fail("asked"))
    assert result.claims == ()
    assert (result.fee_wei, result.credited_wei, result.cost) == (0, 0, None)


def test_a_status_shows_money_and_clocks(network, model):
    alice = network.cast["alice"]
    model.contribute([GOOD, GOOD], [1, 0], account=alice)
    about, mine = model.status(), model.account_status(alice)
    assert about.contributions == 2
    assert about.locked_wei == mine.locked_wei == sum(view.stake_wei for view in mine.contributions)
    assert about.stake_wei > FLOOR_WEI
    assert [view.agrees for view in mine.contributions] == [True, False]
    assert mine.contributions[0].refundable_at == mine.contributions[0].contributed_at + REFUND
    assert mine.counts() == {"open": 2, "refunded": 0, "forfeited": 0, "swept": 0}
    assert mine.balance_wei == network.connection.balance(alice)
    assert model.account_status(network.cast["stranger"]).contributions == ()


def test_history_tells_what_happened_in_order(network, model):
    alice = network.cast["alice"]
    model.contribute([GOOD], [1], account=alice, tolerance=2)
    network.pass_time(REFUND)
    model.refund(account=alice)
    model.withdraw(account=alice)
    events = [line.event for line in model.history()]
    assert events == ["Opened", "ExcessCredited", "Contributed", "Refunded", "Withdrawn"]
    (line,) = model.history(last=1)
    assert line.who == alice
    assert line.amount_wei > FLOOR_WEI
    assert "positive" in model.history()[2].detail


def test_the_contract_keeps_the_ledgers_books_to_the_wei(network, tmp_path):
    """A seeded story of several accounts, played on the chain and in the ledger side by side."""
    address = network.deploy(growth_bps=700, half_life_seconds=50, reporter_bps=333).address
    model = network.load(address, tmp_path)
    roles = ("alice", "bob", "carol", "mallory")
    rng = random.Random(20_240_901)
    ledger: SelfAssessmentLedger | None = None
    texts = [GOOD, BAD, "great actor", "boring plot", "film", "long film", "funny", "bad actor"]
    for _ in range(12):
        for role in roles:
            label = rng.randrange(2)
            (receipt,) = model.contribute([rng.choice(texts)], [label], account=network.cast[role], tolerance=1.5)
            block = network.connection.block(receipt.block_number)
            if ledger is None:
                opened = model.contract.events(["Opened"], 0, receipt.block_number)[0].block_number
                ledger = SelfAssessmentLedger(model.terms, opened_at=network.connection.block(opened).timestamp)
            sent = int(network.connection.rpc.call("eth_getTransactionByHash", receipt.tx_hash)["value"], 16)
            stated = (ledger.stake_at(block.timestamp), receipt.id)
            assert stated == (receipt.stake_wei, ledger.contributions)
            ledger.contribute(
                network.cast[role], label, receipt.id, taught=receipt.taught, value_wei=sent, now=block.timestamp
            )
        network.pass_time(rng.choice((30, 120, 250)))
        _claim_everything(network, model, ledger, rng, roles)
    totals = ledger.totals()
    assert model.contract.totals() == (totals.locked_wei, totals.proven_gwei, totals.carry_wei)
    for who in [*(network.cast[role] for role in roles), network.cast["beneficiary"]]:
        assert model.contract.account(who) == (ledger.owed(who), ledger.proven(who))
    assert network.connection.balance(address) == ledger.balance_wei
    assert {ledger.status_of(i) for i in range(ledger.contributions)} >= {
        Status.REFUNDED,
        Status.FORFEITED,
        Status.SWEPT,
    }


def _forfeited_at(network, model, id_):
    """When a stake was forfeited: the reporter's part grows by the second."""
    latest = network.connection.block("latest").number
    (event,) = (one for one in model.contract.events(["Forfeited"], 0, latest) if one.values["id"] == id_)
    return network.connection.block(event.block_number).timestamp


def _claim_everything(network, model, ledger, rng, roles):
    role = rng.choice(roles)
    who = network.cast[role]
    for claim in model.refund(account=who).made:
        ledger.refund(claim.id, who, predicted=claim.predicted, now=claim.opens_at)
    if ledger.proven(who):
        for claim in model.report(account=who).made:
            ledger.report(claim.id, who, predicted=claim.predicted, now=_forfeited_at(network, model, claim.id))
    if rng.random() < 0.4:
        for claim in model.sweep(account=who).made:
            ledger.sweep(claim.id, now=claim.opens_at)
    if ledger.owed(who) and rng.random() < 0.5:
        assert model.withdraw(account=who)[0] == ledger.withdraw(who)
