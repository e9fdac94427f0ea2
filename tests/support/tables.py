"""Tables that the tests of custody share."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from commonlearn.custody import Column, Schema, Table, check_columns

PATIENTS = Schema(
    (
        Column("age", "integer", "years", 0, 120),
        Column("pressure", "number", "mmHg"),
        Column("smokes", "category", categories=("no", "yes", "pipe")),
        Column("ill", "category", categories=("0", "1")),
    ),
    "ill",
)


def patients(rows: int = 60, seed: int = 0) -> Table:
    """Made-up patients; pressures all different, one pipe smoker, some empty cells."""
    source = np.random.default_rng(seed)
    return check_columns(
        PATIENTS,
        {
            "age": source.integers(20, 90, rows).tolist(),
            "pressure": [
                None if place % 9 == 4 else float(value) for place, value in enumerate(source.normal(130, 20, rows))
            ],
            "smokes": ["pipe", *source.choice(["no", "yes"], rows - 1).tolist()],
            "ill": source.permutation([str(place % 2) for place in range(rows)]).tolist(),
        },
    )


@st.composite
def tables(draw: st.DrawFn, least: int = 10, most: int = 60) -> Table:
    """Tables of all kinds of columns and targets, with outliers and rare values."""
    rows = draw(st.integers(least, most))
    target = draw(st.sampled_from(["amount", "count", "kind"]))
    names = tuple(f"kind {number}" for number in range(draw(st.integers(1, 6))))
    numbers = st.one_of(
        st.floats(-1e6, 1e6).map(lambda value: round(value, 3)), st.sampled_from([0.0, 1.0, 2.5, 1e12, -1e12])
    )
    whole = st.one_of(st.integers(-5, 5), st.integers(-(10**6), 10**6))

    def cells(kind: st.SearchStrategy, name: str) -> list:
        values = draw(st.lists(kind, min_size=rows, max_size=rows))
        if name != target and draw(st.booleans()):
            empty = draw(st.integers(0, rows))
            values[:empty] = [None] * empty
        return values

    schema = Schema(
        (Column("amount", "number"), Column("count", "integer"), Column("kind", "category", categories=names)), target
    )
    return check_columns(
        schema,
        {
            "amount": cells(numbers, "amount"),
            "count": cells(whole, "count"),
            "kind": cells(st.sampled_from(names), "kind"),
        },
    )
