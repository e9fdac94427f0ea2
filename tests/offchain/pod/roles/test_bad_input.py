"""What comes from others and is no good: an error with a name, and nothing lost (Y-20, Y-21)."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from commonlearn.custody import Column, Schema
from commonlearn.custody.errors import SchemaMismatch
from commonlearn.federated import encode, estimator
from commonlearn.federated.errors import MalformedParameters, ParametersError
from commonlearn.federated.programs import program_source
from commonlearn.pod import Action, ConfigProblem, Context, Done, Head, Memory, View
from commonlearn.pod.role_settings import DataOwner as Settings
from commonlearn.pod.roles import Sheet, with_sheet
from commonlearn.pod.roles.averaging import average_of, updates_of
from commonlearn.pod.roles.buyer import Buyer
from commonlearn.pod.roles.data_owner import DataOwner
from commonlearn.pod.roles.desk import Desk
from commonlearn.pod.roles.entries import DatasetEntry, Job, Ledger, Round
from commonlearn.pod.roles.letters import Letters
from commonlearn.pod.roles.opening import open_desk
from commonlearn.pod.roles.sheet import SheetRefused
from commonlearn.pod.roles.training import Trainer, TrainingFailed
from commonlearn.records import Custody, DatasetPhase, Description, JobPhase, Role, Subject
from commonlearn.sandbox import Limits
from commonlearn.storage import ObjectChanged, ObjectMissing, ObjectTooLarge, open_sources, open_store
from scripts.demos.private.data import write_csv
from tests.offchain.pod.roles.made import terms_of_a_job
from tests.offchain.pod.roles.world import OWNERS, SCHEMA, table

SHEET = Sheet("logistic", {"epochs": 3}, limit=500)
ME = "0x" + "5" * 40


class LedgerDesk(Desk):
    """A desk whose ledger is given."""

    def ledger(self, _):
        return self.given


@pytest.fixture
def desk(tmp_path):
    made = LedgerDesk(
        market=None,
        chain_id=1,
        objects=open_sources([str(tmp_path / "objects")]),
        own=open_store(tmp_path / "own"),
        letters=Letters(str(tmp_path / "letters")),
        limits=Limits(wall_seconds=20, cpu_seconds=20),
        roles=Role(0),
        deposit_wei=0,
        block_hash=lambda _: bytes(32),
    )
    made.given = Ledger()
    return made


def put(desk, content):
    desk.objects.put(content)
    return hashlib.sha256(content).digest()


def stored(folder):
    return [each.name for each in folder.iterdir()] if folder.exists() else []


def context(memory=None, secrets=()):
    return Context(View(Head(1, "0x", 1), (), ME), memory or Memory(), dict(secrets))


def job(desk, program, **changed):
    terms = terms_of_a_job(**{"environment": desk.environment, **changed})
    first = put(desk, encode(estimator("logistic").initial(2, 2, SHEET.training_settings())))
    schema = put(desk, SCHEMA.to_json().encode())
    made = Job(1, ME, terms, Subject(schema, put(desk, program), first), [1], [(1, 0)])
    made.rounds[0] = Round(0, 0, [0])
    desk.given.jobs[1] = made
    return made


class Garbler(DataOwner):
    """Seals and reveals what is no model."""

    @property
    def handlers(self):
        return {**super().handlers, "train": self.garbage}

    def garbage(self, action, context):
        content = b"no model " * 1_000
        self._desk.own.put(content)
        return Done({"digest": "0x" + hashlib.sha256(content).hexdigest()})


def test_a_job_goes_on_without_an_update_that_is_no_model(world):
    """A local owner is its own majority; its garbage is agreed, and left out alike by whoever averages or scores."""
    for seed, name in enumerate(OWNERS):
        world.owner(name, seed)
    world.validator("validator")
    world.liars["south"] = lambda config: {"data-owner": Garbler(open_desk(config), config.data_owner)}
    world.buyer("local", 2, 2)
    world.play()
    job = world.market.job(1)
    assert (job.phase, job.agreed_rounds, job.is_unscored) == (JobPhase.CLOSED, 2, False)
    assert job.score > 800_000
    paid = {each.values["account"] for each in world.told("Paid") if each.values["role"] == Role.DATA_OWNER}
    assert paid == {world.addresses["north"]}


class TestAverages:
    def round_of(self, desk, *contents):
        made = job(desk, with_sheet(program_source("logistic"), SHEET))
        made.places = [(1, subset) for subset in range(len(contents))]
        said = Description(ME, bytes(32), bytes(32), 5, 9, 1, Custody.LOCAL, 1, 60, 1, 1, 0)
        desk.given.datasets[1] = DatasetEntry(1, ME, said, [bytes(32)] * len(contents))
        made.rounds[0].agreed = {place: put(desk, content) for place, content in enumerate(contents)}
        return made

    def model(self, weight, features=2, kind="logistic"):
        start = estimator(kind).initial(features, 2, SHEET.training_settings())
        return encode(start.with_flat(np.full(len(start.flat()), weight)))

    def test_are_of_models_alone(self, desk):
        contents = [
            self.model(4),
            b"garbage",
            b"x" * 501,
            self.model(4, features=3),
            self.model(4, kind="perceptron"),
            self.model(8),
        ]
        made = self.round_of(desk, *contents)
        assert [each.owner for each in updates_of(desk, desk.given, made, made.rounds[0])] == [
            "dataset 1 subset 0",
            "dataset 1 subset 5",
        ]
        model, _, _ = average_of(desk, desk.given, made, 0)
        assert set(model.flat()) == {6}

    def test_of_nothing_change_nothing(self, desk):
        made = self.round_of(desk, b"garbage")
        _, digest, change = average_of(desk, desk.given, made, 0)
        assert (digest, change) == (made.subject.model, 0.0)

    def test_wait_for_what_cannot_be_had_now(self, desk):
        made = self.round_of(desk, self.model(4))
        made.rounds[0].agreed[0] = b"m" * 32
        with pytest.raises(ObjectMissing):
            average_of(desk, desk.given, made, 0)


class TestTraining:
    """A seat that cannot train keeps silent: nothing is sealed, and nothing of it stays."""

    def train(self, desk, body):
        job(desk, with_sheet(body, SHEET))
        trainer = Trainer(desk, lambda *_: table(1))
        values = {"job": 1, "round": 0, "dataset": 1, "subset": 0}
        return trainer.train(Action("train", "train", values), context())

    @pytest.mark.parametrize(
        ("body", "error"),
        [
            (b"raise SystemExit(1)", TrainingFailed),
            (b"open('/out/parameters.bin', 'wb').write(b'x' * 501)", TrainingFailed),
            (b"import numpy as np; np.full(3, np.nan).tofile('/out/parameters.bin')", MalformedParameters),
            (b"open('/out/parameters.bin', 'wb')", MalformedParameters),
        ],
        ids=["fails", "oversized", "NaN", "empty"],
    )
    def test_is_not_sealed_where_it_left_no_model(self, desk, walled, tmp_path, body, error):
        with pytest.raises(error) as wrong:
            self.train(desk, body)
        assert str(wrong.value)
        assert stored(tmp_path / "own") == []

    def test_goes_on_after_that(self, desk, walled, tmp_path):
        with pytest.raises(TrainingFailed):
            self.train(desk, b"raise SystemExit(1)")
        assert self.train(desk, program_source("logistic")).result["digest"]
        assert len(stored(tmp_path / "own")) == 1

    def test_is_refused_with_other_versions(self, desk):
        made = job(desk, with_sheet(b"pass", SHEET), environment=b"x" * 32)
        with pytest.raises(TrainingFailed, match="other versions"):
            Trainer(desk, lambda *_: table(1)).train(Action("t", "train", {"job": made.number, "round": 0}), context())


class TestObjects:
    """What lies in the stores is anybody's."""

    def test_of_another_hash_is_changed(self, desk, tmp_path):
        digest = put(desk, with_sheet(b"pass", SHEET))
        (path,) = (tmp_path / "objects").iterdir()
        path.write_bytes(with_sheet(b"import os", SHEET))
        with pytest.raises(ObjectChanged):
            desk.program(digest)

    def test_that_nobody_has_are_missing(self, desk):
        for fetch in (desk.program, desk.schema, desk.template, lambda digest: desk.model(digest, 100)):
            with pytest.raises(ObjectMissing):
                fetch(b"m" * 32)

    @pytest.mark.parametrize(
        ("content", "error"),
        [(b"x" * 501, ObjectTooLarge), (b"no model", ParametersError), (b"\x7f\xf8" * 40, ParametersError)],
    )
    def test_are_no_models(self, desk, content, error):
        with pytest.raises(error):
            desk.model(put(desk, content), 500)

    def test_are_programs_only_with_a_sheet(self, desk):
        with pytest.raises(SheetRefused):
            desk.program(put(desk, b"print(1)\n"))


@pytest.fixture
def owner(desk, tmp_path):
    write_csv(table(1), tmp_path / "rows.csv")
    (tmp_path / "schema.json").write_text(SCHEMA.to_json())
    said = {"source": str(tmp_path / "rows.csv"), "schema_file": str(tmp_path / "schema.json")}
    return DataOwner(desk, Settings.model_validate(said))


def test_a_table_of_another_schema_is_not_listed_and_nothing_is_published(owner, desk, tmp_path):
    other = Schema((Column("weight", "number", low=0, high=1), *SCHEMA.columns), "ill")
    (tmp_path / "schema.json").write_text(other.to_json())
    with pytest.raises(SchemaMismatch, match="weight"):
        owner.handlers["describe"](Action("d", "describe"), context(secrets={"row salts": bytes(32)}))
    assert stored(tmp_path / "objects") == stored(tmp_path / "own") == []


@pytest.mark.parametrize(
    ("program", "said"),
    [(b"print(1)\n", "sheet cannot be used"), (with_sheet(b"pass", SHEET), "")],
)
def test_a_job_is_approved_only_with_a_program_that_can_be_used(owner, desk, program, said):
    job(desk, program)
    result = owner.handlers["review"](Action("r", "review", {"job": 1}), context()).result
    assert result["approved"] is not bool(said)
    assert said in result["reason"]


@pytest.mark.usefixtures("walled")
@pytest.mark.parametrize(
    ("body", "seconds", "said"),
    [
        (b"raise RuntimeError('on these rows')", 60, "RuntimeError: on these rows"),
        (b"open('/out/parameters.bin', 'wb').write(b'none')", 60, "no model"),
        (b"pass", 60, "parameters.bin"),
        (program_source("logistic"), 0, "but a round has 0"),
        (program_source("logistic"), 60, ""),
    ],
)
def test_an_owner_tries_a_program_on_its_own_rows_before_it_agrees(owner, desk, body, seconds, said):
    """H-06: a seat whose program fails is silent, which costs its owner the bond."""
    described = owner.handlers["describe"](Action("d", "describe"), context(secrets={"row salts": bytes(32)})).result
    listed = Description(ME, b"s" * 32, bytes(32), 9, 60, 1, Custody.LOCAL, 1, 60, 1, 1, 0)
    desk.given.datasets[1] = DatasetEntry(1, ME, listed, [bytes(32)], DatasetPhase.READY)
    job(desk, with_sheet(body, SHEET), train_seconds=seconds)
    memory = Memory(results={"describe": described})
    result = owner.handlers["review"](Action("r", "review", {"job": 1}), context(memory)).result
    assert result["approved"] is not bool(said)
    assert said in result["reason"]


def test_a_buyer_names_no_dataset_of_another_schema_custody_or_quality_nor_a_faulty_one(desk):
    def listed(number, schema=b"s" * 32, custody=Custody.LOCAL, quality=9, phase=DatasetPhase.READY, faulty=False):
        said = Description(ME, schema, bytes(32), quality, 9, 1, custody, 1, 60, 1, 1, 0)
        desk.given.datasets[number] = DatasetEntry(number, ME, said, [bytes(32)], phase, is_faulty=faulty)

    listed(1, schema=b"x" * 32)
    listed(2, custody=Custody.SHARDED)
    listed(3, quality=8)
    listed(4, phase=DatasetPhase.DISTRIBUTING)
    listed(5, faulty=True)
    listed(6)
    settings = SimpleNamespace(
        owners=(),
        custody="local",
        terms=SimpleNamespace(min_quality=9),
        datasets=1,
        stop_below=0.0,
        program=Path(__file__),
        schema_file=Path(__file__),
    )
    assert Buyer(desk, settings)._suitable(desk.given, b"s" * 32) == [6]


def test_a_buyer_without_its_files_is_told_which(desk, tmp_path):
    settings = SimpleNamespace(stop_below=0.0, program=tmp_path / "none.py", schema_file=Path(__file__))
    with pytest.raises(ConfigProblem, match=r"buyer\.program .*none\.py"):
        Buyer(desk, settings)
