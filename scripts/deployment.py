"""Deploying a public model, and reading back from the chain that every role and parameter is as planned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from commonlearn.chain.abi import checksummed, function_of
from commonlearn.chain.compiled import artifact
from commonlearn.chain.connection import Connection
from commonlearn.chain.contracts import CollaborationContract
from commonlearn.chain.fees import CostQuote
from commonlearn.chain.transactions import Sender
from commonlearn.client.deployer import SPONSORSHIP, ZERO_ADDRESS, ModelPlan, deploy_model
from commonlearn.client.deployments import DeploymentBook, ModelRecord
from commonlearn.client.description import Description
from commonlearn.client.first_weights import Learned, learn
from commonlearn.client.incentives import CHOICES
from commonlearn.client.table import read_table
from commonlearn.errors import CommonlearnError
from commonlearn.featurizers import default_store
from commonlearn.numerics import keccak256
from scripts.settings import Deployment

__all__ = ["DeploymentMismatch", "deploy", "differences", "masked_code_hash", "plan_from"]

_PROXY = (bytes.fromhex("363d3d373d3d3d363d73"), bytes.fromhex("5af43d82803e903d91602b57fd5bf3"))
"""What stands before and after the implementation's address in a minimal proxy (EIP-1167)."""


class DeploymentMismatch(CommonlearnError):
    """What is on chain is not what was to be deployed."""

    def __init__(self, address: str, found: list[str]) -> None:
        super().__init__(
            f"The model at {address} is not as planned: {'; '.join(found)}. Do not use it; check node and records, "
            "then deploy again."
        )
        self.address, self.found = address, found


def plan_from(settings: Deployment, deployer: str) -> tuple[ModelPlan, Learned]:
    """Learn first weights as the settings say.

    Parameters
    ----------
    settings : Deployment
    deployer : str
        Address; the beneficiary where the settings name none.

    Returns
    -------
    plan : ModelPlan
    learned : Learned
        How good the first weights are.

    Raises
    ------
    TableProblem, RulesProblem
        The table or the rules cannot be used; the message says why.
    """
    choice, terms = CHOICES[settings.incentive], settings.terms(deployer)
    learned = learn(
        read_table(settings.csv),
        label=settings.label,
        text=settings.text,
        columns=settings.columns,
        model=settings.model,
        image=settings.image,
        dimension=settings.dimension,
        featurizer=settings.featurizer,
        features={name: str(value) for name, value in settings.features.items()},
        # The least that the factory takes: a class must not come before earlier contributors are refunded.
        notice_seconds=choice.notice_seconds(terms) if settings.curator else 0,
    )
    learned.featurizer.save(default_store())
    about = Description(settings.name, settings.description, learned.classes, learned.featurizer.record())
    return ModelPlan(learned.model, about, terms, settings.curator or ZERO_ADDRESS, learned.accuracy), learned


def deploy(
    plan: ModelPlan,
    sender: Sender,
    folder: Path,
    *,
    confirm: Callable[[CostQuote], bool] | None = None,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> ModelRecord:
    """Deploy a model, and the factory where the network has none; record it, and read everything back.

    Parameters
    ----------
    plan : ModelPlan
    sender : Sender
        Pays, and becomes the creator.
    folder : Path
        Of deployment records.
    confirm : callable, optional
        Asked with the cost before anything is sent.
    on_progress : callable, optional
        Told what is being done, and how far.

    Raises
    ------
    DeploymentMismatch
        Something on chain is not as planned.
    CommonlearnError
        As `commonlearn.client.deployer.deploy_model`.
    """
    book = DeploymentBook.open(folder, sender.connection)
    record = deploy_model(sender, book, plan, confirm=confirm, on_progress=on_progress)
    found = differences(sender.connection, book, record, plan, sender.address)
    if found:
        raise DeploymentMismatch(record.address, found)
    return record


def differences(
    connection: Connection, book: DeploymentBook, record: ModelRecord, plan: ModelPlan, creator: str
) -> list[str]:
    """Compare a new model on chain with its plan, role by role and parameter by parameter.

    Returns
    -------
    list of str
        What differs, in words; empty when all is as planned.
    """
    facts = _facts(connection, book, record, plan, creator)
    return [f"{what} is {found}, not {wanted}" for what, found, wanted in facts if found != wanted]


def masked_code_hash(code: bytes, compiled: dict[str, Any]) -> str:
    """Hash deployed code with its immutables zero, as an artifact's ``deployedBytecodeKeccak256`` is.

    Parameters
    ----------
    code : bytes
        As on chain.
    compiled : dict
        The artifact.

    Returns
    -------
    str
        ``0x…``.
    """
    masked = bytearray(code)
    for places in compiled["immutableReferences"].values():
        for place in places:
            end = place["start"] + place["length"]
            masked[place["start"] : end] = bytes(place["length"])
    return "0x" + keccak256(bytes(masked)).hex()


def _facts(
    connection: Connection, book: DeploymentBook, record: ModelRecord, plan: ModelPlan, creator: str
) -> Iterator[tuple[str, Any, Any]]:
    """What, as it is on chain, as it should be."""
    collaboration = CollaborationContract(connection, record.address)
    model = collaboration.model.address
    incentive = plan.incentive
    factory, implementation = book.contract(incentive.factory), book.contract(incentive.collaboration)
    for one in (factory, book.contract(plan.contract), *(book.contract(name) for name in incentive.made)):
        compiled = artifact(one.contract)
        code = _code(connection, one.address)
        yield f"the code of {one.contract}", masked_code_hash(code, compiled), compiled["deployedBytecodeKeccak256"]
    if SPONSORSHIP in book.contracts:  # records from before there was one have none
        sponsorship, compiled = book.contract(SPONSORSHIP), artifact(SPONSORSHIP)
        code = _code(connection, sponsorship.address)
        yield "the code of Sponsorship", masked_code_hash(code, compiled), compiled["deployedBytecodeKeccak256"]
        yield "the sponsorship", collaboration.sponsorship(), sponsorship.address
    for name, view in incentive.made.items():
        behind = connection.read(factory.address, function_of(incentive.factory, view))
        yield f"the factory's {view}", behind, book.contract(name).address
    yield "the incentive", collaboration.incentive.id, incentive.id
    yield "what the collaboration is a clone of", _cloned(connection, record.address), implementation.address
    yield "what the model is a clone of", _cloned(connection, model), book.contract(plan.contract).address
    yield "the model", model, record.model_address
    yield "the model's trainer", connection.read(model, function_of("Perceptron", "trainer")), record.address
    yield "the creator", collaboration.creator(), creator
    yield "the curator", collaboration.curator().lower(), plan.curator.lower()
    terms, wanted = collaboration.terms.as_dict(), plan.terms.as_dict()
    for name in wanted:
        yield f"the rule {name}", str(terms[name]).lower(), str(wanted[name]).lower()
    snapshot, state = collaboration.snapshot(), collaboration.model.upload_state()
    yield "the algorithm", snapshot.kind, str(plan.model.kind.value)
    yield "the configuration", snapshot.configuration, plan.configuration
    yield "the number of words", len(snapshot.words), len(plan.words) // 32
    yield "the words' seal", (state.is_sealed, state.words_hash.hex()), (True, plan.model.words_hash().hex())
    yield "the description", collaboration.metadata().hex(), plan.description.to_bytes().hex()
    yield "the block of creation", collaboration.created_at_block, record.block
    yield "whether it is open", collaboration.is_open(), True


def _code(connection: Connection, address: str) -> bytes:
    return bytes.fromhex(str(connection.rpc.call("eth_getCode", address, "latest"))[2:])


def _cloned(connection: Connection, address: str) -> str:
    """Address of the implementation behind a minimal proxy; in words what else is there."""
    code = _code(connection, address)
    before, after = _PROXY
    if code[: len(before)] != before or code[len(before) + 20 : len(before) + 20 + len(after)] != after:
        return "something that is no clone"
    return checksummed("0x" + code[len(before) : len(before) + 20].hex())
