"""What a pod tells: one JSON object a line, with a name of the event and its values."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any, TextIO

import structlog

__all__ = ["SECRET_NAMES", "open_log"]

SECRET_NAMES = ("salt", "secret", "password", "private", "key_material", "raw")
"""Values under names with one of these in it are never written."""


def open_log(level: str = "info", file: str | Path | TextIO | None = None, **always: Any) -> structlog.BoundLogger:
    """Open a log.

    Parameters
    ----------
    level : str
        debug, info, warning or error.
    file : path or text stream, optional
        Appended to, a line at a time; standard error if not given.
    **always
        Values that every line has.

    Returns
    -------
    BoundLogger
        ``log.info("sent", action=…)``.

    Examples
    --------
    >>> import io
    >>> lines = io.StringIO()
    >>> open_log(file=lines).info("sent", action="job 5 seal", salt=b"never shown")
    >>> '"event": "sent"' in lines.getvalue(), "never shown" in lines.getvalue()
    (True, False)
    """
    if isinstance(file, str | Path):
        path = Path(file).expanduser()
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a", encoding="utf-8", buffering=1)
    logger = structlog.wrap_logger(
        structlog.WriteLogger(file or sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.dict_tracebacks,
            _without_secrets,
            structlog.processors.JSONRenderer(default=_plain, sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        cache_logger_on_first_use=False,
    )
    return logger.bind(**always)  # type: ignore[no-any-return]


def _without_secrets(_: Any, __: str, values: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {
        name: "…" if name != "event" and any(secret in name.lower() for secret in SECRET_NAMES) else value
        for name, value in values.items()
    }


def _plain(value: Any) -> Any:
    return "0x" + value.hex() if isinstance(value, bytes | bytearray) else str(value)
