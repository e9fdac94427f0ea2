"""One follower reads the log: in parts that are kept, of one chain, whatever the node does (E-01, E-02)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from commonlearn.archive.following import common_block
from commonlearn.archive.records import LogPart
from commonlearn.chain.connection import Block
from commonlearn.chain.errors import NodeUnreachable
from commonlearn.client.cache import ModelCache
from commonlearn.client.errors import ChainMovedOn, ReplayMismatch
from tests.support.flaky_node import flaky
from tests.support.histories import staked
from tests.support.live import BAD, GOOD


def whole(model) -> LogPart:
    """Everything that is stored of a model's log."""
    model.sync_log()
    return model._cache.upto(0, model.block)


def give_one_by_one(network, model, count: int, *, role: str = "alice") -> None:
    """As many blocks as contributions."""
    texts = [GOOD if i % 2 else BAD for i in range(count)]
    model.contribute(texts, [i % 2 for i in range(count)], account=network.cast[role], batch=1, in_flight=1)


class Chain:
    """Blocks whose hashes change from some number on; counts questions."""

    def __init__(self, length: int, changed_from: int) -> None:
        self.length, self.changed_from, self.asked = length, changed_from, 0

    def block(self, number: int) -> Block:
        self.asked += 1
        if number >= self.length:
            raise LookupError
        return Block(number, f"{'new' if number >= self.changed_from else 'old'} {number}", 0, None)


@pytest.mark.parametrize("step", [1, 7])
@pytest.mark.parametrize("length", [1, 2, 3, 10, 64, 100])
def test_the_last_common_block_is_found_at_any_depth(length, step):
    """Known blocks may lie apart; a chain may also have become shorter."""
    known = [(number, f"old {number}") for number in range(0, length, step)]
    for changed_from in range(length + 1):
        for chain in (Chain(length, changed_from), Chain(changed_from, changed_from)):
            left = [number for number, _ in known if number < changed_from]
            assert common_block(chain, known) == (left[-1] if left else None)
            assert chain.asked <= 2 * len(known).bit_length() + 1
    assert common_block(Chain(length, 0), []) is None


# ----------------------------------------------------------------------------------------------------- re-organisations


@pytest.mark.parametrize("depth", [1, 2, 3, 5, 8])
def test_after_a_reorganisation_only_what_was_taken_back_is_read_again(own_network, tmp_path, depth):
    network = own_network
    model = network.load(network.deploy().address, tmp_path)
    give_one_by_one(network, model, 10)
    model.sync()
    before, head = whole(model), model.block
    network.node.request("anvil_reorg", depth, [])
    assert model.sync().mode == "snapshot"
    after = whole(model)
    assert model.contributions == model.contract.contributions() == 10 - depth
    assert after.contributions == before.contributions[: 10 - depth]
    with flaky(network.node.port) as proxy:
        asked = []
        proxy.rule = lambda requests: (asked.extend(ranges(requests)), "answer")[1]
        late = network.load(model.address, tmp_path, rpc=proxy.url)
        late.sync_log()
        assert asked == [], "nothing is left to read"
    fresh = network.load(model.address, tmp_path / "fresh")
    assert whole(fresh) == after
    assert head == model.block
    model.verify()


def ranges(requests) -> list[tuple[int, int]]:
    """First and last blocks of requests for logs."""
    wanted = [request["params"][0] for request in requests if request["method"] == "eth_getLogs"]
    return [(int(one["fromBlock"], 16), int(one["toBlock"], 16)) for one in wanted if len(one["topics"][0]) > 1]


def test_blocks_before_a_reorganisation_are_not_read_again(own_network, tmp_path):
    network = own_network
    model = network.load(network.deploy().address, tmp_path)
    give_one_by_one(network, model, 10)
    model.sync()
    model.sync_log()
    network.node.request("anvil_reorg", 3, [])
    with flaky(network.node.port) as proxy:
        asked = []
        proxy.rule = lambda requests: (asked.extend(ranges(requests)), "answer")[1]
        again = network.load(model.address, tmp_path, rpc=proxy.url)
        again.sync_log()
    assert asked == [(model.block - 2, model.block)]


def test_a_longer_chain_with_other_contributions_takes_over(own_network, tmp_path):
    """Snapshot and revert: the same numbers are other contributions now."""
    network = own_network
    model = network.load(network.deploy().address, tmp_path)
    give_one_by_one(network, model, 3)
    before = network.node.snapshot()
    give_one_by_one(network, model, 3)
    model.sync()
    assert [one.contribution.author for one in whole(model).contributions] == [network.cast["alice"]] * 6
    network.node.revert(before)
    other = network.load(model.address, tmp_path / "other")
    give_one_by_one(network, other, 5, role="bob")
    model.sync()
    authors = [one.contribution.author for one in whole(model).contributions]
    assert authors == [network.cast["alice"]] * 3 + [network.cast["bob"]] * 5
    assert whole(model) == whole(network.load(model.address, tmp_path / "fresh"))


@pytest.mark.parametrize("when", [1, 2, 3])
def test_a_reorganisation_while_the_log_is_read_is_noticed(own_network, tmp_path, when):
    network = own_network
    address = network.deploy().address
    model = network.load(address, tmp_path)
    for _ in range(3):
        network.node.request("anvil_mine", hex(120))
        give_one_by_one(network, model, 3)
    with flaky(network.node.port) as proxy:
        state = {"logs": 0}

        def rule(requests):
            if ranges(requests):
                state["logs"] += 1
                if state["logs"] == when:
                    network.node.request("anvil_reorg", 2, [])
            return "answer"

        late = network.load(address, tmp_path / "late", rpc=proxy.url)
        proxy.rule = rule
        found = whole(late)
        assert state["logs"] >= when
    assert len(found.contributions) == late.contributions == 7
    assert found == whole(network.load(address, tmp_path / "fresh"))
    late.verify()


def test_a_chain_that_never_rests_is_an_error(own_network, tmp_path):
    network = own_network
    model = network.load(network.deploy().address, tmp_path)
    give_one_by_one(network, model, 12)
    model.sync()
    with flaky(network.node.port) as proxy:
        late = network.load(model.address, tmp_path / "late", rpc=proxy.url)
        depths = iter(range(1, 100))  # an empty block in an empty block's place has the same hash

        def rule(requests):
            if ranges(requests):
                network.node.request("anvil_reorg", next(depths), [])
            return "answer"

        proxy.rule = rule
        with pytest.raises(ChainMovedOn):
            late.sync_log()


def test_what_was_read_before_records_were_deleted_is_not_written_after(tmp_path):
    """Another process has found out that blocks were taken back, while this one was reading them."""
    cache, other = ModelCache(tmp_path / "copy.sqlite"), ModelCache(tmp_path / "copy.sqlite")
    epoch = cache.epoch
    other.truncate(5)
    assert not cache.put(LogPart(blocks={9: "0xold"}, first_block=6, last_block=9), epoch=epoch)
    assert cache.covered() == []
    assert cache.blocks() == []


def test_ranges_are_joined_and_gaps_are_told(tmp_path):
    cache = ModelCache(tmp_path / "copy.sqlite")

    def read(first, last):
        assert cache.put(LogPart(blocks={last: f"0x{last}"}, first_block=first, last_block=last), epoch=cache.epoch)

    read(10, 19)
    read(40, 49)
    assert cache.missing(5, 60) == [(5, 9), (20, 39), (50, 60)]
    assert cache.missing(12, 15) == []
    assert cache.missing(15, 25) == [(20, 25)]
    read(20, 25)
    read(30, 45)
    assert cache.covered() == [(10, 25), (30, 49)]
    read(0, 60)
    assert cache.covered() == [(0, 60)]
    cache.truncate(30)
    assert cache.covered() == [(0, 30)]
    assert [number for number, _ in cache.blocks()] == [19, 25]


# ------------------------------------------------------------------------------------------------------ difficult nodes


@pytest.mark.parametrize("most", [1, 10, 100])
def test_a_node_that_limits_ranges_gives_the_same_log(own_network, tmp_path, most):
    network = own_network
    model = staked(network, tmp_path)
    network.node.request("anvil_mine", hex(150))
    give_one_by_one(network, model, 2)
    model.sync()
    with flaky(network.node.port) as proxy:
        proxy.rule = lambda requests: (
            "refuse" if any(last - first + 1 > most for first, last in ranges(requests)) else "answer"
        )
        narrow = network.load(model.address, tmp_path / "narrow", rpc=proxy.url)
        assert whole(narrow) == whole(model)


def test_a_node_that_breaks_down_under_large_answers_is_asked_for_less(own_network, tmp_path):
    network = own_network
    model = staked(network, tmp_path)
    with flaky(network.node.port) as proxy:
        proxy.rule = lambda requests: (
            "lose answer" if any(last - first + 1 > 6 for first, last in ranges(requests)) else "answer"
        )
        late = network.load(model.address, tmp_path / "late", rpc=proxy.url)
        assert whole(late) == whole(model)


def test_a_node_that_drops_connections_now_and_then_gives_the_same_log(own_network, tmp_path):
    network = own_network
    model = staked(network, tmp_path)
    with flaky(network.node.port) as proxy:
        count = iter(range(10**6))
        proxy.rule = lambda requests: "lose answer" if next(count) % 3 == 2 else "answer"
        late = network.load(model.address, tmp_path / "late", rpc=proxy.url)
        assert whole(late) == whole(model)


def test_progress_is_told_in_blocks_from_the_first_to_the_last(own_network, tmp_path):
    network = own_network
    model = network.load(network.deploy().address, tmp_path)
    network.node.request("anvil_mine", hex(300))
    give_one_by_one(network, model, 3)
    model.sync()
    late, told = network.load(model.address, tmp_path / "late"), []
    late.sync_log(on_progress=lambda *now: told.append(now))
    assert told[0] == (late.contract.created_at_block - 1, late.block)
    assert told[-1] == (late.block, late.block)
    assert told == sorted(set(told))
    assert len(told) > 2


def test_what_was_read_before_the_node_went_away_is_not_read_again(own_network, tmp_path):
    network = own_network
    address = network.deploy().address
    model = network.load(address, tmp_path)
    for _ in range(4):
        network.node.request("anvil_mine", hex(150))
        give_one_by_one(network, model, 1)
    with flaky(network.node.port) as proxy:
        late = network.load(address, tmp_path / "late", rpc=proxy.url)
        proxy.once("eth_getLogs", "lose request", after=2)
        with pytest.raises(NodeUnreachable):
            late.sync_log()
        ((first, reached),) = late._cache.covered()
        assert first < reached < late.block
        asked = []
        proxy.rule = lambda requests: (asked.extend(ranges(requests)), "answer")[1]
        late = network.load(address, tmp_path / "late", rpc=proxy.url)
        late.sync_log()
        assert asked[0][0] == reached + 1
    assert whole(late) == whole(network.load(address, tmp_path / "fresh"))


@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGKILL])
def test_a_process_that_is_stopped_while_it_reads_goes_on_later(own_network, tmp_path, signal_):
    """Ctrl-C says how to go on; a killed process says nothing. Either way the same command does the rest."""
    network = own_network
    address = network.deploy().address
    model = network.load(address, tmp_path)
    for _ in range(4):
        network.node.request("anvil_mine", hex(150))
        give_one_by_one(network, model, 1)
    with flaky(network.node.port) as proxy:
        state = {"logs": 0, "process": None}

        def rule(requests):
            for first, _ in ranges(requests):
                state["logs"] += 1
                if state["logs"] == 3:
                    state["reached"] = first
                    os.kill(state["process"].pid, signal_)
                    state["process"].wait(timeout=30)  # it is gone before the answer comes
            return "answer"

        proxy.rule = rule
        # A shell's background jobs ignore Ctrl-C, and their children would too.
        run = "import signal; signal.signal(2, signal.default_int_handler); from commonlearn.cli.main import app; app()"
        command = [sys.executable, "-c", run, "export", address, "--out", str(tmp_path / "out")]
        env = {**os.environ, "COMMONLEARN_RPC": proxy.url, "COMMONLEARN_CACHE": str(tmp_path / "late")}
        state["process"] = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        _, said = state["process"].communicate(timeout=60)
        assert state["process"].returncode == (130 if signal_ is signal.SIGINT else -signal_)
        if signal_ is signal.SIGINT:
            assert "it goes on where it stopped" in said
        assert not (tmp_path / "out").exists()
        asked = []
        proxy.rule = lambda requests: (asked.extend(ranges(requests)), "answer")[1]
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=True)
        assert "4 contributions" in done.stdout
        assert asked[0][0] == state["reached"]
    network.load(address, tmp_path / "fresh").archive().export(tmp_path / "fresh out")
    assert contents(tmp_path / "out") == contents(tmp_path / "fresh out")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_node_whose_log_is_not_complete_is_not_believed(own_network, tmp_path):
    """A contribution is missing in its logs, however often they are read."""
    network = own_network
    model = network.load(network.deploy().address, tmp_path)
    give_one_by_one(network, model, 3)
    model.sync()
    network.load(model.address, tmp_path / "late")
    late = network.load(model.address, tmp_path / "late")
    real = late.contract.connection.rpc.call

    def without_the_second(method, *params):
        found = real(method, *params)
        if method == "eth_getLogs" and len(params[0]["topics"][0]) > 1:
            return [log for log in found if not (len(log["topics"]) > 2 and int(log["topics"][1], 16) == 1)]
        return found

    late.contract.connection.rpc.call = without_the_second
    with pytest.raises(ReplayMismatch, match="missing in the node's log"):
        late.sync_log()


def test_a_sync_that_is_interrupted_between_learning_and_writing_learns_nothing_twice(
    own_network, tmp_path, monkeypatch
):
    network = own_network
    model = network.load(network.deploy().address, tmp_path)
    give_one_by_one(network, network.load(model.address, tmp_path / "other"), 4)
    with monkeypatch.context() as patch:

        def stopped(*_):
            raise KeyboardInterrupt

        patch.setattr(ModelCache, "advance", stopped)
        with pytest.raises(KeyboardInterrupt):
            model.sync()
    assert model.sync().mode == "events"
    model.verify()
