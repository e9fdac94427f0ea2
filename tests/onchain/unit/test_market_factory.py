"""The market's factory, its terms, and what every collaboration has.

Requirements K-01, K-28.
"""

from dataclasses import fields, replace

import pytest

from commonlearn.records import MarketTerms
from tests.support.events import logged
from tests.support.plain_market import NOBODY, TERMS, PlainMarket
from tests.support.plain_model import CONFIGURATION
from tests.support.reverts import reverts

ZEROS = ("min_stake_wei", "bond_wei", "post_bond_wei", "full_score", "most_contributions", "participate_seconds",
         "reveal_seconds", "dispute_seconds", "move_seconds", "rounds", "draw_delay_blocks")  # fmt: skip
INVALID = [*({name: 0} for name in ZEROS), {"most_contributions": 65_536}, {"rounds": 17}, {"draw_delay_blocks": 201}]


def create(market_factory, perceptron, engine, deployer, terms=TERMS, words=b""):
    return market_factory.create(
        perceptron, CONFIGURATION.to_int(), terms.as_tuple(), engine, words, b"{}", {"from": deployer}
    )


def test_what_is_created(market, market_factory, perceptron, linear_engine, deployer):
    tx = create(market_factory, perceptron, linear_engine, deployer)
    created = next(fields for name, fields in logged(tx) if name == "Created")
    assert (created["modelImplementation"], created["creator"]) == (perceptron, deployer)
    contract = market.contract
    assert contract.incentive() == "market/1"
    assert contract.engine() == linear_engine
    assert contract.creator() == deployer
    assert contract.curator() == NOBODY
    assert contract.sponsorship() == NOBODY
    assert contract.isOpen()
    assert contract.contributions() == 0
    assert contract.createdAtBlock() > 0
    assert market_factory.implementation() != NOBODY


def test_terms_are_kept_field_by_field(market_factory, perceptron, linear_engine, deployer):
    """Each field has a value that no other could be taken for."""
    top = {"min_stake_wei": 95, "bond_wei": 94, "step_fee_wei": 63, "post_bond_wei": 93, "full_score": 31}
    terms = MarketTerms(
        *[(1 << top[field.name]) + i if field.name in top else 5 + i for i, field in enumerate(fields(MarketTerms))]
    )
    market = PlainMarket.create(market_factory, perceptron, linear_engine, deployer, terms)
    assert tuple(market.contract.terms()) == terms.as_tuple()
    assert market.contract.engine() == linear_engine
    assert market.contract.purseFor(12) == terms.purse_wei(12)


@pytest.mark.parametrize("change", INVALID, ids=lambda change: "{}={}".format(*next(iter(change.items()))))
def test_terms_out_of_range(market_factory, perceptron, linear_engine, deployer, change):
    terms = replace(TERMS, **change)
    assert terms.problems()
    with reverts("InvalidMarketTerms", terms.as_tuple()):
        create(market_factory, perceptron, linear_engine, deployer, terms)


LEAST = (
    "min_stake_wei",
    "bond_wei",
    "post_bond_wei",
    "full_score",
    "most_contributions",
    "participate_seconds",
    "reveal_seconds",
    "dispute_seconds",
    "move_seconds",
    "rounds",
    "draw_delay_blocks",
)


@pytest.mark.parametrize(
    "change",
    [{"most_contributions": 65_535}, {"rounds": 16}, {"draw_delay_blocks": 200}, dict.fromkeys(LEAST, 1)],
    ids=["many", "rounds", "delay", "least"],
)
def test_terms_at_their_ends(market_factory, perceptron, linear_engine, deployer, change):
    terms = replace(TERMS, step_fee_wei=0, **change)
    assert not terms.problems()
    create(market_factory, perceptron, linear_engine, deployer, terms)


def test_an_engine_must_have_code_and_know_the_model(
    market_factory, perceptron, bayes, linear_engine, deployer, stranger
):
    with reverts("EngineUnsuitable", stranger):
        create(market_factory, perceptron, stranger, deployer)
    configuration = replace(CONFIGURATION, step=0, smoothing=256).to_int()
    with reverts("EngineUnsuitable", linear_engine):
        market_factory.create(bayes, configuration, TERMS.as_tuple(), linear_engine, b"", b"", {"from": deployer})
    with reverts("NoImplementation", stranger):
        create(market_factory, stranger, linear_engine, deployer)


def test_classes_are_fixed(market, deployer):
    with reverts("OnlyCurator", deployer, NOBODY):
        market.contract.addClass(b"", {"from": deployer})


def test_nobody_sets_it_up_again(market, perceptron, deployer):
    with reverts("OnlyFactory", deployer):
        market.contract.initialize(perceptron, CONFIGURATION.to_int(), b"", b"", {"from": deployer})
