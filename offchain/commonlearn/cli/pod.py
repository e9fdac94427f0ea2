"""`commonlearn pod …`: the program of any actor in private training.

``python -m commonlearn.cli.pod …`` is the same, without first loading what the other commands need.
"""

from __future__ import annotations

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
    from commonlearn.pod.roles import decode, open_roles

    settings = read_config(config).only(role or ())
    with open_pod(settings, open_roles(settings), decode) as opened:
        opened.run()


@pod.command("example")
@command
def example(ctx: typer.Context, as_json: Json = False) -> None:
    """Print a pod's settings, to be changed and saved."""
    from commonlearn.pod.config import EXAMPLE

    output: Output = ctx.obj
    output.result({"settings": EXAMPLE}, lambda: output.say(EXAMPLE.rstrip()))


if __name__ == "__main__":
    pod(prog_name="commonlearn pod")
