"""What commands print: results on standard output, all else (questions, progress, notices) on standard error.

With ``--json`` standard output is exactly one JSON object: ``{"schema": 1, "command": …, "ok": true, …}``, or on
failure ``{"schema": 1, "command": …, "ok": false, "error": {"name", "message", "fields", "exit_code"}}``.
"""

from __future__ import annotations

import functools
import json
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, ParamSpec

import typer
from rich.console import Console
from rich.logging import RichHandler
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table as RichTable

from commonlearn.cli.errors import InternalProblem
from commonlearn.cli.exit_codes import ExitCode, exit_code_of
from commonlearn.client.errors import Declined
from commonlearn.client.session import CostQuote
from commonlearn.errors import CommonlearnError
from commonlearn.money import format_ether, format_usd, usd_of

__all__ = ["SCHEMA", "Json", "Output", "command"]

SCHEMA = 1
"""Version of the JSON layout. New keys may come without a new version; keys do not go or change."""

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]

P = ParamSpec("P")


class Output:
    """Where one command's words go.

    Parameters
    ----------
    command : str
        Its name.
    as_json : bool
        Whether standard output is for a program.
    """

    def __init__(self, command: str, *, as_json: bool) -> None:
        self.command = command
        self.as_json = as_json
        self.out = Console(file=sys.stdout, highlight=False, soft_wrap=True)
        self.err = Console(file=sys.stderr, highlight=False, soft_wrap=True)

    # -------------------------------------------------------------------------------------------------------- results

    def result(self, content: dict[str, Any], show: Callable[[], None]) -> None:
        """Print the command's result: the content as JSON, or what `show` prints."""
        if self.as_json:
            whole = {"schema": SCHEMA, "command": self.command, "ok": True, **content}
            print(json.dumps(whole, default=_plain, ensure_ascii=False))
        else:
            show()

    def say(self, text: str) -> None:
        """A line of the result for people."""
        print(text, file=self.out.file)  # as it is: rich would turn tabs into spaces

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """A table of the result for people."""
        table = RichTable(*columns, box=None, pad_edge=False, header_style="bold")
        for row in rows:
            table.add_row(*(str(cell) for cell in row))
        self.out.print(table)

    # ---------------------------------------------------------------------------------------------------- on the side

    def note(self, text: str) -> None:
        """A remark that is not part of the result."""
        self.err.print(text, markup=False)

    def failure(self, error: CommonlearnError) -> ExitCode:
        """Print an error; give the exit code."""
        code = exit_code_of(error)
        if self.as_json:
            shown = {
                "name": type(error).__name__,
                "message": error.user_message,
                "fields": dict(zip(error.fields, error.values, strict=True)),
                "exit_code": int(code),
            }
            print(json.dumps({"schema": SCHEMA, "command": self.command, "ok": False, "error": shown}, default=_plain))
        else:
            self.err.print(
                f"{type(error).__name__}: {error.user_message}", markup=False, style="red" if code != 3 else None
            )
        return code

    @contextmanager
    def progress(self, what: str, *, of_blocks: bool = False) -> Iterator[Callable[[int, int], None]]:
        """A progress bar on standard error, if that is a terminal; of blocks, it begins with the first one told."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=self.err, transient=True, disable=not self.err.is_terminal) as bar:
            task = bar.add_task(what, total=None)
            begun: list[int] = [] if of_blocks else [0]

            def told(done: int, total: int) -> None:
                if not begun:
                    begun.append(done)
                bar.update(task, completed=done - begun[0], total=total - begun[0])

            yield told

    # ------------------------------------------------------------------------------------------------------ questions

    def show_cost(self, cost: CostQuote, what: str, details: Sequence[tuple[str, str]] = ()) -> None:
        """Show what a write costs, in ether and dollars."""
        rows = [
            ("transactions", f"{cost.transactions:,}"),
            ("gas", f"{cost.gas:,} at {format_ether(cost.gas_wei)}"),
            ("fee", self.money(cost.fee_wei, cost.eth_usd)),
        ]
        if cost.value_wei:
            rows.append(("stakes", self.money(cost.value_wei, cost.eth_usd)))
            rows.append(("together", self.money(cost.total_wei, cost.eth_usd)))
        self.err.print(f"Cost to {what}:", markup=False)
        for name, value in [*rows, *details]:
            self.err.print(f"  {name:<14}{value}", markup=False)
        if cost.eth_usd is None:
            self.err.print("  (dollars: say the price of an ether with --eth-usd or COMMONLEARN_ETH_USD)", markup=False)

    @staticmethod
    def money(wei: int, eth_usd: Decimal | None) -> str:
        """An amount in ether, and in dollars where the price is known."""
        dollars = format_usd(usd_of(wei, eth_usd))
        return f"{format_ether(wei)}{f' ({dollars})' if dollars else ''}"

    def ask(self, question: str, *, yes: bool) -> bool:
        """Ask before a write. ``--yes`` answers; without a terminal to ask at, the answer is no."""
        if yes:
            return True
        # Not typer.confirm: it writes a space to standard output, which belongs to the result.
        self.err.print(f"{question} [y/N] ", end="", markup=False)
        answer = sys.stdin.readline()
        if not answer:
            self.note("\nNo answer; use --yes to go on without being asked.")
        return answer.strip().lower() in ("y", "yes")


def command(function: Callable[P, None]) -> Callable[P, None]:
    """Make a function a command: failures become messages and exit codes, never tracebacks.

    The function must have a parameter ``as_json``; it gets its output as ``ctx.obj``.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        ctx: Any = kwargs["ctx"]
        output = Output(str(ctx.info_name), as_json=bool(kwargs["as_json"]))
        ctx.obj = output
        _log_to(output.err)
        try:
            function(*args, **kwargs)
        except CommonlearnError as error:
            raise typer.Exit(output.failure(error)) from None
        except KeyboardInterrupt:
            output.note("Interrupted. Run the same command again: it goes on where it stopped.")
            raise typer.Exit(ExitCode.INTERRUPTED) from None
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:
            if os.environ.get("COMMONLEARN_DEBUG"):
                raise
            raise typer.Exit(output.failure(InternalProblem(error))) from None

    return run


def declined_unless(answer: bool) -> None:
    """Raise `Declined` for a no."""
    if not answer:
        raise Declined


def _log_to(console: Console) -> None:
    logger = logging.getLogger("commonlearn")
    logger.handlers = [RichHandler(console=console, show_time=False, show_path=False, markup=False)]
    logger.propagate = False


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if hasattr(value, "as_dict"):
        return value.as_dict()
    if hasattr(value, "tolist"):
        return value.tolist()
    return str(value)
