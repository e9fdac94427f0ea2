"""A table from a real PostgreSQL, which the test starts in a folder of its own. O-01, O-12.

Skipped where its programs or a driver are not installed; commonlearn brings none: ``pip install psycopg`` does.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import traceback
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import create_engine, text

from commonlearn.custody import read_sql, read_table
from commonlearn.custody.errors import TableNotRead, ValueRefused
from tests.support.tables import PATIENTS

DRIVERS = ("psycopg", "psycopg2", "pg8000")
PLACES = os.pathsep.join([os.environ.get("PATH", ""), *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin")))])


@pytest.fixture(scope="module")
def database():
    """URL of a database with three patients."""
    initdb, control = (shutil.which(name, path=PLACES) for name in ("initdb", "pg_ctl"))
    if initdb is None or control is None:
        pytest.skip("PostgreSQL (initdb, pg_ctl) is not installed")
    driver = next((name for name in DRIVERS if importlib.util.find_spec(name)), None)
    if driver is None:
        pytest.skip(f"no driver for PostgreSQL is installed ({', '.join(DRIVERS)})")
    user = {"user": "nobody", "extra_groups": []} if os.geteuid() == 0 else {}  # it refuses to run as root
    with tempfile.TemporaryDirectory(prefix="commonlearn-postgresql-") as folder:
        if user:
            shutil.chown(folder, "nobody")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]

        def call(*words: str) -> None:
            log = Path(folder, "calls.log")
            with log.open("ab") as out:
                subprocess.run(words, check=True, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out, **user)

        call(initdb, "-D", f"{folder}/data", "-U", "owner", "-A", "trust", "-N", "-E", "UTF8", "--no-locale")
        options = f"-h 127.0.0.1 -p {port} -k {folder} -F"
        call(control, "-D", f"{folder}/data", "-w", "-t", "60", "-o", options, "-l", f"{folder}/log", "start")
        try:
            url = f"postgresql+{driver}://owner:hunter2@127.0.0.1:{port}/postgres"
            fill(url)
            yield url
        finally:
            call(control, "-D", f"{folder}/data", "-m", "immediate", "stop")


def fill(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text("create table patients (age int, pressure numeric(6,2), smokes text, ill int, name text, born date)")
        )
        for values in ("(61, 140.5, 'yes', 1, 'Jane Doe', '1960-02-03')", "(34, null, null, 0, 'Joe', '1987-01-01')"):
            connection.execute(text(f"insert into patients values {values}"))
    engine.dispose()


def test_it_is_the_same_table_as_from_files(database):
    """O-01."""
    table = read_table(database, PATIENTS, query="select age, pressure, smokes, ill from patients order by age desc")
    assert np.array_equal(table.values, [[61, 140.5, 1, 1], [34, np.nan, np.nan, 0]], equal_nan=True)
    with pytest.raises(ValueRefused, match="no number"):
        read_table(database, PATIENTS, query="select age, born as pressure, smokes, ill from patients")


@pytest.mark.parametrize(
    "query",
    [
        "insert into patients (age) values (1) returning age",
        "create table other (x int)",
        "drop table patients",
        "update patients set age = 1 returning age",
        "select nextval('numbers')",
    ],
)
def test_a_query_writes_nothing(database, query):
    """O-01: the transaction may only read."""
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.execute(text("create sequence if not exists numbers"))
    engine.dispose()
    with pytest.raises(TableNotRead, match="read-only transaction"):
        read_sql(database, query)
    assert read_sql(database, "select count(*) as n from patients where age > 1") == {"n": [2]}


@pytest.mark.parametrize(
    "query",
    [
        "select cast(name as int) as x from patients",
        "select to_date(name, 'YYYY') as x from patients",
        "select (name || '[')::jsonb as x from patients",
        "select 'a' ~ ('[' || name) as x from patients",
    ],
)
def test_a_value_that_it_stumbles_over_is_not_repeated(database, query):
    """O-12: PostgreSQL quotes it in its error."""
    with pytest.raises(TableNotRead) as caught:
        read_sql(database, query)
    shown = "".join(traceback.format_exception(caught.value))
    assert not any(word in shown for word in ("Jane", "Doe", "Joe", "hunter2"))
    assert "may quote a row" in shown


def test_what_is_wrong_with_a_query_is_said(database):
    """O-01."""
    with pytest.raises(TableNotRead, match="nowhere"):
        read_sql(database, "select * from nowhere")
    with pytest.raises(TableNotRead) as caught:
        read_sql(database.replace("@127.0.0.1", "@127.0.0.2"), "select 1 as x")
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))
