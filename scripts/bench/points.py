"""Gas under points: a contribution, votes alone and together, a badge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from commonlearn.chain.contracts import CollaborationContract, FactoryContract, deployment_call
from commonlearn.chain.incentives import POINTS
from commonlearn.chain.points import PointsContract
from commonlearn.records import Badge, Contribution, PointsTerms
from scripts.bench.inputs import Inputs

if TYPE_CHECKING:
    from scripts.bench.gas import Chain

__all__ = ["points_gas"]

NOBODY = "0x" + "0" * 40
DAY = 86_400
TOGETHER = 40
"""Votes in one transaction, as the client sends them."""


def points_gas(chain: Chain, inputs: Inputs, perceptron: str) -> Iterator[tuple[str, int]]:
    """Measure each step, with 100 words a sample.

    Yields
    ------
    key : str
    gas : int
        From the receipt; of votes together, for each.
    """
    factory = FactoryContract(chain.connection, str(chain.send(deployment_call(POINTS.factory)).contract), POINTS)
    given = inputs.sparse_perceptron
    founders = tuple(sorted((chain.accounts[i] for i in (8, 9)), key=lambda one: int(one, 16)))
    terms = PointsTerms(founders, 10**7, 100, 1_000, 2_000, 11_000, 14 * DAY)
    created = chain.send(
        factory.create(perceptron, given.configuration.to_int(), terms, NOBODY, given.words, given.metadata)
    )
    event = created.event("Created")
    assert event is not None
    yield "points_new_model", created.gas_used
    contract = CollaborationContract(chain.connection, event.values["collaboration"])
    points = PointsContract(contract)
    sample = given.samples["100"]
    label = contract.predict(sample)

    def contribute(said: int, sender: int) -> tuple[int, tuple[int, Contribution, bytes]]:
        receipt = chain.send(contract.contribute(sample, said, 0), sender)
        made = receipt.event("Contributed")
        assert made is not None
        names = ("author", "label", "taught", "stakeWei", "contributedAt")
        return receipt.gas_used, (made.values["id"], Contribution(*(made.values[n] for n in names)), sample)

    _, first = contribute(label, 1)
    gas, second = contribute(label, 1)
    yield "points_contribute_agrees.100", gas
    gas, third = contribute(1 - label, 1)
    yield "points_contribute_corrected.100", gas
    yield "points_confirm_first", chain.send(points.vote([first], confirms=True), 8).gas_used
    yield "points_confirm", chain.send(points.vote([second], confirms=True), 8).gas_used
    yield "points_confirm_second_vote", chain.send(points.vote([second], confirms=True), 9).gas_used
    yield "points_contest", chain.send(points.vote([third], confirms=False), 8).gas_used
    ballots = [contribute(label, 1)[1] for _ in range(TOGETHER)]
    many = chain.send(points.vote(ballots, confirms=True), 8)
    yield f"points_confirm_each_of.{TOGETHER}", many.gas_used // TOGETHER
    yield "points_claim_badge", chain.send(points.claim_badge(chain.accounts[1], Badge.CONFIRMED), 2).gas_used
