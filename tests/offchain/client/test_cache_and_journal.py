"""The two files on disk: the copy, which may be lost, and the journal, which may not."""

import sqlite3
from dataclasses import replace

import pytest

from commonlearn.archive.errors import CacheProblem, ReplayMismatch
from commonlearn.archive.records import ClassAddition, LoggedContribution, LogPart
from commonlearn.archive.replaying import replay
from commonlearn.client.cache import CachedState, Identity, ModelCache
from commonlearn.client.errors import JournalBusy, JournalProblem
from commonlearn.client.jobs import Attempt, EntryState, Settled, job_key
from commonlearn.client.journal import Journal
from commonlearn.models import NearestCentroid
from commonlearn.records import Contribution, Terms
from tests.support.live import TABLE, small_centroid, small_perceptron

TERMS = Terms("0x" + "11" * 20, 10**12, 100, 60, 1, 2, 3, 500)
IDENTITY = Identity(
    31337, "0xgenesis", "0x" + "22" * 20, "0x" + "33" * 20, 5, "perceptron/1", 1 << 255, TERMS, b"about"
)
STATE = CachedState(b"words" * 8, 0, 10, "0xten", 1_000)


def part(first: int, last: int, *contributions: LoggedContribution, **others) -> LogPart:
    return LogPart(list(contributions), **others, blocks={last: f"0x{last}"}, first_block=first, last_block=last)


def logged(id_: int, *, block: int = 11, author: str = "0x" + "44" * 20, stake_wei: int = (1 << 80) // 10**9 * 10**9):
    return LoggedContribution(
        id_, Contribution(author, 1, bool(id_ % 2), stake_wei, 77), bytes([0, id_]), block, id_, "0xtx"
    )


@pytest.fixture
def cache(tmp_path):
    cache = ModelCache(tmp_path / "deep" / "down" / "31337-0xab.sqlite")
    cache.replace(IDENTITY, STATE)
    return cache


def test_a_copy_is_read_back_by_another_process(cache):
    cache.advance(STATE, replace(STATE, contributions=2, block=11), part(11, 11, logged(0), logged(1)))
    again = ModelCache(cache.path)
    assert again.identity() == IDENTITY
    assert again.state() == replace(STATE, contributions=2, block=11)
    assert list(again.contributions()) == [logged(0), logged(1)]
    assert list(again.contributions(after_id=0)) == [logged(1)]
    assert list(again.contributions(before=1)) == [logged(0)]
    assert list(again.contributions(author="0x" + "55" * 20)) == []
    assert not again.was_damaged


def test_only_the_first_of_two_processes_advances_a_copy(cache):
    other = ModelCache(cache.path)
    first, second = replace(STATE, block=11, block_hash="0xa"), replace(STATE, block=12, block_hash="0xb")
    assert cache.advance(STATE, first, part(11, 11, logged(0)))
    assert not other.advance(STATE, second, part(11, 12, logged(0), logged(1)))
    assert other.state() == first
    assert other.contribution_count() == 1


def test_a_change_is_there_entirely_or_not_at_all(cache):
    """The process dies while it writes: an earlier row of the same change must not stay."""
    broken = replace(logged(1), sample=object())
    with pytest.raises(sqlite3.Error):
        cache.advance(STATE, replace(STATE, contributions=2, block=11), part(11, 11, logged(0), broken))
    assert ModelCache(cache.path).state() == STATE
    assert cache.contribution_count() == 0


def test_the_log_before_the_snapshot_is_read_part_by_part(cache):
    assert cache.unread() == (5, 10)
    first = part(5, 7, logged(0, block=6), first_words=[(0, b"one", 5), (1, b"two", 6)])
    assert cache.put(first, epoch=cache.epoch)
    assert ModelCache(cache.path).unread() == (8, 10)
    assert cache.put(first, epoch=cache.epoch), "again does no harm"
    more = part(8, 10, additions=[ClassAddition(2, 99, b"class", 9, 1)], first_words=[(2, b"three", 8)])
    assert cache.put(more, epoch=cache.epoch)
    assert cache.unread() is None
    assert cache.contribution_count() == 1
    assert cache.first_words() == b"onetwothree"
    assert cache.class_additions() == [ClassAddition(2, 99, b"class", 9, 1)]
    cache.clear()
    assert (cache.identity(), cache.state(), cache.unread()) == (None, None, None)


@pytest.mark.parametrize("damage", ["noise", "other layout", "other tables"])
def test_a_damaged_copy_is_made_anew(cache, damage):
    cache.close()
    if damage == "noise":
        cache.path.write_bytes(b"\x00\xff" * 5_000)
    else:
        with sqlite3.connect(cache.path) as db:
            db.execute("PRAGMA user_version = 99" if damage == "other layout" else "DROP TABLE state")
    fresh = ModelCache(cache.path)
    assert fresh.was_damaged
    assert fresh.state() is None


def test_a_copy_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(CacheProblem, match="--cache"):
        ModelCache(tmp_path / "file" / "copy.sqlite")
    (tmp_path / "folder.sqlite").mkdir()
    with pytest.raises(CacheProblem):
        ModelCache(tmp_path / "folder.sqlite")


# ------------------------------------------------------------------------------------------------------------------- replay


def test_a_replay_needs_every_number_in_order():
    for ids in ([1], [0, 2], [0, 0], [1, 0]):
        with pytest.raises(ReplayMismatch, match=r"comes where \d should"):
            replay(small_perceptron(), [logged(id_) for id_ in ids], [], first_id=0)


def test_a_replay_that_teaches_otherwise_is_a_mismatch():
    known = replace(logged(0), sample=b"\0\1", contribution=Contribution("0x", 1, True, 10**9, 0))
    with pytest.raises(ReplayMismatch, match="taught the contract but not the copy"):
        replay(small_perceptron(), [known], [], first_id=0)


def test_a_sample_that_cannot_be_learned_is_a_mismatch():
    with pytest.raises(ReplayMismatch, match="cannot learn"):
        replay(small_perceptron(), [replace(logged(0), sample=b"\0")], [], first_id=0)


def test_classes_are_added_between_the_contributions_around_them():
    model, table = small_centroid(notice_seconds=1)
    words = model.class_words(table.transform_batch([[30.0, 30.0, 30.0]]).to_dense())
    sample = table.transform_encoded(TABLE[:1])[0]
    by_hand: NearestCentroid = model.copy()
    first = by_hand.train_one(sample, 0, 50)
    by_hand.model_.add_class(words, 60)
    second = by_hand.train_one(sample, 3, 70)
    log = [
        LoggedContribution(0, Contribution("0x", 0, first, 10**9, 50), sample, 11, 0, "0x"),
        LoggedContribution(1, Contribution("0x", 3, second, 10**9, 70), sample, 11, 9, "0x"),
    ]
    data = b"".join(word.to_bytes(32, "big") for word in words)
    replay(model, log, [ClassAddition(3, 60, data, 11, 5)], first_id=0)
    assert model.words() == by_hand.words()
    with pytest.raises(ReplayMismatch, match="class 9 was announced where 4"):
        replay(model, [], [ClassAddition(9, 60, data, 12, 0)], first_id=2)


# ------------------------------------------------------------------------------------------------------------------ journal


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "state" / "journal.sqlite")


def test_jobs_are_recognised_by_what_they_contribute_and_their_name():
    key = job_key([b"a", b"b"], [0, 1], None)
    others = [
        job_key([b"b", b"a"], [0, 1], None),
        job_key([b"a", b"b"], [1, 0], None),
        job_key([b"ab", b""], [0, 1], None),
        job_key([b"a"], [0], None),
        job_key([b"a", b"b"], [0, 1], "monday"),
        job_key([b"a", b"b"], [0, 1], "None"),
    ]
    assert key == job_key([b"a", b"b"], [0, 1], None)
    assert len({key, *others}) == 7


def attempt(*positions, nonce=5, tx_hash=None):
    return Attempt(positions, nonce, tx_hash, None, "{}")


def test_a_job_goes_through_its_states_and_survives(journal):
    job = journal.begin("key", [b"one", b"two"], [0, 1], first_block=7)
    journal.record_attempts(job, [Attempt((0,), 5, "0xa", "0xraw", "{}"), attempt(1, nonce=6)])
    journal.record_hashes(job, [(attempt(1, nonce=6), "0xb")])
    journal.record_settled(job, [Settled(0, "0xa", 0)])
    again = Journal(journal.path)
    assert again.find("key", finished=False) == job
    assert again.find("key", finished=True) is None
    assert again.find("other", finished=False) is None
    assert [(e.position, e.state, e.tx_hash) for e in again.entries(job)] == [
        (0, EntryState.DONE, "0xa"),
        (1, EntryState.SENT, None),
    ]
    (parcel,) = again.under_way(job)
    assert parcel.attempts == (attempt(1, nonce=6, tx_hash="0xb"),)
    again.record_planned(job, parcel)
    assert again.under_way(job) == [], "what can never happen is not asked about again"
    assert again.entries(job, EntryState.PLANNED)[0].sample == b"two"
    again.record_sent(job, [0])
    assert [parcel.positions for parcel in again.under_way(job)] == [(0,)]
    again.record_settled(job, [Settled(0, "0xa", 0), Settled(1, "0xc", -1, b"why")])
    assert [(e.state, e.place, e.reason) for e in again.entries(job)] == [
        (EntryState.DONE, 0, b""),
        (EntryState.REFUSED, -1, b"why"),
    ]
    again.finish(job)
    assert Journal(journal.path).find("key", finished=True) == job


def test_contributions_that_travel_together_are_one_parcel_until_they_are_planned_anew(journal):
    job = journal.begin("key", [b"a", b"b", b"c"], [0, 0, 0], 0)
    journal.record_attempts(job, [attempt(0, 1, 2, tx_hash="0xa")])
    journal.record_attempts(job, [attempt(0, 1, 2, tx_hash="0xdearer")])
    (parcel,) = journal.under_way(job)
    assert [entry.sample for entry in parcel.entries] == [b"a", b"b", b"c"]
    assert [tried.tx_hash for tried in parcel.attempts] == ["0xa", "0xdearer"]
    journal.record_planned(job, parcel)
    journal.record_attempts(job, [attempt(0, 1, nonce=7), attempt(2, nonce=8)])
    assert [(parcel.positions, parcel.nonce) for parcel in journal.under_way(job)] == [((0, 1), 7), ((2,), 8)]
    assert journal.claimed(job) == {"0xa": {0, 1, 2}, "0xdearer": {0, 1, 2}}


def test_transactions_are_told_apart_by_job(journal):
    mine, other = (journal.begin(name, [b"x"], [0], 0) for name in ("mine", "other"))
    for job, tx_hash in ((mine, "0xm"), (other, "0xo")):
        journal.record_attempts(job, [attempt(0, tx_hash=tx_hash), attempt(0, tx_hash="0xboth")])
    journal.record_settled(other, [Settled(0, "0xo", 0)])
    assert journal.claimed(mine) == {"0xm": {0}, "0xo": {-1}, "0xboth": {0, -1}}
    assert journal.done_elsewhere(mine) == {"0xo"}
    assert journal.done_elsewhere(other) == set()


_LAYOUT_1 = """
CREATE TABLE jobs (id INTEGER PRIMARY KEY, key TEXT NOT NULL, first_block INTEGER NOT NULL, total INTEGER NOT NULL,
  finished INTEGER NOT NULL DEFAULT 0);
CREATE INDEX by_key ON jobs (key);
CREATE TABLE entries (job INTEGER NOT NULL, position INTEGER NOT NULL, sample BLOB NOT NULL, label INTEGER NOT NULL,
  state TEXT NOT NULL, tx_hash TEXT, PRIMARY KEY (job, position));
CREATE TABLE attempts (id INTEGER PRIMARY KEY, job INTEGER NOT NULL, position INTEGER NOT NULL, nonce INTEGER NOT NULL,
  tx_hash TEXT, raw TEXT, fields TEXT NOT NULL, over INTEGER NOT NULL DEFAULT 0);
CREATE INDEX of_entry ON attempts (job, position);
INSERT INTO jobs VALUES (1, 'key', 7, 2, 0);
INSERT INTO entries VALUES (1, 0, x'aa', 1, 'done', '0xa'), (1, 1, x'bb', 0, 'sent', NULL);
INSERT INTO attempts VALUES (1, 1, 0, 5, '0xa', 'raw', '{}', 0), (2, 1, 1, 6, '0xb', 'raw', '{}', 0);
PRAGMA user_version = 1
"""


def test_a_journal_of_the_first_layout_is_carried_over(tmp_path):
    """It may hold what is under way: forgetting that would cost a second stake."""
    path = tmp_path / "journal.sqlite"
    with sqlite3.connect(path) as db:
        db.executescript(_LAYOUT_1)
    for _ in range(2):
        journal = Journal(path)
        job = journal.find("key", finished=False)
        assert [(e.sample, e.state, e.place) for e in journal.entries(job)] == [
            (b"\xaa", EntryState.DONE, 0),
            (b"\xbb", EntryState.SENT, 0),
        ]
        (parcel,) = journal.under_way(job)
        assert parcel.attempts == (Attempt((1,), 6, "0xb", "raw", "{}"),)
        assert journal.claimed(job) == {"0xa": {0}, "0xb": {1}}
        journal.close()


def test_one_process_at_a_time(journal):
    other = Journal(journal.path)
    with journal.exclusive():
        with pytest.raises(JournalBusy), other.exclusive():
            pytest.fail("two at once")
        other.begin("key", [b"x"], [0], 0)
    with other.exclusive():
        pass


def test_a_damaged_or_newer_journal_is_never_replaced(journal):
    journal.close()
    with sqlite3.connect(journal.path) as db:
        db.execute("PRAGMA user_version = 3")
    with pytest.raises(JournalProblem, match="layout 3"):
        Journal(journal.path)
    journal.path.write_bytes(b"no database" * 200)
    before = journal.path.read_bytes()
    with pytest.raises(JournalProblem, match="nothing was sent"):
        Journal(journal.path)
    assert journal.path.read_bytes() == before
