"""Refusals of the prediction market."""

from __future__ import annotations

from commonlearn.contract_errors.base import ContractError, moment
from commonlearn.money import format_ether
from commonlearn.records import MarketTerms, Phase

__all__ = [
    "AlreadyDisputed",
    "AlreadyPosted",
    "BountyTooSmall",
    "DeadlinePassed",
    "DrawMissed",
    "DrawTooEarly",
    "EngineUnsuitable",
    "InvalidMarketTerms",
    "MoneyMismatch",
    "NotDisputed",
    "NotYetTime",
    "NotYourTurn",
    "NothingPosted",
    "NothingToDo",
    "NothingToEnd",
    "TooManyContributions",
    "WrongBond",
    "WrongCommitment",
    "WrongContributions",
    "WrongDistance",
    "WrongFinality",
    "WrongOrigins",
    "WrongPartition",
    "WrongPartitions",
    "WrongPhase",
    "WrongProof",
    "WrongReveal",
    "WrongState",
    "WrongSteps",
    "WrongTestCount",
    "WrongTestSet",
]


def _phase(number: int) -> str:
    return Phase(number).name.lower()


def _short(hash_: bytes) -> str:
    return f"0x{bytes(hash_).hex()[:8]}…"


class WrongPhase(ContractError):
    """Whatever does not belong to the market's phase."""

    fields = ("phase",)

    def __init__(self, phase: int) -> None:
        super().__init__(
            f"The market is in phase {_phase(phase)} now, and this does not belong there. Its status says what "
            "comes next."
        )
        self.phase = phase


class BountyTooSmall(ContractError, ValueError):
    """A commitment's value does not cover bond, purse and a bounty of a wei a point."""

    fields = ("sent_wei", "required_wei")

    def __init__(self, sent_wei: int, required_wei: int) -> None:
        super().__init__(
            f"{format_ether(sent_wei)} were sent, but bond, purse and the least bounty come to "
            f"{format_ether(required_wei)}. Send more."
        )
        self.sent_wei, self.required_wei = sent_wei, required_wei


class WrongPartitions(ContractError, ValueError):
    """A test set has not 10 to 64 partitions of at least a sample each."""

    fields = ("partitions", "test_count")

    def __init__(self, partitions: int, test_count: int) -> None:
        super().__init__(
            f"{test_count} test samples in {partitions} partitions cannot be committed to: 10 to 64 partitions "
            "are needed, with at least one sample each."
        )
        self.partitions, self.test_count = partitions, test_count


class DrawTooEarly(ContractError):
    """The drawing block has no hash yet."""

    fields = ("draw_block",)

    def __init__(self, draw_block: int) -> None:
        super().__init__(
            f"The partition is drawn by block {draw_block}, which must have passed first. Try again after it."
        )
        self.draw_block = draw_block


class DrawMissed(ContractError):
    """The drawing block's hash is out of reach."""

    fields = ("draw_block",)

    def __init__(self, draw_block: int) -> None:
        super().__init__(
            f"Nobody fixed the draw within 256 blocks after block {draw_block}, so this market cannot go on. "
            "Anyone can end it."
        )
        self.draw_block = draw_block


class DeadlinePassed(ContractError):
    """The time for it is over."""

    fields = ("deadline",)

    def __init__(self, deadline: int) -> None:
        super().__init__(
            f"The time for this was over at {moment(deadline)}. Anyone can now end the market, or the dispute."
        )
        self.deadline = deadline


class WrongCommitment(ContractError, ValueError):
    """Leaves are not those of the commitment."""

    fields = ("root",)

    def __init__(self, root: bytes) -> None:
        super().__init__(
            f"These partition leaves are not those committed to by root {_short(root)}. Use the test set and "
            "secret of this very commitment."
        )
        self.root = root


class WrongPartition(ContractError, ValueError):
    """A partition's samples are not what was committed to."""

    fields = ("partition",)

    def __init__(self, partition: int) -> None:
        super().__init__(
            f"The samples given for partition {partition} are not those committed to. Reveal partitions in order, "
            "with the provider's own secret."
        )
        self.partition = partition


class WrongTestCount(ContractError, ValueError):
    """The test set has not as many samples as was committed to."""

    fields = ("revealed", "test_count")

    def __init__(self, revealed: int, test_count: int) -> None:
        super().__init__(
            f"{revealed} test samples were revealed in all, but {test_count} committed to. This market cannot go "
            "on; its bond is lost."
        )
        self.revealed, self.test_count = revealed, test_count


class WrongReveal(ContractError, ValueError):
    """A reveal holds no partition, or more than are left."""

    fields = ("partitions", "left")

    def __init__(self, partitions: int, left: int) -> None:
        super().__init__(
            f"{partitions} partitions were given, but {left} are left to reveal. Give at least one, and at most those."
        )
        self.partitions, self.left = partitions, left


class NothingToEnd(ContractError):
    """Nothing gives reason to end the market, yet."""

    fields = ("phase", "deadline")

    def __init__(self, phase: int, deadline: int) -> None:
        super().__init__(
            f"The market is in phase {_phase(phase)} and goes on: there is nothing to end"
            + (f" before {moment(deadline)}." if deadline else ". Its status says what comes next.")
        )
        self.phase, self.deadline = phase, deadline


class InvalidMarketTerms(ContractError, ValueError):
    """Terms of a market are out of range."""

    fields = ("terms",)

    def __init__(self, terms: MarketTerms) -> None:
        super().__init__(
            f"These terms cannot work: {'; '.join(terms.problems()) or 'a value is out of range'}. Change them "
            "and deploy again."
        )
        self.terms = terms


class EngineUnsuitable(ContractError, ValueError):
    """The named replay engine has no code, or does not know such models."""

    fields = ("engine",)

    def __init__(self, engine: str) -> None:
        super().__init__(
            f"The replay engine {engine} cannot replay this kind of model. Name another engine, or another model."
        )
        self.engine = engine


class WrongState(ContractError, ValueError):
    """A replay state is not the one that the contract holds the hash of."""

    fields = ("given", "wanted")

    def __init__(self, given: bytes, wanted: bytes) -> None:
        super().__init__(
            f"The state {_short(given)} is not the one where the settlement stands, {_short(wanted)}. Somebody "
            "was faster: read the log and go on from there."
        )
        self.given, self.wanted = given, wanted


class WrongTestSet(ContractError, ValueError):
    """Samples are not the scored test set in order."""

    fields = ("given", "wanted")

    def __init__(self, given: bytes, wanted: bytes) -> None:
        super().__init__(
            f"These samples hash to {_short(given)}, the revealed test set to {_short(wanted)}. Give all "
            "partitions in order but for the drawn one."
        )
        self.given, self.wanted = given, wanted


class WrongFinality(ContractError):
    """A final state is replayed, or one that is not final posted."""

    fields = ("is_final",)

    def __init__(self, is_final: bool) -> None:
        super().__init__(
            "The outcome is fixed already: nothing is left to replay. Pay it out."
            if is_final
            else "Only the outcome of the whole replay can be posted, and this state is not final. Replay to the end."
        )
        self.is_final = is_final


class WrongOrigins(ContractError, ValueError):
    """There is not one origin for each input."""

    fields = ("inputs", "origins")

    def __init__(self, inputs: int, origins: int) -> None:
        super().__init__(f"{inputs} contributions were given with {origins} origins. Give author and time of each.")
        self.inputs, self.origins = inputs, origins


class WrongContributions(ContractError, ValueError):
    """Contributions do not hash to what is recorded."""

    fields = ("last",)

    def __init__(self, last: int) -> None:
        super().__init__(
            f"The contributions given up to number {last} are not those recorded. Take them from the log, in "
            "order and unchanged."
        )
        self.last = last


class TooManyContributions(ContractError, ValueError):
    """More contributions are given than are left."""

    fields = ("given", "left")

    def __init__(self, given: int, left: int) -> None:
        super().__init__(
            f"{given} contributions were given, but only {left} are left here. Give fewer; none closes the round."
        )
        self.given, self.left = given, left


class MoneyMismatch(ContractError):
    """An engine's outcome makes or loses money."""

    fields = ("outcome_wei", "held_wei")

    def __init__(self, outcome_wei: int, held_wei: int) -> None:
        super().__init__(
            f"The engine gives out {format_ether(outcome_wei)}, but {format_ether(held_wei)} are held: it is "
            "faulty. Stakes can be taken back when the market is ended."
        )
        self.outcome_wei, self.held_wei = outcome_wei, held_wei


class NothingToDo(ContractError):
    """Nothing would be done."""

    def __init__(self) -> None:
        super().__init__(
            "This call would change nothing: everything it could do is done, or something must come first. Look "
            "at the market's status."
        )


class WrongBond(ContractError, ValueError):
    """The value is not the bond."""

    fields = ("sent_wei", "required_wei")

    def __init__(self, sent_wei: int, required_wei: int) -> None:
        super().__init__(
            f"{format_ether(sent_wei)} were sent, but the bond is exactly {format_ether(required_wei)}. Send that."
        )
        self.sent_wei, self.required_wei = sent_wei, required_wei


class AlreadyPosted(ContractError):
    """There is a posted outcome already."""

    fields = ("poster",)

    def __init__(self, poster: str) -> None:
        super().__init__(
            f"{poster} has posted an outcome already. Check it: dispute it if it is wrong, else let it be accepted."
        )
        self.poster = poster


class NothingPosted(ContractError):
    """There is no posted outcome."""

    def __init__(self) -> None:
        super().__init__("No outcome is posted now. Post one, or settle directly in portions.")


class WrongSteps(ContractError, ValueError):
    """A post can have no such number of steps."""

    fields = ("steps", "most")

    def __init__(self, steps: int, most: int) -> None:
        super().__init__(
            f"A replay here takes 1 to {most} steps, not {steps}. Count each contribution of each round, and each "
            "closing."
        )
        self.steps, self.most = steps, most


class AlreadyDisputed(ContractError):
    """A post is disputed already."""

    fields = ("challenger",)

    def __init__(self, challenger: str) -> None:
        super().__init__(f"{challenger} disputes this outcome already. Wait until that dispute is decided.")
        self.challenger = challenger


class NotDisputed(ContractError):
    """There is no dispute."""

    def __init__(self) -> None:
        super().__init__(
            "The posted outcome is not in dispute, so there is no move to make. Dispute it, or wait until it can "
            "be accepted."
        )


class NotYourTurn(ContractError, PermissionError):
    """It is the other side's turn."""

    fields = ("caller", "mover")

    def __init__(self, caller: str, mover: str) -> None:
        super().__init__(f"It is the turn of {mover}, not of {caller}. Wait; whoever is late loses.")
        self.caller, self.mover = caller, mover


class WrongDistance(ContractError):
    """A bisection goes on at one step, or is decided before."""

    fields = ("distance",)

    def __init__(self, distance: int) -> None:
        super().__init__(
            f"The sides are {distance} steps apart. At one step the dispute is decided, before that it is bisected."
        )
        self.distance = distance


class WrongProof(ContractError, ValueError):
    """A revealed state is not in the post's commitment."""

    fields = ("step",)

    def __init__(self, step: int) -> None:
        super().__init__(
            f"The state revealed for step {step} is not in the commitment to all states. Use the states that were "
            "posted."
        )
        self.step = step


class NotYetTime(ContractError):
    """A post is accepted, or a side called late, too early."""

    fields = ("opens_at",)

    def __init__(self, opens_at: int) -> None:
        super().__init__(f"It is too early for this: it is possible from {moment(opens_at)}. Try again then.")
        self.opens_at = opens_at
