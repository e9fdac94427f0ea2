"""A long log is read completely through losses, and is right after blocks were taken back (E-01, E-02, E-05)."""

from __future__ import annotations

import os

import pytest

from commonlearn.chain.errors import NodeUnreachable
from scripts.bench.long_log import BATCH, CLAIMS, LongLog
from scripts.local_node import LocalNode
from tests.offchain.archive.test_following import ranges, whole
from tests.support.flaky_node import flaky
from tests.support.live import Network

LOST = (0, 1, 2, 3, 6, 7, 8, 9)
"""Answers that are lost: each is asked for twice, then for a part of it, twice; then the node counts as gone."""


WANTS_LONG = pytest.mark.skipif(
    not os.environ.get("COMMONLEARN_LONG"),
    reason="takes two minutes: run with COMMONLEARN_LONG=1 (make bench times it)",
)


@pytest.mark.parametrize("events", [4_000, pytest.param(100_000, marks=WANTS_LONG)])
def test_a_long_log(tmp_path, events):
    """Contributions in batches and refunds; followed as it comes, and read later from a node that is lost twice."""
    with LocalNode(base_fee=0) as node:
        network = Network(node, tmp_path)
        log = LongLog.begin(node, tmp_path)
        followed = network.load(log.address, tmp_path / "followed")
        log.contribute(events * 8 // 10)
        followed.sync()
        log.contribute(events // 10)
        log.refund(events // 10)
        followed.sync()

        lost = 0
        with flaky(node.port) as proxy:
            late = network.load(log.address, tmp_path / "late", rpc=proxy.url)
            parts = iter(range(10**6))
            proxy.rule = lambda requests: "lose answer" if ranges(requests) and next(parts) in LOST else "answer"
            for _ in range(5):
                try:
                    late.sync_log()
                    break
                except NodeUnreachable:
                    lost += 1
        found = whole(late)
        assert (len(found.contributions), len(found.endings)) == (events * 9 // 10, events // 10)
        assert {one.batch_count for one in found.contributions} == {BATCH}
        assert found == whole(followed)
        assert lost >= 1

        exports = [model.archive().export(tmp_path / name) for model, name in ((late, "one"), (followed, "two"))]
        assert all(done.is_checked for done in exports)
        assert exports[0].card == exports[1].card
        assert exports[0].card["counts"]["outcomes"]["open"]["contributions"] == events * 8 // 10

        node.request("anvil_reorg", 2, [])
        late.sync()
        assert len(whole(late).endings) == events // 10 - 2 * CLAIMS
        assert late.archive().export(tmp_path / "after").is_checked
