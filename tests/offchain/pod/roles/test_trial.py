"""A program is tried on templates before a job is paid for (Y-17); what it may leave is checked (L-02, L-03)."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from commonlearn.custody import OTHER, Column, CustodyError, Schema, check_columns, make_template
from commonlearn.federated import encode, estimator
from commonlearn.federated.programs import program_source
from commonlearn.pod import Context, Head, Memory, Stage, View
from commonlearn.pod.roles import Sheet, with_sheet
from commonlearn.pod.roles.trying import TrialFailed, made_up_rows, try_program
from commonlearn.sandbox import Limits
from tests.offchain.pod.roles.world import SCHEMA, table

SHEET = Sheet("logistic", {"epochs": 3}, limit=5_000)
FIRST = encode(estimator("logistic").initial(2, 2, SHEET.training_settings()))
TEMPLATE = make_template(table(1))
WRITE = b"open('/out/parameters.bin', 'wb').write(%s)\n"
OTHER_SHAPE = encode(estimator("logistic").initial(3, 2, SHEET.training_settings()))
OTHER_KIND = encode(estimator("naive-bayes").initial(2, 2, SHEET.training_settings()))
NAN = b"""
import numpy as np
from commonlearn.federated import encode, decode
from commonlearn.federated.parameters import quantised
start = decode(open('/model/parameters.bin', 'rb').read())
wrong = [np.full(shape, np.nan) for shape in start.shapes()]
made = quantised(start.estimator, start.version, start.task, start.scale, wrong)
open('/out/parameters.bin', 'wb').write(encode(made))
"""


def tried(source, template=TEMPLATE, schema=SCHEMA, sheet=SHEET):
    source = with_sheet(source, sheet)
    context = Context(View(Head(1, "0x", 1), (), "0x"), Memory(), {})
    limits = Limits(wall_seconds=20, cpu_seconds=20)
    return try_program(4, source, hashlib.sha256(source).digest(), sheet, schema, template, FIRST, limits, context)


def test_a_program_that_works_leaves_a_model_of_the_job(walled):
    left = tried(program_source("logistic"))
    assert left.estimator == "logistic"
    assert encode(left) != FIRST


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (b"raise SystemExit('I cannot')", "ended with an error"),
        (b"pass", "no file that was asked for"),
        (WRITE % b"b'x' * 6_000", "above its size"),
        (WRITE % b"b'no model'", "no model"),
        (WRITE % repr(OTHER_SHAPE).encode(), "shape"),
        (WRITE % repr(OTHER_KIND).encode(), "estimator"),
        (NAN, "ended with an error"),
    ],
    ids=["fails", "leaves nothing", "oversized", "garbage", "other shape", "other estimator", "NaN"],
)
def test_one_that_does_not_is_told_by_name(walled, source, said):
    with pytest.raises(TrialFailed, match=rf"dataset 4 and failed: .*{said}.*Nothing was asked for") as failed:
        tried(source)
    assert failed.value.is_final
    assert failed.value.dataset == 4


def test_a_template_of_other_columns_is_a_failure_too(walled):
    other = Schema((Column("c", "number", low=0, high=1), *SCHEMA.columns[1:]), "ill")
    with pytest.raises(TrialFailed, match="columns are others"):
        tried(program_source("logistic"), schema=other)


def test_made_up_rows_fit_the_jobs_schema():
    ill = Column("ill", "category", categories=("no", "yes"), missing=False)
    place = Column("place", "category", categories=("a", "b", "c"))
    schema = Schema((Column("x", "number", low=0, high=4), place, ill), "ill")
    rows = check_columns(schema, {"x": np.linspace(0, 4, 40), "place": ["a", "b"] * 20, "ill": ["no", "yes"] * 20})
    template = make_template(rows)
    assert OTHER in template.schema.columns[1].categories
    made = made_up_rows(template, schema)
    assert made.schema == schema
    assert set(made.values[:, 1]) <= {0.0, 1.0, 2.0}
    assert SHEET.prepared(schema).apply(made)[0].shape[1] == 4
    with pytest.raises(CustodyError):
        made_up_rows(template, SCHEMA)


def test_nothing_is_asked_for_while_the_trial_fails(world):
    (world.folder / "program.py").write_bytes(with_sheet(b"raise SystemExit(3)", SHEET))
    world.owner("north", 1)
    world.validator("validator")
    world.buyer("local", 1, 1)

    def failed():
        return any(stage is Stage.FAILED for stage in world.memory("buyer").stages.values())

    world.play(20, failed)
    memory = world.memory("buyer")
    (key,) = (key for key, stage in memory.stages.items() if stage is Stage.FAILED)
    assert key.startswith("try program")
    assert "tried on the template of dataset 1 and failed" in memory.errors[key]
    for _ in range(2):
        world.turn("buyer")
    assert not any(key.startswith("request") for key in world.memory("buyer").stages)
    assert world.market.jobs() == 0
    # With a program that does what it should, the same pod asks for the job.
    (world.folder / "program.py").write_bytes(with_sheet(program_source("logistic"), SHEET))
    world.play(6, lambda: world.market.jobs() == 1)
