"""What a data owner does with tables: read and check, describe, split, commit to, hand over, prepare.

Examples
--------
>>> ill = Column("ill", "category", categories=("no", "yes"))
>>> schema = Schema((Column("age", "integer", "years", 0, 120), ill), "ill")
>>> table = check_columns(schema, {"age": range(20, 100), "ill": ["no", "yes"] * 40})
>>> split = skewed_split(table, subsets=4, seed=7)
>>> salts = [derived_salts(bytes(32), number, len(rows)) for number, rows in enumerate(split.subsets)]
>>> trees = [subset_tree(row_bytes(table.rows(rows)), salt) for rows, salt in zip(split.subsets, salts)]
>>> len(roots_hash([tree.root for tree in trees])), quality(table).score, len(make_template(table).sample)
(32, 6310, 50)
"""

from commonlearn.custody.errors import CustodyError
from commonlearn.custody.masking import masked, unmasked_total
from commonlearn.custody.package import Shard, new_key, open_shard, seal_shard
from commonlearn.custody.preparing import Preparation, column_sums, from_ranges, from_sums
from commonlearn.custody.quality import Quality, QualityRule, quality
from commonlearn.custody.reading import guess_schema, read_csv, read_parquet, read_sql, read_table
from commonlearn.custody.rows import (
    Disclosure,
    check_disclosure,
    derived_salts,
    disclose,
    drawn_rows,
    leaf_of,
    roots_hash,
    row_bytes,
    spot_answer,
    subset_tree,
)
from commonlearn.custody.schema import OTHER, Column, Schema
from commonlearn.custody.splitting import Split, even_split, skewed_split
from commonlearn.custody.table import Table, check_columns, conformed
from commonlearn.custody.template import Template, make_template

__all__ = [
    "OTHER",
    "Column",
    "CustodyError",
    "Disclosure",
    "Preparation",
    "Quality",
    "QualityRule",
    "Schema",
    "Shard",
    "Split",
    "Table",
    "Template",
    "check_columns",
    "check_disclosure",
    "column_sums",
    "conformed",
    "derived_salts",
    "disclose",
    "drawn_rows",
    "even_split",
    "from_ranges",
    "from_sums",
    "guess_schema",
    "leaf_of",
    "make_template",
    "masked",
    "new_key",
    "open_shard",
    "quality",
    "read_csv",
    "read_parquet",
    "read_sql",
    "read_table",
    "roots_hash",
    "row_bytes",
    "seal_shard",
    "skewed_split",
    "spot_answer",
    "subset_tree",
    "unmasked_total",
]
