"""`commonlearn pod key`, `schema`, `test-set` and `program`: the files that a pod's settings name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from commonlearn.cli import options as o
from commonlearn.cli.errors import UsageProblem
from commonlearn.cli.output import Output, command

__all__ = ["held_back_rows", "key", "program", "schema"]

# A pod's libraries (tables, encryption) would slow every other command down: each command imports them itself.

Table = Annotated[Path, typer.Argument(help="A CSV or Parquet file.", show_default=False)]
Out = Annotated[Path, typer.Option("--out", help="The file to write; one that is there is not changed.")]


@command
def key(
    ctx: typer.Context,
    folders: Annotated[
        list[Path] | None,
        typer.Argument(help="Where pod.json and pod.password go; a key for each.", show_default="here"),
    ] = None,
    as_json: o.Json = False,
) -> None:
    """Make an account for a pod: an encrypted key, and a file with its password, both for this user only.

    Keep copies of both. Send ether to the address that is shown; all that the pod pays comes from it.
    """
    from commonlearn.client.session import new_keystore

    output: Output = ctx.obj
    made = []
    for folder in folders or [Path()]:
        keystore, password = folder / "pod.json", folder / "pod.password"
        address = new_keystore(keystore, password)
        made.append({"address": address, "keystore": str(keystore), "password_file": str(password)})

    def show() -> None:
        for each in made:
            output.say(each["address"])
            output.note(f"Its key is in {each['keystore']}, the password in {each['password_file']}.")

    output.result({"keys": made}, show)


@command
def schema(
    ctx: typer.Context,
    table: Table,
    target: Annotated[str, typer.Option("--target", help="Column to predict.", show_default=False)],
    ranges: Annotated[
        list[str] | None,
        typer.Option(
            "--range",
            metavar="COLUMN=LOW:HIGH",
            help="What a number may be, agreed on beforehand and not taken from rows; may be repeated.",
        ),
    ] = None,
    regression: Annotated[bool, typer.Option("--regression", help="The target is a number, not a class.")] = False,
    out: Out = Path("schema.json"),
    as_json: o.Json = False,
) -> None:
    """Guess a table's schema, to begin with. Look at it, then have every owner of the job use the very same.

    Models scale numbers by their ranges, so each number but the target needs one.
    """
    from commonlearn.pod.making import made_schema, schema_text

    output: Output = ctx.obj
    found = made_schema(table, target, _ranges(ranges or []), is_regression=regression)
    _write(out, schema_text(found).encode("ascii"))
    without = [each.name for each in found.features if each.kind != "category" and each.low is None]

    def show() -> None:
        for column in found.columns:
            what = ", ".join(column.categories) or ("" if column.low is None else f"{column.low:g} to {column.high:g}")
            output.say(f"{column.name}: {column.kind} {what}".rstrip())
        output.say(f"written to {out}; its SHA-256 in catalogues is 0x{found.hash().hex()}")
        if without:
            output.note(f"Without a range are {', '.join(without)}: add --range {without[0]}=LOW:HIGH, or edit {out}.")

    content = {"schema": "0x" + found.hash().hex(), "file": str(out), "without_range": without}
    output.result(content, show)


@command
def held_back_rows(
    ctx: typer.Context,
    table: Table,
    schema: Annotated[Path, typer.Option("--schema", help="The job's schema.", show_default=False)],
    out: Out = Path("tests.shard"),
    as_json: o.Json = False,
) -> None:
    """Commit to held-back rows, for validators. What is shown names their pool, in a buyer's terms.

    Every validator needs the same file: give it to them by a way that you trust, and to nobody else.
    """
    from commonlearn.pod.making import made_test_set

    output: Output = ctx.obj
    found = made_test_set(table, schema)
    _write(out, found.content, mode=0o600)
    root = "0x" + found.root.hex()

    def show() -> None:
        output.say(root)
        output.note(f"{found.rows} rows are in {out}. Every validator needs this very file.")

    output.result({"test_set": root, "rows": found.rows, "file": str(out)}, show)


@command
def program(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="centroid, linear, logistic, mlp, naive-bayes or perceptron.")],
    setting: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A setting of training, such as epochs=30; may be repeated."),
    ] = None,
    source: Annotated[
        Path | None, typer.Option("--source", help="A program of your own that leaves such a model.")
    ] = None,
    strategy: Annotated[str, typer.Option("--strategy", help="How updates become one model.")] = "fedavg",
    limit: Annotated[int, typer.Option("--limit", min=1, help="Most bytes of a model.")] = 10_000,
    title: Annotated[str, typer.Option("--title", help="For people.")] = "",
    out: Out = Path("program.py"),
    as_json: o.Json = False,
) -> None:
    """Write a program with its sheet: what a buyer asks owners to run on their rows."""
    from commonlearn.pod.making import made_program

    output: Output = ctx.obj
    given = None if source is None else _source(source)
    content, digest = made_program(name, _settings(setting or []), strategy, limit=limit, title=title, source=given)
    _write(out, content)

    def show() -> None:
        output.say(digest)
        output.note(f"The program is in {out}. Owners who allow only programs that they know list this hash.")

    output.result({"program": digest, "file": str(out)}, show)


def _ranges(given: list[str]) -> dict[str, tuple[float, float]]:
    found = {}
    for one in given:
        name, equals, ends = one.rpartition("=")
        low, colon, high = ends.partition(":")
        try:
            found[name.strip()] = (float(low), float(high))
        except ValueError:
            equals = ""
        if not (equals and colon):
            raise UsageProblem(f"--range {one!r} should be COLUMN=LOW:HIGH, such as age=0:120.")
    return found


def _settings(given: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in given:
        name, equals, text = one.partition("=")
        try:
            value = json.loads(text)
        except ValueError:
            value = None
        if not equals or not isinstance(value, int | float):
            raise UsageProblem(f"--set {one!r} should be NAME=NUMBER, such as epochs=30.")
        found[name.strip()] = value
    return found


def _source(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageProblem(f"--source {path} cannot be read: {error.strerror}.") from None


def _write(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a new file; what others may have agreed on already is not changed under their feet."""
    try:
        with path.open("xb") as file:
            path.chmod(mode)
            file.write(content)
    except FileExistsError:
        raise UsageProblem(f"{path} is there already and was not changed. Name another file with --out.") from None
    except OSError as error:
        raise UsageProblem(f"{path} cannot be written: {error.strerror}. Name another file with --out.") from None
