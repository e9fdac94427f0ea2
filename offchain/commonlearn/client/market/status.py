"""Where a market stands, and what can be done now by whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from commonlearn.chain.market import MarketAccount, MarketContract, MarketView, PostView
from commonlearn.durations import duration
from commonlearn.records import MarketTerms, Phase

__all__ = ["Due", "MarketStatus", "dues", "status_of"]

_DRAW_BLOCKS = 256
"""For so many blocks a contract can ask for an earlier block's hash."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something that can be done now.

    Attributes
    ----------
    command : str
        Of ``commonlearn market``.
    who : str
        "anyone", "the provider", "the poster" or "the challenger".
    why : str
        In words.
    """

    command: str
    who: str
    why: str

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return {"command": self.command, "who": self.who, "why": self.why}


@dataclass(frozen=True)
class MarketStatus:
    """A market's phase, clocks and money.

    Attributes
    ----------
    view : MarketView
    post : PostView
    terms : MarketTerms
    stakes_wei, escrow_wei, post_bonds_wei : int
        Held for participants; bounty, bond and purse; bonds of a post and its dispute.
    now, block : int
        The chain's time in Unix seconds, and its latest block.
    dues : list of Due
    account : MarketAccount or None
        Of the account that was asked for.
    """

    view: MarketView
    post: PostView
    terms: MarketTerms
    stakes_wei: int
    escrow_wei: int
    post_bonds_wei: int
    now: int
    block: int
    dues: list[Due]
    account: MarketAccount | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        account = self.account
        return {
            "market": self.view.as_dict(),
            "post": self.post.as_dict() if self.post.is_there else None,
            "terms": self.terms.as_dict(),
            "stakes_wei": self.stakes_wei,
            "escrow_wei": self.escrow_wei,
            "post_bonds_wei": self.post_bonds_wei,
            "now": self.now,
            "block": self.block,
            "due": [due.as_dict() for due in self.dues],
            "account": None if account is None else {name: getattr(account, name) for name in account.__slots__},
        }


def status_of(contract: MarketContract, account: str | None = None) -> MarketStatus:
    """Ask the chain where a market stands."""
    view, post = contract.market(), contract.posted()
    stakes_wei, escrow_wei, post_bonds_wei = contract.totals()
    now, block = contract.connection.now(), contract.connection.block().number
    return MarketStatus(
        view=view,
        post=post,
        terms=contract.terms,
        stakes_wei=stakes_wei,
        escrow_wei=escrow_wei,
        post_bonds_wei=post_bonds_wei,
        now=now,
        block=block,
        dues=dues(view, post, now, block),
        account=None if account is None else contract.account(account),
    )


def dues(view: MarketView, post: PostView, now: int, block: int) -> list[Due]:
    """What can be done with a market now.

    Parameters
    ----------
    view : MarketView
    post : PostView
    now : int
        Unix time in seconds.
    block : int
        Latest block.
    """
    late = view.deadline != 0 and now > view.deadline
    left = duration(max(0, view.deadline - now))
    anyone = "anyone"
    if view.phase in (Phase.IDLE, Phase.CLOSED, Phase.VOID):
        over = [] if view.phase is Phase.IDLE else [Due("withdraw", anyone, "whoever is owed something takes it")]
        return [*over, Due("commit", anyone, "offer a bounty and commit to a test set; you are the provider then")]
    if view.phase is Phase.DRAWING:
        return [_draw(view, block)]
    if view.phase is Phase.PARTICIPATING:
        return [
            Due("audit", anyone, "see the partition that was revealed before you stake"),
            Due("contribute", anyone, f"give labelled data with a stake, for another {left}"),
        ]
    if view.phase is Phase.REVEALING and view.contributions == 0:
        return [Due("end", anyone, "nobody took part: the provider gets everything back")]
    if view.phase in (Phase.PROVING, Phase.REVEALING):
        if late:
            return [
                Due("end", anyone, "the provider did not reveal: stakes come back, the caller gets 1/20 of the bond")
            ]
        what = "the drawn partition" if view.phase is Phase.PROVING else "the rest of the test set"
        return [Due("reveal", "the provider", f"{what}, within {left}, or the bond is lost")]
    if view.phase is Phase.PREPARING:
        if late:
            return [Due("end", anyone, "nobody prepared the test set in time")]
        return [Due("settle", anyone, f"prepare the test set, within {left}; it is paid")]
    if view.phase is Phase.SETTLING and not view.is_settled:
        return [Due("end", anyone, "it was never settled")] if late else _settling(post, now)
    if view.credited < view.participants:
        return [Due("claim", anyone, "have the participants credited; it is paid")]
    ended = [Due("end", anyone, "the training was given up")] if late else []
    return [Due("train", anyone, "teach the model what was not punished; it is paid"), *ended]


def _draw(view: MarketView, block: int) -> Due:
    if block <= view.draw_block:
        return Due("draw", "anyone", f"possible after block {view.draw_block}, the latest is {block}")
    if block > view.draw_block + _DRAW_BLOCKS:
        return Due("end", "anyone", "the draw was missed, which is the provider's fault")
    left = view.draw_block + _DRAW_BLOCKS - block
    return Due("draw", "anyone", f"fix the partition within {left} blocks, or the provider's bond is lost")


def _settling(post: PostView, now: int) -> list[Due]:
    direct = Due("settle", "anyone", "compute the next portion on chain; it is paid")
    if not post.is_there:
        return [direct, Due("watch --post", "anyone", "post the outcome with a bond, and keep it alive")]
    if post.is_disputed:
        who = "the poster" if post.is_posters_turn else "the challenger"
        late = now > post.move_until
        why = "is late: the other side ends it" if late else f"must move within {duration(post.move_until - now)}"
        return [Due("watch", who, f"{why} (steps {post.low} to {post.high})"), direct]
    if now < post.until:
        return [
            Due("watch", "anyone", f"check the posted outcome; it can be disputed for {duration(post.until - now)}")
        ]
    return [Due("watch", "anyone", "accept the posted outcome")]
