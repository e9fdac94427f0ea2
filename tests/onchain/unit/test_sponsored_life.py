"""The whole life of a sponsored contribution on a real collaboration: sent, refunded or reported, its gas repaid.

Requirements S-05, G-01, G-04, G-08.
"""

import pytest

from commonlearn.numerics import keccak256
from tests.support.collaborations import next_time, pass_time_until
from tests.support.plain_model import KNOWN_1, UNKNOWN, presence
from tests.support.reverts import reverts
from tests.support.sponsors import GWEI, Sponsors, base_fee, given_by

DAY = 86_400
FEE = 20 * GWEI
NOBODY = "0x" + "00" * 20


@pytest.fixture
def sponsors(sponsorship, sponsored):
    return Sponsors(sponsorship, sponsored.contract)


@pytest.fixture
def pool(sponsorship, sponsored, deployer):
    """The creator's, with an ether."""
    earn = next_time() + 30 * DAY
    terms = (10**16, 10**17, earn, earn + 30 * DAY)
    sponsorship.openPool(sponsored.contract, terms, {"from": deployer, "value": 10**18})
    return sponsorship


def claim_of(given, payee):
    return (given.id, given.contribution, given.sample, str(payee), given.id, [])


def gas_claim_of(given, payee):
    return (given.id, given.contribution, keccak256(given.sample), str(payee))


def refund(model, given, payee, by):
    pass_time_until(max(model.refund_from(given), next_time()))
    return model.contract.refundMany([claim_of(given, payee)], True, {"from": by})


def relayed(sponsors, author, relayer, fee=FEE, **changes):
    request = sponsors.request(author, **changes)
    with base_fee(fee) as paying:
        return given_by(sponsors.relay(request, relayer, **paying), author)


def test_stake_to_the_payee_proof_to_the_author_gas_to_the_relayer(sponsors, sponsored, pool, alice, bob, carol):
    given = relayed(sponsors, alice, bob, payee=carol)
    owed = pool.noteOf(sponsored.contract, given.id)[1]
    assert not sponsored.contract.isProven(given.id, given.contribution, keccak256(given.sample), carol)
    with reverts("NotProvenYet", sponsored.contract, given.id):
        pool.claimGas(sponsored.contract, [gas_claim_of(given, carol)], {"from": bob})
    refund(sponsored, given, carol, alice)
    assert sponsored.contract.isProven(given.id, given.contribution, keccak256(given.sample), carol)
    pool.claimGas(sponsored.contract, [gas_claim_of(given, carol)], {"from": alice})
    assert pool.balanceOf(bob) == owed > 0
    assert sponsored.owed(carol) == given.stake_wei
    assert (sponsored.proven(alice), sponsored.proven(carol), sponsored.proven(bob)) == (given.stake_gwei, 0, 0)
    assert sponsored.owed(alice) == sponsored.owed(bob) == 0


def test_in_ones_own_name(sponsored, pool, alice):
    pass_time_until(next_time())
    with base_fee(FEE) as paying:
        call = (sponsored.contract, presence(UNKNOWN), 1)
        tx = pool.contribute(*call, {"from": alice, "value": 10**17, **paying})
    given = given_by(tx, alice)
    refund(sponsored, given, alice, alice)
    balance = pool.balanceOf(alice)
    pool.claimGas(sponsored.contract, [gas_claim_of(given, alice)], {"from": alice})
    repaid = pool.balanceOf(alice) - balance
    assert repaid == tx.events["GasNoted"]["owedWei"]
    assert 0.6 * tx.gas_used * FEE < repaid < 0.8 * tx.gas_used * FEE


@pytest.mark.parametrize("field", ["author", "label", "taught", "stake", "time", "sample", "payee", "id"])
def test_another_story_than_the_recorded_proves_nothing(sponsors, sponsored, pool, field, alice, bob, carol, mallory):
    given = relayed(sponsors, alice, bob, payee=carol)
    other = relayed(sponsors, alice, bob, payee=carol)
    refund(sponsored, given, carol, alice)
    told, sample_hash, payee, id_ = list(given.contribution), keccak256(given.sample), carol, given.id
    if field == "sample":
        sample_hash = keccak256(b"")
    elif field == "payee":
        payee = mallory
    elif field == "id":
        id_ = other.id
    else:
        place = ["author", "label", "taught", "stake", "time"].index(field)
        told[place] = [mallory.address, 0, False, told[3] + 1, told[4] + 1][place]
    assert sponsored.contract.isProven(given.id, given.contribution, keccak256(given.sample), carol)
    assert not sponsored.contract.isProven(id_, told, sample_hash, payee)
    with reverts("NotProvenYet", sponsored.contract, id_):
        pool.claimGas(sponsored.contract, [(id_, told, sample_hash, str(payee))], {"from": bob})


def test_what_taught_nothing_is_not_repaid(sponsors, sponsored, pool, alice, bob):
    """Its stake comes back, but the pool pays for lessons."""
    given = relayed(sponsors, alice, bob, sample=presence(KNOWN_1))
    assert not given.taught
    refund(sponsored, given, alice, alice)
    assert sponsored.owed(alice) == given.stake_wei
    with reverts("NotProvenYet", sponsored.contract, given.id):
        pool.claimGas(sponsored.contract, [gas_claim_of(given, alice)], {"from": bob})


def test_a_lie_is_reported_and_not_repaid(sponsors, sponsored, pool, alice, bob, carol, mallory):
    first = relayed(sponsors, alice, bob)
    lie = relayed(sponsors, mallory, carol, sample=presence(KNOWN_1), label=0, payee=carol)
    refund(sponsored, first, alice, alice)
    pass_time_until(sponsored.report_from(lie))
    sponsored.contract.reportMany([claim_of(lie, carol)], True, {"from": alice})
    assert sponsored.owed(carol) == sponsored.owed(mallory) == 0
    with reverts("NotProvenYet", sponsored.contract, lie.id):
        pool.claimGas(sponsored.contract, [gas_claim_of(lie, carol)], {"from": carol})


def test_many_claims_in_one_call(sponsors, sponsored, pool, alice, bob, carol):
    requests = [sponsors.request(alice, sample=presence(UNKNOWN + i), payee=carol) for i in range(4)]
    with base_fee(FEE) as paying:
        tx = sponsors.relay_many(requests, bob, 10**17, **paying)
    given = [given_by(tx, alice, i) for i in range(4)]
    pass_time_until(sponsored.refund_from(given[-1]))
    sponsored.contract.refundMany([claim_of(one, carol) for one in given], True, {"from": carol})
    before = pool.balanceOf(bob)
    pool.claimGas(sponsored.contract, [gas_claim_of(one, carol) for one in given], {"from": bob})
    noted = [event["owedWei"] for event in tx.events["GasNoted"]]
    assert pool.balanceOf(bob) - before == sum(noted) < 0.8 * tx.gas_used * FEE
    assert pool.repaidTo(sponsored.contract, alice) == sum(noted)
    assert pool.poolOf(sponsored.contract)[1] == 10**18 - sum(noted)
