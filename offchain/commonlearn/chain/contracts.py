"""Thin typed wrappers of the three kinds of contracts: views return values, writes a :class:`Call` to be sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from eth_abi.abi import encode

from commonlearn.chain.abi import checksummed, constructor_types, function_of
from commonlearn.chain.compiled import artifact
from commonlearn.chain.connection import Connection, call_request
from commonlearn.chain.errors import NodeUnreachable, NotACollaboration, RpcError
from commonlearn.chain.events import Event, events_in
from commonlearn.chain.incentives import INCENTIVES, SELF_ASSESSMENT, ChainIncentive
from commonlearn.chain.reverts import error_from_rpc
from commonlearn.errors import CommonlearnError
from commonlearn.numerics.hashing import keccak256, words_hash
from commonlearn.numerics.merkle import shared_paths
from commonlearn.records import NOBODY, Claim, Contribution, Status

__all__ = [
    "Call",
    "CollaborationContract",
    "FactoryContract",
    "ModelContract",
    "Snapshot",
    "UploadState",
    "deployment_call",
    "encoded_constructor",
    "hash_of_metadata",
]

_WORDS_PER_READ = 4_000
"""Words in one view call: 4,000 cold reads are 9 million gas, within what public nodes grant a call."""


@dataclass(frozen=True, slots=True)
class Call:
    """A transaction to be: what is sent where, with how much ether.

    Attributes
    ----------
    to : str or None
        Contract; None creates one.
    data : str
        ``0x…``.
    value_wei : int
        Ether sent along.
    what : str
        In words, for people.
    least_gas : int
        Limit of gas that it is given at least: for calls that cost more when others come before them.
    """

    to: str | None
    data: str
    value_wei: int = 0
    what: str = "transaction"
    least_gas: int = 0


@dataclass(frozen=True, slots=True)
class UploadState:
    """How far the first words have come."""

    uploaded: int
    required: int
    is_sealed: bool
    words_hash: bytes


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything needed to predict offline, as of one block."""

    kind: str
    configuration: int
    words: list[int]
    contributions: int
    created_at_block: int
    metadata_hash: bytes


def deployment_call(contract: str, *arguments: Any) -> Call:
    """Creates a contract that ships with the package; a factory without named sponsorship has none."""
    if contract.endswith("Factory") and not arguments:
        arguments = (NOBODY,)
    data = artifact(contract)["bytecode"] + encoded_constructor(contract, *arguments)[2:]
    return Call(None, data, what=f"deploy {contract}")


def hash_of_metadata(metadata: bytes) -> bytes:
    """What a collaboration records of its metadata."""
    return keccak256(metadata)


def encoded_constructor(contract: str, *arguments: Any) -> str:
    """A constructor's arguments as they follow the bytecode, ``0x…``: what a source verifier asks for."""
    return "0x" + encode(constructor_types(contract), arguments).hex()


class ModelContract:
    """A model, read only: its collaboration alone writes to it."""

    def __init__(self, connection: Connection, address: str) -> None:
        self.connection = connection
        self.address = checksummed(address)

    def _read(self, name: str, *arguments: Any, block: int | str = "latest") -> Any:
        return self.connection.read(self.address, function_of("Perceptron", name), *arguments, block=block)

    def predict(self, sample: bytes, *, block: int | str = "latest") -> int:
        """The class that the model gives a sample."""
        return int(self._read("predict", sample, block=block))

    def scores(self, sample: bytes, *, block: int | str = "latest") -> list[int]:
        """The raw scores behind a prediction."""
        return list(self._read("scores", sample, block=block))

    def configuration(self) -> int:
        """The configuration word."""
        return int(self._read("configuration"))

    def classes(self, *, block: int | str = "latest") -> int:
        """Number of classes, announced ones included."""
        return int(self._read("classes", block=block))

    def upload_state(self, *, block: int | str = "latest") -> UploadState:
        """How far the first words have come."""
        return UploadState(*self._read("uploadState", block=block))

    def holds(self, configuration: int, words: bytes) -> bool:
        """Whether the first words so far are exactly these, by their running hash."""
        return self.upload_state().words_hash == words_hash(configuration, words)

    def words(self, first: int, count: int, *, block: int | str = "latest") -> list[int]:
        """Some of the words, in as many reads as the node can bear."""
        calls = [
            (self.address, function_of("Perceptron", "wordsAt"), (start, min(_WORDS_PER_READ, first + count - start)))
            for start in range(first, first + count, _WORDS_PER_READ)
        ]
        return [word for part in self.connection.read_many(calls, block=block) for word in part]


class CollaborationContract:
    """A public model's contract.

    Parameters
    ----------
    connection : Connection
        The chain.
    address : str
        Where it should be.

    Attributes
    ----------
    incentive : ChainIncentive
        Which one it has.
    terms : Any
        Its incentive's rules.

    Raises
    ------
    NoContract, NotACollaboration, MalformedAddress
        Something else is there.
    """

    def __init__(self, connection: Connection, address: str) -> None:
        self.connection = connection
        self.address = connection.require_code(address)
        fixed = ("createdAtBlock", "metadataHash", "model", "incentive")
        try:
            values = connection.read_many([(self.address, function_of("Collaboration", name), ()) for name in fixed])
            self.incentive = INCENTIVES[str(values[3])]
            terms = connection.read(self.address, function_of(self.incentive.collaboration, "terms"))
        except NodeUnreachable:
            raise
        except KeyError:
            raise NotACollaboration(
                self.address, f"Its incentive {values[3]!r} is not known here: use a newer version of the package."
            ) from None
        except (CommonlearnError, ValueError):
            raise NotACollaboration(self.address, self._hint()) from None
        self.created_at_block, self.metadata_hash = int(values[0]), bytes(values[1])
        self.model = ModelContract(connection, values[2])
        self.terms: Any = self.incentive.read(terms)
        if not connection.has_code(self.model.address):
            raise NotACollaboration(self.address, "It is the code that all of them share: use the address of a model.")

    def _hint(self) -> str:
        """What else it is, where that can be told."""
        try:
            trainer = checksummed(self.connection.read(self.address, function_of("Perceptron", "trainer")))
            return f"It is the weights of one: use {trainer}."
        except (CommonlearnError, ValueError):
            pass
        try:
            self.connection.read(self.address, function_of("CollaborationFactory", "implementation"))
            return "It is the factory that makes them: use the address of one that it made."
        except (CommonlearnError, ValueError):
            return ""

    def _read(self, name: str, *arguments: Any, block: int | str = "latest", sender: str | None = None) -> Any:
        return self.connection.read(
            self.address, function_of(self.incentive.collaboration, name), *arguments, block=block, sender=sender
        )

    def _write(self, name: str, *arguments: Any, value_wei: int = 0, what: str = "") -> Call:
        data = function_of(self.incentive.collaboration, name).encode(*arguments)
        return Call(self.address, data, value_wei, what or name)

    # -------------------------------------------------------------------------------------------------------- reading

    def metadata(self) -> bytes:
        """The deflated description, from the log of the creation.

        Raises
        ------
        NotACollaboration
            No such log, or not the one whose hash is recorded.
        """
        # Some second layers give contracts the block numbers of the first, so the block may be a later one.
        for last in (self.created_at_block, self.connection.block().number):
            for event in self.events(("Described",), self.created_at_block, last):
                metadata = bytes(event.values["metadata"])
                if keccak256(metadata) == self.metadata_hash:
                    return metadata
        raise NotACollaboration(self.address, "It has no description, as if it were not made by the factory.")

    def snapshot(self, *, block: int | str = "latest") -> Snapshot:
        """Everything needed to predict offline; large models are read in parts."""
        function = function_of("Collaboration", "snapshot")
        method, parameters = call_request(self.address, function, block=block)
        try:
            kind, configuration, words, count, created, digest = function.decode(
                self.connection.rpc.call(method, *parameters)
            )
            return Snapshot(kind, configuration, list(words), count, created, digest)
        except RpcError as error:
            # Out of gas: the model is larger than one view call. Anything else is raised.
            state = self.model.upload_state(block=block)
            if state.uploaded <= _WORDS_PER_READ:
                raise error_from_rpc(error) from None
        read = self.connection.read
        return Snapshot(
            kind=read(self.model.address, function_of("Perceptron", "kind"), block=block),
            configuration=read(self.model.address, function_of("Perceptron", "configuration"), block=block),
            words=self.model.words(0, state.uploaded, block=block),
            contributions=self.contributions(block=block),
            created_at_block=self.created_at_block,
            metadata_hash=self.metadata_hash,
        )

    def is_open(self) -> bool:
        """Whether contributions are possible."""
        return bool(self._read("isOpen"))

    def creator(self) -> str:
        """Who may upload and open."""
        return str(self._read("creator"))

    @property
    def takes_batches(self) -> bool:
        """Whether many contributions or claims can go into one transaction."""
        return self.incentive.takes_batches

    def curator(self) -> str:
        """Who may add classes; the zero address for nobody."""
        return str(self._read("curator"))

    def sponsorship(self) -> str:
        """Who may contribute in authors' names; the zero address for nobody."""
        return str(self._read("sponsorship"))

    def contributions(self, *, block: int | str = "latest") -> int:
        """Number of contributions."""
        return int(self._read("contributions", block=block))

    def stake_now(self, *, block: int | str = "latest") -> int:
        """What a contribution costs in stake, in wei."""
        return int(self._read("stakeNow", block=block))

    def account(self, address: str) -> tuple[int, int]:
        """What an account is owed (wei) and has proven (gwei)."""
        owed_wei, proven_gwei = self._read("accountOf", checksummed(address))
        return int(owed_wei), int(proven_gwei)

    def totals(self) -> tuple[int, int, int]:
        """Stakes of open contributions (wei), stake proven by all (gwei), rest for the next share (wei)."""
        locked_wei, proven_gwei, carry_wei = self._read("totals")
        return int(locked_wei), int(proven_gwei), int(carry_wei)

    def staked(self, *, block: int | str = "latest") -> int:
        """Stakes of open contributions under any incentive, in wei."""
        return int(self._read("totals", block=block)[0]) if self.incentive.holds_stakes else 0

    def statuses(self, ids: Sequence[int]) -> list[Status]:
        """How contributions stand."""
        function = function_of("Collaboration", "statusOf")
        return [Status(value) for value in self.connection.read_many([(self.address, function, (id_,)) for id_ in ids])]

    def predict(self, sample: bytes, *, block: int | str = "latest") -> int:
        """The contract's own prediction."""
        return int(self._read("predict", sample, block=block))

    def events(
        self, names: Sequence[str], first_block: int, last_block: int, *, more_topics: Sequence[str | None] = ()
    ) -> list[Event]:
        """Events of the collaboration and its model, in order."""
        addresses = (self.address, self.model.address)
        parts = events_in(self.connection.rpc, addresses, names, first_block, last_block, more_topics=more_topics)
        return [event for _, events in parts for event in events]

    # -------------------------------------------------------------------------------------------------------- writing

    def upload(self, words: bytes) -> Call:
        """Uploads the next first words."""
        return self._write("upload", words, what=f"upload {len(words) // 32} words")

    def open(self) -> Call:
        """Seals the first words and opens for contributions."""
        return self._write("open", what="open the model for contributions")

    def add_class(self, words: bytes) -> Call:
        """Announces a class."""
        return self._write("addClass", words, what="add a class")

    def contribute(self, sample: bytes, label: int, value_wei: int) -> Call:
        """Teaches one labelled sample under stake."""
        return self._write("contribute", sample, label, value_wei=value_wei, what="contribute")

    def refund(self, id_: int, contribution: Contribution, sample: bytes) -> Call:
        """Takes a stake back."""
        return self._write("refund", id_, contribution.as_tuple(), sample, what=f"refund of contribution {id_}")

    def report(self, id_: int, contribution: Contribution, sample: bytes) -> Call:
        """Forfeits another's stake."""
        return self._write("report", id_, contribution.as_tuple(), sample, what=f"report of contribution {id_}")

    def sweep(self, id_: int, contribution: Contribution, sample: bytes) -> Call:
        """Credits an unclaimed stake to the beneficiary."""
        return self._write(
            "sweep", id_, contribution.as_tuple(), keccak256(sample), what=f"sweep of contribution {id_}"
        )

    def contribute_many(
        self, samples: Sequence[bytes], labels: Sequence[int], value_wei: int, *, strict: bool = False
    ) -> Call:
        """Teaches many labelled samples under stake."""
        what = f"contribute {len(samples)} samples"
        return self._write("contributeMany", list(samples), list(labels), strict, value_wei=value_wei, what=what)

    def refund_many(self, claims: Sequence[Claim], *, strict: bool = False) -> Call:
        """Takes many stakes back."""
        return self._claim_many("refundMany", claims, strict, "refund")

    def report_many(self, claims: Sequence[Claim], *, strict: bool = False) -> Call:
        """Forfeits many stakes of others."""
        return self._claim_many("reportMany", claims, strict, "report")

    def sweep_many(self, claims: Sequence[Claim], *, strict: bool = False) -> Call:
        """Credits many unclaimed stakes to the beneficiary."""
        return self._claim_many("sweepMany", claims, strict, "sweep")

    def _claim_many(self, name: str, claims: Sequence[Claim], strict: bool, verb: str) -> Call:
        tuples = [claim.as_tuple() for claim in _sharing(claims)]
        return self._write(name, tuples, strict, what=f"{verb} of {len(claims)} contributions")

    def withdraw(self, to: str) -> Call:
        """Pays out all that the sender is owed."""
        return self._write("withdraw", checksummed(to), what=f"withdrawal to {to}")


def _sharing(claims: Sequence[Claim]) -> list[Claim]:
    """Claims as one call gives them: of neighbours in a batch, each with what the paths before it leave to be shown."""
    found: list[Claim] = []
    for _, group in groupby(claims, key=lambda claim: claim.batch):
        together = list(group)
        paths = shared_paths([claim.proof for claim in together])
        found += [replace(claim, proof=path) for claim, path in zip(together, paths, strict=True)]
    return found


class FactoryContract:
    """What makes collaborations of one incentive.

    Parameters
    ----------
    connection : Connection
        The chain.
    address : str
        Where it should be.
    incentive : ChainIncentive, optional
        Self-assessment unless another is named.
    """

    def __init__(self, connection: Connection, address: str, incentive: ChainIncentive = SELF_ASSESSMENT) -> None:
        self.connection = connection
        self.address = connection.require_code(address)
        self.incentive = incentive

    def implementation(self) -> str:
        """The implementation behind every collaboration."""
        return self.part("implementation")

    def sponsorship(self) -> str:
        """Who may contribute in authors' names in all its collaborations; the zero address for nobody."""
        function = function_of(self.incentive.collaboration, "sponsorship")
        return str(self.connection.read(self.implementation(), function))

    def part(self, view: str) -> str:
        """Address of something that came into being with the factory."""
        return str(self.connection.read(self.address, function_of(self.incentive.factory, view)))

    def create(self, model: str, configuration: int, terms: Any, curator: str, words: bytes, metadata: bytes) -> Call:
        """Makes a collaboration."""
        function = function_of(self.incentive.factory, "create")
        data = function.encode(model, configuration, terms.as_tuple(), curator, words, metadata)
        return Call(self.address, data, what="create the model")

    def created_by(self, creator: str, first_block: int, last_block: int) -> list[Event]:
        """Collaborations that an account made."""
        creator_topic = "0x" + "0" * 24 + creator[2:].lower()
        parts = events_in(
            self.connection.rpc,
            [self.address],
            ["Created"],
            first_block,
            last_block,
            more_topics=[None, None, creator_topic],
        )
        return [event for _, events in parts for event in events]
