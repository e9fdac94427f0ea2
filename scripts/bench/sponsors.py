"""Gas of sponsored contributions against plain ones, of noting and claiming gas, and of the contract itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from eth_account import Account

from commonlearn.chain.contracts import Call, CollaborationContract, FactoryContract, deployment_call
from commonlearn.chain.sponsorship import SponsorshipContract
from commonlearn.chain.typed_data import typed_data
from commonlearn.records import SponsoredContribution, Terms
from scripts.bench.inputs import Inputs

if TYPE_CHECKING:
    from scripts.bench.gas import Chain

__all__ = ["sponsors_gas"]

NOBODY = "0x" + "0" * 40
DAY = 86_400
PAUSE = 100
FAR = 1 << 40
TOGETHER = 10
"""Requests in one transaction of a relayer."""


def sponsors_gas(chain: Chain, inputs: Inputs, perceptron: str) -> Iterator[tuple[str, int]]:
    """Measure with 100 words a sample, from states where author, relayer and payee have been seen before.

    Yields
    ------
    key : str
    gas : int
        From receipts. ``sponsored_overhead`` is a relayed contribution less a plain one of the same sample, label and
        state; ``_first_number`` is the dearer case in which the author's number opens a new word of storage.
    """
    deployed = chain.send(deployment_call("Sponsorship"))
    yield "sponsors_new_contract", deployed.gas_used
    sponsorship = SponsorshipContract(chain.connection, str(deployed.contract))
    factory_at = chain.send(deployment_call("CollaborationFactory", sponsorship.address)).contract
    factory = FactoryContract(chain.connection, str(factory_at))
    given = inputs.sparse_perceptron
    terms = Terms(chain.accounts[9], 10**15, 0, 3600, DAY, 2 * DAY, 9 * DAY, 1000)
    created = chain.send(
        factory.create(perceptron, given.configuration.to_int(), terms, NOBODY, given.words, given.metadata)
    ).event("Created")
    assert created is not None
    contract = CollaborationContract(chain.connection, created.values["collaboration"])
    sample = given.samples["100"]
    label = contract.predict(sample)
    key: Any = Account.from_key(b"\x51" * 32)
    relayer = chain.accounts[1]

    def relayed(number: int, said: int = label) -> tuple[SponsoredContribution, bytes]:
        request = SponsoredContribution(
            contract.address, key.address, relayer, relayer, sample, said, terms.floor_wei, False, number, FAR
        )
        message = typed_data(request, chain.connection.chain_id, sponsorship.address)
        return request, bytes(key.sign_typed_data(full_message=message).signature)

    def measured(call: Call, sender: int = 1) -> int:
        return chain.send(call, sender, after=PAUSE).gas_used

    stake = terms.floor_wei
    first_number = measured(sponsorship.relay(*relayed(0), stake))
    before, now = chain.node.snapshot(), chain.now
    sponsored = measured(sponsorship.relay(*relayed(1), stake))
    chain.node.revert(before)
    chain.now = now
    before = chain.node.snapshot()
    plain = measured(contract.contribute(sample, label, stake))
    chain.node.revert(before)
    chain.now = now
    yield "sponsored_overhead", sponsored - plain
    yield "sponsored_overhead_first_number", first_number - plain
    yield "sponsored_contribute_agrees.100", sponsored
    before = chain.node.snapshot()
    requests = [relayed(number) for number in range(1, 1 + TOGETHER)]
    many = measured(sponsorship.relay_many(requests, TOGETHER * stake))
    chain.node.revert(before)
    chain.now = now
    yield f"sponsored_each_of.{TOGETHER}", many // TOGETHER
    yield "sponsored_own_overhead", measured(sponsorship.contribute(contract.address, sample, label, stake)) - plain
