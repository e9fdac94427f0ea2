"""Expect a custom error in brownie, which knows them only as text: ``Name: argument, argument``."""

from __future__ import annotations

from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any


def custom_error(name: str, *arguments: Any) -> str:
    """Return brownie's wording of a custom error.

    Parameters
    ----------
    name : str
        The error's name, as declared.
    *arguments : int, bool, str, bytes, or anything whose text is an address
        All arguments of the error, in order.

    Examples
    --------
    >>> custom_error("Insufficient", "0xABCD00000000000000000000000000000000ABCD", 5)
    'Insufficient: 0xabcd00000000000000000000000000000000abcd, 5'
    >>> custom_error("AlreadySealed")
    'AlreadySealed: '
    """
    return f"{name}: {', '.join(_word(argument) for argument in arguments)}"


def reverts(name: str, *arguments: Any) -> AbstractContextManager[None]:
    """Return a context in which exactly this custom error, with exactly these arguments, must be thrown.

    For a panic or a revert string use ``brownie.reverts`` itself.
    """
    brownie: Any = import_module("brownie")  # not at the top: doctests and pure tests import this file without it
    manager: AbstractContextManager[None] = brownie.reverts(custom_error(name, *arguments))
    return manager


def _word(argument: Any) -> str:
    if isinstance(argument, bytes):
        return str(bytes(argument))  # not HexBytes' own form: brownie prints what the ABI decoder returns
    text = str(argument)
    return text.lower() if text.startswith("0x") else text
