"""From an owner's file to a model that replicas agree on, without chain or sandbox. O-05, O-06, O-08, L-01, L-05."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer

from commonlearn.custody import (
    Shard,
    conformed,
    derived_salts,
    from_ranges,
    guess_schema,
    make_template,
    new_key,
    open_shard,
    read_csv,
    read_table,
    row_bytes,
    seal_shard,
    skewed_split,
    subset_tree,
)
from commonlearn.custody.errors import WrongRoot
from commonlearn.federated import Settings, Update, digest, estimator, metric, strategy

SUBSETS, REPLICAS, TRAINING = 4, 3, 400
DATASET, SENDER = b"d" * 32, b"s" * 20
SETTINGS = Settings(epochs=5, step=0.5, penalty=0.001)


@pytest.fixture(scope="module")
def owner(tmp_path_factory):
    """An owner's table under its template's schema, rows to test on, and the subsets with their roots."""
    path = tmp_path_factory.mktemp("owner") / "cells.csv"
    data = load_breast_cancer()
    order = np.random.default_rng(0).permutation(len(data.data))
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*data.feature_names[:10], "benign"])
        writer.writerows([*map(repr, map(float, data.data[row, :10])), int(data.target[row])] for row in order)
    table = read_table(path, guess_schema(read_csv(path), "benign"))
    template = make_template(table.rows(np.arange(TRAINING)))
    rows = conformed(table, template.schema)
    training, test = rows.rows(np.arange(TRAINING)), rows.rows(np.arange(TRAINING, len(rows)))
    split = skewed_split(training, SUBSETS, seed=5)
    assert split.hides_a_class
    assert split.holds_no_majority
    shards = []
    for number, places in enumerate(split.subsets):
        part = training.rows(places)
        shards.append(Shard(DATASET, SENDER, number, part, tuple(derived_salts(bytes(32), number, len(part)))))
    return template.schema, shards, test


def test_replicas_agree_on_a_model_that_is_good(owner):
    schema, shards, test = owner
    learner, average = estimator("logistic"), strategy("fedavg")
    prepared = from_ranges(schema)
    model = learner.initial(prepared.features, schema.classes, SETTINGS)
    received = {}
    for shard in shards:
        root = subset_tree(row_bytes(shard.table), shard.salts).root
        for replica in range(REPLICAS):
            private, public = new_key()
            package = seal_shard(shard, public)
            received[shard.subset, replica] = open_shard(package, private, schema, DATASET, SENDER, shard.subset, root)
    for _ in range(30):
        updates = []
        for shard in shards:
            trained = [
                learner.train(model, *prepared.apply(received[shard.subset, replica].table), SETTINGS)
                for replica in range(REPLICAS)
            ]
            assert len({digest(each) for each in trained}) == 1
            updates.append(Update(f"subset {shard.subset}", len(shard.table), trained[0]))
        model = average.aggregate(model, updates).parameters
    X, y = prepared.apply(test)
    accuracy = metric("accuracy")
    assert accuracy.fixed(y, learner.scores(model, X)) > 900_000 > accuracy.trivial(y, schema.classes)


def test_one_swapped_row_is_refused_and_would_have_shown(owner):
    schema, shards, _ = owner
    shard = shards[0]
    values = shard.table.values.copy()
    values[0] = values[1]
    other = Shard(DATASET, SENDER, 0, type(shard.table)(schema, values), shard.salts)
    private, public = new_key()
    with pytest.raises(WrongRoot):
        open_shard(seal_shard(other, public), private, schema, DATASET, SENDER, 0, shard.root)
    learner, prepared = estimator("logistic"), from_ranges(schema)
    start = learner.initial(prepared.features, schema.classes, SETTINGS)
    models = [learner.train(start, *prepared.apply(each.table), SETTINGS) for each in (shard, other)]
    assert digest(models[0]) != digest(models[1])
