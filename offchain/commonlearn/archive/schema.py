"""The tables of a model's copy, and the rows that records are."""

from __future__ import annotations

from typing import Any

from commonlearn.archive.records import LoggedContribution, LogPart

__all__ = ["LAYOUT", "LOG_TABLES", "TABLES", "contribution_row", "rows_of"]

LAYOUT = 3
"""Version of the tables. A copy of another layout is read anew: everything in it comes from the chain."""

TABLES = """
CREATE TABLE identity (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), content TEXT NOT NULL,
  metadata BLOB NOT NULL);
CREATE TABLE state (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), words BLOB NOT NULL,
  contributions INTEGER NOT NULL, block INTEGER NOT NULL, block_hash TEXT NOT NULL, timestamp INTEGER NOT NULL);
CREATE TABLE epoch (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), number INTEGER NOT NULL);
INSERT INTO epoch VALUES (1, 0);
CREATE TABLE covered (first INTEGER PRIMARY KEY, last INTEGER NOT NULL CHECK (last >= first));
CREATE TABLE blocks (number INTEGER PRIMARY KEY, hash TEXT NOT NULL);
CREATE TABLE contributions (id INTEGER PRIMARY KEY, block INTEGER NOT NULL, log_index INTEGER NOT NULL,
  tx_hash TEXT NOT NULL, author TEXT NOT NULL, label INTEGER NOT NULL, taught INTEGER NOT NULL,
  stake_wei TEXT NOT NULL, contributed_at INTEGER NOT NULL, sample BLOB NOT NULL, payee TEXT NOT NULL,
  batch INTEGER, batch_count INTEGER NOT NULL);
CREATE INDEX by_author ON contributions (author, id);
CREATE TABLE first_words (first INTEGER PRIMARY KEY, words BLOB NOT NULL, block INTEGER NOT NULL);
CREATE TABLE class_additions (block INTEGER NOT NULL, log_index INTEGER NOT NULL, class INTEGER NOT NULL,
  active_at INTEGER NOT NULL, words BLOB NOT NULL, PRIMARY KEY (block, log_index)) WITHOUT ROWID;
CREATE TABLE endings (id INTEGER PRIMARY KEY, status INTEGER NOT NULL, account TEXT NOT NULL,
  proven_gwei INTEGER NOT NULL, bounty_wei TEXT NOT NULL, block INTEGER NOT NULL, log_index INTEGER NOT NULL);
CREATE TABLE votes (block INTEGER NOT NULL, log_index INTEGER NOT NULL, id INTEGER NOT NULL, voter TEXT NOT NULL,
  kind TEXT NOT NULL, weight INTEGER NOT NULL, fee INTEGER NOT NULL, from_grant INTEGER NOT NULL,
  PRIMARY KEY (block, log_index)) WITHOUT ROWID;
CREATE TABLE markets (block INTEGER NOT NULL, log_index INTEGER NOT NULL, number INTEGER NOT NULL, ending INTEGER,
  provider TEXT NOT NULL, bounty_wei TEXT NOT NULL, PRIMARY KEY (block, log_index)) WITHOUT ROWID;
CREATE TABLE credits (block INTEGER NOT NULL, log_index INTEGER NOT NULL, market INTEGER NOT NULL,
  account TEXT NOT NULL, deposit_wei TEXT NOT NULL, balance_wei TEXT NOT NULL, PRIMARY KEY (block, log_index))
  WITHOUT ROWID;
CREATE TABLE trainings (id INTEGER PRIMARY KEY, learned INTEGER NOT NULL, block INTEGER NOT NULL,
  log_index INTEGER NOT NULL)
"""
"""Amounts in wei are texts: SQLite's whole numbers end at 2^63, 9.2 ether."""

LOG_TABLES = (
    "contributions",
    "first_words",
    "class_additions",
    "endings",
    "votes",
    "markets",
    "credits",
    "trainings",
)
"""Tables whose rows have the block that they are of."""


def contribution_row(logged: LoggedContribution) -> tuple[Any, ...]:
    """A row of the table of contributions."""
    c = logged.contribution
    where = (logged.block, logged.log_index, logged.tx_hash)
    what = (c.author, c.label, int(c.taught), str(c.stake_wei), c.contributed_at, logged.sample)
    return (logged.id, *where, *what, logged.payee, logged.batch, logged.batch_count)


def rows_of(part: LogPart) -> dict[str, list[tuple[Any, ...]]]:
    """A part's rows by table."""
    return {
        "contributions": [contribution_row(one) for one in part.contributions],
        "first_words": part.first_words,
        "class_additions": [(a.block, a.log_index, a.number, a.active_at, a.words) for a in part.additions],
        "endings": [
            (e.id, int(e.status), e.account, e.proven_gwei, str(e.bounty_wei), e.block, e.log_index)
            for e in part.endings
        ],
        "votes": [
            (v.block, v.log_index, v.id, v.voter, v.kind, v.weight, v.fee, int(v.from_grant)) for v in part.votes
        ],
        "markets": [
            (m.block, m.log_index, m.number, None if m.ending is None else int(m.ending), m.provider, str(m.bounty_wei))
            for m in part.markets
        ],
        "credits": [
            (c.block, c.log_index, c.market, c.account, str(c.deposit_wei), str(c.balance_wei)) for c in part.credits
        ],
        "trainings": [(t.id, int(t.learned), t.block, t.log_index) for t in part.trainings],
    }
