"""Which contracts stand behind each incentive, and how its terms are read and written: a registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from commonlearn.chain.abi import checksummed
from commonlearn.contract_errors import ContractError, InvalidPointsTerms, InvalidTerms
from commonlearn.records import PointsTerms, Terms

__all__ = ["INCENTIVES", "POINTS", "SELF_ASSESSMENT", "ChainIncentive", "incentive_of"]


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
    """

    id: str
    collaboration: str
    factory: str
    terms: type
    read: Callable[[tuple[Any, ...]], Any]
    load: Callable[[dict[str, Any]], Any]
    invalid: Callable[[Any], ContractError]
    made: dict[str, str]


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
)

INCENTIVES: dict[str, ChainIncentive] = {one.id: one for one in (SELF_ASSESSMENT, POINTS)}
"""All incentives by their id."""


def incentive_of(terms: Any) -> ChainIncentive:
    """The incentive whose rules these are.

    Examples
    --------
    >>> incentive_of(Terms("0x" + "11" * 20, 10**14, 0, 3600, 100, 200, 300, 1000)).id
    'self-assessment/1'
    """
    return next(one for one in INCENTIVES.values() if isinstance(terms, one.terms))
