"""`relay`, `relayMany`, `contribute`, `cancel`: who may send what for whom, and what is refused.

Requirements S-01, S-02, S-03, S-04, S-05, S-06, S-07.
"""

from dataclasses import replace

import pytest

from commonlearn.chain.typed_data import digest_of, signed_by
from commonlearn.numerics import keccak256
from tests.support import collaborations
from tests.support.collaborations import DEFAULT_TERMS, next_time
from tests.support.events import logged
from tests.support.plain_model import KNOWN_1, UNKNOWN, first_weights, presence
from tests.support.reverts import reverts
from tests.support.sponsors import ANYONE, Sponsors, given_by

FLOOR = DEFAULT_TERMS.floor_wei


@pytest.fixture
def sponsors(sponsorship, sponsored):
    return Sponsors(sponsorship, sponsored.contract)


@pytest.fixture
def wallet(ContractAccount, deployer, alice):
    """An account with code, for which alice's key signs."""
    return ContractAccount.deploy(alice, {"from": deployer})


# --------------------------------------------------------------------------------------------------------- what happens


def test_author_payee_and_relayer_each_get_what_is_theirs(sponsors, sponsored, alice, bob, carol):
    request = sponsors.request(alice, payee=carol)
    before = {who: who.balance() for who in (alice, bob, carol)}
    at, stake = next_time(), sponsors.stake()
    tx = sponsors.relay(request, bob)
    assert logged(tx) == [
        (
            "Contributed",
            {
                "id": 0,
                "author": alice,
                "label": 1,
                "taught": True,
                "stakeWei": stake,
                "contributedAt": at,
                "sample": request.sample,
            },
        ),
        ("Sponsored", {"id": 0, "payee": carol}),
        (
            "Relayed",
            {"collaboration": sponsored.contract, "id": 0, "author": alice, "payee": carol, "relayer": bob},
        ),
    ]
    assert bob.balance() == before[bob] - stake
    assert (alice.balance(), carol.balance()) == (before[alice], before[carol])
    assert sponsored.totals() == (stake, 0, 0)
    assert sponsored.contract.balance() == stake
    assert sponsors.contract.balance() == 0
    twin = first_weights()
    twin.train_one(request.sample, 1)
    assert sponsored.words() == twin.words()


def test_the_number_is_returned(sponsors, sponsored, alice, bob):
    sponsored.echo(bob)
    request = sponsors.request(alice)
    call = sponsors.contract.relay.call(request.as_tuple(), sponsors.signature(request), {"from": bob, "value": 10**18})
    assert call == 1


@pytest.mark.parametrize("rest", [1, 12_345])
def test_exactly_the_stake_is_forwarded_and_the_rest_credited_to_the_relayer(sponsors, sponsored, alice, bob, rest):
    stake = sponsors.stake()
    sponsors.relay(sponsors.request(alice), bob, value=stake + rest)
    assert sponsored.contract.balance() == stake
    assert sponsors.contract.balanceOf(bob) == sponsors.contract.balance() == rest
    assert sponsored.owed(alice) == sponsored.owed(bob) == 0


def test_the_hash_is_the_clients(sponsors, alice, bob, carol):
    for request in (
        sponsors.request(alice),
        sponsors.request(alice, payee=bob, relayer=carol, stake_from_author=True, sample=b"", nonce=2**256 - 1),
        sponsors.request(alice, label=2**255, max_stake_wei=0, deadline=2**256 - 1, sample=bytes(range(256))),
    ):
        found = bytes(sponsors.contract.hashOf(request.as_tuple()))
        assert found == digest_of(request, sponsors.connection.chain_id, sponsors.contract.address)
        signature = sponsors.signature(request)
        assert signed_by(request, sponsors.connection.chain_id, sponsors.contract.address, signature) == alice


def test_the_domain_is_readable_by_wallets(sponsors):
    fields, name, version, chain_id, contract, salt, extensions = sponsors.contract.eip712Domain()
    assert (name, version, chain_id) == ("commonlearn", "1", sponsors.connection.chain_id)
    assert contract == sponsors.contract
    assert (bytes(fields), bytes(salt), list(extensions)) == (b"\x0f", b"\x00" * 32, [])


def test_the_stake_can_come_from_what_the_author_deposited(sponsors, sponsored, alice, bob):
    stake = sponsors.stake()
    sponsors.contract.depositFor(alice, {"from": alice, "value": 3 * stake})
    before, stake = bob.balance(), sponsors.stake()
    sponsors.relay(sponsors.request(alice, stake_from_author=True), bob)
    left = sponsors.contract.balanceOf(alice)
    assert left == sponsors.contract.balance()
    assert bob.balance() == before
    assert sponsored.totals()[0] == sponsored.contract.balance() > 0


def test_a_wallet_with_code_signs_by_its_own_rule(sponsors, sponsored, wallet, alice, bob):
    request = sponsors.request(wallet)
    tx = sponsors.relay(request, bob, sponsors.signature(request, by=alice))
    assert tx.events["Contributed"]["author"] == wallet


def test_a_wallet_that_changed_its_key_has_signed_nothing(sponsors, wallet, alice, bob):
    request = sponsors.request(wallet)
    signature = sponsors.signature(request, by=alice)
    wallet.setOwner(bob, {"from": alice})
    with reverts("BadSignature", wallet):
        sponsors.relay(request, bob, signature)


def test_a_contract_that_knows_no_signatures_signs_nothing(sponsors, sponsored, alice, bob):
    request = sponsors.request(sponsored.contract)
    with reverts("BadSignature", sponsored.contract):
        sponsors.relay(request, bob, sponsors.signature(request, by=alice))


def test_requests_can_be_sent_in_any_order(sponsors, alice, bob):
    first, second = sponsors.request(alice, nonce=500), sponsors.request(alice, nonce=3)
    for request in (first, second):
        sponsors.relay(request, bob)
    assert sponsors.contract.isUsed(alice, 500)
    assert sponsors.contract.isUsed(alice, 3)
    assert not sponsors.contract.isUsed(alice, 4)
    assert not sponsors.contract.isUsed(bob, 3)


# ------------------------------------------------------------------------------------------------------ what is refused


def test_a_request_serves_once(sponsors, sponsored, alice, bob, carol):
    request = sponsors.request(alice)
    sponsors.relay(request, bob)
    for sender in (bob, carol):
        with reverts("NonceUsed", alice, request.nonce):
            sponsors.relay(request, sender)
    assert sponsored.contract.contributions() == 1


def test_another_request_with_the_same_number(sponsors, alice, bob):
    request = sponsors.request(alice)
    sponsors.relay(request, bob)
    with reverts("NonceUsed", alice, request.nonce):
        sponsors.relay(replace(request, label=0), bob)


def test_after_the_deadline(sponsors, alice, bob):
    stake = sponsors.stake()
    deadline = next_time()
    request = sponsors.request(alice, deadline=deadline - 1)
    with reverts("Expired", deadline - 1):
        sponsors.relay(request, bob, value=stake)
    sponsors.relay(sponsors.request(alice, deadline=next_time()), bob)


def test_by_another_relayer(sponsors, alice, bob, carol):
    request = sponsors.request(alice, relayer=bob)
    with reverts("WrongRelayer", carol, bob):
        sponsors.relay(request, carol)
    sponsors.relay(request, bob)


@pytest.mark.parametrize(
    "change",
    [
        {"payee": "mallory"},
        {"relayer": "mallory"},
        {"author": "mallory"},
        {"sample": presence(KNOWN_1)},
        {"label": 0},
        {"max_stake_wei": 2 * 10**18},
        {"stake_from_author": True},
        {"nonce": 77},
        {"deadline": 2**40},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_is_changed_after_signing(sponsors, actors, change, alice, mallory):
    request = sponsors.request(alice)
    signature = sponsors.signature(request)
    field, value = next(iter(change.items()))
    changed = replace(request, **{field: str(actors[value]) if value == "mallory" else value})
    sponsors.contract.depositFor(alice, {"from": mallory, "value": 10**18})
    with reverts("BadSignature", changed.author):
        sponsors.relay(changed, mallory, signature, value=10**17)


def test_another_collaboration_than_signed(sponsors, sponsored, sponsorship, perceptron, alice, mallory):
    other = type(sponsored).create(collaborations.deploy_factory(sponsorship=sponsorship), perceptron)
    request = sponsors.request(alice)
    with reverts("BadSignature", alice):
        sponsors.relay(replace(request, collaboration=other.contract.address), mallory, sponsors.signature(request))


def test_signed_for_another_chain_or_another_contract(sponsors, alice, bob, perceptron):
    request = sponsors.request(alice)
    for signature in (
        sponsors.signature(request, contract=perceptron.address),
        sponsors.signature(request, by=bob),
        b"",
        b"\x01" * 65,
        sponsors.signature(request)[:-1],
    ):
        with reverts("BadSignature", alice):
            sponsors.relay(request, bob, signature)


def test_signed_for_another_chain(sponsors, alice, bob):
    """Nodes refuse to sign for other chains, so a key of one's own signs."""
    from eth_account import Account

    from commonlearn.chain.typed_data import typed_data

    key = Account.from_key(keccak256(b"an author"))
    request = sponsors.request(key.address)
    for chain_id, is_right in ((1, False), (sponsors.connection.chain_id, True)):
        message = typed_data(request, chain_id, sponsors.contract.address)
        signature = bytes(key.sign_typed_data(full_message=message).signature)
        if is_right:
            assert sponsors.relay(request, bob, signature).events["Contributed"]["author"] == key.address
        else:
            with reverts("BadSignature", key.address):
                sponsors.relay(request, bob, signature)


def test_a_signature_turned_around_is_refused(sponsors, alice, bob):
    """(r, n - s) would be as valid to the curve; so it is not to be taken for a second signature."""
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    request = sponsors.request(alice)
    signature = sponsors.signature(request)
    s = order - int.from_bytes(signature[32:64], "big")
    with reverts("BadSignature", alice):
        sponsors.relay(request, bob, signature[:32] + s.to_bytes(32, "big") + bytes([55 - signature[64]]))


def test_nobody_as_payee(sponsors, alice, bob):
    with reverts("NoPayee"):
        sponsors.relay(sponsors.request(alice, payee=ANYONE), bob)


def test_a_stake_above_what_was_signed(sponsors, sponsored, alice, bob):
    stake = sponsors.stake()
    with reverts("StakeAboveMaximum", stake, stake - 1):
        sponsors.relay(sponsors.request(alice, max_stake_wei=stake - 1), bob, value=stake)
    sponsors.relay(sponsors.request(alice, max_stake_wei=sponsors.stake()), bob)


def test_a_relayer_who_sends_too_little(sponsors, alice, bob):
    stake = sponsors.stake()
    with reverts("NotPaid", bob, stake - 1, stake):
        sponsors.relay(sponsors.request(alice), bob, value=stake - 1)


def test_a_relayers_balance_is_not_touched_by_relaying(sponsors, alice, bob):
    sponsors.contract.depositFor(bob, {"from": bob, "value": 10**18})
    stake = sponsors.stake()
    with reverts("NotPaid", bob, 0, stake):
        sponsors.relay(sponsors.request(alice), bob, value=0)


def test_an_author_who_deposited_too_little(sponsors, alice, bob):
    sponsors.contract.depositFor(alice, {"from": alice, "value": FLOOR - 1})
    with reverts("NotPaid", alice, FLOOR - 1, sponsors.stake()):
        sponsors.relay(sponsors.request(alice, stake_from_author=True), bob)


def test_ether_sent_along_with_an_authors_stake_is_credited(sponsors, alice, bob):
    sponsors.contract.depositFor(alice, {"from": alice, "value": 10**18})
    sponsors.relay(sponsors.request(alice, stake_from_author=True), bob, value=9)
    assert sponsors.contract.balanceOf(bob) == 9


def test_where_there_is_no_contract(sponsors, alice, bob, stranger):
    with reverts("NoCollaboration", stranger):
        sponsors.relay(sponsors.request(alice, collaboration=stranger), bob)


def test_a_collaboration_that_trusts_no_sponsorship(sponsors, plain, alice, bob):
    """It is told apart by nothing but its own refusal."""
    with reverts("OnlySponsorship", sponsors.contract):
        sponsors.relay(sponsors.request(alice, collaboration=plain.contract), bob)


def test_nobody_else_contributes_in_anothers_name(sponsored, plain, alice, mallory):
    for model in (sponsored, plain):
        with reverts("OnlySponsorship", mallory):
            model.contract.contributeFor(alice, mallory, presence(UNKNOWN), 1, {"from": mallory, "value": 10**18})


def test_bad_data_costs_neither_stake_nor_number(sponsors, alice, bob):
    request = sponsors.request(alice, label=2)
    before = bob.balance()
    with reverts("UnknownLabel", 2, 2):
        sponsors.relay(request, bob)
    assert bob.balance() == before
    assert not sponsors.contract.isUsed(alice, request.nonce)


# --------------------------------------------------------------------------------------------------------------- cancel


def test_what_is_cancelled_is_never_sent(sponsors, alice, bob):
    request = sponsors.request(alice)
    signature = sponsors.signature(request)
    tx = sponsors.contract.cancel(request.nonce, {"from": alice})
    assert logged(tx) == [("Cancelled", {"author": alice, "nonce": request.nonce})]
    with reverts("NonceUsed", alice, request.nonce):
        sponsors.relay(request, bob, signature)


def test_cancelling_concerns_oneself_only(sponsors, alice, bob, mallory):
    request = sponsors.request(alice)
    sponsors.contract.cancel(request.nonce, {"from": mallory})
    sponsors.relay(request, bob)


def test_what_was_sent_cannot_be_cancelled(sponsors, alice, bob):
    request = sponsors.request(alice)
    sponsors.relay(request, bob)
    with reverts("NonceUsed", alice, request.nonce):
        sponsors.contract.cancel(request.nonce, {"from": alice})


# ------------------------------------------------------------------------------------------------------------ relayMany


def test_a_bad_request_does_not_sink_the_others(sponsors, sponsored, alice, bob, carol):
    good = [sponsors.request(alice), sponsors.request(carol, sample=presence(UNKNOWN + 1))]
    bad = sponsors.request(alice, label=2)
    tx = sponsors.relay_many([good[0], bad, good[1]], bob, 10**17)
    refused = [fields for name, fields in logged(tx) if name == "RelayRefused"]
    expected = keccak256(b"UnknownLabel(uint256,uint256)")[:4] + (2).to_bytes(32, "big") * 2
    assert refused == [{"position": 1, "reason": expected}]
    assert [event["author"] for event in tx.events["Contributed"]] == [alice, carol]
    assert [event["relayer"] for event in tx.events["Relayed"]] == [bob, bob]
    staked = sum(event["stakeWei"] for event in tx.events["Contributed"])
    assert sponsors.contract.balanceOf(bob) == sponsors.contract.balance() == 10**17 - staked
    assert sponsored.contract.balance() == sponsored.totals()[0] == staked
    assert not sponsors.contract.isUsed(alice, bad.nonce)


def test_a_refusal_is_told_as_an_event(sponsors, alice, bob):
    request = sponsors.request(alice)
    tx = sponsors.relay_many([request, request], bob, 10**17)
    reason = keccak256(b"NonceUsed(address,uint256)")[:4] + bytes(12) + bytes.fromhex(alice.address[2:])
    refused = [event for event in logged(tx) if event[0] == "RelayRefused"]
    assert refused == [("RelayRefused", {"position": 1, "reason": reason + request.nonce.to_bytes(32, "big")})]


def test_how_many_were_sent_is_returned(sponsors, alice, bob):
    requests = [sponsors.request(alice), sponsors.request(alice, label=2), sponsors.request(alice)]
    arguments = [r.as_tuple() for r in requests], [sponsors.signature(r) for r in requests]
    assert sponsors.contract.relayMany.call(*arguments, False, {"from": bob, "value": 10**18}) == 2


def test_strictly_all_or_none(sponsors, sponsored, alice, bob):
    requests = [sponsors.request(alice), sponsors.request(alice, deadline=5)]
    reason = keccak256(b"Expired(uint256)")[:4] + (5).to_bytes(32, "big")
    with reverts("RelayFailed", 1, reason):
        sponsors.relay_many(requests, bob, 10**17, strict=True)
    assert sponsored.contract.contributions() == 0
    assert sponsors.relay_many(requests[:1], bob, 10**17, strict=True).events["Contributed"]["author"] == alice


def test_the_relayers_ether_is_spent_once(sponsors, sponsored, alice, bob, carol):
    """What is sent is enough for one stake: the second request finds the rest, not the whole."""
    stake = sponsors.stake()
    tx = sponsors.relay_many([sponsors.request(alice), sponsors.request(carol)], bob, stake + 1)
    assert len(tx.events["Contributed"]) == 1
    assert tx.events["RelayRefused"]["position"] == 1
    assert sponsors.contract.balance() == 1


def test_stakes_of_authors_and_of_the_relayer_in_one_call(sponsors, sponsored, alice, bob, carol):
    sponsors.contract.depositFor(alice, {"from": alice, "value": 10**17})
    requests = [sponsors.request(alice, stake_from_author=True), sponsors.request(carol)]
    tx = sponsors.relay_many(requests, bob, 10**17)
    first, second = (event["stakeWei"] for event in tx.events["Contributed"])
    assert sponsors.contract.balanceOf(alice) == 10**17 - first
    assert sponsors.contract.balanceOf(bob) == 10**17 - second
    assert sponsors.contract.balance() == 2 * 10**17 - first - second


def test_as_many_signatures_as_requests(sponsors, alice, bob):
    request = sponsors.request(alice)
    for requests, signatures in (([request.as_tuple()], []), ([], []), ([], [sponsors.signature(request)])):
        with reverts("RequestCount", len(requests), len(signatures)):
            sponsors.contract.relayMany(requests, signatures, False, {"from": bob})


def test_a_named_relayer_is_held_to_in_many(sponsors, alice, bob, carol):
    tx = sponsors.relay_many(
        [sponsors.request(alice, relayer=carol), sponsors.request(alice, relayer=bob)], bob, 10**17
    )
    assert tx.events["RelayRefused"]["position"] == 0
    assert len(tx.events["Contributed"]) == 1


def test_the_part_for_one_request_is_for_the_contract_itself(sponsors, alice, mallory):
    request = sponsors.request(alice)
    with reverts("OnlyItself", mallory):
        sponsors.contract.relayPart(
            request.as_tuple(), sponsors.signature(request), mallory, 10**18, 0, {"from": mallory}
        )


def test_a_reason_without_end_is_cut(sponsors, HostileCollaboration, deployer, alice, bob):
    hostile = HostileCollaboration.deploy({"from": deployer})
    hostile.refuseWith(100_000, {"from": deployer})
    tx = sponsors.relay_many([sponsors.request(alice, collaboration=hostile), sponsors.request(alice)], bob, 10**17)
    assert len(bytes(tx.events["RelayRefused"]["reason"])) == 256
    assert len(tx.events["Contributed"]) == 1


# ---------------------------------------------------------------------------------------------------- in one's own name


def test_one_can_contribute_through_it_in_ones_own_name(sponsors, sponsored, sponsorship, alice):
    at, stake = next_time(), sponsors.stake()
    collaborations.pass_time_until(at)
    tx = sponsorship.contribute(sponsored.contract, presence(UNKNOWN), 1, {"from": alice, "value": stake + 5})
    event = logged(tx)[0][1]
    assert (event["author"], event["stakeWei"], event["contributedAt"]) == (alice, stake, at)
    assert ("Sponsored", {"id": 0, "payee": alice}) in logged(tx)
    assert sponsorship.balanceOf(alice) == sponsorship.balance() == 5
    call = sponsorship.contribute.call(sponsored.contract, presence(UNKNOWN), 1, {"from": alice, "value": 10**18})
    assert call == 1


def test_for_the_stake_at_least_and_to_a_collaboration(sponsors, sponsored, sponsorship, alice, stranger):
    with reverts("NotPaid", alice, 0, sponsors.stake()):
        sponsorship.contribute(sponsored.contract, presence(UNKNOWN), 1, {"from": alice})
    with reverts("NoCollaboration", stranger):
        sponsorship.contribute(stranger, presence(UNKNOWN), 1, {"from": alice, "value": 10**18})


def test_the_record_names_the_payee(sponsors, sponsored, alice, bob, carol):
    """Neither a contribution of alice's own nor one for another payee hashes to it."""
    given = given_by(sponsors.relay(sponsors.request(alice, payee=carol), bob), alice)
    with reverts("UnknownContribution", given.id):
        sponsored.refund(given, at=sponsored.refund_from(given))
