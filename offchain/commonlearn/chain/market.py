"""A typed wrapper of a market's contract: views return values, writes a `Call` to be sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from commonlearn.chain.abi import checksummed, function_of
from commonlearn.chain.contracts import Call, CollaborationContract
from commonlearn.chain.errors import NotAMarket
from commonlearn.chain.events import MARKET_EVENTS, Event
from commonlearn.chain.incentives import MARKET
from commonlearn.records import NOBODY, MarketTerms, Phase

__all__ = ["MarketAccount", "MarketContract", "MarketView", "Portion", "PostView"]

_NAME = MARKET.collaboration
_CLONE_HEAD, _CLONE_TAIL = 10, 20
"""An EIP-1167 clone's code holds the address that it runs after ten bytes."""


@dataclass(frozen=True, slots=True)
class MarketView:
    """The market that is on, or was last; fields as in `interfaces/IMarket.sol`, `Market`."""

    number: int
    phase: Phase
    deadline: int
    first: int
    contributions: int
    participants: int
    stakes_wei: int
    provider: str
    draw_block: int
    partitions: int
    drawn: int
    next_partition: int
    is_settled: bool
    credited: int
    trained: int
    test_count: int
    revealed: int
    bounty_wei: int
    purse_wei: int
    root: bytes
    test_hash: bytes
    prepared_hash: bytes
    initial_hash: bytes
    start_hash: bytes
    state_hash: bytes

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        values = {name: getattr(self, name) for name in self.__slots__}
        shown = {name: "0x" + value.hex() for name, value in values.items() if isinstance(value, bytes)}
        return {**values, **shown, "phase": self.phase.name.lower()}


@dataclass(frozen=True, slots=True)
class PostView:
    """A posted outcome and its dispute; fields as in `interfaces/IMarketDispute.sol`, `Post`."""

    poster: str
    steps: int
    until: int
    challenger: str
    low: int
    high: int
    is_posters_turn: bool
    move_until: int
    state_hash: bytes
    states_root: bytes
    low_hash: bytes
    high_hash: bytes
    middle_hash: bytes

    @property
    def is_there(self) -> bool:
        """Whether there is a post."""
        return self.poster != NOBODY

    @property
    def is_disputed(self) -> bool:
        """Whether it is disputed."""
        return self.challenger != NOBODY

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {name: "0x" + value.hex() if isinstance(value, bytes) else value for name, value in values.items()}


@dataclass(frozen=True, slots=True)
class MarketAccount:
    """An account's part in a market."""

    owed_wei: int
    stake_wei: int
    participant: int
    market: int
    is_punished: bool


@dataclass(frozen=True, slots=True)
class Portion:
    """What a portion of a settlement is computed from; each in the contract's form.

    Attributes
    ----------
    state : tuple
        Where it stands.
    prepared : bytes
        The test set as the engine made it; empty for a closing.
    initial : tuple
        As the engine made it; used for a closing only.
    inputs : sequence of tuple
        The next contributions; none closes the round.
    origins : sequence of int
        Author and time of each.
    """

    state: tuple[Any, ...]
    prepared: bytes
    initial: tuple[Any, ...]
    inputs: Sequence[tuple[Any, ...]]
    origins: Sequence[int]

    def as_arguments(self) -> tuple[Any, ...]:
        """In the contract's order."""
        return (self.state, self.prepared, self.initial, list(self.inputs), list(self.origins))


class MarketContract:
    """The market of a collaboration.

    Parameters
    ----------
    collaboration : CollaborationContract

    Raises
    ------
    NotAMarket
        Its incentive is another.
    """

    def __init__(self, collaboration: CollaborationContract) -> None:
        if collaboration.incentive is not MARKET:
            raise NotAMarket(collaboration.address, collaboration.incentive.id)
        self.collaboration = collaboration
        self.connection = collaboration.connection
        self.address = collaboration.address

    @property
    def terms(self) -> MarketTerms:
        """The rules."""
        terms: MarketTerms = self.collaboration.terms
        return terms

    def _read(self, name: str, *arguments: Any) -> Any:
        return self.connection.read(self.address, function_of(_NAME, name), *arguments)

    def _write(self, name: str, *arguments: Any, what: str, value_wei: int = 0) -> Call:
        return Call(self.address, function_of(_NAME, name).encode(*arguments), value_wei, what)

    # -------------------------------------------------------------------------------------------------------- reading

    def market(self) -> MarketView:
        """The market that is on, or was last."""
        values = list(self._read("market"))
        values[1], values[7] = Phase(values[1]), checksummed(values[7])
        return MarketView(*values)

    def posted(self) -> PostView:
        """The posted outcome and its dispute."""
        values = list(self._read("posted"))
        values[0], values[3] = checksummed(values[0]), checksummed(values[3])
        return PostView(*values)

    def account(self, address: str) -> MarketAccount:
        """How an account stands."""
        return MarketAccount(*self._read("accountOf", checksummed(address)))

    def totals(self) -> tuple[int, int, int]:
        """Stakes, escrow and bonds of posts, in wei."""
        stakes_wei, escrow_wei, post_bonds_wei = self._read("totals")
        return int(stakes_wei), int(escrow_wei), int(post_bonds_wei)

    def engine(self) -> str:
        """The replay engine's address."""
        return str(self._read("engine"))

    def implementation(self) -> bytes:
        """Address of the code behind the model, 20 bytes: what an engine for any model copies."""
        code = str(self.connection.rpc.call("eth_getCode", self.collaboration.model.address, "latest"))
        return bytes.fromhex(code[2:])[_CLONE_HEAD : _CLONE_HEAD + _CLONE_TAIL]

    def events(self, names: Sequence[str] = MARKET_EVENTS, *, market: int | None = None) -> list[Event]:
        """Events since the collaboration's creation, perhaps only of one market."""
        first, last = self.collaboration.created_at_block, self.connection.block().number
        more = [] if market is None else [f"0x{market:064x}"]
        return self.collaboration.events(names, first, last, more_topics=more)

    # ------------------------------------------------------------------------------------------------ the provider's

    def commit(self, root: bytes, partitions: int, test_count: int, value_wei: int) -> Call:
        """Begins a market."""
        return self._write("commit", root, partitions, test_count, value_wei=value_wei, what="commit to a test set")

    def draw(self) -> Call:
        """Fixes which partition must be shown."""
        return self._write("draw", what="draw the partition")

    def reveal(self, leaves: Sequence[bytes], partitions: Sequence[Sequence[tuple[bytes, int, bytes]]]) -> Call:
        """Reveals the next partitions."""
        shown = [list(partition) for partition in partitions]
        return self._write("reveal", list(leaves), shown, what=f"reveal {len(shown)} partition(s)")

    def end(self) -> Call:
        """Ends a market that cannot go on."""
        return self._write("end", what="end the market")

    # -------------------------------------------------------------------------------------------------- settlement

    def prepare(self, samples: Sequence[bytes], labels: Sequence[int]) -> Call:
        """Gives the engine the test set."""
        return self._write("prepare", list(samples), list(labels), what=f"prepare {len(samples)} test samples")

    def engine_prepare(self, words: Sequence[int], samples: Sequence[bytes], labels: Sequence[int]) -> Call:
        """The engine's own part of :meth:`prepare`: tells whether a test set is one that it can take."""
        arguments = (self.collaboration.model.address, list(words), list(samples), list(labels))
        return Call(self.engine(), function_of("PerceptronReplay", "prepare").encode(*arguments), what="prepare")

    def settle(self, portion: Portion) -> Call:
        """Replays the next contributions, or closes the round."""
        count = len(portion.inputs)
        what = f"settle {count} contributions" if count else "close the round"
        return self._write("settle", *portion.as_arguments(), what=what)

    def finalise(self, state: tuple[Any, ...], count: int) -> Call:
        """Credits the next participants."""
        return self._write("finalise", state, count, what=f"credit {count} participants")

    def train(self, inputs: Sequence[tuple[Any, ...]], origins: Sequence[int]) -> Call:
        """Teaches the model the next contributions."""
        return self._write("train", list(inputs), list(origins), what=f"train {len(inputs)} contributions")

    # ----------------------------------------------------------------------------------------------------- disputes

    def post(self, state: tuple[Any, ...], steps: int, states_root: bytes) -> Call:
        """Claims the outcome."""
        bond = self.terms.post_bond_wei
        return self._write("post", state, steps, states_root, value_wei=bond, what="post the outcome")

    def dispute(self) -> Call:
        """Disputes the posted outcome."""
        return self._write("dispute", value_wei=self.terms.post_bond_wei, what="dispute the posted outcome")

    def bisect(self, state_hash: bytes, proof: Sequence[bytes]) -> Call:
        """Reveals the state in the middle."""
        return self._write("bisect", state_hash, list(proof), what="reveal the middle state")

    def choose(self, is_wrong: bool) -> Call:
        """Says whether the revealed state is wrong."""
        return self._write("choose", is_wrong, what="choose a half")

    def decide(self, portion: Portion) -> Call:
        """Recomputes the one step in dispute."""
        return self._write("decide", *portion.as_arguments(), what="have the disputed step recomputed")

    def time_out(self) -> Call:
        """Judges against the side that is late."""
        return self._write("timeOut", what="end a dispute whose other side is late")

    def accept(self) -> Call:
        """Makes an undisputed outcome the market's."""
        return self._write("accept", what="accept the posted outcome")

    def withdraw(self, to: str) -> Call:
        """Pays out all that the sender is owed."""
        return self._write("withdraw", checksummed(to), what=f"withdrawal to {to}")
