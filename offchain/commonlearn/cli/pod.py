"""`commonlearn pod …`: the program of any actor in private training.

``python -m commonlearn.cli.pod …`` is the same, without first loading what the other commands need.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from commonlearn.cli.output import Json, Output, command

__all__ = ["pod"]

pod = typer.Typer(name="pod", help="Take part in private training from a machine of one's own.", no_args_is_help=True)

Settings = Annotated[
    Path, typer.Option("--config", help="The pod's settings; `commonlearn pod example` shows some.", show_default=False)
]


@pod.command("run")
@command
def run(
    ctx: typer.Context,
    config: Settings,
    role: Annotated[
        list[str] | None, typer.Option("--role", help="Only these of the settings' roles; may be repeated.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Follow the chain and do what is due, until it is told to stop (Ctrl-C or SIGTERM). It may be killed any time."""
    # A pod's libraries (databases, tables, a web server) would slow every other command down.
    from commonlearn.pod import open_pod, read_config
    from commonlearn.pod.checking import checked, is_new, open_market
    from commonlearn.pod.roles import decode, open_roles

    settings = read_config(config).only(role or ())
    if is_new(settings):  # a mistake found later costs a fee, or a bond
        _show(ctx.obj, dict(checked(settings)), note=True)
    open_market(settings)
    with open_pod(settings, open_roles(settings), decode) as opened:
        opened.run()


@pod.command("check")
@command
def check(
    ctx: typer.Context,
    config: Settings,
    as_json: Json = False,
) -> None:
    """Look at all that the settings name: files, rows, program, sandbox, node, market, account. Nothing is sent.

    A pod that starts for the first time does so by itself.
    """
    from commonlearn.pod import read_config
    from commonlearn.pod.checking import checked

    _show(ctx.obj, dict(checked(read_config(config))))


@pod.command("example")
@command
def example(
    ctx: typer.Context,
    role: Annotated[
        list[str] | None, typer.Option("--role", help="With the section of this role; may be repeated.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Print a pod's settings, to be changed and saved."""
    from commonlearn.pod.examples import example_for

    output: Output = ctx.obj
    shown = example_for(role or ())
    output.result({"settings": shown}, lambda: output.say(shown.rstrip()))


def _show(output: Output, found: Mapping[str, str], *, note: bool = False) -> None:
    """Say what was found, thing by thing."""
    lines = [f"{name:<13}{words}" for name, words in found.items()]
    if note:
        output.note("\n".join(lines))
    else:
        output.result({"found": dict(found)}, lambda: output.say("\n".join([*lines, "The pod can start."])))


if __name__ == "__main__":
    pod(prog_name="commonlearn pod")
