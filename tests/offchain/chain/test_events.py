"""Logs: in the chain's order, in ranges that the node can bear, each exactly once."""

import pytest
from eth_abi import encode

from commonlearn.chain.errors import RpcError
from commonlearn.chain.events import COLLABORATION_EVENTS, FACTORY_EVENTS, MODEL_EVENTS, decode_log, events_in, topic_of

WHO = "0x" + "ab" * 20


def contributed(id_: int, block: int, index: int, **changes):
    data = encode(["uint16", "bool", "uint96", "uint40", "bytes"], [1, True, 10**9, 1_000 + id_, bytes([0, id_ % 256])])
    return {
        "address": WHO,
        "topics": [
            topic_of("Contributed"),
            hex(id_).replace("0x", "0x" + "0" * (66 - len(hex(id_)))),
            "0x" + "0" * 24 + WHO[2:],
        ],
        "data": "0x" + data.hex(),
        "blockNumber": hex(block),
        "logIndex": hex(index),
        "blockHash": "0x" + "01" * 32,
        "transactionHash": "0x" + "02" * 32,
        **changes,
    }


class FakeRpc:
    """A node that gives logs of at most so many blocks, or so many logs, at once."""

    def __init__(self, logs, *, most_blocks=None, most_logs=None):
        self.logs, self.most_blocks, self.most_logs, self.asked = logs, most_blocks, most_logs, []

    def call(self, method, wanted):
        assert method == "eth_getLogs"
        start, end = int(wanted["fromBlock"], 16), int(wanted["toBlock"], 16)
        self.asked.append((start, end))
        if self.most_blocks is not None and end - start + 1 > self.most_blocks:
            raise RpcError(method, -32005, "block range is too large")
        found = [log for log in self.logs if start <= int(log["blockNumber"], 16) <= end]
        if self.most_logs is not None and len(found) > self.most_logs:
            raise RpcError(method, -32005, "query returned more than 10000 results")
        return list(reversed(found))


LOGS = [contributed(i, block=3 * i, index=7) for i in range(100)]


@pytest.mark.parametrize(
    "limits", [{}, {"most_blocks": 10}, {"most_blocks": 1}, {"most_logs": 1}, {"most_logs": 9, "most_blocks": 50}]
)
def test_every_log_comes_once_and_in_order(limits):
    rpc = FakeRpc(LOGS, **limits)
    ids, reached = [], -1
    for last, events in events_in(rpc, [WHO], ["Contributed"], 0, 297):
        assert all(reached < event.block_number <= last for event in events)
        reached = last
        ids += [event.values["id"] for event in events]
    assert ids == list(range(100))
    assert reached == 297


def test_a_generous_node_is_asked_once_and_a_narrow_one_not_much_more_than_needed():
    generous, narrow = FakeRpc(LOGS), FakeRpc(LOGS, most_blocks=10)
    list(events_in(generous, [WHO], ["Contributed"], 0, 297))
    list(events_in(narrow, [WHO], ["Contributed"], 0, 297))
    assert len(generous.asked) == 1
    assert len(narrow.asked) < 4 * 30


def test_a_node_that_refuses_a_single_block_is_an_error():
    with pytest.raises(RpcError, match="too large"):
        list(events_in(FakeRpc(LOGS, most_blocks=0), [WHO], ["Contributed"], 0, 9))


def test_no_blocks_are_no_request():
    rpc = FakeRpc(LOGS)
    assert list(events_in(rpc, [WHO], ["Contributed"], 5, 4)) == []
    assert rpc.asked == []


def test_events_in_one_block_are_ordered_by_their_place_in_it():
    logs = [contributed(2, 5, 30), contributed(0, 5, 4), contributed(1, 5, 11)]
    ((_, events),) = events_in(FakeRpc(logs), [WHO], ["Contributed"], 0, 9)
    assert [event.values["id"] for event in events] == [0, 1, 2]


def test_logs_of_blocks_that_were_taken_back_are_left_out():
    logs = [contributed(0, 5, 0, removed=True), contributed(0, 5, 0)]
    ((_, events),) = events_in(FakeRpc(logs), [WHO], ["Contributed"], 0, 9)
    assert len(events) == 1


def test_a_contribution_is_decoded_field_by_field():
    event = decode_log(contributed(300, 5, 1))
    assert event.values == {
        "id": 300, "author": "0xABaBaBaBABabABabAbAbABAbABabababaBaBABaB", "label": 1, "taught": True,
        "stakeWei": 10**9, "contributedAt": 1_300, "sample": b"\x00\x2c",
    }  # fmt: skip
    assert (event.name, event.order) == ("Contributed", (5, 1))


def test_foreign_logs_are_passed_over():
    assert decode_log(contributed(0, 5, 1, topics=["0x" + "77" * 32])) is None
    assert decode_log(contributed(0, 5, 1, topics=[])) is None


def test_every_event_has_its_own_topic():
    names = [*COLLABORATION_EVENTS, *MODEL_EVENTS, *FACTORY_EVENTS]
    assert len({topic_of(name) for name in names}) == len(names) == 16
