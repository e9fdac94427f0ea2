"""Who gave what, when, at which stake: records, digests and statuses.

Requirements D-01, D-02, I-02.
"""

import pytest
from eth_abi import encode

from commonlearn.numerics import keccak256
from tests.support.plain_model import UNKNOWN, presence


def digest(contribution, sample):
    """As the interface defines it: the hash without its last byte."""
    types = "(address,uint16,bool,uint96,uint40)"
    return keccak256(encode([types, "bytes32"], [contribution, keccak256(sample)]))[:31]


def test_nothing_is_recorded_at_first(plain):
    assert plain.contract.contributions() == 0
    for id_ in (0, 1, 2**48, 2**256 - 1):
        assert plain.contract.statusOf(id_) == 0
        assert plain.contract.recordOf(id_) == 0


@pytest.mark.parametrize("kind", ["echo", "lesson", "lie"])
def test_a_record_is_the_digest_and_the_status_in_one_word(plain, alice, kind):
    given = getattr(plain, kind)(alice)
    expected = digest(given.contribution, given.sample)
    assert plain.contract.recordOf(0) == int.from_bytes(expected + b"\x01", "big")
    assert bytes(plain.contract.digestOf(given.contribution, keccak256(given.sample))) == expected
    assert plain.contract.statusOf(0) == 1


def test_the_digest_depends_on_every_field(plain, alice, bob):
    base = (alice.address, 1, True, 10**15, 1_800_000_000)
    others = [
        (bob.address, 1, True, 10**15, 1_800_000_000),
        (alice.address, 2, True, 10**15, 1_800_000_000),
        (alice.address, 1, False, 10**15, 1_800_000_000),
        (alice.address, 1, True, 10**15 + 1, 1_800_000_000),
        (alice.address, 1, True, 10**15, 1_800_000_001),
    ]
    hashes = [keccak256(presence(UNKNOWN)), keccak256(presence(UNKNOWN + 1))]
    digests = {bytes(plain.contract.digestOf(base, sample_hash)) for sample_hash in hashes}
    digests |= {bytes(plain.contract.digestOf(other, hashes[0])) for other in others}
    assert len(digests) == len(hashes) + len(others)


def test_a_status_ends_once_and_the_digest_stays(plain, alice, bob, mallory, stranger):
    lie, unclaimed = plain.lie(mallory), plain.lie(stranger, 11)
    lesson = plain.lesson(alice)
    plain.refund(lesson, at=plain.refund_from(lesson))
    plain.report(lie, alice, at=plain.report_from(lie))
    plain.sweep(unclaimed, bob, at=plain.sweep_from(unclaimed))
    for given, status in ((lesson, 2), (lie, 3), (unclaimed, 4)):
        assert plain.status(given) == status
        expected = digest(given.contribution, given.sample) + bytes([status])
        assert plain.contract.recordOf(given.id) == int.from_bytes(expected, "big")


def test_equal_samples_never_share_a_record(plain, alice):
    first, second = plain.echo(alice), plain.echo(alice)
    assert first.sample == second.sample
    assert first.id != second.id
    assert plain.contract.recordOf(first.id) != plain.contract.recordOf(second.id)


def test_a_contribution_is_two_words_of_storage_at_most(plain, alice, web3):
    """One new slot, the record; the ledger's word and the model's words were there before."""
    plain.lesson(alice)
    given = plain.echo(alice)
    trace = web3.provider.make_request(
        "debug_traceTransaction", [given.tx.txid, {"tracer": "prestateTracer", "tracerConfig": {"diffMode": True}}]
    )["result"]
    address = plain.contract.address.lower()
    before = trace["pre"].get(address, {}).get("storage", {})
    after = trace["post"].get(address, {}).get("storage", {})
    changed = {slot for slot in after if before.get(slot) != after[slot]}
    assert len(changed) == 2
    new = [int(after[slot], 16) for slot in changed if int(before.get(slot, "0x0"), 16) == 0]
    assert new == [plain.contract.recordOf(given.id)]
