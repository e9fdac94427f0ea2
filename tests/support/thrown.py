"""What a contract throws for an error of the Python package: the bytes, to be compared with those that it gave."""

from __future__ import annotations

from eth_abi import encode

from commonlearn.chain.reverts import SIGNATURES
from commonlearn.errors import CommonlearnError
from commonlearn.numerics import keccak256


def thrown_data(error: CommonlearnError) -> bytes:
    """Return selector and encoded fields of an error, by the signature that it has in the contracts.

    Examples
    --------
    >>> from commonlearn.errors import EmptySample
    >>> thrown_data(EmptySample()) == keccak256(b"EmptySample()")[:4]
    True
    """
    signature = next(text for text, cls in SIGNATURES.items() if cls is type(error))
    types = [kind for kind in signature[signature.index("(") + 1 : -1].split(",") if kind]
    return keccak256(signature.encode())[:4] + encode(types, list(error.values)[: len(types)])
