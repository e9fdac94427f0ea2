"""Signed contributions: made from raw data and a signer, written as JSON, read back with every field checked."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from commonlearn.chain.abi import checksummed
from commonlearn.chain.errors import MalformedAddress
from commonlearn.chain.signers import as_signer
from commonlearn.chain.typed_data import digest_of, signed_by, typed_data
from commonlearn.client.errors import LengthMismatch, NothingToContribute
from commonlearn.client.labels import label_numbers
from commonlearn.client.sponsoring.errors import BadRequest, NoSponsorship
from commonlearn.client.stakes import forecast, with_tolerance
from commonlearn.client.synced_model import SyncedModel
from commonlearn.records import NOBODY, SponsoredContribution

__all__ = ["SCHEMA", "SignedRequest", "sign_contributions", "sponsorship_of"]

SCHEMA = 1
MOST_SAMPLE_BYTES = 131_072
"""The longest sample that any model takes: 65,536 features of two bytes."""
MOST_SIGNATURE_BYTES = 4_096

_TOLERANCE = 2.0
"""By how much the stake may rise before a signed contribution is sent; the relayer stakes what it is then."""
_ADDRESSES = ("collaboration", "author", "payee", "relayer")
_NUMBERS = ("label", "max_stake_wei", "nonce", "deadline")


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A contribution with its author's signature, and where it is valid.

    Attributes
    ----------
    request : SponsoredContribution
    signature : bytes
    chain_id : int
    sponsorship : str
        The contract that checks the signature.
    """

    request: SponsoredContribution
    signature: bytes
    chain_id: int
    sponsorship: str

    @property
    def digest(self) -> str:
        """What was signed, as ``0x…``: names the request."""
        return "0x" + digest_of(self.request, self.chain_id, self.sponsorship).hex()

    @property
    def signed_by(self) -> str | None:
        """Whose key signed; None where no key did, as for accounts with code."""
        return signed_by(self.request, self.chain_id, self.sponsorship, self.signature)

    def as_dict(self) -> dict[str, Any]:
        """For JSON; numbers above 32 bits are text, so that no reader loses digits."""
        shown: dict[str, Any] = {}
        for field in fields(self.request):
            value = getattr(self.request, field.name)
            shown[field.name] = "0x" + value.hex() if isinstance(value, bytes) else value
        for name in _NUMBERS:
            shown[name] = str(shown[name])
        return {
            "schema": SCHEMA,
            "chain_id": self.chain_id,
            "sponsorship": self.sponsorship,
            "request": shown,
            "signature": "0x" + self.signature.hex(),
        }

    @classmethod
    def from_dict(cls, content: Any) -> SignedRequest:
        """Read what :meth:`as_dict` wrote, or what another program did.

        Raises
        ------
        BadRequest
            A field is missing, of another kind or out of range, or there is one too many.
        """
        whole = _object(content, {"schema", "chain_id", "sponsorship", "request", "signature"}, "the whole")
        if whole["schema"] != SCHEMA:
            raise BadRequest(f"schema {whole['schema']!r} is not known, {SCHEMA} is")
        inner = _object(whole["request"], {field.name for field in fields(SponsoredContribution)}, "request")
        if not isinstance(inner["stake_from_author"], bool):
            raise BadRequest("stake_from_author is neither true nor false")
        checked: dict[str, Any] = {name: _address(inner[name], name) for name in _ADDRESSES}
        checked |= {name: _number(inner[name], name) for name in _NUMBERS}
        sample = _bytes(inner["sample"], "sample", MOST_SAMPLE_BYTES)
        request = SponsoredContribution(**checked, sample=sample, stake_from_author=inner["stake_from_author"])
        return cls(
            request,
            _bytes(whole["signature"], "signature", MOST_SIGNATURE_BYTES),
            _number(whole["chain_id"], "chain_id"),
            _address(whole["sponsorship"], "sponsorship"),
        )


def sponsorship_of(model: SyncedModel) -> str:
    """Address of the contract that checks signatures for a model. Raises `NoSponsorship`."""
    address = model.contract.sponsorship()
    if int(address, 16) == 0:
        raise NoSponsorship(model.address)
    return address


def sign_contributions(
    model: SyncedModel,
    raw: Sequence[Any],
    labels: Sequence[Any],
    *,
    account: Any,
    payee: str | None = None,
    relayer: str | None = None,
    max_stake_wei: int | None = None,
    stake_from_author: bool = False,
    valid_seconds: int = 3_600,
    author: str | None = None,
) -> list[SignedRequest]:
    """Sign labelled data so that somebody else can contribute them. Nothing is sent, and it costs nothing.

    Parameters
    ----------
    model : PublicModel
        Connected.
    raw : sequence, length n
        What the model's featuriser takes.
    labels : sequence of str or int, length n
    account : signer, eth_account account, or address
        Whose key signs.
    payee : str, optional
        Who gets the stakes back; the author by default.
    relayer : str, optional
        Who may send them; anyone by default.
    max_stake_wei : int, optional
        Most to stake on each; by default twice what is forecast for the last of them.
    stake_from_author : bool, default False
        Whether the author's balance in the sponsorship contract pays the stakes.
    valid_seconds : int, default 3600
        For how long they may be sent.
    author : str, optional
        The account with code for which the key signs; the key's own account by default.

    Returns
    -------
    list of SignedRequest
        In the order given; each can be sent by itself.

    Raises
    ------
    NoSponsorship, LengthMismatch, NothingToContribute, SampleError, UnknownLabel, UnknownAccount, SigningRefused
    """
    if len(raw) != len(labels):
        raise LengthMismatch(len(raw), len(labels))
    if not raw:
        raise NothingToContribute
    contract, signer = model.contract, as_signer(account)
    sponsorship = sponsorship_of(model)
    numbers = label_numbers(labels, model.classes_.tolist())
    samples = model.encode(raw)
    who = checksummed(author or signer.address)
    if max_stake_wei is None:
        max_stake_wei = with_tolerance(forecast(contract.terms, contract.stake_now(), len(samples))[-1], _TOLERANCE)
    # Neighbouring numbers share a word of storage, so that all but the first cost a quarter; where they begin is
    # drawn, so that several devices of an author need not know of one another.
    first = secrets.randbits(240) << 8
    deadline = contract.connection.now() + valid_seconds
    signed = []
    for position, (sample, label) in enumerate(zip(samples, numbers, strict=True)):
        request = SponsoredContribution(
            collaboration=contract.address,
            author=who,
            payee=checksummed(payee or who),
            relayer=checksummed(relayer or NOBODY),
            sample=sample,
            label=label,
            max_stake_wei=max_stake_wei,
            stake_from_author=stake_from_author,
            nonce=first + position,
            deadline=deadline,
        )
        chain_id = contract.connection.chain_id
        signature = signer.sign_typed_data(typed_data(request, chain_id, sponsorship), contract.connection)
        signed.append(SignedRequest(request, signature, chain_id, sponsorship))
    return signed


def _object(content: Any, names: set[str], what: str) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise BadRequest(f"{what} is no object")
    missing, strange = sorted(names - content.keys()), sorted(map(str, content.keys() - names))
    if missing or strange:
        raise BadRequest(f"{what} lacks {', '.join(missing)}" if missing else f"{what} has unknown {strange[0]!r}")
    return content


def _address(value: Any, name: str) -> str:
    try:
        return checksummed(value)
    except MalformedAddress as error:
        raise BadRequest(f"{name} is no address: {error.reason}") from None


def _number(value: Any, name: str) -> int:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 80:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 256:
        raise BadRequest(f"{name} is no whole number below 2^256")
    return value


def _bytes(value: Any, name: str, most: int) -> bytes:
    if not isinstance(value, str) or not value.startswith("0x") or len(value) > 2 + 2 * most:
        raise BadRequest(f"{name} is no 0x… text of at most {most} bytes")
    try:
        return bytes.fromhex(value[2:])
    except ValueError:
        raise BadRequest(f"{name} is not hexadecimal") from None
