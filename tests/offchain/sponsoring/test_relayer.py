"""The relayer on a real socket and a real chain: what it sends, what it refuses, and that no restart forgets anything.

Requirements S-11, S-12, S-13, S-14.
"""

import json
import socket
from dataclasses import replace

import pytest

from commonlearn.chain.contracts import Call, deployment_call
from commonlearn.chain.errors import NodeUnreachable
from commonlearn.chain.signers import LocalSigner
from commonlearn.client.errors import JournalBusy, JournalProblem
from commonlearn.client.sponsoring import relayer as relayer_module
from commonlearn.client.sponsoring.errors import NoSponsorship
from commonlearn.client.sponsoring.ledger import RelayLedger
from commonlearn.client.sponsoring.relayer import Relayer
from commonlearn.client.sponsoring.requests import SignedRequest
from commonlearn.client.sponsoring.server import MOST_BYTES
from tests.support.live import BAD

ETHER = 10**18


def balance(office, who=None):
    return office.network.connection.balance(who or office.sender.address)


# ------------------------------------------------------------------------------------------------------- what it sends


def test_a_contributor_without_ether_contributes(office):
    signed, author = office.sign(), office.author()
    before, transactions = balance(office), office.sender.used_nonces()
    with office.relayer() as client:
        status, answer = client.post(signed.as_dict())
        assert status == 200
        assert answer["state"] == "done"
        assert answer["digest"] == signed.digest
        (receipt,) = relayer_module.receipts_of(office.network.connection, [answer["tx_hash"]])
        event, relayed = receipt.event("Contributed"), receipt.event("Relayed")
        assert (event.values["author"], event.values["id"]) == (author.address, answer["id"])
        assert relayed.values["relayer"] == office.sender.address
        assert relayed.values["payee"] == author.address
        assert int(answer["spent_wei"]) == receipt.fee_wei + event.values["stakeWei"]
        credited = office.sponsorship.balance(office.sender.address)
        assert before - balance(office) == int(answer["spent_wei"]) + credited
        assert client.get(f"/contributions/{signed.digest}")[1]["id"] == answer["id"]
    assert balance(office, author.address) == 0
    assert office.sender.used_nonces() == transactions + 1
    office.model.sync()
    assert office.model.contributions == 1


def test_the_sponsor_can_be_who_gets_the_stake_back(office):
    with office.relayer(payee=office.sender.address) as client:
        assert client.refusal(office.sign().as_dict()) == (403, "NotTheTerms")
        status, answer = client.post(office.sign(payee=office.sender.address).as_dict())
    assert (status, answer["state"]) == (200, "done")


def test_a_sponsor_of_gas_alone(office):
    key = office.author()
    office.sender.send_one(office.sponsorship.deposit_for(key.address, 10**15))
    with office.relayer(pays_stake=False) as client:
        assert client.refusal(office.sign().as_dict()) == (403, "NotTheTerms")
        status, answer = client.post(office.sign(stake_from_author=True).as_dict())
    assert (status, answer["state"]) == (200, "done")
    (receipt,) = relayer_module.receipts_of(office.network.connection, [answer["tx_hash"]])
    stake = receipt.event("Contributed").values["stakeWei"]
    assert office.sponsorship.balance(key.address) == 10**15 - stake
    assert int(answer["spent_wei"]) == receipt.fee_wei


def test_what_it_offers(office):
    with office.relayer() as client:
        assert client.get("/health") == (200, {"ok": True})
        status, offered = client.get("/terms")
    assert status == 200
    assert offered["relayer"] == office.sender.address
    assert offered["sponsorship"] == office.sponsorship.address
    assert offered["chain_id"] == office.network.connection.chain_id
    assert offered["per_account"] == {"hour": 3, "day": 5}
    assert offered["stakes_wei"] == {office.model.address: str(office.model.contract.stake_now())}
    assert (offered["payee"], offered["pays_stake"], offered["left_wei"]) == ("author", True, str(ETHER))


# ----------------------------------------------------------------------------------------------------- what it refuses


def test_the_same_request_again_costs_nothing_and_gives_the_same_answer(office):
    signed = office.sign()
    with office.relayer() as client:
        first = client.post(signed.as_dict())
        before = office.sender.used_nonces()
        assert client.post(signed.as_dict()) == first
    with office.relayer() as client:
        assert client.post(signed.as_dict()) == first
    assert office.sender.used_nonces() == before


def test_what_somebody_else_sent_already(office):
    signed = office.sign(relayer=office.sender.address)
    call = office.sponsorship.relay(signed.request, signed.signature, 10**14)
    office.sender.send_one(call)
    with office.relayer() as client:
        assert client.refusal(signed.as_dict()) == (409, "NonceUsed")


@pytest.mark.parametrize(
    ("change", "status", "name"),
    [
        ({"chain_id": 1}, 403, "WrongNetwork"),
        ({"sponsorship": "0x" + "11" * 20}, 403, "NotTheTerms"),
        ({"collaboration": "0x" + "11" * 20}, 403, "ModelNotServed"),
        ({"relayer": "0x" + "11" * 20}, 403, "WrongRelayer"),
        ({"relayer": "0x" + "00" * 20}, 403, "NotTheTerms"),
        ({"payee": "0x" + "11" * 20}, 403, "NotTheTerms"),
        ({"author": "0x" + "11" * 20, "payee": "0x" + "11" * 20}, 409, "BadSignature"),
        ({"label": 0}, 409, "BadSignature"),
        ({"sample": b"\x00\x01"}, 409, "BadSignature"),
        ({"nonce": 1}, 409, "BadSignature"),
        ({"max_stake_wei": 10**16}, 403, "NotTheTerms"),
        ({"deadline": 5}, 409, "Expired"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_what_is_not_as_signed_or_not_the_terms(office, change, status, name):
    signed = office.sign()
    outer = {key: value for key, value in change.items() if key in ("chain_id", "sponsorship")}
    inner = {key: value for key, value in change.items() if key not in outer}
    changed = replace(signed, request=replace(signed.request, **inner), **outer)
    before = office.sender.used_nonces()
    with office.relayer() as client:
        assert client.refusal(changed.as_dict()) == (status, name)
        assert client.relayer.ledger.spent_wei() == 0
    assert office.sender.used_nonces() == before


def test_what_expires_on_its_way(office):
    with office.relayer() as client:
        assert client.refusal(office.sign(valid_seconds=30).as_dict()) == (403, "NotTheTerms")
        assert client.refusal(office.sign(valid_seconds=-10).as_dict()) == (409, "Expired")


def test_signed_by_somebody_else(office):
    signed = office.sign(key=office.author("mallory"), author=office.author().address)
    with office.relayer() as client:
        assert client.refusal(signed.as_dict()) == (409, "BadSignature")


def test_what_the_contract_would_refuse(office):
    with office.relayer() as client:
        bad = office.sign()
        office.sender.send_one(Call(office.author().address, "0x", ETHER, "funding"))
        author = type(office.sender)(
            office.network.connection, LocalSigner(office.author()), prices=office.sender.prices
        )
        author.send_one(office.sponsorship.cancel(bad.request.nonce))
        assert client.refusal(bad.as_dict()) == (409, "NonceUsed")
        assert client.relayer.ledger.spent_wei() == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"schema": 1}',
        b"\xff\xfe",
        json.dumps({"schema": 2, "chain_id": 1, "sponsorship": "", "request": {}, "signature": ""}).encode(),
    ],
    ids=["empty", "cut", "list", "null", "deep", "lacking", "no text", "schema"],
)
def test_what_is_no_request(office, body):
    with office.relayer() as client:
        assert client.refusal(body) == (400, "BadRequest")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("label", -1), ("label", 1.5), ("label", "1e3"), ("label", True), ("label", str(2**256)), ("nonce", None),
        ("nonce", "٣"), ("author", "0x12"), ("author", 5), ("sample", "zz"), ("sample", "0x1"), ("sample", 7),
        ("stake_from_author", 1), ("extra", 1),
    ],
)  # fmt: skip
def test_fields_of_another_kind(office, field, value):
    content = office.sign().as_dict()
    content["request"][field] = value
    with office.relayer() as client:
        assert client.refusal(content) == (400, "BadRequest")


def test_what_is_too_long(office):
    with office.relayer() as client:
        assert client.refusal(b" " * (MOST_BYTES + 1))[0] == 413


def test_other_addresses_and_methods(office):
    with office.relayer() as client:
        assert client.get("/")[0] == 404
        assert client.get("/contributions")[0] == 405
        assert client.post({}, "/terms")[0] == 405
        assert client.get("/contributions/0x12")[0] == 404
        assert client.get("/contributions/0x" + "12" * 32)[0] == 404


def test_who_begins_and_does_not_go_on_stops_nobody(office):
    with office.relayer() as client:
        port = int(client.url.rsplit(":", 1)[1])
        with socket.create_connection(("127.0.0.1", port)) as slow:
            slow.sendall(b"POST /contributions HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
            assert client.post(office.sign().as_dict())[0] == 200


# --------------------------------------------------------------------------------------------------- limits and budget


def test_an_account_has_its_limit_by_the_hour_and_by_the_day_and_others_have_theirs(office):
    with office.relayer() as client:
        for _ in range(3):
            assert client.post(office.sign().as_dict())[0] == 200
        refused = client.post(office.sign().as_dict())
        assert (refused[0], refused[1]["error"]["name"]) == (429, "AccountLimit")
        assert refused[1]["error"]["fields"]["retry_after"] == 3_600
        assert client.post(office.sign(key=office.author("another")).as_dict())[0] == 200
        office.clock[0] += 3_601
        for _ in range(2):
            assert client.post(office.sign().as_dict())[0] == 200
        assert client.refusal(office.sign().as_dict()) == (429, "AccountLimit")
        office.clock[0] += 3_601
        assert client.refusal(office.sign().as_dict()) == (429, "AccountLimit"), "five a day"
        office.clock[0] += 86_400
        assert client.post(office.sign().as_dict())[0] == 200


def test_a_restart_forgets_no_limit(office):
    for _ in range(3):
        with office.relayer() as client:
            assert client.post(office.sign().as_dict())[0] == 200
    with office.relayer() as client:
        assert client.refusal(office.sign().as_dict()) == (429, "AccountLimit")


def test_nobody_else_uses_up_an_accounts_limit(office):
    """What is not signed by the account does not count, nor what the contract would refuse."""
    with office.relayer() as client:
        for _ in range(5):
            signed = office.sign(key=office.author("mallory"), author=office.author().address)
            assert client.refusal(signed.as_dict()) == (409, "BadSignature")
        assert client.post(office.sign().as_dict())[0] == 200


def test_no_more_is_spent_than_the_budget(office):
    with office.relayer() as client:
        spent = int(client.post(office.sign().as_dict())[1]["spent_wei"])
    budget = 3 * spent
    with office.relayer(budget_wei=budget, per_hour=50, per_day=50) as client:
        statuses = [client.post(office.sign().as_dict()) for _ in range(4)]
        refused = [answer["error"]["name"] for status, answer in statuses if status != 200]
        assert "BudgetSpent" in refused
        assert client.relayer.ledger.spent_wei() <= budget
        assert int(client.get("/terms")[1]["left_wei"]) == budget - client.relayer.ledger.spent_wei()


def test_no_gas_above_its_price(office):
    with office.relayer(max_gas_wei=0) as client:
        office.network.node.request("anvil_setNextBlockBaseFeePerGas", hex(10**9))
        try:
            office.network.node.request("evm_mine")
            assert client.refusal(office.sign().as_dict()) == (503, "GasTooDear")
        finally:
            office.network.node.request("anvil_setNextBlockBaseFeePerGas", "0x0")
            office.network.node.request("evm_mine")


def test_no_stake_above_its_limit(office):
    with office.relayer(max_stake_wei=office.model.contract.stake_now() - 1) as client:
        signed = office.sign(max_stake_wei=office.model.contract.stake_now() - 1)
        assert client.refusal(signed.as_dict()) == (409, "StakeAboveMaximum")


# ------------------------------------------------------------------------------------------------------- interruptions


def test_an_answer_that_was_lost_is_found_again(office, monkeypatch):
    """The node took the transaction, but the relayer did not hear of it, and was started anew."""
    signed = office.sign()
    original = type(office.sender).broadcast

    def lost(self, transactions):
        original(self, transactions)
        raise NodeUnreachable("http://node", "cut")

    with office.relayer() as client:
        monkeypatch.setattr(type(office.sender), "broadcast", lost)
        assert client.refusal(signed.as_dict()) == (503, "NodeUnreachable")
        monkeypatch.undo()
    before = office.sender.used_nonces()
    with office.relayer() as client:
        status, answer = client.post(signed.as_dict())
        assert (status, answer["state"]) == (200, "done")
        assert int(answer["spent_wei"]) == client.relayer.ledger.spent_wei() > 0
    assert office.sender.used_nonces() == before


def test_a_transaction_that_never_left_is_sent_after_the_restart(office, monkeypatch):
    signed = office.sign()

    def lost(self, transactions):
        raise NodeUnreachable("http://node", "cut")

    with office.relayer() as client:
        monkeypatch.setattr(type(office.sender), "broadcast", lost)
        assert client.refusal(signed.as_dict()) == (503, "NodeUnreachable")
        assert client.relayer.ledger.spent_wei() > 0, "reserved"
        monkeypatch.undo()
    before = office.sender.used_nonces()
    with office.relayer() as client:
        status, answer = client.post(signed.as_dict())
        assert (status, answer["state"]) == (200, "done")
    assert office.sender.used_nonces() == before + 1


def test_a_place_taken_by_another_transaction_frees_what_was_reserved(office, monkeypatch):
    signed = office.sign()

    def lost(self, transactions):
        raise NodeUnreachable("http://node", "cut")

    with office.relayer() as client:
        monkeypatch.setattr(type(office.sender), "broadcast", lost)
        client.refusal(signed.as_dict())
        monkeypatch.undo()
    office.sender.send_one(Call(office.sender.address, "0x", 0, "something else"))
    with office.relayer() as client:
        status, answer = client.get(f"/contributions/{signed.digest}")
        assert (status, answer["error"]["name"]) == (409, "TransactionFailed")
        assert client.relayer.ledger.spent_wei() == 0
        assert client.post(signed.as_dict())[1]["state"] == "done"


def test_who_makes_it_fail_in_its_block_pays_with_the_limit(office, monkeypatch):
    """An author cancels between simulation and block: the fee is lost, counted, and each try is one of the account's."""
    key = office.author()
    office.sender.send_one(Call(key.address, "0x", ETHER, "funding"))
    author = type(office.sender)(office.network.connection, LocalSigner(key), prices=office.sender.prices)
    original = type(office.sender).broadcast

    def after_cancelling(self, transactions):
        if self is office.sender:
            author.send_one(office.sponsorship.cancel(signed.request.nonce))
        return original(self, transactions)

    with office.relayer() as client:
        monkeypatch.setattr(type(office.sender), "broadcast", after_cancelling)
        for _ in range(3):
            signed = office.sign()
            assert client.refusal(signed.as_dict()) == (409, "NonceUsed")
        monkeypatch.undo()
        assert client.refusal(office.sign().as_dict()) == (429, "AccountLimit")
        assert client.relayer.ledger.count() == 0


def test_a_block_that_does_not_come(office, monkeypatch):
    from commonlearn.client.sponsoring import server

    monkeypatch.setattr(server, "_WAIT_SECONDS", 0.1)
    signed = office.sign()
    with office.relayer() as client:
        office.network.node.request("evm_setAutomine", False)
        try:
            status, answer = client.post(signed.as_dict())
            assert (status, answer["state"], answer["id"]) == (202, "sent", None)
            assert client.get(f"/contributions/{signed.digest}")[0] == 202
        finally:
            office.network.node.request("evm_setAutomine", True)
            office.network.node.request("evm_mine")
        assert client.get(f"/contributions/{signed.digest}")[1]["state"] == "done"


def test_two_relayers_never_share_a_ledger(office, tmp_path):
    with office.relayer(), pytest.raises(JournalBusy):
        RelayLedger(office.folder / "relayer.sqlite")
    (tmp_path / "broken.sqlite").write_bytes(b"no database" * 200)
    with pytest.raises(JournalProblem):
        RelayLedger(tmp_path / "broken.sqlite")


def test_a_model_of_another_sponsorship_is_not_served(office):
    receipt = office.sender.send_one(deployment_call("Sponsorship"))
    other = type(office.sponsorship)(office.network.connection, receipt.contract)
    ledger = RelayLedger(office.folder / "other.sqlite")
    with pytest.raises(NoSponsorship):
        Relayer(office.sender, other, office.terms(), ledger)
    ledger.close()


def test_a_request_is_read_as_it_was_written(office):
    signed = office.sign(text=BAD, label="negative")
    assert SignedRequest.from_dict(json.loads(json.dumps(signed.as_dict()))) == signed
    assert signed.signed_by == office.author().address
