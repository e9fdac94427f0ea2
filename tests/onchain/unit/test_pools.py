"""Pools that repay gas: who opens them, what is noted, what is repaid to whom, and what is refused.

The collaboration says of itself what each test wants; what a real one says is in `test_sponsored_life`.

Requirements G-01, G-02, G-03, G-04, G-05, G-06, G-07.
"""

import pytest

from commonlearn.incentives.reimbursement import REPAID_PERCENT
from tests.support.collaborations import next_time, pass_time, pass_time_until
from tests.support.events import logged
from tests.support.reverts import reverts
from tests.support.sponsors import GWEI, Sponsors, base_fee

HOUR, DAY = 3_600, 86_400
CAP, AUTHOR_CAP = 10**16, 3 * 10**16
FEE = 20 * GWEI
NOBODY = "0x" + "00" * 20


@pytest.fixture
def teller(HostileCollaboration, deployer, alice):
    """Made by alice, as it says; its next contribution is number 7, costs nothing, and is proven."""
    contract = HostileCollaboration.deploy({"from": deployer})
    contract.sayThat(0, alice, True, 7, {"from": deployer})
    return contract


@pytest.fixture
def terms():
    earn = next_time() + DAY
    return (CAP, AUTHOR_CAP, earn, earn + 10 * DAY)


@pytest.fixture
def pool(sponsorship, teller, terms, alice):
    """Alice's, with an ether."""
    sponsorship.openPool(teller, terms, {"from": alice, "value": 10**18})
    return sponsorship


@pytest.fixture
def claim(bob):
    """Of contribution 7, by bob."""
    return (7, (bob.address, 1, True, 0, 0), b"\x00" * 32, bob.address)


def contribute(pool, teller, sender, fee=FEE, **options):
    with base_fee(fee) as paying:
        return pool.contribute(teller, b"", 0, {"from": sender, **paying, **options})


def left(pool, teller):
    return pool.poolOf(teller)[1]


# ------------------------------------------------------------------------------------------------------ open, fund, close


def test_the_creator_opens_a_pool(sponsorship, teller, terms, alice):
    tx = sponsorship.openPool(teller, terms, {"from": alice, "value": 10**18})
    assert logged(tx) == [
        ("PoolOpened", {"collaboration": teller, "creator": alice, "terms": terms}),
        ("PoolFunded", {"collaboration": teller, "from": alice, "amountWei": 10**18}),
    ]
    assert sponsorship.poolOf(teller) == (alice, 10**18, terms)
    assert sponsorship.balance() == 10**18
    assert sponsorship.balanceOf(alice) == 0


def test_without_ether_it_waits_for_some(sponsorship, teller, terms, alice, stranger):
    tx = sponsorship.openPool(teller, terms, {"from": alice})
    assert [name for name, _ in logged(tx)] == ["PoolOpened"]
    tx = sponsorship.fundPool(teller, {"from": stranger, "value": 5})
    assert logged(tx) == [("PoolFunded", {"collaboration": teller, "from": stranger, "amountWei": 5})]
    assert left(sponsorship, teller) == 5


def test_nobody_else_opens_one(sponsorship, teller, terms, alice, mallory):
    with reverts("OnlyCreator", mallory, alice):
        sponsorship.openPool(teller, terms, {"from": mallory, "value": 1})


def test_one_pool_at_a_time(pool, teller, terms, alice):
    with reverts("PoolIsOpen", teller):
        pool.openPool(teller, terms, {"from": alice, "value": 1})


@pytest.mark.parametrize(
    "change",
    [
        lambda now: (0, 1, now + 1, now + 2),
        lambda now: (2, 1, now + 1, now + 2),
        lambda now: (1, 1, now, now + 2),
        lambda now: (1, 1, now + 2, now + 2),
        lambda now: (1, 1, 0, 0),
    ],
    ids=["no cap", "cap above the author's", "earned in the past", "no time to claim", "all zero"],
)
def test_rules_that_cannot_work(sponsorship, teller, alice, change):
    at = next_time()
    pass_time_until(at)
    bad = change(at)
    with reverts("InvalidPoolTerms", bad):
        sponsorship.openPool(teller, bad, {"from": alice})


def test_the_narrowest_rules(sponsorship, teller, alice):
    at = next_time()
    pass_time_until(at)
    sponsorship.openPool(teller, (1, 1, at + 1, at + 2), {"from": alice})
    assert sponsorship.poolOf(teller)[0] == alice


def test_funding_needs_ether_a_pool_and_time(pool, sponsorship, teller, terms, perceptron, alice):
    with reverts("NothingSent"):
        pool.fundPool(teller, {"from": alice})
    with reverts("NoPool", perceptron):
        pool.fundPool(perceptron, {"from": alice, "value": 1})
    pass_time_until(terms[2])
    pool.fundPool(teller, {"from": alice, "value": 1})
    pass_time_until(terms[2] + 1)
    with reverts("PoolOver", teller, terms[2]):
        pool.fundPool(teller, {"from": alice, "value": 1})


def test_the_rest_goes_back_to_the_creator_after_the_claims(pool, teller, terms, alice, stranger):
    pass_time_until(terms[3])
    with reverts("PoolNotOver", teller, terms[3]):
        pool.closePool(teller, {"from": stranger})
    pass_time(1)
    assert pool.closePool.call(teller, {"from": stranger}) == 10**18
    tx = pool.closePool(teller, {"from": stranger})
    assert logged(tx) == [("PoolClosed", {"collaboration": teller, "creator": alice, "restWei": 10**18})]
    assert pool.balanceOf(alice) == pool.balance() == 10**18
    assert pool.poolOf(teller) == (NOBODY, 0, (0, 0, 0, 0))
    with reverts("NoPool", teller):
        pool.closePool(teller, {"from": stranger})


def test_the_rest_goes_to_who_opened_it_whatever_the_collaboration_says_then(pool, teller, terms, alice, mallory):
    teller.sayThat(0, mallory, True, 7, {"from": mallory})
    pass_time_until(terms[3] + 1)
    pool.closePool(teller, {"from": mallory})
    assert pool.balanceOf(alice) == 10**18
    assert pool.balanceOf(mallory) == 0


# ----------------------------------------------------------------------------------------------------------- what is noted


def test_what_a_contribution_cost_is_noted(pool, teller, bob):
    tx = contribute(pool, teller, bob)
    fields = logged(tx)[-1][1]
    counted = fields["gasUsed"]
    assert logged(tx) == [
        (
            "GasNoted",
            {"collaboration": teller, "id": 7, "payer": bob, "gasUsed": counted, "owedWei": counted * FEE},
        )
    ]
    assert pool.noteOf(teller, 7) == (bob, counted * FEE)
    assert 0.7 * tx.gas_used < counted < 0.8 * tx.gas_used
    assert pool.repaidPercent() == 80


def test_a_number_is_noted_once(pool, teller, alice, bob, carol):
    """A collaboration that gives a number twice cannot have the dear first note paid for again."""
    first = contribute(pool, teller, bob).events["GasNoted"]["owedWei"]
    teller.sayThat(0, alice, True, 7, {"from": bob})
    assert logged(contribute(pool, teller, carol)) == []
    assert pool.noteOf(teller, 7) == (bob, first)


def test_the_cap_of_a_contribution(pool, teller, bob):
    tx = contribute(pool, teller, bob, fee=10_000 * GWEI)
    assert tx.events["GasNoted"]["owedWei"] == CAP == pool.noteOf(teller, 7)[1]


def test_the_tip_is_not_repaid(pool, teller, bob):
    """Who proposes the block gets it, so repaying it would pay a proposer for own contributions."""
    with base_fee(FEE):
        tx = pool.contribute(teller, b"", 0, {"from": bob, "gas_price": 3 * FEE})
    fields = tx.events["GasNoted"]
    assert fields["owedWei"] == fields["gasUsed"] * FEE


def test_the_relayer_is_who_is_repaid(pool, teller, alice, bob, carol):
    sponsors = Sponsors(pool, teller)
    with base_fee(FEE) as paying:
        tx = sponsors.relay(sponsors.request(alice, payee=carol), bob, value=0, **paying)
    assert pool.noteOf(teller, 7)[0] == tx.events["GasNoted"]["payer"] == bob
    assert 0.7 * tx.gas_used < tx.events["GasNoted"]["gasUsed"] < 0.8 * tx.gas_used


def test_in_many_each_carries_its_part_of_the_transaction(pool, teller, alice, bob):
    sponsors = Sponsors(pool, teller)
    for count in (1, 4):
        requests = [sponsors.request(alice) for _ in range(count)]
        with base_fee(FEE) as paying:
            tx = sponsors.relay_many(requests, bob, 0, **paying)
        noted = [event["gasUsed"] for event in tx.events["GasNoted"]]
        assert len(noted) == count
        assert sum(noted) < 0.8 * tx.gas_used


def test_without_a_base_fee_nothing_is_owed(pool, teller, bob):
    assert logged(contribute(pool, teller, bob, fee=0)) == []
    assert pool.noteOf(teller, 7) == (NOBODY, 0)


def test_contracts_are_not_noted(pool, teller, ContractAccount, deployer, bob):
    """Within somebody else's transaction the caller need not be who pays the gas."""
    wallet = ContractAccount.deploy(bob, {"from": deployer})
    call = pool.contribute.encode_input(teller, b"", 0)
    with base_fee(FEE) as paying:
        tx = wallet.act(pool, call, {"from": bob, **paying})
    assert logged(tx) == []


def test_nothing_is_noted_without_a_pool_without_money_or_after_its_time(pool, teller, terms, deployer, alice, bob):
    pass_time_until(terms[2])
    assert contribute(pool, teller, bob).events["GasNoted"]["id"] == 7
    pass_time_until(terms[2] + 1)
    assert logged(contribute(pool, teller, bob)) == []
    pass_time_until(terms[3] + 1)
    pool.closePool(teller, {"from": bob})
    assert logged(contribute(pool, teller, bob)) == []
    pool.openPool(teller, (CAP, CAP, next_time() + DAY, next_time() + 2 * DAY), {"from": alice})
    assert logged(contribute(pool, teller, bob)) == []


# ---------------------------------------------------------------------------------------------------------- what is repaid


def test_what_is_proven_is_repaid_to_who_paid(pool, teller, claim, bob, stranger):
    owed = contribute(pool, teller, bob).events["GasNoted"]["owedWei"]
    assert pool.claimGas.call(teller, [claim], {"from": stranger}) == owed
    tx = pool.claimGas(teller, [claim], {"from": stranger})
    assert logged(tx) == [("Reimbursed", {"collaboration": teller, "id": 7, "payer": bob, "paidWei": owed})]
    assert pool.balanceOf(bob) == owed
    assert left(pool, teller) == 10**18 - owed
    assert pool.balance() == 10**18
    assert pool.repaidTo(teller, bob) == owed


def test_only_once(pool, teller, claim, bob):
    contribute(pool, teller, bob)
    pool.claimGas(teller, [claim], {"from": bob})
    with reverts("NothingNoted", teller, 7):
        pool.claimGas(teller, [claim], {"from": bob})


def test_not_twice_in_one_call(pool, teller, claim, bob):
    contribute(pool, teller, bob)
    with reverts("NothingNoted", teller, 7):
        pool.claimGas(teller, [claim, claim], {"from": bob})


def test_not_before_it_is_proven(pool, teller, claim, alice, bob):
    contribute(pool, teller, bob)
    teller.sayThat(0, alice, False, 7, {"from": bob})
    with reverts("NotProvenYet", teller, 7):
        pool.claimGas(teller, [claim], {"from": bob})
    assert left(pool, teller) == 10**18


def test_what_was_never_noted(pool, teller, claim, perceptron, bob):
    with reverts("NothingNoted", teller, 7):
        pool.claimGas(teller, [claim], {"from": bob})
    with reverts("NoPool", perceptron):
        pool.claimGas(perceptron, [claim], {"from": bob})


def test_within_the_time_of_claims(pool, teller, terms, claim, bob):
    contribute(pool, teller, bob)
    pass_time_until(terms[3] + 1)
    with reverts("PoolOver", teller, terms[3]):
        pool.claimGas(teller, [claim], {"from": bob})


def test_at_the_end_of_claims(pool, teller, terms, claim, bob):
    contribute(pool, teller, bob)
    pass_time_until(terms[3])
    pool.claimGas(teller, [claim], {"from": bob})
    assert pool.balanceOf(bob) > 0


def test_the_cap_of_an_author(pool, teller, deployer, alice, bob):
    for id_ in range(5):
        teller.sayThat(0, alice, True, id_, {"from": deployer})
        contribute(pool, teller, bob, fee=10_000 * GWEI)
    contribution = (bob.address, 1, True, 0, 0)
    claims = [(id_, contribution, b"\x00" * 32, bob.address) for id_ in range(5)]
    pool.claimGas(teller, claims[:3], {"from": bob})
    assert pool.repaidTo(teller, bob) == AUTHOR_CAP
    with reverts("NothingLeft", teller, 10**18 - AUTHOR_CAP, 0):
        pool.claimGas(teller, claims[3:], {"from": bob})


def test_a_pool_with_too_little_repays_the_rest_later(sponsorship, teller, terms, claim, alice, bob):
    sponsorship.openPool(teller, terms, {"from": alice, "value": 100})
    owed = contribute(sponsorship, teller, bob).events["GasNoted"]["owedWei"]
    sponsorship.claimGas(teller, [claim], {"from": bob})
    assert (sponsorship.balanceOf(bob), left(sponsorship, teller)) == (100, 0)
    assert sponsorship.noteOf(teller, 7) == (bob, owed - 100)
    with reverts("NothingLeft", teller, 0, AUTHOR_CAP - 100):
        sponsorship.claimGas(teller, [claim], {"from": bob})
    sponsorship.fundPool(teller, {"from": alice, "value": 10**18})
    sponsorship.claimGas(teller, [claim], {"from": bob})
    assert sponsorship.balanceOf(bob) == owed


def test_a_later_pool_owes_nothing_of_an_earlier_one(pool, teller, terms, claim, alice, bob):
    contribute(pool, teller, bob)
    pass_time_until(terms[3] + 1)
    pool.closePool(teller, {"from": alice})
    earn = next_time() + DAY
    pool.openPool(teller, (CAP, CAP, earn, earn + DAY), {"from": alice, "value": 10**18})
    assert pool.noteOf(teller, 7) == (NOBODY, 0)
    with reverts("NothingNoted", teller, 7):
        pool.claimGas(teller, [claim], {"from": bob})


def test_a_liar_drains_its_own_pool_only(pool, HostileCollaboration, teller, terms, claim, alice, mallory):
    other = HostileCollaboration.deploy({"from": mallory})
    other.sayThat(0, mallory, True, 7, {"from": mallory})
    pool.openPool(other, terms, {"from": mallory, "value": 10**15})
    contribute(pool, other, mallory, fee=10_000 * GWEI)
    pool.claimGas(other, [claim], {"from": mallory})
    assert pool.balanceOf(mallory) == 10**15
    assert left(pool, teller) == 10**18
    assert pool.balance() == 10**18 + 10**15


def test_four_fifths_of_the_gas_count(sponsorship):
    assert sponsorship.repaidPercent() == REPAID_PERCENT == 80
