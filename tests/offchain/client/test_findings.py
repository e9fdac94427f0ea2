"""When a transaction is made, failed, waiting or lost: whatever a node shows first, only a block settles it."""

import pytest
from eth_abi import encode

from commonlearn.chain.connection import Block
from commonlearn.chain.errors import RpcError
from commonlearn.chain.events import decode_log, topic_of
from commonlearn.client.findings import look
from commonlearn.client.jobs import Attempt, Entry, EntryState, Parcel

AUTHOR, MODEL, OTHER = "0x" + "aa" * 20, "0x" + "bb" * 20, "0x" + "cc" * 20
SAMPLE = b"\0\1"


class FakeChain:
    """A node whose state, blocks, receipts and log can each be behind.

    `blocks` lists transactions (hash, nonce, what it did: None, "fails", or (model, sample, label)). What is in `late`
    ("receipts", "block", "log") does not show the latest block yet.
    """

    def __init__(self, blocks, *, late=(), state_from=0):
        self.blocks, self.late, self.state_from = blocks, set(late), state_from
        self.rpc = self

    def block(self, which="latest"):
        return Block(len(self.blocks) - 1, "0x", 0, 0)

    def call(self, method, *params):
        answer = {
            "eth_getTransactionCount": self.count,
            "eth_getBlockByNumber": self.full_block,
            "eth_getTransactionByHash": self.by_hash,
            "eth_getTransactionReceipt": self.receipt,
        }
        return answer[method](*params)

    def batch(self, wanted):
        return [self.call(method, *params) for method, params in wanted]

    def count(self, author, block):
        height = len(self.blocks) - 1 if block == "latest" else int(block, 16)
        if height < self.state_from:
            raise RpcError("eth_getTransactionCount", -32000, "missing trie node")
        return hex(sum(len(transactions) for transactions in self.blocks[: height + 1]))

    def full_block(self, number, full):
        if "block" in self.late and int(number, 16) == len(self.blocks) - 1:
            return {"transactions": []}
        return {"transactions": [self.transaction(t) for t in self.blocks[int(number, 16)]]}

    def transaction(self, transaction):
        return {"hash": transaction[0], "nonce": hex(transaction[1]), "from": AUTHOR}

    def by_hash(self, tx_hash):
        return next(self.transaction(t) for block in self.blocks for t in block if t[0] == tx_hash)

    def receipt(self, tx_hash):
        shown = self.blocks[:-1] if "receipts" in self.late else self.blocks
        for number, block in enumerate(shown):
            for found, _, deed in block:
                if found == tx_hash:
                    return {
                        "transactionHash": tx_hash, "blockHash": "0x", "blockNumber": hex(number), "gasUsed": "0x1",
                        "status": "0x0" if deed == "fails" else "0x1", "logs": self.logs(number, tx_hash, deed),
                    }  # fmt: skip
        return None

    def logs(self, number, tx_hash, deed):
        if not isinstance(deed, tuple):
            return []
        model, sample, label = deed
        data = encode(["uint16", "bool", "uint96", "uint40", "bytes"], [label, True, 10**9, 0, sample])
        topics = [topic_of("Contributed"), "0x" + "0" * 64, "0x" + "0" * 24 + AUTHOR[2:]]
        place = {"blockNumber": hex(number), "logIndex": "0x0", "blockHash": "0x", "transactionHash": tx_hash}
        return [{"address": model, "topics": topics, "data": "0x" + data.hex(), **place}]


class FakeContract:
    address, created_at_block = MODEL, 0

    def __init__(self, chain):
        self.connection = chain

    def events(self, names, first, last, more_topics):
        chain = self.connection
        shown = chain.blocks[:-1] if "log" in chain.late else chain.blocks
        logs = [
            log
            for number, block in enumerate(shown)
            for transaction in block
            for log in chain.logs(number, transaction[0], transaction[2])
            if first <= number <= last
        ]
        return [event for event in map(decode_log, logs) if event.address == MODEL]


def found(chain, *, tx_hash="0xours", claimed=None, taken=(), first_block=0):
    entry = Entry(0, SAMPLE, 1, EntryState.SENT, None)
    parcel = Parcel((entry,), (Attempt((0,), 0, tx_hash, None, "{}"),))
    findings = look(
        FakeContract(chain),
        AUTHOR,
        [parcel],
        claimed=claimed or {},
        taken=set(taken),
        first_block=first_block,
    )
    counted = {name: len(getattr(findings, name)) for name in ("done", "failed", "lost", "waiting")}
    (kind,) = [name for name, count in counted.items() if count]
    return kind, findings


OURS = (MODEL, SAMPLE, 1)


def test_a_receipt_settles_it():
    kind, findings = found(FakeChain([[], [("0xours", 0, OURS)]]))
    assert kind == "done"
    assert findings.done[0].tx_hash == "0xours"
    assert found(FakeChain([[], [("0xours", 0, "fails")]]))[0] == "failed"


def test_an_unused_nonce_waits():
    assert found(FakeChain([[], []]))[0] == "waiting"


@pytest.mark.parametrize("late", ["receipts", "receipts block", "receipts block log"])
@pytest.mark.parametrize("tx_hash", ["0xours", None])
def test_a_nonce_that_is_used_before_its_receipt_shows_is_not_lost(late, tx_hash):
    """A node may publish a block's state before its receipts and logs: ours was mined, and must not be made again."""
    chain = FakeChain([[], [("0xours", 0, OURS)]], late=late.split())
    assert found(chain, tx_hash=tx_hash)[0] == "waiting"
    chain.late.clear()
    assert found(chain, tx_hash=tx_hash)[0] == "done"


def test_a_late_log_is_no_reason_either():
    chain = FakeChain([[], [("0xours", 0, OURS)]], late={"log"})
    assert found(chain)[0] == "done"


def test_the_same_contribution_by_another_hash_is_it():
    kind, findings = found(FakeChain([[], [("0xwallet", 0, OURS)]]))
    assert kind == "done"
    assert findings.done[0].tx_hash == "0xwallet"


@pytest.mark.parametrize(
    "deed",
    [None, "fails", (MODEL, b"\0\2", 1), (MODEL, SAMPLE, 0), (OTHER, SAMPLE, 1)],
    ids=["transfer", "failed", "other sample", "other label", "other model"],
)
def test_a_nonce_used_for_anything_else_is_lost(deed):
    assert found(FakeChain([[], [("0xelse", 0, deed)]]))[0] == "lost"
    assert found(FakeChain([[], [("0xelse", 0, deed)]]), tx_hash=None)[0] == "lost"


def test_what_belongs_to_another_job_is_not_taken():
    chain = FakeChain([[], [("0xours", 0, OURS)]])
    assert found(chain, taken={"0xours"}, claimed={"0xours": {0, -1}})[0] == "lost", (
        "one hash for two jobs, made for the other"
    )
    assert found(FakeChain([[], [("0xelse", 0, OURS)]]), claimed={"0xelse": {-1}})[0] == "lost"
    assert found(FakeChain([[], [("0xelse", 0, OURS)]]), claimed={"0xelse": {0}})[0] == "done"


def test_the_block_is_found_anywhere_in_a_long_chain():
    for where in (1, 2, 63, 64, 65, 200, 299):
        blocks = [[] for _ in range(300)]
        blocks[where] = [("0xwallet", 0, OURS)]
        assert found(FakeChain(blocks))[0] == "done"


def test_a_nonce_used_too_deep_for_the_nodes_states_is_looked_up_in_the_log():
    blocks = [[] for _ in range(400)]
    blocks[5] = [("0xwallet", 0, OURS)]
    assert found(FakeChain(blocks, state_from=200))[0] == "done"
    blocks[5] = [("0xelse", 0, None)]
    assert found(FakeChain(blocks, state_from=200))[0] == "lost"
    blocks[5] = [("0xwallet", 0, OURS)]
    assert found(FakeChain(blocks, state_from=200), claimed={"0xwallet": {-1}})[0] == "lost"


def test_states_that_are_missing_near_the_top_settle_nothing():
    blocks = [[] for _ in range(400)]
    blocks[390] = [("0xwallet", 0, OURS)]
    with pytest.raises(RpcError, match="missing trie node"):
        found(FakeChain(blocks, state_from=392))
