"""What commands share: a model to look at, and for those that send transactions who acts, where, at which prices.

Those that act ask first.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

import typer

from commonlearn.cli import options as o
from commonlearn.cli.output import Output, command
from commonlearn.client.public_model import PublicModel
from commonlearn.client.session import CostQuote, Prices, Signer

__all__ = ["Acting", "Look", "ModelAct", "acting", "acting_on_model", "looking_at_model"]


@dataclass(frozen=True)
class Look:
    """Somebody who reads a model, for free.

    Attributes
    ----------
    output : Output
        Where words go.
    model : PublicModel
        Synced.
    """

    output: Output
    model: PublicModel


@dataclass(frozen=True)
class Acting:
    """Somebody who sends transactions.

    Attributes
    ----------
    output : Output
        Where words go.
    account : Signer
        Who pays.
    prices : Prices
        What the user says about prices.
    yes : bool
        Whether all questions are answered already.
    rpc : str or None
        The node.
    chain_id : int or None
        Chain that it must serve.
    deployments : Path
        Folder of deployment records.
    """

    output: Output
    account: Signer
    prices: Prices
    yes: bool
    rpc: str | None
    chain_id: int | None
    deployments: Path

    def agree(self, cost: CostQuote, what: str, details: Sequence[tuple[str, str]] = ()) -> bool:
        """Show what something costs, and ask whether to send it."""
        self.output.show_cost(cost, what, details)
        return self.output.ask("Send?", yes=self.yes)


@dataclass(frozen=True)
class ModelAct(Acting):
    """Somebody who sends transactions to a model.

    Attributes
    ----------
    model : PublicModel
        Synced.
    """

    model: PublicModel

    @property
    def place(self) -> dict[str, str]:
        """Model and account, for JSON."""
        return {"model": self.model.address, "account": self.account.address}


def acting(function: Callable[..., None]) -> Callable[..., None]:
    """Make a function of an :class:`Acting` and parameters of its own a command that also has the options for it."""

    def run(ctx: typer.Context, given: dict[str, Any], own: dict[str, Any]) -> None:
        function(Acting(ctx.obj, **_who(given)), **own)

    return _with_options(function, _account_options, run)


def acting_on_model(function: Callable[..., None]) -> Callable[..., None]:
    """As :func:`acting` for a :class:`ModelAct`: the model is the first argument."""

    def run(ctx: typer.Context, given: dict[str, Any], own: dict[str, Any]) -> None:
        name, cache, journal = (given.pop(key) for key in ("model", "cache", "journal"))
        who = _who(given)
        places = {key: who[key] for key in ("rpc", "chain_id", "deployments")}
        loaded = o.load(ctx.obj, name, cache=cache, journal=journal, **places)
        function(ModelAct(ctx.obj, **who, model=loaded), **own)

    return _with_options(function, _model_options, run)


def looking_at_model(function: Callable[..., None]) -> Callable[..., None]:
    """Make a function of a :class:`Look` and parameters of its own a command: the model is its first argument."""

    def run(ctx: typer.Context, given: dict[str, Any], own: dict[str, Any]) -> None:
        function(Look(ctx.obj, o.load(ctx.obj, given.pop("model"), **given)), **own)

    return _with_options(function, _look_options, run)


def _look_options(
    ctx: typer.Context,
    model: o.Model,
    rpc: o.Rpc = None,
    chain_id: o.ChainId = None,
    cache: o.Cache = None,
    deployments: o.Deployments = o.DEPLOYMENTS,
    as_json: o.Json = False,
) -> None:
    """Its parameters are the options; it is never called."""


def _account_options(
    ctx: typer.Context,
    keystore: o.Keystore = None,
    clef: o.Clef = None,
    unlocked: o.Unlocked = None,
    from_: o.From = None,
    eth_usd: o.EthUsd = None,
    gas_gwei: o.GasGwei = None,
    yes: o.Yes = False,
    rpc: o.Rpc = None,
    chain_id: o.ChainId = None,
    deployments: o.Deployments = o.DEPLOYMENTS,
    as_json: o.Json = False,
) -> None:
    """Its parameters are the options; it is never called."""


def _model_options(
    ctx: typer.Context,
    model: o.Model,
    keystore: o.Keystore = None,
    clef: o.Clef = None,
    unlocked: o.Unlocked = None,
    from_: o.From = None,
    eth_usd: o.EthUsd = None,
    gas_gwei: o.GasGwei = None,
    yes: o.Yes = False,
    rpc: o.Rpc = None,
    chain_id: o.ChainId = None,
    cache: o.Cache = None,
    journal: o.Journal = None,
    deployments: o.Deployments = o.DEPLOYMENTS,
    as_json: o.Json = False,
) -> None:
    """Its parameters are the options; it is never called."""


def _who(given: dict[str, Any]) -> dict[str, Any]:
    account = o.signer(*(given.pop(key) for key in ("keystore", "clef", "unlocked", "from_")))
    return {"account": account, "prices": o.prices(given.pop("eth_usd"), given.pop("gas_gwei")), **given}


def _with_options(
    function: Callable[..., None],
    template: Callable[..., None],
    run: Callable[[typer.Context, dict[str, Any], dict[str, Any]], None],
) -> Callable[..., None]:
    """A command with the parameters of both: those of the template that must be given, the function's, the rest."""
    own = _parameters(function)[1:]
    shared = _parameters(template)
    names = {parameter.name for parameter in own}

    @functools.wraps(function)
    def whole(ctx: typer.Context, as_json: bool, **given: Any) -> None:
        mine = {name: given.pop(name) for name in list(given) if name in names}
        run(ctx, given, mine)

    made = command(whole)
    first = [parameter for parameter in shared if parameter.default is inspect.Parameter.empty]
    parameters = [*first, *own, *(parameter for parameter in shared if parameter not in first)]
    # Typer reads the parameters of a command from these two.
    made.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    made.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return made


def _parameters(function: Callable[..., None]) -> list[inspect.Parameter]:
    hints = get_type_hints(function, include_extras=True)
    return [
        parameter.replace(annotation=hints[parameter.name], kind=inspect.Parameter.KEYWORD_ONLY)
        for parameter in inspect.signature(function).parameters.values()
    ]
