"""A contributor's side of a relayer: its terms, and handing it what was signed."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from commonlearn.client.sponsoring.errors import RelayerUnreachable, RelayRefused
from commonlearn.client.sponsoring.requests import SignedRequest

__all__ = ["relayer_terms", "submit"]

_SECONDS = 120.0
_MOST_ANSWER = 1_000_000


def relayer_terms(url: str) -> dict[str, Any]:
    """What a relayer offers: ``relayer``, ``payee``, ``pays_stake``, ``per_account``, ``stakes_wei``, … of GET /terms.

    Raises
    ------
    RelayerUnreachable
        No relayer answers there.
    """
    return _asked(url, "/terms", None)


def submit(url: str, signed: SignedRequest) -> dict[str, Any]:
    """Hand a signed contribution to a relayer.

    Returns
    -------
    dict
        ``digest``, ``state`` ("done" or "sent"), ``tx_hash``, ``id`` and ``spent_wei``.

    Raises
    ------
    RelayRefused
        With the name of the error that stopped it. Nothing was contributed.
    RelayerUnreachable
        Handing it over again is harmless.
    """
    return _asked(url, "/contributions", signed.as_dict())


def _asked(url: str, path: str, content: dict[str, Any] | None) -> dict[str, Any]:
    if not url.startswith(("http://", "https://")):
        raise RelayerUnreachable(url, "its address begins with neither http:// nor https://")
    data = None if content is None else json.dumps(content).encode()
    headers = {"Content-Type": "application/json"} if data is not None else {}
    request = urllib.request.Request(url.rstrip("/") + path, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
            return _object(url, answer.read(_MOST_ANSWER))
    except urllib.error.HTTPError as error:
        answered = _object(url, error.read(_MOST_ANSWER))
        told = answered.get("error")
        if not isinstance(told, dict):
            raise RelayerUnreachable(url, f"it answered with status {error.code}") from None
        raise RelayRefused(str(told.get("name")), str(told.get("message"))) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise RelayerUnreachable(url, str(reason) or type(error).__name__) from None


def _object(url: str, body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise RelayerUnreachable(url, "its answer is no JSON object: something else is there")
    return content
