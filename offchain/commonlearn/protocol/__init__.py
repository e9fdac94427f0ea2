"""Twins of private training's rules: seals, draws, majorities, money, reputation, matching.

Integers and hashes alone, bit for bit those of ``contracts/market``; nothing here knows a chain. The states and their
names are in :mod:`commonlearn.records`, the manuals in ``interfaces/training``.
"""

from commonlearn.protocol.agreement import strict_majority
from commonlearn.protocol.draws import Candidate, draw_jury, draw_subsets
from commonlearn.protocol.matching import Offer, mismatch, suits
from commonlearn.protocol.reputation import Reputation
from commonlearn.protocol.seals import JOIN_ROUND, VOTE_ROUND, row_leaf, seal, seed, vote_digest, vote_sitting
from commonlearn.protocol.splitting import funding, parts, released, seat_pay, share

__all__ = [
    "JOIN_ROUND",
    "VOTE_ROUND",
    "Candidate",
    "Offer",
    "Reputation",
    "draw_jury",
    "draw_subsets",
    "funding",
    "mismatch",
    "parts",
    "released",
    "row_leaf",
    "seal",
    "seat_pay",
    "seed",
    "share",
    "strict_majority",
    "suits",
    "vote_digest",
    "vote_sitting",
]
