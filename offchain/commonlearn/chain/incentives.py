"""Which contracts stand behind each incentive, and how its terms are read and written: a registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from commonlearn.chain.abi import checksummed
from commonlearn.contract_errors import ContractError, InvalidMarketTerms, InvalidPointsTerms, InvalidTerms
from commonlearn.records import MarketTerms, PointsTerms, Terms

__all__ = ["INCENTIVES", "MARKET", "POINTS", "SELF_ASSESSMENT", "ChainIncentive", "incentive_of"]


@dataclass(frozen=True)
class ChainIncentive:
    """One incentive, as contracts know it.

    Attributes
    ----------
    id : str
        What a collaboration's `incentive` answers, with its version.
    collaboration, factory : str
        Names of the contracts.
    terms : type
        Its rules: has `as_tuple` (in the contract's order), `as_dict` and `problems`.
    read : callable
        Makes terms of what the contract's `terms` returns.
    load : callable
        Makes terms of their `as_dict`.
    invalid : type
        The contract's refusal of terms.
    made : dict of str to str
        What else comes into being with the factory: contract name to the factory's view that gives its address.
    first_child : str or None
        Name of a contract that the factory makes first, without a view of its address.
    engine_of : callable or None
        Name of the engine that the factory is told, for a kind of model and its number of classes.
    takes_batches : bool
        Whether its collaborations have `IBatch`.
    stakes_all : bool
        Whether all that is sent with a contribution is staked; else what is not needed is credited.
    learns_at_once : bool
        Whether a contribution is learned when it is made; else when the log says so.
    holds_stakes : bool
        Whether its collaborations have `totals`, whose first number is what is staked.
    """

    id: str
    collaboration: str
    factory: str
    terms: type
    read: Callable[[tuple[Any, ...]], Any]
    load: Callable[[dict[str, Any]], Any]
    invalid: Callable[[Any], ContractError]
    made: dict[str, str]
    first_child: str | None = None
    engine_of: Callable[[str, int], str] | None = None
    takes_batches: bool = False
    stakes_all: bool = False
    learns_at_once: bool = True
    holds_stakes: bool = True


def _read_terms(values: tuple[Any, ...]) -> Terms:
    return Terms(checksummed(values[0]), *(int(value) for value in values[1:]))


def _read_points_terms(values: tuple[Any, ...]) -> PointsTerms:
    return PointsTerms(tuple(map(checksummed, values[0])), *(int(value) for value in values[1:]))


def _load_points_terms(content: dict[str, Any]) -> PointsTerms:
    return PointsTerms(**{**content, "founders": tuple(content["founders"])})


SELF_ASSESSMENT = ChainIncentive(
    id="self-assessment/1",
    collaboration="Collaboration",
    factory="CollaborationFactory",
    terms=Terms,
    read=_read_terms,
    load=lambda content: Terms(**content),
    invalid=InvalidTerms,
    made={"Collaboration": "implementation"},
    takes_batches=True,
)

POINTS = ChainIncentive(
    id="points/1",
    collaboration="PointsCollaboration",
    factory="PointsFactory",
    terms=PointsTerms,
    read=_read_points_terms,
    load=_load_points_terms,
    invalid=InvalidPointsTerms,
    made={"PointsCollaboration": "implementation", "Badges": "badges"},
    holds_stakes=False,
)


def _engine_of(kind: str, classes: int) -> str:
    """The fast engine where it can, else the one for every model."""
    return "PerceptronReplay" if kind == "perceptron/1" and classes == 2 else "ModelReplay"


MARKET = ChainIncentive(
    id="market/1",
    collaboration="MarketCollaboration",
    factory="MarketFactory",
    terms=MarketTerms,
    read=lambda values: MarketTerms(*(int(value) for value in values)),
    load=lambda content: MarketTerms(**content),
    invalid=InvalidMarketTerms,
    made={"MarketCollaboration": "implementation"},
    first_child="MarketSettlement",
    engine_of=_engine_of,
    stakes_all=True,
    learns_at_once=False,
)

INCENTIVES: dict[str, ChainIncentive] = {one.id: one for one in (SELF_ASSESSMENT, POINTS, MARKET)}
"""All incentives by their id."""


def incentive_of(terms: Any) -> ChainIncentive:
    """The incentive whose rules these are.

    Examples
    --------
    >>> incentive_of(Terms("0x" + "11" * 20, 10**14, 0, 3600, 100, 200, 300, 1000)).id
    'self-assessment/1'
    """
    return next(one for one in INCENTIVES.values() if isinstance(terms, one.terms))
