"""Options that several commands share, and what they stand for."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from commonlearn.cli.errors import UsageProblem
from commonlearn.cli.output import Json, Output
from commonlearn.client.deployments import named_model, recorded_names
from commonlearn.client.errors import unreadable
from commonlearn.client.public_model import PublicModel
from commonlearn.client.session import Prices, Signer, signer_from
from commonlearn.client.table import Table, raw_for, read_table
from commonlearn.durations import duration, parse_duration

__all__ = ["Json", "duration", "load", "model_address", "parse_duration", "prices", "read_items", "signer"]

CHAIN, ACCOUNT, PRICE = "Where", "Who pays", "Prices and questions"

Model = Annotated[
    str, typer.Argument(help="Address of the model, or its name in the deployment record.", show_default=False)
]
Texts = Annotated[
    list[str] | None, typer.Argument(help="Texts, rows, or image files; '-' reads one a line.", show_default=False)
]
Rpc = Annotated[
    str | None,
    typer.Option(
        "--rpc", envvar="COMMONLEARN_RPC", help="The node.", show_default="http://127.0.0.1:8545", rich_help_panel=CHAIN
    ),
]
ChainId = Annotated[
    int | None,
    typer.Option("--chain-id", help="Chain that the node must serve.", show_default=False, rich_help_panel=CHAIN),
]
Cache = Annotated[
    Path | None,
    typer.Option(
        "--cache", help="Folder for copies of models.", show_default="the user's cache", rich_help_panel=CHAIN
    ),
]
Journal = Annotated[
    Path | None,
    typer.Option(
        "--journal",
        help="Folder for journals of contributions.",
        show_default="the user's state",
        rich_help_panel=CHAIN,
    ),
]
Deployments = Annotated[
    Path, typer.Option("--deployments", help="Folder of deployment records.", rich_help_panel=CHAIN)
]
Keystore = Annotated[
    Path | None,
    typer.Option(
        "--keystore",
        envvar="COMMONLEARN_KEYSTORE",
        help="Encrypted keystore file; the password is asked for, or in the file named by COMMONLEARN_PASSWORD_FILE.",
        show_default=False,
        rich_help_panel=ACCOUNT,
    ),
]
Clef = Annotated[
    str | None,
    typer.Option("--clef", help="Address of clef, for hardware wallets.", show_default=False, rich_help_panel=ACCOUNT),
]
Unlocked = Annotated[
    str | None,
    typer.Option(
        "--unlocked", help="An account that the node has unlocked.", show_default=False, rich_help_panel=ACCOUNT
    ),
]
From = Annotated[
    str | None, typer.Option("--from", help="Which of clef's accounts.", show_default=False, rich_help_panel=ACCOUNT)
]
EthUsd = Annotated[
    str | None,
    typer.Option(
        "--eth-usd",
        envvar="COMMONLEARN_ETH_USD",
        help="Dollars for one ether.",
        show_default=False,
        rich_help_panel=PRICE,
    ),
]
GasGwei = Annotated[
    str | None,
    typer.Option(
        "--gas-gwei",
        envvar="COMMONLEARN_GAS_GWEI",
        help="Highest price of a unit of gas, in gwei.",
        show_default="the network's",
        rich_help_panel=PRICE,
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.", rich_help_panel=PRICE)]
Csv = Annotated[Path | None, typer.Option("--csv", help="Read items from a CSV file.", show_default=False)]
TextColumn = Annotated[
    str | None,
    typer.Option("--text", "--image", help="Column of texts, or of image files, in the CSV file.", show_default=False),
]
Ids = Annotated[
    list[int] | None, typer.Option("--id", help="Only this contribution; may be repeated.", show_default=False)
]

DEPLOYMENTS = Path("deployments")


def model_address(model: str, folder: Path) -> str:
    """The address that a user means: an address, or a name in the deployment records.

    Raises
    ------
    UsageProblem
        No such name, or several.
    """
    if model.startswith("0x"):
        return model
    found = named_model(folder, model)
    if not found:
        recorded = recorded_names(folder)
        there = f"; recorded there: {', '.join(recorded)}" if recorded else ""
        raise UsageProblem(
            f"{model!r} is no address, and no model of this name is recorded in the folder {folder}{there}. Give the "
            "model's address (0x…), or name the folder of its record with --deployments."
        )
    if len(found) > 1:
        options = ", ".join(f"{address} ({network})" for network, address in found)
        raise UsageProblem(
            f"There are several models named {model!r}: {options}, the newest of each network last. Give the address."
        )
    return found[0][1]


def load(
    output: Output,
    model: str,
    *,
    rpc: str | None,
    chain_id: int | None,
    cache: Path | None,
    journal: Path | None = None,
    deployments: Path = DEPLOYMENTS,
    **options: Any,
) -> PublicModel:
    """The model that a user means, synced."""
    with output.progress("syncing", of_blocks=True) as bar:
        return PublicModel.load(
            model_address(model, deployments),
            rpc=rpc,
            chain_id=chain_id,
            cache=cache,
            journal=journal,
            on_progress=bar,
            **options,
        )


def signer(keystore: Path | None, clef: str | None, unlocked: str | None, from_: str | None) -> Signer:
    """The account that a user named.

    Raises
    ------
    UsageProblem
        None was named, or several.
    """
    named = [option for option in (keystore, clef, unlocked) if option is not None]
    if len(named) != 1:
        what = "Say who pays" if not named else "Say only once who pays"
        raise UsageProblem(f"{what}: --keystore FILE, --clef URL or --unlocked ADDRESS.")
    if from_ is not None and clef is None:
        raise UsageProblem("--from goes with --clef only.")
    found = signer_from(keystore=keystore, clef=clef, unlocked=unlocked, address=from_, password=_password)
    assert found is not None
    return found


def prices(eth_usd: str | None, gas_gwei: str | None) -> Prices:
    """What a user says about prices."""
    return Prices.from_options(eth_usd, gas_gwei)


def _password() -> str:
    path = os.environ.get("COMMONLEARN_PASSWORD_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            why = unreadable(error) if isinstance(error, OSError) else "it is no UTF-8; save the password as plain text"
            raise UsageProblem(f"COMMONLEARN_PASSWORD_FILE names {path}, which cannot be read: {why}.") from None
    if not sys.stdin.isatty():
        line = sys.stdin.readline()
        if not line:
            raise UsageProblem(
                "There is no terminal to ask for the keystore's password. Put it into a file that only you can read, "
                "and name that in COMMONLEARN_PASSWORD_FILE."
            )
        return line.rstrip("\r\n")
    return str(typer.prompt("Password of the keystore", hide_input=True, err=True))


def read_items(
    model: PublicModel, texts: list[str] | None, csv: Path | None, text: str | None, label: str = "label"
) -> tuple[list[Any], Table | None]:
    """Raw items from arguments, standard input or a CSV file, and the file's table.

    Raises
    ------
    UsageProblem
        None of them, or several.
    """
    if texts and csv is not None:
        raise UsageProblem("Give texts or --csv, not both.")
    if csv is not None:
        table = read_table(csv)
        return raw_for(model.featurizer, table, text=text, leave_out=[label]), table
    if text is not None:
        raise UsageProblem("--text names a column of the file given with --csv, and so does --image.")
    if not texts:
        raise UsageProblem("Give texts, '-' for standard input, or --csv FILE.")
    lines = _lines() if texts == ["-"] else texts
    if model.takes == "row":
        return [[cell.strip() for cell in line.split(",")] for line in lines], None
    return list(lines), None


def _lines() -> list[str]:
    lines = [line.rstrip("\r\n") for line in sys.stdin]
    return [line for line in lines if line.strip()]
