"""Does again on a chain what a simulation did: each action by its agent's account, in the block of its second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from commonlearn.chain.abi import function_of
from commonlearn.chain.batch import Receipt
from commonlearn.chain.contracts import Call, CollaborationContract, FactoryContract, deployment_call
from commonlearn.chain.incentives import POINTS, SELF_ASSESSMENT, ChainIncentive
from commonlearn.chain.points import PointsContract
from commonlearn.chain.signers import UnlockedSigner
from commonlearn.chain.sponsorship import SponsorshipContract
from commonlearn.chain.typed_data import typed_data
from commonlearn.models.exact import ExactModel
from commonlearn.records import Claim, Contribution, SponsoredContribution
from commonlearn.simulation.actions import Action, Kind
from commonlearn.simulation.material import Material
from scripts.bench.gas import Chain

NOBODY = "0x" + "0" * 40
DEPLOYER = 9
FAR = 1 << 40


class Rerun:
    """A model on a fresh chain, and the agents' accounts.

    Parameters
    ----------
    chain : Chain
        With as many accounts as agents, and one more.
    model : ExactModel
        With its first words.
    terms : Terms or PointsTerms
    material : Material
        Of the simulation.
    """

    def __init__(self, chain: Chain, model: ExactModel, terms: Any, material: Material, purses: Sequence[int]) -> None:
        self.chain, self.material = chain, material
        incentive: ChainIncentive = POINTS if hasattr(terms, "founders") else SELF_ASSESSMENT
        self.people = chain.accounts[: len(purses)]
        assert len(self.people) == len(purses) < DEPLOYER
        self.sponsorship = SponsorshipContract(chain.connection, self._deployed("Sponsorship"))
        factory_arguments = () if incentive is POINTS else (self.sponsorship.address,)
        factory = FactoryContract(chain.connection, self._deployed(incentive.factory, *factory_arguments), incentive)
        created = self._send(
            factory.create(
                self._deployed("Perceptron"), model.configuration.to_int(), terms, NOBODY, model.words_bytes(), b"x"
            ),
            DEPLOYER,
        ).event("Created")
        assert created is not None
        self.contract = CollaborationContract(chain.connection, created.values["collaboration"])
        for who, purse in zip(self.people, purses, strict=True):
            chain.node.request("anvil_setBalance", who, hex(purse))
        self.recorded: list[tuple[Contribution, bytes, str]] = []

    def do(self, action: Action) -> Receipt:
        """Do one action in a block of its time."""
        who = max(action.agent, 0)
        if action.kind is Kind.CONTRIBUTE:
            return self._contribute(action)
        if action.kind is Kind.WITHDRAW:
            receipt = self._at(action, self.contract.withdraw(self.people[who]), who)
            paid = receipt.event("Withdrawn")
            assert paid is not None
            assert paid.values["amountWei"] == action.wei
            return receipt
        contribution, sample, payee = self.recorded[action.id]
        if action.kind in (Kind.CONFIRM, Kind.CONTEST):
            ballot = (action.id, contribution, sample)
            call = PointsContract(self.contract).vote([ballot], confirms=action.kind is Kind.CONFIRM)
            return self._at(action, call, who)
        names = {Kind.REFUND: "refund", Kind.REPORT: "report", Kind.SWEEP: "sweep"}
        if payee == NOBODY:
            call = getattr(self.contract, names[action.kind])(action.id, contribution, sample)
        else:
            claim = Claim(action.id, contribution, sample, action.id, (), payee)
            call = getattr(self.contract, names[action.kind] + "_many")([claim], strict=True)
        return self._at(action, call, DEPLOYER if action.agent < 0 else who)

    def balance(self, who: int) -> int:
        """Ether of an agent's account, in wei."""
        return int(self.chain.connection.balance(self.people[who]))

    def points_account(self, person: str) -> dict[str, int]:
        """What the contract keeps of an account under points, by the twin's names."""
        names = ("received", "given", "burned", "grant_left", "weeks_active", "last_week", "right_votes")
        [values] = [
            self.chain.connection.read(self.contract.address, function_of("PointsCollaboration", "accountOf"), person)
        ]
        return dict(zip(names, values, strict=True))

    def words(self) -> list[int]:
        """The model's words now."""
        return self.contract.snapshot().words

    def _contribute(self, action: Action) -> Receipt:
        [sample] = self.material.pool[[action.sample]].to_samples()
        author = self.people[action.agent]
        if action.other < 0:
            payee, call, sender = NOBODY, self.contract.contribute(sample, action.label, action.wei), action.agent
        else:
            payee, sender = self.people[action.other], action.other
            request = SponsoredContribution(
                self.contract.address, author, payee, payee, sample, action.label, action.wei, False, action.id, FAR
            )
            message = typed_data(request, self.chain.connection.chain_id, self.sponsorship.address)
            signature = UnlockedSigner(author).sign_typed_data(message, self.chain.connection)
            call = self.sponsorship.relay(request, signature, action.wei)
        receipt = self._at(action, call, sender)
        said = receipt.event("Contributed")
        assert said is not None
        values = said.values
        assert values["id"] == action.id == len(self.recorded)
        made = Contribution(author, values["label"], values["taught"], values.get("stakeWei", 0), action.time)
        assert made.stake_wei == action.wei
        self.recorded.append((made, sample, payee))
        return receipt

    def _deployed(self, name: str, *arguments: Any) -> str:
        return str(self._send(deployment_call(name, *arguments), DEPLOYER).contract)

    def _at(self, action: Action, call: Call, sender: int) -> Receipt:
        return self._send(call, sender, after=action.time - self.chain.now)

    def _send(self, call: Call, sender: int, after: int = 1) -> Receipt:
        return self.chain.send(replace(call), sender, after=after)
