"""Models with a past on the chain of `live`: every outcome that each incentive has, told by the client itself."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from eth_account import Account

from commonlearn.chain.sponsorship import SponsorshipContract
from commonlearn.client.deployer import deploy_model
from commonlearn.client.public_model import PublicModel
from commonlearn.client.sponsoring.requests import sign_contributions
from commonlearn.numerics import keccak256
from commonlearn.records import PointsTerms
from tests.support.live import BAD, GOOD, REFUND, REPORT, SWEEP, Network

__all__ = ["STAKED_OUTCOMES", "VOTED_OUTCOMES", "VOTE_SECONDS", "points_model", "sponsored", "staked", "voted"]

VOTE_SECONDS = 604_800
STAKED_OUTCOMES = ["proven", "proven", "returned", "forfeited", "swept", "proven", "open", "open"]
VOTED_OUTCOMES = ["proven", "forfeited", "returned"]


def staked(network: Network, folder: Path, **options: object) -> PublicModel:
    """Self-assessment: a batch, single contributions, a sponsored one, and every ending. See `STAKED_OUTCOMES`."""
    model = network.load(network.deploy(**options).address, folder)
    alice, bob, mallory, stranger = (network.cast[role] for role in ("alice", "bob", "mallory", "stranger"))
    # Nobody knows the actor yet, so that teaches; that the film is good is known.
    model.contribute(["actor", "actor plot", GOOD], ["positive"] * 3, account=alice)
    model.contribute([GOOD], ["negative"], account=mallory)
    model.contribute([BAD], ["negative"], account=bob)
    sponsored(network, model, "plot", "positive", payer="bob")
    network.pass_time(REFUND)
    model.refund(account=alice)
    model.refund(account=bob, ids=[5])
    network.pass_time(REPORT - REFUND)
    model.report(account=alice, ids=[3])
    network.pass_time(SWEEP - REPORT)
    model.sweep(account=stranger, ids=[4])
    model.contribute(["film", BAD], ["positive", "negative"], account=network.cast["carol"])
    model.sync()
    return model


def sponsored(network: Network, model: PublicModel, text: str, label: str, *, payer: str) -> str:
    """Somebody without ether contributes at another's cost, who gets the stake back; gives the author."""
    author = Account.from_key(keccak256(f"somebody of {model.address}".encode()))
    (signed,) = sign_contributions(model, [text], [label], account=author, payee=network.cast[payer])
    contract = SponsorshipContract(network.connection, signed.sponsorship)
    network.sender(payer).send_one(contract.relay(signed.request, signed.signature, signed.request.max_stake_wei))
    return str(author.address)


def points_model(network: Network, folder: Path) -> PublicModel:
    """A fresh model under points; Alice is its founder."""
    rules = PointsTerms((network.cast["alice"],), 20_000, 100, 1_000, 2_000, 15_000, VOTE_SECONDS)
    plan = dataclasses.replace(network.plan(), terms=rules)
    return network.load(deploy_model(network.sender(), network.book(), plan).address, folder)


def voted(network: Network, folder: Path) -> PublicModel:
    """Points: one contribution that is confirmed, one that is contested, one that nobody votes on; votes are open."""
    model = points_model(network, folder)
    alice = network.cast["alice"]
    model.contribute([GOOD, GOOD, "actor"], ["positive", "negative", "positive"], account=network.cast["carol"])
    model.confirm([0], account=alice)
    model.contest([1], account=alice)
    model.sync()
    return model
