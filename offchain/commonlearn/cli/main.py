"""The command `commonlearn`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from commonlearn import __version__
from commonlearn.cli import pod_looking, pod_making, pod_market, pod_model
from commonlearn.cli.claims import refund, report, sweep, withdraw
from commonlearn.cli.contribute import contribute, cost
from commonlearn.cli.deploy import add_class, deploy
from commonlearn.cli.encode import encode
from commonlearn.cli.exporting import export, plot
from commonlearn.cli.looking import history, status, sync
from commonlearn.cli.market import app as market
from commonlearn.cli.pod import pod
from commonlearn.cli.points import badges, confirm, contest, leaderboard
from commonlearn.cli.pools import pool, prepaid
from commonlearn.cli.predict import predict
from commonlearn.cli.simulate import app as simulate
from commonlearn.cli.sponsors import relay, sign
from commonlearn.cli.store import store

__all__ = ["app"]

app = typer.Typer(
    name="commonlearn",
    help=(
        "Classifiers in Ethereum contracts that anyone improves under stake and everyone uses for free; and models "
        "trained on data that stays with its owners.\n\n"
        "Writes show their cost and ask. Keys come from a keystore file, clef (hardware) or an unlocked node, never "
        "from "
        "the command line. Exit codes: 0 done, 2 usage, 3 declined, 4 node unreachable, 5 wrong place, 6 bad data, "
        "7 account, "
        "8 refused, 9 later."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

_PANELS: dict[str, tuple[Callable[..., None], ...]] = {
    "Use (free)": (predict, encode, sync, status, history, cost),
    "Look back (free)": (export, plot),
    "Take part": (contribute, refund, report, withdraw, sweep),
    "Points": (leaderboard, confirm, contest, badges),
    "Sponsor": (sign, relay, prepaid),
    "Make": (deploy, add_class),
}
for _panel, _commands in _PANELS.items():
    for _command in _commands:
        name = _command.__name__.replace("_", "-")
        app.command(name, rich_help_panel=_panel, no_args_is_help=True)(_command)
app.add_typer(market, name="market", rich_help_panel="Market")
_POD: dict[str, Callable[..., None]] = {
    "datasets": pod_looking.datasets,
    "jobs": pod_looking.jobs,
    "deploy-market": pod_market.deploy_market,
    "key": pod_making.key,
    "schema": pod_making.schema,
    "test-set": pod_making.held_back_rows,
    "program": pod_making.program,
    "predict": pod_model.predict,
}
for _name, _command in _POD.items():
    pod.command(_name)(_command)
app.add_typer(pod, rich_help_panel="Private training")
app.add_typer(pool, rich_help_panel="Sponsor")
app.add_typer(simulate, rich_help_panel="Make")
app.add_typer(store, rich_help_panel="Make")


def _version(wanted: bool) -> None:
    if wanted:
        print(__version__)
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    """Options of all commands."""


if __name__ == "__main__":
    app()
