"""`commonlearn store …`: files of what featurisers have fitted, known by their hash."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commonlearn.cli import options as o
from commonlearn.cli.output import Output, command
from commonlearn.client.fitted import StoredFile, add_to_store, stored_files

__all__ = ["store"]

store = typer.Typer(
    name="store",
    help="Files of what featurisers have fitted. The folder is that in COMMONLEARN_STORE, else among the user's data.",
    no_args_is_help=True,
)


@store.command("add")
@command
def add(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="Files that a model's publisher gave you.", show_default=False)],
    as_json: o.Json = False,
) -> None:
    """Put files into the store. Each is kept under its own hash; models say which hash they need."""
    output: Output = ctx.obj
    added = [add_to_store(file) for file in files]
    _show(output, added)


@store.command("list")
@command
def list_(ctx: typer.Context, as_json: o.Json = False) -> None:
    """Show what is in the store, each file checked against its hash."""
    _show(ctx.obj, stored_files())


@store.command("show")
@command
def show(
    ctx: typer.Context,
    model: o.Model,
    rpc: o.Rpc = None,
    chain_id: o.ChainId = None,
    cache: o.Cache = None,
    deployments: o.Deployments = o.DEPLOYMENTS,
    as_json: o.Json = False,
) -> None:
    """Show which featuriser a model's contract records, and whether it can be used here."""
    output: Output = ctx.obj
    loaded = o.load(output, model, rpc=rpc, chain_id=chain_id, cache=cache, deployments=deployments)
    recorded = loaded.description.featurizer or {}
    problem = loaded.featurizer_problem
    content = {
        "model": loaded.address,
        **{key: recorded.get(key) for key in ("id", "version", "hash", "state", "made_with")},
        "usable": loaded.featurizer is not None,
        "problem": None if problem is None else problem.user_message,
    }

    def said() -> None:
        output.say(f"featuriser {content['id']} (version {content['version']})")
        for key in ("hash", "state"):
            if content[key]:
                output.say(f"{key} {content[key]}")
        output.say("usable here" if problem is None else problem.user_message)

    output.result(content, said)


def _show(output: Output, files: list[StoredFile]) -> None:
    rows = [(one.address, f"{one.size:,}", one.problem or "as its hash says") for one in files]
    output.result({"files": [one.as_dict() for one in files]}, lambda: output.table(("file", "bytes", "state"), rows))
