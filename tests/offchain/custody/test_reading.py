"""Tables from files and databases, checked against a schema. O-01, O-02."""

from __future__ import annotations

import datetime
import json
import sqlite3
import sys
import traceback
from contextlib import closing

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import create_engine, text

from commonlearn.custody import (
    OTHER,
    Column,
    Schema,
    check_columns,
    conformed,
    guess_schema,
    read_csv,
    read_parquet,
    read_sql,
    read_table,
)
from commonlearn.custody.errors import SchemaMismatch, SchemaRefused, TableNotRead, TargetMissing, ValueRefused
from tests.support.tables import PATIENTS

CELLS = {"age": [61, 34], "pressure": [140.5, None], "smokes": ["yes", None], "ill": ["1", "0"]}
VALUES = [[61.0, 140.5, 1.0, 1.0], [34.0, np.nan, np.nan, 0.0]]


def test_the_same_table_from_csv_parquet_and_sql(tmp_path):
    """O-01."""
    (tmp_path / "a.csv").write_text("smokes,age,pressure,ill\nyes,61,140.5,1\n,34,?,0\n")
    (tmp_path / "b.csv").write_text(
        "smokes;age;pressure;ill\r\nyes; 61 ;140.5;1\r\nNA;34;nan;0\r\n", encoding="utf-8-sig"
    )
    pq.write_table(pa.table(CELLS), tmp_path / "c.parquet")
    url = f"sqlite:///{tmp_path / 'd.db'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("create table patients (age int, pressure real, smokes text, ill text, name text)"))
        for row in zip(*CELLS.values(), strict=True):
            connection.execute(
                text("insert into patients values (:a, :b, :c, :d, 'secret')"), dict(zip("abcd", row, strict=True))
            )
    engine.dispose()
    tables = [read_table(tmp_path / name, PATIENTS) for name in ("a.csv", "b.csv", "c.parquet")]
    tables.append(read_table(url, PATIENTS, query="select age, pressure, smokes, ill from patients order by age desc"))
    for table in tables:
        assert np.array_equal(table.values, VALUES, equal_nan=True)
    with pytest.raises(SchemaMismatch, match="not in the schema: name"):
        read_table(url, PATIENTS, query="select * from patients")


def test_a_query_writes_nothing(tmp_path):
    """O-01: an owner's database is never changed."""
    url = f"sqlite:///{tmp_path / 'd.db'}"
    with create_engine(url).begin() as connection:
        connection.execute(text("create table t (x int)"))
        connection.execute(text("insert into t values (1)"))
    for query in ("insert into t values (2) returning x", "create table other (x int)", "drop table t"):
        with pytest.raises(TableNotRead, match="readonly"):
            read_sql(url, query)
    assert read_sql(url, "select x from t") == {"x": [1]}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.csv", b"\xff\xfe\x00"),
        ("a.csv", b"x,x\n1,2\n"),
        ("a.csv", b"x,y\n1\n"),
        ("a.parquet", b"not parquet"),
        ("missing.csv", None),
        ("missing.parquet", None),
    ],
)
def test_files_that_are_no_tables_are_named(tmp_path, name, content):
    """O-01."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(TableNotRead, match=name):
        (read_parquet if name.endswith("parquet") else read_csv)(tmp_path / name)


def test_a_driver_that_is_missing_is_named(monkeypatch):
    """O-01: with what to do."""
    for name in ("psycopg", "psycopg2"):  # which of them is meant depends on SQLAlchemy's version
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(TableNotRead, match=r"driver is not installed .*psycopg.* name another"):
        read_sql("postgresql://user:hunter2@host/clinic", "select 1 as x")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'x,y\n"1,2\n3,4\n', "quotes"),  # else one cell of two lines
        (b'x,y\n"1"0,2\n', "quotes"),
        (b"x,y\n" + b"1" * 200_000 + b",2\n", "field limit"),
    ],
)
def test_csv_files_that_could_be_read_in_two_ways_are_refused(tmp_path, content, reason):
    """O-01."""
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(TableNotRead, match=reason):
        read_csv(tmp_path / "a.csv")


def test_a_category_of_the_schema_is_not_taken_for_a_missing_cell(tmp_path):
    """O-01: "none" is an answer, where the schema has it."""
    (tmp_path / "a.csv").write_text("pain,note,y\nnone,none,1\nNA,x,2\nsome,,3\n")
    pain = Column("pain", "category", categories=("none", "some"))
    note = Column("note", "category", categories=("x",))
    table = read_table(tmp_path / "a.csv", Schema((pain, note, Column("y", "number")), "y"))
    expected = [[0, np.nan, 1], [np.nan, 0, 2], [1, np.nan, 3]]
    assert np.array_equal(table.values, expected, equal_nan=True)


def test_a_databases_words_about_a_row_are_not_repeated(tmp_path):
    """O-12: they would stand in logs. SQLite quotes a text that is no UTF-8."""
    path = tmp_path / "d.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("create table t (name text)")
        connection.execute("insert into t values (cast(x'4a616e6520446f65ff' as text))")
    with pytest.raises(TableNotRead) as caught:
        read_sql(f"sqlite:///{path}", "select name from t")
    shown = "".join(traceback.format_exception(caught.value))
    assert "OperationalError" in str(caught.value)
    assert "Jane" not in shown
    assert "Doe" not in shown


def test_reading_makes_no_file(tmp_path):
    """O-01: neither a database that is not there, nor one that a query names."""
    with pytest.raises(TableNotRead, match="no such file"):
        read_sql(f"sqlite:///{tmp_path / 'typo.db'}", "select 1 as x")
    sqlite3.connect(tmp_path / "d.db").close()
    (tmp_path / "d.db").touch()
    with pytest.raises(TableNotRead, match="attached"):
        read_sql(f"sqlite:///{tmp_path / 'd.db'}", f"attach database '{tmp_path / 'new.db'}' as other")
    assert [each.name for each in tmp_path.iterdir()] == ["d.db"]
    assert read_sql("sqlite://", "select 1 as x") == {"x": [1]}


def test_databases_that_fail_are_named_without_their_password(tmp_path):
    """O-01."""
    (tmp_path / "d.db").touch()
    for url, query in [
        ("nonsense", "select 1"),
        ("nosuch://user:hunter2@host/db", "select 1"),
        (f"sqlite:///{tmp_path}/none/d.db", "select 1"),
        (f"sqlite:///{tmp_path}/d.db", "select * from nowhere"),
        (f"sqlite:///{tmp_path}/d.db", "create table t (x int)"),
        (f"sqlite:///{tmp_path}/d.db", "select 1 as x, 2 as x"),
    ]:
        with pytest.raises(TableNotRead) as caught:
            read_sql(url, query)
        assert "hunter2" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("change", "error", "reason"),
    [
        ({"age": None}, SchemaMismatch, "missing: age"),
        ({"extra": [1, 2]}, SchemaMismatch, "not in the schema: extra"),
        ({"age": [61]}, SchemaRefused, "equally long"),
        ({"age": [61, 34.5]}, ValueRefused, "Row 1, column 'age': the value is no whole number"),
        ({"age": [61, 121]}, ValueRefused, "outside 0 to 120"),
        ({"age": [61, "old"]}, ValueRefused, "no number"),
        ({"age": [61, 10**400]}, ValueRefused, "no number"),
        ({"age": [61, datetime.date(2020, 1, 1)]}, ValueRefused, "no number"),
        ({"pressure": [1.0, float("inf")]}, ValueRefused, "no finite number"),
        ({"smokes": ["yes", "cigars"]}, ValueRefused, "none of the 3"),
        ({"ill": ["1", None]}, TargetMissing, "Row 1, column 'ill': the target is missing"),
        ({"ill": ["1", float("nan")]}, TargetMissing, "target is missing"),
        ({"ill": ["1", ""]}, TargetMissing, "target is missing"),
    ],
)
def test_cells_that_do_not_fit_are_named(change, error, reason):
    """O-01: with row and column."""
    cells = {name: values for name, values in (CELLS | change).items() if values is not None}
    with pytest.raises(error, match=reason) as caught:
        check_columns(PATIENTS, cells)
    assert not any(rare in str(caught.value) for rare in ("cigars", "34.5", "121"))  # which may be a person


def test_an_empty_cell_can_be_forbidden():
    schema = Schema((Column("x", "number", missing=False), Column("y", "number")), "y")
    with pytest.raises(ValueRefused, match="empty"):
        check_columns(schema, {"x": [None], "y": [1]})


def test_categories_that_are_numbers_are_compared_as_they_are_written():
    schema = Schema((Column("x", "number"), Column("y", "category", categories=("0", "1"))), "y")
    assert check_columns(schema, {"x": [1, 1, 1], "y": [1, 0.0, "1"]}).target.tolist() == [1.0, 0.0, 1.0]


def test_a_schema_has_one_text_and_one_hash():
    """O-02."""
    assert Schema.from_json(PATIENTS.to_json()) == PATIENTS
    assert Schema.from_json(PATIENTS.to_json().encode()).hash() == PATIENTS.hash()
    data = json.loads(PATIENTS.to_json())
    for change in (
        lambda: data["columns"][0].update(unit="months"),
        lambda: data["columns"][2].update(categories=["yes", "no", "pipe"]),
        lambda: data["columns"].reverse(),
        lambda: data.update(target="smokes"),
    ):
        before = Schema.from_json(json.dumps(data)).hash()
        change()
        assert Schema.from_json(json.dumps(data)).hash() != before


@pytest.mark.parametrize(
    "text_",
    [
        "{", "[]", "[" * 200_000, "1" * 5_000,
        '{"columns": [{"name": "x", "kind": "number"}, {"name": "y", "kind": "category", "categories": [["a"]]}], "target": "x"}',
        '{"columns": [{"name": "x", "kind": "number"}, {"name": "y", "kind": "number", "low": 0, "high": 1' + "0" * 400 + '}], "target": "x"}',
        '{"columns": [], "target": "x"}', '{"columns": 1, "target": "x"}',
        '{"columns": [{"name": "x", "kind": "number"}], "target": "x"}',
        '{"columns": [{"name": "x", "kind": "number"}, {"name": "x", "kind": "number"}], "target": "x"}',
        '{"columns": [{"name": "x", "kind": "number"}, {"name": "y", "kind": "date"}], "target": "x"}',
        '{"columns": [{"name": "x", "kind": "number"}, {"name": "y", "kind": "number", "low": 1}], "target": "x"}',
        '{"columns": [{"name": "x", "kind": "number"}, {"name": "y", "kind": "number", "low": 2, "high": 1}], "target": "x"}',
        '{"columns": [{"name": "x", "kind": "number"}, {"name": "y", "kind": "number", "low": "a", "high": 1}], "target": "x"}',
        '{"columns": [{"name": "x", "kind": "number"}, {"name": "y", "kind": "category"}], "target": "x"}',
        '{"columns": [{"name": "x", "kind": "number"}, {"name": "y", "kind": "category", "categories": "ab"}], "target": "x"}',
        '{"columns": [{"name": "x", "kind": "number"}, {"name": "y", "kind": "category", "categories": ["a", "a"]}], "target": "x"}',
        '{"columns": [{"name": "x", "kind": "number"}, {"name": "y", "kind": "number", "categories": ["a"]}], "target": "x"}',
        '{"columns": [{"name": "x", "kind": "number"}, {"name": "y", "kind": "number", "colour": 1}], "target": "x"}',
        '{"columns": [{"name": "x", "kind": "number"}, {"name": "y", "kind": "number"}], "target": "z"}',
    ],
)  # fmt: skip
def test_schemas_that_contradict_themselves_are_refused(text_):
    """O-02."""
    with pytest.raises(SchemaRefused):
        Schema.from_json(text_)


@pytest.mark.parametrize(
    "column",
    [{"name": ""}, {"name": "x" * 101}, {"unit": 5}, {"missing": "no"},
     {"kind": "category", "categories": ("a",), "low": 0, "high": 1}, {"kind": "category", "categories": ("",)}],
)  # fmt: skip
def test_columns_that_contradict_themselves_are_refused(column):
    """O-02."""
    with pytest.raises(SchemaRefused):
        Column(**({"name": "x", "kind": "number"} | column))


def test_a_guess_to_begin_with(tmp_path):
    (tmp_path / "a.csv").write_text("age,pressure,smokes,ill,nothing\n61,140.5,yes,1,\n34,?,no,0,\n")
    columns = read_csv(tmp_path / "a.csv")
    schema = guess_schema(columns, "ill")
    assert [column.kind for column in schema.columns] == ["integer", "number", "category", "category", "category"]
    assert schema.columns[2].categories == schema.columns[3].categories == (OTHER,)
    assert len(check_columns(schema, columns)) == 2
    assert guess_schema(columns, "ill", k=1).classes == 2
    assert guess_schema(columns, "age", classes=False).classes == 0


def test_a_guess_names_nothing_rare():
    """O-11: a schema is published; names of people, and a rare illness, are not in it."""
    names = [f"patient {number}" for number in range(40)]
    illness = ["none"] * 20 + ["flu"] * 17 + ["kuru"] * 3
    columns = {"name": names, "illness": illness, "age": list(range(40)), "y": ["a"] * 35 + ["b"] * 5}
    schema = guess_schema(columns, "y")
    assert [column.categories for column in schema.columns] == [(OTHER,), ("flu", "none", OTHER), (), ("a", "b")]
    assert "patient" not in schema.to_json()
    assert "kuru" not in schema.to_json()
    table = check_columns(schema, columns)  # and the same table fits
    assert table.column("illness").tolist() == [1.0] * 20 + [0.0] * 17 + [2.0] * 3
    assert guess_schema({"big": [10**400, 1], "y": [1, 2]}, "y").columns[0].kind == "category"


def test_conforming_merges_categories_and_stops_at_ranges():
    table = check_columns(PATIENTS, CELLS)
    narrow = Schema(
        (
            Column("age", "integer", "years", 40, 60),
            Column("pressure", "number", "mmHg", 0, 140),
            Column("smokes", "category", categories=(OTHER, "no")),
            PATIENTS.columns[3],
        ),
        "ill",
    )
    assert np.array_equal(conformed(table, narrow).values, [[60, 140, 0, 1], [40, np.nan, np.nan, 0]], equal_nan=True)
    strict = Schema((*narrow.columns[:2], Column("smokes", "category", categories=("no",)), narrow.columns[3]), "ill")
    with pytest.raises(ValueRefused, match="Row 0, column 'smokes'"):
        conformed(table, strict)
    with pytest.raises(SchemaMismatch):
        conformed(table, Schema((Column("age", "integer", "months"), *PATIENTS.columns[1:]), "ill"))
