"""Incentives as users choose and set them: one entry an incentive, nothing else asks which one it is.

A new incentive is added by an entry here and one in :mod:`commonlearn.chain.incentives`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from commonlearn.chain.abi import checksummed
from commonlearn.chain.incentives import MARKET, POINTS, SELF_ASSESSMENT, ChainIncentive
from commonlearn.client.errors import RulesProblem
from commonlearn.durations import duration, parse_duration
from commonlearn.errors import CommonlearnError
from commonlearn.incentives.stake_price import price, raised
from commonlearn.money import format_ether, parse_amount
from commonlearn.records import MarketTerms, PointsTerms, Terms

__all__ = ["CHOICES", "Choice", "Rule", "choice_of"]


@dataclass(frozen=True)
class Rule:
    """One setting of an incentive.

    Attributes
    ----------
    name : str
        In settings files and after ``--rule``.
    help : str
        What it means.
    parse : callable
        Reads it from text, a number or a list; raises `ValueError` or `CommonlearnError`.
    default : Any
        What holds if it is not given, in the same form; None for what `Choice.make` decides.
    show : callable
        Says what was parsed to people.
    """

    name: str
    help: str
    parse: Callable[[Any], Any]
    default: Any = None
    show: Callable[[Any], str] = str


@dataclass(frozen=True)
class Choice:
    """One incentive, as users see it.

    Attributes
    ----------
    word : str
        What chooses it.
    summary : str
        What it is, in a line.
    on_chain : ChainIncentive
    rules : tuple of Rule
    make : callable
        Makes terms of the parsed rules and the deployer's address.
    notice_seconds : callable
        The least notice of an added class that the factory takes under some terms.
    describe : callable
        Terms in words: rows of a name and a text.
    afterwards : callable
        What a contributor can do next under some terms, given the model's address.
    next_stake : callable
        What the contribution right after one at some stake (wei) costs under some terms.
    """

    word: str
    summary: str
    on_chain: ChainIncentive
    rules: tuple[Rule, ...]
    make: Callable[[Mapping[str, Any], str], Any]
    notice_seconds: Callable[[Any], int]
    describe: Callable[[Any], list[tuple[str, str]]]
    afterwards: Callable[[Any, str], str]
    next_stake: Callable[[Any, int], int]

    def terms(self, given: Mapping[str, Any], deployer: str) -> Any:
        """Terms from settings; whether they contradict one another says their `problems`.

        Parameters
        ----------
        given : mapping
            Rules by name, each as text, a number or a list; others have their defaults.
        deployer : str
            Address; stands in where a rule that names an account is not given.

        Raises
        ------
        RulesProblem
            A rule is not known or cannot be read.
        """
        return self.make(self.parse(given), deployer)

    def parse(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Values of all rules; None for an account that is not named. Raises as :meth:`terms`."""
        known = {rule.name: rule for rule in self.rules}
        unknown = sorted(set(given) - set(known))
        if unknown:
            raise RulesProblem(self.word, unknown[0], f"it is not known; there are {', '.join(known)}")
        parsed = {}
        for name, rule in known.items():
            value = rule.default if given.get(name) is None else given[name]
            try:
                parsed[name] = None if value is None else rule.parse(value)
            except CommonlearnError as error:
                raise RulesProblem(self.word, name, error.user_message.rstrip(".")) from None
            except (ValueError, TypeError, ArithmeticError):
                raise RulesProblem(self.word, name, f"{value!r} is not: {rule.help}") from None
        return parsed


def _amount(value: Any) -> int:
    return parse_amount(value) if isinstance(value, str) else _whole(value)


def _seconds(value: Any) -> int:
    return parse_duration(value) if isinstance(value, str) else _whole(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or int(value) != float(value):
        raise ValueError(value)
    return int(value)


def _hundredths(least: float, most: float) -> Callable[[Any], int]:
    """Reads hundredths of a percent from percent, or of a point from points."""

    def parse(value: Any) -> int:
        if not least <= float(value) <= most:
            raise ValueError(value)
        return round(float(value) * 100)

    return parse


def _show_hundredths(value: int) -> str:
    return f"{value / 100:g}"


_percent, _fifty, _points = _hundredths(0, 100), _hundredths(0, 50), _hundredths(0, 42_949_672)


def _accounts(value: Any) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else list(value)
    return tuple(sorted({checksummed(part.strip()) for part in parts}, key=lambda one: int(one, 16)))


def _make_self_assessment(rules: Mapping[str, Any], deployer: str) -> Terms:
    return Terms(
        beneficiary=rules["beneficiary"] or deployer,
        floor_wei=rules["floor"],
        growth_bps=rules["growth_percent"],
        half_life_seconds=rules["half_life"],
        refund_wait_seconds=rules["refund_wait"],
        report_wait_seconds=rules["report_wait"],
        sweep_wait_seconds=rules["sweep_wait"],
        reporter_bps=rules["reporter_percent"],
    )


def _describe_self_assessment(terms: Terms) -> list[tuple[str, str]]:
    return [
        ("stake", f"{format_ether(terms.floor_wei)}, +{terms.growth_bps / 100:g} % a contribution, halving every "
                  f"{duration(terms.half_life_seconds)}"),
        ("waits", f"refund {duration(terms.refund_wait_seconds)}, report {duration(terms.report_wait_seconds)}, "
                  f"sweep {duration(terms.sweep_wait_seconds)}"),
        ("beneficiary", terms.beneficiary),
    ]  # fmt: skip


def _make_points(rules: Mapping[str, Any], deployer: str) -> PointsTerms:
    return PointsTerms(
        founders=rules["founders"] or (checksummed(deployer),),
        grant=rules["grant"],
        least_vote=rules["least_vote"],
        most_vote=rules["most_vote"],
        give_bps=rules["give_percent"],
        fee_bps=rules["fee_percent"],
        vote_seconds=rules["vote_time"],
    )


def _describe_points(terms: PointsTerms) -> list[tuple[str, str]]:
    return [
        ("founders", f"{len(terms.founders)}, each with {terms.grant / 100:g} points to spend on votes"),
        ("votes", f"{terms.least_vote / 100:g} to {terms.most_vote / 100:g} points each, for "
                  f"{duration(terms.vote_seconds)} after a contribution"),
        ("giving", f"up to {terms.give_bps / 100:g} % of the points received; each point given costs "
                   f"{terms.fee_bps / 10_000:g}"),
    ]  # fmt: skip


def _make_market(rules: Mapping[str, Any], deployer: str) -> MarketTerms:
    return MarketTerms(
        min_stake_wei=rules["min_stake"],
        bond_wei=rules["bond"],
        step_fee_wei=rules["step_fee"],
        post_bond_wei=rules["post_bond"],
        full_score=rules["full_score"],
        most_contributions=rules["most_contributions"],
        participate_seconds=rules["participate_time"],
        reveal_seconds=rules["reveal_time"],
        dispute_seconds=rules["dispute_time"],
        move_seconds=rules["move_time"],
        rounds=rules["rounds"],
        draw_delay_blocks=rules["draw_delay"],
    )


def _describe_market(terms: MarketTerms) -> list[tuple[str, str]]:
    return [
        ("stake", f"at least {format_ether(terms.min_stake_wei)} a contribution, up to {terms.most_contributions:,} "
                  f"contributions in {duration(terms.participate_seconds)}"),
        ("provider", f"bond {format_ether(terms.bond_wei)}; {duration(terms.reveal_seconds)} for each reveal; the "
                     f"whole bounty for {terms.full_score:,} more correct test samples, at most {terms.rounds} rounds"),
        ("settlement", f"{format_ether(terms.step_fee_wei)} a step; a posted outcome needs "
                       f"{format_ether(terms.post_bond_wei)} and stands {duration(terms.dispute_seconds)} for dispute"),
    ]  # fmt: skip


CHOICES: dict[str, Choice] = {
    "self-assessment": Choice(
        word="self-assessment",
        summary="contributors stake on their data; the model's judgement gives stakes back or forfeits them",
        on_chain=SELF_ASSESSMENT,
        rules=(
            Rule("beneficiary", "the account that gets unclaimed stakes; the deployer if not given", checksummed),
            Rule("floor", "lowest stake, such as 0.0005ether", _amount, "0.0005ether", format_ether),
            Rule(
                "growth_percent", "0 to 100 by which a contribution raises the stake", _percent, 1.0, _show_hundredths
            ),
            Rule("half_life", "quiet time in which the rise halves, such as 1h", _seconds, "1h", duration),
            Rule("refund_wait", "when authors can take stakes back, such as 1d", _seconds, "1d", duration),
            Rule("report_wait", "when others can report, such as 7d", _seconds, "7d", duration),
            Rule("sweep_wait", "when unclaimed stakes are lost, such as 30d", _seconds, "30d", duration),
            Rule("reporter_percent", "0 to 50 of a forfeited stake for its reporter", _fifty, 5.0, _show_hundredths),
        ),
        make=_make_self_assessment,
        notice_seconds=lambda terms: int(terms.report_wait_seconds),
        describe=_describe_self_assessment,
        afterwards=lambda terms, address: (
            f"Take the stakes back in {duration(terms.refund_wait_seconds)}: commonlearn refund {address}"
        ),
        next_stake=lambda terms, stake: price(terms.floor_wei, raised(stake, terms.floor_wei, terms.growth_bps)),
    ),
    "points": Choice(
        word="points",
        summary="contributors give one another points by confirming contributions; no money",
        on_chain=POINTS,
        rules=(
            Rule(
                "founders",
                "accounts with standing from the beginning; the deployer if not given",
                _accounts,
                None,
                ", ".join,
            ),
            Rule(
                "grant", "points that each founder may spend on votes, fees included", _points, 1_000, _show_hundredths
            ),
            Rule("least_vote", "least points of a vote", _points, 1, _show_hundredths),
            Rule("most_vote", "most points of a vote", _points, 10, _show_hundredths),
            Rule("give_percent", "0 to 50 of the points received that can be given", _fifty, 20, _show_hundredths),
            Rule(
                "fee_percent",
                "percent that a vote costs of what it gives: above 100, at most 200",
                _hundredths(0, 200),
                110,
                _show_hundredths,
            ),
            Rule("vote_time", "for how long a contribution can be voted on, such as 14d", _seconds, "14d", duration),
        ),
        make=_make_points,
        notice_seconds=lambda terms: 0,
        describe=_describe_points,
        afterwards=lambda terms, address: (
            f"Others can confirm them for {duration(terms.vote_seconds)}. See commonlearn leaderboard {address}"
        ),
        next_stake=lambda terms, stake: stake,
    ),
    "market": Choice(
        word="market",
        summary="a provider pays for what contributions improve on a secret test set; stakes pay for what they worsen",
        on_chain=MARKET,
        rules=(
            Rule("min_stake", "least stake of a contribution, such as 0.001ether", _amount, "0.001ether", format_ether),
            Rule("bond", "what a provider loses who does not reveal", _amount, "0.1ether", format_ether),
            Rule("step_fee", "pay for each step of the settlement", _amount, "0.00005ether", format_ether),
            Rule("post_bond", "bond of a posted outcome, and of its dispute", _amount, "0.1ether", format_ether),
            Rule("full_score", "more correct test samples for which the whole bounty is paid", _whole, 10),
            Rule("most_contributions", "at so many contributions participation ends, 1 to 65535", _whole, 1_000),
            Rule("participate_time", "how long anyone can contribute, such as 7d", _seconds, "7d", duration),
            Rule("reveal_time", "how long the provider has for each reveal, such as 2d", _seconds, "2d", duration),
            Rule("dispute_time", "how long a posted outcome can be disputed, such as 2d", _seconds, "2d", duration),
            Rule("move_time", "how long each side of a dispute has for a move, such as 6h", _seconds, "6h", duration),
            Rule("rounds", "in at most how many rounds the bounty is awarded, 1 to 16", _whole, 4),
            Rule("draw_delay", "blocks from the commitment to the block that draws, 1 to 200", _whole, 5),
        ),
        make=_make_market,
        notice_seconds=lambda terms: 0,
        describe=_describe_market,
        afterwards=lambda terms, address: (
            f"They are settled after the market's end: commonlearn market status {address}"
        ),
        next_stake=lambda terms, stake: stake,
    ),
}
"""All incentives by the word that chooses them; the first is the default."""


def choice_of(incentive: ChainIncentive) -> Choice:
    """How users see an incentive.

    Examples
    --------
    >>> choice_of(POINTS).word
    'points'
    """
    return next(choice for choice in CHOICES.values() if choice.on_chain is incentive)
