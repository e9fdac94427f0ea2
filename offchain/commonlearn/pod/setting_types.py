"""What settings of a pod are made of: amounts, addresses, places."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationInfo

from commonlearn.money import InvalidAmount, parse_amount
from commonlearn.storage import InvalidAddress, open_store

__all__ = ["Address", "Digest", "Place", "Section", "StoreName", "TableSource", "Url", "Wei"]

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")


def _folder(info: ValidationInfo) -> Path:
    """What relative paths count from: the folder of the settings' file, wherever the pod is started."""
    context: dict[str, Path] = info.context or {}
    return context.get("folder", Path())


def _path(value: Any, info: ValidationInfo) -> Any:
    if not isinstance(value, str):
        return value
    if not value.strip():
        raise ValueError("it is empty: name a file or folder")
    try:
        return _folder(info) / Path(value).expanduser()
    except RuntimeError:
        raise ValueError(f"{value} names the home folder of somebody whom this machine does not know") from None


def _source(value: str, info: ValidationInfo) -> str:
    return value if "://" in value or not value else str(_path(value, info))


def _wei(value: Any) -> Any:
    if not isinstance(value, str) or not value.strip().lower().endswith(("wei", "ether", "eth")):
        raise ValueError("an amount is a text with a unit, such as '0.01 ether' or '5 gwei'")
    try:
        return parse_amount(value)
    except InvalidAmount as error:
        raise ValueError(error.user_message) from None


def _address(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise ValueError("an address is 0x and 40 hexadecimal digits")
    return value


def _url(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s@]+", value):
        raise ValueError("it is no address of a node: http://HOST:PORT or https://…, without a name and password")
    return value


def _store(value: str, info: ValidationInfo) -> str:
    # The nearest place is most often a folder; all others are URLs.
    named = value if ":" in value or not value else str(_path(value, info))
    try:
        open_store(named)
    except InvalidAddress as error:
        raise ValueError(error.user_message) from None
    return named


def _digest(value: str) -> str:
    if not re.fullmatch(r"(0x)?[0-9a-f]{64}", value):
        raise ValueError(f"{value[:80]!r} is no SHA-256: 64 hexadecimal digits in lower case, with or without 0x")
    return value.removeprefix("0x")


Wei = Annotated[int, BeforeValidator(_wei)]
Address = Annotated[str, AfterValidator(_address)]
Digest = Annotated[str, AfterValidator(_digest)]
Place = Annotated[Path, BeforeValidator(_path)]
Url = Annotated[str, AfterValidator(_url)]
StoreName = Annotated[str, AfterValidator(_store)]
TableSource = Annotated[str, AfterValidator(_source)]


class Section(BaseModel):
    """A part of the settings; names that are not known are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
