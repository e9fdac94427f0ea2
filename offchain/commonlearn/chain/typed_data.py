"""Signed contributions as typed data (EIP-712): what an author signs, and whose signature it is."""

from __future__ import annotations

from typing import Any

from eth_account import Account
from eth_account.messages import SignableMessage, encode_typed_data

from commonlearn.chain.abi import checksummed
from commonlearn.numerics.hashing import keccak256
from commonlearn.records import SponsoredContribution

__all__ = ["digest_of", "signed_by", "typed_data"]

_DOMAIN = (("name", "string"), ("version", "string"), ("chainId", "uint256"), ("verifyingContract", "address"))
_REQUEST = (
    ("collaboration", "address"),
    ("author", "address"),
    ("payee", "address"),
    ("relayer", "address"),
    ("sample", "bytes"),
    ("label", "uint256"),
    ("maxStakeWei", "uint256"),
    ("stakeFromAuthor", "bool"),
    ("nonce", "uint256"),
    ("deadline", "uint256"),
)


def typed_data(request: SponsoredContribution, chain_id: int, sponsorship: str) -> dict[str, Any]:
    """A request as wallets show and sign it, for ``eth_signTypedData_v4``.

    Parameters
    ----------
    request : SponsoredContribution
    chain_id : int
        The chain on which it is meant to be sent.
    sponsorship : str
        Address of the contract that checks the signature.

    Returns
    -------
    dict
        JSON-ready: bytes as ``0x…``, numbers above 2^53 as text.

    Examples
    --------
    >>> nobody = "0x" + "00" * 20
    >>> request = SponsoredContribution(nobody, nobody, nobody, nobody, bytes([0, 3]), 1, 10**15, False, 7, 2**33)
    >>> message = typed_data(request, 1, nobody)
    >>> message["primaryType"], message["message"]["sample"], message["message"]["maxStakeWei"]
    ('SponsoredContribution', '0x0003', '1000000000000000')
    """
    values: dict[str, Any] = {}
    for (name, kind), value in zip(_REQUEST, request.as_tuple(), strict=True):
        if isinstance(value, bytes):
            values[name] = "0x" + value.hex()
        else:
            values[name] = str(value) if kind == "uint256" else value
    return {
        "types": {"EIP712Domain": _fields(_DOMAIN), "SponsoredContribution": _fields(_REQUEST)},
        "primaryType": "SponsoredContribution",
        "domain": {"name": "commonlearn", "version": "1", "chainId": chain_id, "verifyingContract": sponsorship},
        "message": values,
    }


def digest_of(request: SponsoredContribution, chain_id: int, sponsorship: str) -> bytes:
    """The 32 bytes that are signed: what the contract's ``hashOf`` gives. Parameters as of :func:`typed_data`."""
    signable = _signable(request, chain_id, sponsorship)
    return keccak256(b"\x19" + signable.version + signable.header + signable.body)


def signed_by(request: SponsoredContribution, chain_id: int, sponsorship: str, signature: bytes) -> str | None:
    """Whose key made a signature; None where no key did. A contract's signature says nothing here: ask the contract.

    Returns
    -------
    str or None
        Checksummed address.
    """
    try:
        return checksummed(
            Account.recover_message(_signable(request, chain_id, sponsorship), signature=bytes(signature))
        )
    except Exception:  # eth_keys' family is wide: wrong length, wrong recovery number, no point of the curve
        return None


def _signable(request: SponsoredContribution, chain_id: int, sponsorship: str) -> SignableMessage:
    message = typed_data(request, chain_id, sponsorship)
    numbers = {name: int(message["message"][name]) for name, kind in _REQUEST if kind == "uint256"}
    return encode_typed_data(full_message={**message, "message": {**message["message"], **numbers}})


def _fields(pairs: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"name": name, "type": kind} for name, kind in pairs]
