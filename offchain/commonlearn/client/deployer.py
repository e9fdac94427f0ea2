"""Putting a model on chain: sponsorship, factory, implementations where there are none, the clone, its words, opening.

Every step can be interrupted: transactions are written into the deployment record before they are sent, and how far
the words have come is asked of the contract, whose running hash must be that of the words here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from commonlearn.chain.abi import checksummed
from commonlearn.chain.batch import estimates_of
from commonlearn.chain.contracts import (
    CollaborationContract,
    FactoryContract,
    deployment_call,
    hash_of_metadata,
)
from commonlearn.chain.errors import RpcError
from commonlearn.chain.fees import CostQuote, quote
from commonlearn.chain.incentives import INCENTIVES, SELF_ASSESSMENT, ChainIncentive, incentive_of
from commonlearn.chain.transactions import Sender, gas_limit
from commonlearn.client.deployments import ContractRecord, DeploymentBook, ModelRecord
from commonlearn.client.description import Description
from commonlearn.client.errors import ClientError, Declined
from commonlearn.client.recording import finish_pending, is_there, record_contract, record_model, send_recorded
from commonlearn.errors import CommonlearnError
from commonlearn.models import Kind, PublicClassifier

__all__ = ["IMPLEMENTATIONS", "ModelPlan", "deploy_factory", "deploy_model", "quote_model"]

IMPLEMENTATIONS = {
    Kind.PERCEPTRON: "Perceptron",
    Kind.NEAREST_CENTROID: "NearestCentroid",
    Kind.NAIVE_BAYES: "NaiveBayes",
}
"""Contract of each kind."""

SPONSORSHIP = "Sponsorship"
FACTORIES = {incentive.factory for incentive in INCENTIVES.values()}
"""The contract that checks signatures for all factories of a network."""

ZERO_ADDRESS = "0x" + "0" * 40

_WORD_GAS = 23_300
"""A word's part of an upload: storage, hash, calldata, log. Measured; a little above the dearest word."""
_CREATE_GAS = 245_000
"""Creation without words and metadata."""
_METADATA_GAS = 30
"""A byte of metadata: calldata at its floor price, log, hash."""
_UPLOAD_GAS = 90_000
_OPEN_GAS = 110_000
_CHUNK_GAS = 11_000_000
"""Most that one transaction of an upload takes: it must fit into a block with others, below a transaction's cap."""
_MOST_METADATA = 110_000
"""Nodes pass on no transaction above 128 KiB."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class ModelPlan:
    """All that decides what is deployed.

    Parameters
    ----------
    model : PublicClassifier
        The first weights.
    description : Description
    terms : Any
        The incentive's rules; they decide which incentive it is.
    curator : str
        Who may add classes; the zero address for nobody.
    accuracy : float or None
        Held-out accuracy, for the record.
    """

    model: PublicClassifier
    description: Description
    terms: Any
    curator: str = ZERO_ADDRESS
    accuracy: float | None = None

    @property
    def words(self) -> bytes:
        """First words, big-endian."""
        return self.model.model_.words_bytes()

    @property
    def configuration(self) -> int:
        """The configuration word."""
        return int(self.model.to_configuration().to_int())

    @property
    def incentive(self) -> ChainIncentive:
        """Which incentive the terms are of."""
        return incentive_of(self.terms)

    @property
    def contract(self) -> str:
        """Name of the implementation."""
        return IMPLEMENTATIONS[Kind(self.model.kind)]

    @property
    def engine(self) -> str | None:
        """Name of the replay engine that the incentive needs; None if it needs none."""
        engine_of = self.incentive.engine_of
        return None if engine_of is None else engine_of(str(self.model.kind), self.model.to_configuration().classes)

    @property
    def needs(self) -> list[str]:
        """Contracts that must be there beforehand."""
        return [name for name in (self.incentive.factory, self.contract, self.engine) if name is not None]

    def identity(self, creator: str) -> str:
        """What an interrupted deployment is recognised by."""
        parts = [
            self.model.words_hash(),
            self.description.to_bytes(),
            repr(self.terms.as_tuple()).encode(),
            self.curator.lower().encode(),
            creator.lower().encode(),
        ]
        return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()

    def chunks(self, start: int = 0, first_room: int | None = None) -> list[bytes]:
        """The words from a number on, in parts that fit into a transaction each."""
        size = _CHUNK_GAS // _WORD_GAS
        words = self.words[32 * start :]
        parts: list[bytes] = []
        room = size if first_room is None else first_room
        while words or not parts:
            parts.append(words[: 32 * room])
            words, room = words[32 * room :], size
        return parts

    def first_room(self) -> int:
        """How many words fit into the creation, beside the metadata."""
        left = _CHUNK_GAS - _CREATE_GAS - _METADATA_GAS * len(self.description.to_bytes())
        return max(0, min(left // _WORD_GAS, (_MOST_METADATA - len(self.description.to_bytes())) // 32))

    def check(self) -> None:
        """Raise what the contracts would, before anything is sent."""
        if self.terms.problems():
            raise self.incentive.invalid(self.terms)
        size = len(self.description.to_bytes())
        if size > _MOST_METADATA:
            raise ClientError(
                f"The description takes {size} bytes, but one transaction holds {_MOST_METADATA}. Use a smaller "
                "vocabulary (--dimension)."
            )


def quote_model(sender: Sender, book: DeploymentBook, plan: ModelPlan) -> CostQuote:
    """What a deployment costs, with the factory and the implementation where the network has none.

    Returns
    -------
    CostQuote
        Gas of new contracts as estimated by the node, that of the model as measured a word.
    """
    plan.check()
    missing = _missing(sender, book, plan.needs)
    gases = []
    for gas in estimates_of(sender.connection, [deployment_call(name) for name in missing], sender.address):
        if isinstance(gas, CommonlearnError):
            raise sender.refusal(gas) if isinstance(gas, RpcError) else gas
        gases.append(gas)
    first, *others = plan.chunks(first_room=plan.first_room())
    unfinished = book.unfinished(plan.identity(sender.address))
    if unfinished is None:
        metadata_gas = _METADATA_GAS * len(plan.description.to_bytes())
        gases.append(_CREATE_GAS + metadata_gas + _WORD_GAS * (len(first) // 32))
    else:
        state = CollaborationContract(sender.connection, unfinished.address).model.upload_state()
        others = [chunk for chunk in plan.chunks(state.uploaded) if chunk]
    gases += [_UPLOAD_GAS + _WORD_GAS * (len(chunk) // 32) for chunk in others]
    if others or unfinished is not None:
        gases.append(_OPEN_GAS)
    return quote(gases, sender.fees(), sender.prices, limits=[gas_limit(gas) for gas in gases])


def deploy_factory(
    sender: Sender,
    book: DeploymentBook,
    kinds: tuple[Kind, ...] = tuple(IMPLEMENTATIONS),
    *,
    incentive: ChainIncentive = SELF_ASSESSMENT,
    on_progress: Progress | None = None,
) -> list[ContractRecord]:
    """Deploy what a network lacks of the sponsorship, the factory and the implementations of some kinds.

    Parameters
    ----------
    sender : Sender
        Pays. It gets no rights: none of these contracts has an owner.
    book : DeploymentBook
        Where they are recorded.
    kinds : tuple of Kind
        All by default.
    incentive : ChainIncentive, optional
        Whose factory; self-assessment's by default.
    on_progress : callable, optional
        Told what is being done, and how far.

    Returns
    -------
    list of ContractRecord
        Those deployed now.
    """
    return _deploy_missing(sender, book, [incentive.factory, *(IMPLEMENTATIONS[kind] for kind in kinds)], on_progress)


def _deploy_missing(
    sender: Sender, book: DeploymentBook, wanted: Sequence[str], on_progress: Progress | None
) -> list[ContractRecord]:
    finish_pending(sender, book)
    missing = _missing(sender, book, wanted)
    before = dict(book.contracts)
    for done, name in enumerate(missing):
        if on_progress is not None:
            on_progress(f"deploying {name}", done, len(missing))
        arguments = (book.contract(SPONSORSHIP).address,) if name in FACTORIES else ()
        record_contract(sender, book, name, send_recorded(sender, book, name, deployment_call(name, *arguments)))
    return [record for name, record in book.contracts.items() if before.get(name) != record]


def deploy_model(
    sender: Sender,
    book: DeploymentBook,
    plan: ModelPlan,
    *,
    confirm: Callable[[CostQuote], bool] | None = None,
    on_progress: Progress | None = None,
) -> ModelRecord:
    """Deploy a model and open it; go on where an interrupted deployment of the same plan stopped.

    Parameters
    ----------
    sender : Sender
        Becomes the creator, who may do nothing but upload and open.
    book : DeploymentBook
        Where it is recorded.
    plan : ModelPlan
    confirm : callable, optional
        Asked with the cost before anything is sent.
    on_progress : callable, optional
        Told what is being done, and how far.

    Returns
    -------
    ModelRecord

    Raises
    ------
    InvalidTerms, NoticeTooShort, InsufficientFunds, Declined
        Nothing was sent.
    ClientError
        The contract holds other words than these.
    """
    sender.signer.check(sender.connection)
    finish_pending(sender, book)
    cost = quote_model(sender, book, plan)
    sender.require_funds(cost.most_wei)
    if confirm is not None and not confirm(cost):
        raise Declined
    progress = on_progress or (lambda what, done, total: None)
    _deploy_missing(sender, book, plan.needs, on_progress)
    identity = plan.identity(sender.address)
    record = book.unfinished(identity)
    if record is None:
        progress("creating the model", 0, 1)
        record = _create(sender, book, plan, identity)
    contract = CollaborationContract(sender.connection, record.address)
    if contract.is_open():
        return _recorded_as_open(book, record)
    return _upload_and_open(sender, book, plan, record, contract, progress)


def _create(sender: Sender, book: DeploymentBook, plan: ModelPlan, identity: str) -> ModelRecord:
    factory = FactoryContract(sender.connection, book.contract(plan.incentive.factory).address, plan.incentive)
    implementation = book.contract(plan.contract).address
    words = plan.chunks(first_room=plan.first_room())[0]
    metadata = plan.description.to_bytes()
    curator = checksummed(plan.curator)
    expected = ModelRecord(
        name=plan.description.name,
        kind=str(plan.model.kind),
        address="",
        model_address="",
        implementation=implementation,
        factory=factory.address,
        creator=sender.address,
        curator=curator,
        block=0,
        tx_hashes=[],
        configuration=f"{plan.configuration:#066x}",
        terms=plan.terms.as_dict(),
        metadata_hash="0x" + hash_of_metadata(metadata).hex(),
        words_hash="0x" + plan.model.words_hash().hex(),
        plan=identity,
        state="uploading",
        accuracy=plan.accuracy,
    )
    # Where classes are fixed the factory takes an engine in the curator's place.
    party = curator if plan.engine is None else book.contract(plan.engine).address
    call = factory.create(implementation, plan.configuration, plan.terms, party, words, metadata)
    return record_model(book, expected, send_recorded(sender, book, "model", call, asdict(expected)))


def _upload_and_open(
    sender: Sender,
    book: DeploymentBook,
    plan: ModelPlan,
    record: ModelRecord,
    contract: CollaborationContract,
    progress: Progress,
) -> ModelRecord:
    total = len(plan.words) // 32
    while True:
        state = contract.model.upload_state()
        if not contract.model.holds(plan.configuration, plan.words[: 32 * state.uploaded]):
            raise ClientError(
                f"The model at {contract.address} holds other words than these. Deploy again to make another one."
            )
        progress("uploading first weights", state.uploaded, total)
        if state.uploaded == state.required:
            break
        receipt = send_recorded(sender, book, "upload", contract.upload(plan.chunks(state.uploaded)[0]))
        record = replace(record, tx_hashes=[*record.tx_hashes, receipt.tx_hash])
        book.put_model(record)
    receipt = send_recorded(sender, book, "open", contract.open())
    return _recorded_as_open(book, replace(record, tx_hashes=[*record.tx_hashes, receipt.tx_hash]))


def _recorded_as_open(book: DeploymentBook, record: ModelRecord) -> ModelRecord:
    record = replace(record, state="open")
    book.put_model(record)
    return record


def _missing(sender: Sender, book: DeploymentBook, wanted: Sequence[str]) -> list[str]:
    """What is to be deployed, in order. Sponsorship comes with a factory, which names it for ever."""
    missing = [name for name in wanted if not is_there(sender, book, name)]
    if FACTORIES & set(missing) and not is_there(sender, book, SPONSORSHIP):
        missing.insert(0, SPONSORSHIP)
    return missing
