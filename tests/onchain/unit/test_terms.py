"""The rules: fixed at creation, readable by anyone, refused when they contradict one another.

Requirement I-11.
"""

from dataclasses import replace

import pytest

from tests.support import collaborations
from tests.support.collaborations import DEFAULT_TERMS
from tests.support.plain_model import CONFIGURATION, first_weights
from tests.support.reverts import reverts

NOBODY = "0x" + "00" * 20
LONGEST, WIDEST = 2**32 - 1, 2**96 - 1

INVALID = {
    "no beneficiary": {"beneficiary": NOBODY},
    "no floor": {"floor_wei": 0},
    "floor below a gwei": {"floor_wei": 10**9 - 1},
    "floor with a part of a gwei": {"floor_wei": 10**15 + 1},
    "floor beyond 80 bits": {"floor_wei": (2**80 // 10**9 + 1) * 10**9},
    "floor as large as it can be said": {"floor_wei": WIDEST},
    "more than doubling": {"growth_bps": 10_001},
    "no half-life": {"half_life_seconds": 0},
    "no wait before refunds": {"refund_wait_seconds": 0},
    "reports with refunds": {"report_wait_seconds": DEFAULT_TERMS.refund_wait_seconds},
    "reports before refunds": {"report_wait_seconds": DEFAULT_TERMS.refund_wait_seconds - 1},
    "sweeps with reports": {"sweep_wait_seconds": DEFAULT_TERMS.report_wait_seconds},
    "sweeps before reports": {"sweep_wait_seconds": DEFAULT_TERMS.report_wait_seconds - 1},
    "more than half for reporters": {"reporter_bps": 5_001},
}
EXTREME = {
    "least": {
        "floor_wei": 10**9,
        "growth_bps": 0,
        "half_life_seconds": 1,
        "refund_wait_seconds": 1,
        "report_wait_seconds": 2,
        "sweep_wait_seconds": 3,
        "reporter_bps": 0,
    },
    "most": {
        "beneficiary": "0x" + "ff" * 20,
        "floor_wei": (2**80 - 1) // 10**9 * 10**9,
        "growth_bps": 10_000,
        "half_life_seconds": LONGEST,
        "refund_wait_seconds": LONGEST - 2,
        "report_wait_seconds": LONGEST - 1,
        "sweep_wait_seconds": LONGEST,
        "reporter_bps": 5_000,
    },
}


@pytest.mark.parametrize("changes", INVALID.values(), ids=INVALID.keys())
def test_terms_that_contradict_one_another_are_refused(factory, perceptron, changes):
    terms = replace(DEFAULT_TERMS, **changes)
    assert terms.problems() != []  # the twin says so beforehand
    words = f"('{terms.beneficiary.lower()}', {', '.join(str(value) for value in terms.as_tuple()[1:])})"
    with reverts("InvalidTerms", words):
        collaborations.create(factory, perceptron, CONFIGURATION, first_weights().words(), terms)


@pytest.mark.parametrize("changes", EXTREME.values(), ids=EXTREME.keys())
def test_terms_at_the_ends_of_their_ranges_are_kept_exactly(factory, perceptron, changes):
    terms = replace(DEFAULT_TERMS, **changes)
    assert terms.problems() == []
    created = collaborations.create(factory, perceptron, CONFIGURATION, first_weights().words(), terms)
    assert created.terms() == terms.as_tuple()


def test_anyone_reads_the_terms(plain, stranger):
    assert plain.contract.terms.call({"from": stranger}) == DEFAULT_TERMS.as_tuple()


def test_every_field_is_kept_apart(factory, perceptron):
    """No two fields share bits: each value differs from all others."""
    terms = replace(
        DEFAULT_TERMS,
        beneficiary="0x" + "5a" * 20,
        floor_wei=0x1234 * 10**9,
        growth_bps=0x1A2B,
        half_life_seconds=0x11223344,
        refund_wait_seconds=0x21222324,
        report_wait_seconds=0x31323334,
        sweep_wait_seconds=0x41424344,
        reporter_bps=0x0C0D,
    )
    created = collaborations.create(factory, perceptron, CONFIGURATION, first_weights().words(), terms)
    assert created.terms() == terms.as_tuple()


def test_nothing_changes_the_terms(plain, alice, bob, mallory, stranger):
    before = plain.contract.terms()
    lie, lesson = plain.lie(mallory), plain.prove(alice)
    plain.report(lie, alice, at=plain.report_from(lie) + 10**6)
    echo = plain.echo(bob)
    plain.sweep(echo, stranger, at=plain.sweep_from(echo))
    plain.contract.withdraw(alice, {"from": alice})
    assert plain.status(lesson) == 2
    assert plain.contract.terms() == before


def test_no_function_could_change_rules_or_take_stakes(plain):
    """All that writes, by name: none takes terms, an owner or a recipient of others' money."""
    abi = [entry for entry in plain.contract.abi if entry["type"] == "function"]
    writing = {entry["name"] for entry in abi if entry["stateMutability"] in ("nonpayable", "payable")}
    taking = {entry["name"] for entry in abi if entry["stateMutability"] == "payable"}
    claims = {"refund", "report", "sweep", "withdraw", "refundMany", "reportMany", "sweepMany"}
    assert (
        writing
        == {"initialize", "upload", "open", "addClass", "contribute", "contributeFor", "contributeMany"} | claims
    )
    assert taking == {"contribute", "contributeFor", "contributeMany"}
    assert not any(entry["type"] in ("receive", "fallback") for entry in plain.contract.abi)
