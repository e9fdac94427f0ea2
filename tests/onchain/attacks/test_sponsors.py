"""Attacks on sponsors and pools, each with the attacker's profit in wei: never above zero.

The attacker's own accounts count together, wherever their money lies. Of what transactions cost, only the base fee
counts, as if the attacker proposed all blocks and got every tip back; and each transaction but the contributions
themselves is sent at a base fee of zero, the best case for whoever wants to be repaid more than was paid.
``make attacks`` collects the profits.

Requirements G-02, G-03, G-05, G-06, G-10, S-16.
"""

from __future__ import annotations

from typing import Any

import pytest

from commonlearn.numerics import keccak256
from tests.support.attacks import must_not_pay
from tests.support.collaborations import next_time, pass_time_until
from tests.support.plain_model import KNOWN_1, UNKNOWN, presence
from tests.support.reverts import reverts
from tests.support.sponsors import GWEI, Sponsors, base_fee, given_by

DAY = 86_400
DEAR = 500 * GWEI
POOL = 10**18


class Story:
    """An attack on a collaboration with a pool, and its accounts' money before and after."""

    def __init__(self, sponsors: Sponsors, model: Any, attackers: list[Any], honest: list[Any]) -> None:
        self.sponsors, self.model, self.attackers, self.honest = sponsors, model, attackers, honest
        self.pool = sponsors.contract
        self.gas = 0
        self.tips = 0
        self.before = self.wealth(attackers), self.wealth(honest)

    def wealth(self, accounts: list[Any]) -> int:
        """Ether, balances in the sponsorship contract and credits in the collaboration."""
        return sum(who.balance() + self.pool.balanceOf(who) + self.model.owed(who) for who in accounts)

    def spent(self, *txs: Any) -> None:
        """Count what attackers' transactions used."""
        self.gas += sum(tx.gas_used for tx in txs)

    def relay(self, author: Any, relayer: Any, fee: int = DEAR, **changes: Any) -> Any:
        request = self.sponsors.request(author, **changes)
        signature = self.sponsors.signature(request)
        with base_fee(fee) as paying:
            tx = self.sponsors.relay(request, relayer, signature, **paying)
        self.spent(tx)
        return given_by(tx, author)

    def prove(self, *given: Any) -> None:
        """Take the stakes back when they can be."""
        pass_time_until(max(next_time(), *(self.model.refund_from(one) for one in given)))
        for g in given:
            claim = (g.id, g.contribution, g.sample, str(g.author), g.id, [])
            tx = self.model.contract.refundMany([claim], True, {"from": g.author})
            if g.author in self.attackers:
                self.spent(tx)

    def claim(self, *given: Any, fee: int = 0) -> Any:
        """Have gas repaid."""
        claims = [(g.id, g.contribution, keccak256(g.sample), str(g.author)) for g in given]
        with base_fee(fee) as paying:
            tx = self.pool.claimGas(self.model.contract, claims, {"from": self.attackers[0], **paying})
        self.spent(tx)
        return tx

    def end(self, name: str) -> int:
        """The attacker's profit, which must not be one."""
        profit = self.wealth(self.attackers) - self.before[0]
        loss = self.before[1] - self.wealth(self.honest)
        must_not_pay(f"sponsors: {name}", profit, gas=self.gas, honest_loss=loss)
        return profit


@pytest.fixture
def story(sponsorship, sponsored, deployer, mallory, bob, stranger, carol):
    """Mallory attacks with two other accounts; the creator's pool holds an ether."""
    earn = next_time() + 60 * DAY
    sponsorship.openPool(sponsored.contract, (10**17, 10**18, earn, earn + 60 * DAY), {"from": deployer, "value": POOL})
    return Story(Sponsors(sponsorship, sponsored.contract), sponsored, [mallory, bob, stranger], [carol])


def left(story):
    return story.pool.poolOf(story.model.contract)[1]


def test_a_dear_block_and_cheap_claims(story, mallory):
    given = story.relay(mallory, mallory)
    story.prove(given)
    story.claim(given)
    profit = story.end("contribute in a dear block of one's own, refund and claim in free ones")
    assert POOL - left(story) > 0
    assert profit <= -(POOL - left(story)) // 4, "at least a quarter of what the pool paid was burnt besides"


def test_the_fee_rises_between_contribution_and_claim(story, mallory):
    given = story.relay(mallory, mallory, fee=GWEI)
    story.prove(given)
    story.claim(given, fee=DEAR)
    assert POOL - left(story) < given.tx.gas_used * GWEI
    assert story.end("claim at a higher fee than was paid") < 0


def test_many_names_of_one(story, mallory, bob, stranger):
    given = [
        story.relay(author, mallory, sample=presence(UNKNOWN + i))
        for i, author in enumerate((mallory, bob, stranger, mallory, bob, stranger))
    ]
    story.prove(*given)
    story.claim(*given)
    paid = POOL - left(story)
    assert paid > 0
    assert story.end("many names of one contributor") <= -paid // 4


def test_many_in_one_transaction(story, mallory, bob, stranger):
    requests = [
        story.sponsors.request(author, sample=presence(UNKNOWN + i))
        for i, author in enumerate((mallory, bob, stranger))
    ]
    with base_fee(DEAR) as paying:
        tx = story.sponsors.relay_many(requests, mallory, 10**17, **paying)
    story.spent(tx)
    given = [given_by(tx, author, i) for i, author in enumerate((mallory, bob, stranger))]
    story.prove(*given)
    story.claim(*given)
    paid = POOL - left(story)
    assert 0.6 * tx.gas_used * DEAR < paid < 0.8 * tx.gas_used * DEAR
    assert story.end("many contributions share a transaction") <= -paid // 4


def test_data_behind_the_data(story, sponsorship, mallory):
    """Bytes that nobody reads are counted at less than they cost."""
    call = sponsorship.relay
    signed = story.sponsors.request(mallory)
    data = call.encode_input(signed.as_tuple(), story.sponsors.signature(signed)) + "00" * 20_000
    stake = story.sponsors.stake()
    pass_time_until(next_time())
    with base_fee(DEAR) as paying:
        tx = mallory.transfer(sponsorship, stake, data=data, **paying)
    story.spent(tx)
    given = given_by(tx, mallory)
    story.prove(given)
    story.claim(given)
    assert POOL - left(story) < 0.8 * tx.gas_used * DEAR
    assert story.end("a long tail of data") < 0


def test_an_account_with_code_as_author(story, sponsorship, ContractAccount, mallory):
    """The author's own contract runs within what is measured; all that it uses is paid for."""
    wallet = ContractAccount.deploy(mallory, {"from": mallory})
    signed = story.sponsors.request(wallet, payee=mallory)
    with base_fee(DEAR) as paying:
        tx = story.sponsors.relay(signed, mallory, story.sponsors.signature(signed, by=mallory), **paying)
    story.spent(tx)
    given = given_by(tx, wallet)
    pass_time_until(story.model.refund_from(given))
    story.model.contract.refundMany(
        [(given.id, given.contribution, given.sample, mallory.address, given.id, [])], True, {"from": mallory}
    )
    claim = (given.id, given.contribution, keccak256(given.sample), mallory.address)
    story.pool.claimGas(story.model.contract, [claim], {"from": mallory})
    assert story.end("an account with code as author") < 0


def test_contributions_that_teach_nothing(story, mallory):
    given = story.relay(mallory, mallory, fee=GWEI, sample=presence(KNOWN_1))
    story.prove(given)
    with reverts("NotProvenYet", story.model.contract, given.id):
        story.claim(given)
    assert left(story) == POOL
    assert story.end("farm the pool with samples that the model knows") < 0


def test_spam_that_is_never_proven(story, mallory):
    for _ in range(5):
        story.relay(mallory, mallory, fee=GWEI, sample=presence(KNOWN_1), label=0)
    assert left(story) == POOL
    assert story.end("spam with lies") < 0


def test_claiming_twice(story, mallory):
    given = story.relay(mallory, mallory)
    story.prove(given)
    story.claim(given)
    paid = POOL - left(story)
    for claims in ([given], [given, given]):
        with reverts("NothingNoted", story.model.contract, given.id):
            story.claim(*claims)
    assert POOL - left(story) == paid
    assert story.end("claim the same gas twice") < 0


def test_at_somebody_elses_expense(story, sponsorship, ContractAccount, carol, mallory):
    """Carol's transaction runs into mallory's contract, which uses her gas to contribute: nothing is noted for it."""
    trap = ContractAccount.deploy(mallory, {"from": mallory})
    call = sponsorship.contribute.encode_input(story.model.contract, presence(UNKNOWN), 1)
    stake = story.sponsors.stake()
    pass_time_until(next_time())
    with base_fee(DEAR) as paying:
        tx = trap.act(sponsorship, call, {"from": carol, "value": stake, **paying})
    assert "GasNoted" not in tx.events
    assert story.end("contribute within another's transaction") <= 0


def test_another_relayers_request(story, mallory, alice, carol):
    """Alice signed for anyone; mallory is quicker than carol, stakes for alice, and is repaid less than was burnt."""
    signed = story.sponsors.request(alice)
    signature = story.sponsors.signature(signed)
    with base_fee(DEAR) as paying:
        tx = story.sponsors.relay(signed, mallory, signature, **paying)
    story.spent(tx)
    given = given_by(tx, alice)
    with reverts("NonceUsed", alice, signed.nonce):
        story.sponsors.relay(signed, carol, signature)
    story.prove(given)
    story.claim(given)
    assert story.end("send what another relayer was about to") < 0


def test_a_request_that_is_made_to_fail(story, mallory, carol):
    """Mallory cancels what carol is about to send: carol loses a fee, mallory too."""
    signed = story.sponsors.request(mallory, relayer=carol)
    signature = story.sponsors.signature(signed)
    with base_fee(GWEI) as paying:
        story.spent(story.pool.cancel(signed.nonce, {"from": mallory, **paying}))
        with reverts("NonceUsed", mallory, signed.nonce):
            story.sponsors.relay(signed, carol, signature, **paying)
    assert story.end("cancel what a relayer is about to send") < 0


@pytest.fixture
def liar(HostileCollaboration, mallory):
    """Mallory's collaboration: everything is proven there, and nothing costs a stake."""
    contract = HostileCollaboration.deploy({"from": mallory})
    contract.sayThat(0, mallory, True, 0, {"from": mallory})
    return contract


def own_pool(story, liar, mallory):
    earn = next_time() + 60 * DAY
    terms = (10**17, 10**18, earn, earn + 60 * DAY)
    story.pool.openPool(liar, terms, {"from": mallory, "value": 10**17})
    story.before = story.wealth(story.attackers) + 10**17, story.before[1]
    return earn + 60 * DAY


def test_a_collaboration_that_says_proven(story, liar, mallory):
    """All that it can take is what is in its own pool, at the price of more gas than that."""
    end = own_pool(story, liar, mallory)
    for _ in range(3):
        with base_fee(DEAR) as paying:
            story.spent(story.pool.contribute(liar, b"", 0, {"from": mallory, **paying}))
    claims = [(id_, (mallory.address, 0, True, 0, 0), bytes(32), mallory.address) for id_ in range(3)]
    story.spent(story.pool.claimGas(liar, claims, {"from": mallory}))
    assert left(story) == POOL
    pass_time_until(end + 1)
    story.pool.closePool(liar, {"from": mallory})
    assert story.end("a collaboration that calls everything proven") < 0


@pytest.mark.parametrize("words", [10, 200])
def test_storage_cleared_within(story, liar, mallory, words):
    """A transaction gets a fifth of its gas back at most, and that fifth is not repaid."""
    end = own_pool(story, liar, mallory)
    with base_fee(0) as paying:
        story.spent(liar.fill(words, {"from": mallory, **paying}))
    with base_fee(DEAR) as paying:
        tx = story.pool.contribute(liar, b"", 0, {"from": mallory, **paying})
    story.spent(tx)
    noted = tx.events["GasNoted"]["gasUsed"]
    assert noted <= tx.gas_used
    claim = (0, (mallory.address, 0, True, 0, 0), bytes(32), mallory.address)
    story.pool.claimGas(liar, [claim], {"from": mallory})
    pass_time_until(end + 1)
    story.pool.closePool(liar, {"from": mallory})
    assert story.end(f"clear {words} words of storage while being measured") <= 0


def test_reentering_on_the_payment(story, sponsorship, ReenteringRecipient, mallory, carol):
    """A receiver that calls back while its balance is paid out gets it once."""
    thief = ReenteringRecipient.deploy({"from": mallory})
    story.attackers.append(thief)
    sponsorship.depositFor(thief, {"from": mallory, "value": 5})
    sponsorship.depositFor(carol, {"from": carol, "value": 50})
    calls = [
        sponsorship.withdraw.encode_input(thief),
        sponsorship.closePool.encode_input(story.model.contract),
        sponsorship.claimGas.encode_input(story.model.contract, []),
    ]
    for number, call in enumerate(calls, 1):
        thief.plan(sponsorship, call, 0, {"from": mallory})
        if number > 1:
            sponsorship.depositFor(thief, {"from": mallory, "value": 5})
        thief.act(sponsorship, sponsorship.withdraw.encode_input(thief), {"from": mallory})
        assert thief.attempts() == number
    assert left(story) == POOL
    assert story.end("call back while being paid") == 0


def test_a_receiver_that_refuses(story, sponsorship, RefusingRecipient, mallory):
    """It keeps its own money waiting, and nobody else's."""
    refusing = RefusingRecipient.deploy({"from": mallory})
    given = story.relay(mallory, mallory)
    sponsorship.depositFor(mallory, {"from": mallory, "value": 5})
    with reverts("WithdrawalFailed", refusing, 5):
        sponsorship.withdraw(refusing, {"from": mallory})
    story.prove(given)
    story.claim(given)
    assert story.end("name a receiver that reverts") <= 0
