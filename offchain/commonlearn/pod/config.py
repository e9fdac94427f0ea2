"""A pod's settings: one TOML file."""

from __future__ import annotations

import ipaddress
import os
import stat
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from commonlearn.money import format_ether
from commonlearn.pod.errors import ConfigProblem
from commonlearn.pod.role_settings import Aggregator, Buyer, ComputeOwner, DataOwner, Sponsor, Validator, Watcher
from commonlearn.pod.setting_types import Address, Place, Section, StoreName, Url, Wei
from commonlearn.sandbox import InvalidLimit, Limits

__all__ = ["BESIDES", "EXAMPLE", "ROLES", "Config", "read_config"]

ROLES = ("data-owner", "compute-owner", "buyer", "sponsor", "aggregator", "validator", "watcher")
BESIDES = ("money",)
"""What every pod has besides the roles of its settings."""

EXAMPLE = """\
# A pod of commonlearn: commonlearn pod run --config FILE
roles = ["data-owner"]         # data-owner, compute-owner, buyer, sponsor, aggregator, validator, watcher

[node]
url = "http://127.0.0.1:8545"  # an Ethereum node; best one of your own
# chain_id = 11155111          # refuse any other chain
first_block = 0                # in which the market was deployed, or any before it
confirmations = 3              # blocks on top, until what was done counts as done
poll_seconds = 2.0

[account]                      # keystore or clef
keystore = "~/keys/pod.json"   # encrypted key
password_file = "~/keys/pod.password"
# clef = "http://127.0.0.1:8550"
# address = "0x…"              # which of clef's accounts

[contracts]                    # name = address
# market = "0x…"

[folders]
state = "~/.local/share/commonlearn/pod"  # the pod's memory: keep it, it holds secrets
# data = "~/data"

[storage]
stores = ["~/.local/share/commonlearn/objects"]  # also s3://…, https://…, ipfs://…; the nearest first
most_mib = 256
# letters = "s3://bucket/letters"  # where encrypted shards are left for those who hold them

[limits]                       # of programs that others wrote
wall_seconds = 600.0
cpu_seconds = 600
memory_mib = 2048
output_mib = 64
at_once = 1

[prices]                       # amounts with a unit
most_per_day = "1 ether"       # what the pod may spend or lock in a day, deposit included; more waits

[money]
# withdraw_to = "0x…"          # where what is owed to the pod goes; without it, all stays in the market
# withdraw_above = "0.5 ether" # as soon as there is so much; without it, when all roles have ended

[status]
port = 8600                    # http://127.0.0.1:8600, this machine only; 0: none

[log]
level = "info"
# file = "~/.local/share/commonlearn/pod/log.jsonl"
"""

_MIB = 1 << 20


class Node(Section):
    """The chain, and how it is followed."""

    url: Url = "http://127.0.0.1:8545"
    chain_id: Annotated[int, Field(gt=0)] | None = None
    first_block: Annotated[int, Field(ge=0)] = 0
    confirmations: Annotated[int, Field(ge=0, le=1000)] = 3
    poll_seconds: Annotated[float, Field(gt=0, le=600)] = 2.0


class Account(Section):
    """Who signs; a key is never written into the settings.

    An account that a node unlocks will not do: what is sent must be known before it is sent, or it could be sent twice.
    """

    keystore: Place | None = None
    password_file: Place | None = None
    clef: Url | None = None
    address: Address | None = None

    @model_validator(mode="after")
    def _one(self) -> Account:
        if (self.keystore is None) == (self.clef is None):
            raise ValueError("either keystore or clef is needed, and not both")
        if self.password_file is not None and self.keystore is None:
            raise ValueError("password_file goes with keystore")
        return self

    def password(self) -> str:
        """Read the keystore's password.

        Raises
        ------
        ConfigProblem
            There is no file for it, or others may read it.
        """
        key, path = "account.password_file", self.password_file
        if path is None:
            raise ConfigProblem(key, "a pod starts without anybody there", "Name a file with the keystore's password.")
        try:
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise ConfigProblem(key, f"others may read {path}", f"Close it: chmod 600 {path}")
            return path.read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as error:
            raise ConfigProblem(key, f"{path}: {error.strerror}", "Name a file that the pod can read.") from None


class Folders(Section):
    """Where things lie on this machine."""

    state: Place
    data: Place | None = None


class Storage(Section):
    """Where objects are looked for and put."""

    stores: Annotated[tuple[StoreName, ...], Field(min_length=1)]
    most_mib: Annotated[int, Field(ge=1, le=1 << 20)] = 256
    letters: StoreName | None = None

    @property
    def most_bytes(self) -> int:
        """What is fetched at most."""
        return self.most_mib * _MIB


class ProgramLimits(Section):
    """Of programs that others wrote."""

    wall_seconds: float = 600.0
    cpu_seconds: int = 600
    memory_mib: int = 2048
    output_mib: int = 64
    threads: int = 8
    at_once: Annotated[int, Field(ge=1, le=256)] = 1

    @model_validator(mode="after")
    def _can_be_kept(self) -> ProgramLimits:
        try:
            self.limits()
        except InvalidLimit as error:
            raise ValueError(error.user_message) from None
        return self

    def limits(self) -> Limits:
        """As the sandbox takes them."""
        return Limits(
            wall_seconds=self.wall_seconds,
            cpu_seconds=self.cpu_seconds,
            memory_bytes=self.memory_mib * _MIB,
            output_bytes=self.output_mib * _MIB,
            threads=self.threads,
        )


class Money(Section):
    """Where the pod's credit goes, and when; see :mod:`commonlearn.pod.roles.money`."""

    withdraw_to: Address | None = None
    withdraw_above: Wei | None = None

    @model_validator(mode="after")
    def _fits(self) -> Money:
        if self.withdraw_above is not None and self.withdraw_to is None:
            raise ValueError("withdraw_above says when, but withdraw_to does not say where to")
        return self


class Status(Section):
    """The page for whoever sits at this machine."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8600

    @model_validator(mode="after")
    def _here_only(self) -> Status:
        local = self.host == "localhost"
        if not local:
            try:
                local = ipaddress.ip_address(self.host).is_loopback
            except ValueError:
                local = False
        if not local:
            raise ValueError("the page has no password, so it is for this machine only: 127.0.0.1, ::1 or localhost")
        return self


class Log(Section):
    """Where it is told what happened, one JSON object a line."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    file: Place | None = None


class Config(Section):
    """All settings of a pod."""

    roles: Annotated[tuple[Literal[ROLES], ...], Field(min_length=1)]  # type: ignore[valid-type]
    node: Node = Node()
    account: Account
    contracts: Mapping[str, Address] = Field(default_factory=dict)
    folders: Folders
    storage: Storage
    limits: ProgramLimits = ProgramLimits()
    prices: Mapping[Literal["most_per_day"], Wei] = Field(default_factory=dict)
    money: Money = Money()
    status: Status = Status()
    log: Log = Log()
    data_owner: DataOwner | None = None
    compute_owner: ComputeOwner | None = None
    buyer: Buyer | None = None
    sponsor: Sponsor | None = None
    aggregator: Aggregator | None = None
    validator: Validator | None = None
    watcher: Watcher | None = None

    @model_validator(mode="after")
    def _fits(self) -> Config:
        if len(set(self.roles)) != len(self.roles):
            raise ValueError("a role is named twice")
        return self

    def only(self, roles: Sequence[str]) -> Config:
        """These settings for some of their roles alone; for all of them if none is named.

        Raises
        ------
        ConfigProblem
            There is no such role, or the settings do not name it.
        """
        for name in roles:
            if name not in ROLES:
                raise ConfigProblem("roles", f"there is no role {name!r}", f"Known are {', '.join(ROLES)}.")
            if name not in self.roles:
                has = ", ".join(self.roles)
                raise ConfigProblem("roles", f"{name} is not among those of the settings: {has}", "Add it there.")
        return self.model_copy(update={"roles": tuple(dict.fromkeys(roles))}) if roles else self


def read_config(path: str | Path) -> Config:
    """Read and check a pod's settings.

    Parameters
    ----------
    path : str or Path
        A TOML file; ``pod.config.EXAMPLE`` is one with everything in it. Relative paths in it count from its folder.

    Returns
    -------
    Config
        Paths with ``~`` replaced; amounts in wei.

    Raises
    ------
    ConfigProblem
        It cannot be read, or a setting cannot be used: the first one, by its name.
    """
    where = str(path)
    try:
        data = tomllib.loads(Path(path).expanduser().read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigProblem(
            "(the file)", error.strerror or str(error), "Name the pod's settings with --config.", where
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigProblem("(the file)", f"it is no TOML: {error}", "Correct that line.", where) from None
    return config_from(data, where, Path(path).expanduser().absolute().parent)


def config_from(data: Mapping[str, Any], where: str | None = None, folder: Path | None = None) -> Config:
    """Check settings that were read; errors as for :func:`read_config`. Relative paths count from ``folder``."""
    try:
        config = Config.model_validate(dict(data), context={"folder": folder or Path()})
    except ValidationError as error:
        raise _problem(error, where) from None
    _check_the_day(config, where)
    return config


def _check_the_day(config: Config, where: str | None) -> None:
    """Refuse a limit that would not let the pod register."""
    sections = (getattr(config, name.replace("-", "_"), None) for name in config.roles)
    deposit, most = sum(each.deposit for each in sections if each is not None), config.prices.get("most_per_day")
    if most is not None and deposit >= most:
        raise ConfigProblem(
            "prices.most_per_day",
            f"with {format_ether(deposit)} to deposit and {format_ether(most)} a day, the pod would wait for ever",
            "Raise it above the deposit and some fees, or deposit less.",
            where,
        )


_SHOWN = "`commonlearn pod example --role ROLE` shows every setting."
_REASONS = {
    "extra_forbidden": "it is not known",
    "missing": "it is missing",
    "tuple_type": 'it is no list: ["…", …]',
    "dict_type": "it is no section",
    "model_type": "it is no section",
}
_REMEDIES = {
    "missing": f"Add it; {_SHOWN}",
    "extra_forbidden": f"Remove it, or correct its name: no such setting is known. {_SHOWN}",
}


def _problem(error: ValidationError, where: str | None) -> ConfigProblem:
    first = error.errors()[0]
    names = [str(name) for name in first["loc"]]
    kind = str(first["type"])
    if names[-1:] == ["[key]"]:
        names, kind = names[:-1], "extra_forbidden"
    said = str(first["msg"]).removeprefix("Value error, ").replace("Input should be", "it should be")
    remedy = _REMEDIES.get(kind, "Correct it and start again.")
    return ConfigProblem(".".join(names) or "(the file)", _REASONS.get(kind, said), remedy, where)


def folder_for(path: Path) -> Path:
    """Make a folder that only its user can enter, for what is nobody else's business.

    Raises
    ------
    ConfigProblem
        It cannot be made, or others may enter it.
    """
    key = "folders.state"
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = path.stat()
    except OSError as error:
        raise ConfigProblem(key, f"{path}: {error.strerror}", "Name a folder that the pod can write.") from None
    if not stat.S_ISDIR(about.st_mode) or not os.access(path, os.W_OK | os.X_OK):
        raise ConfigProblem(key, f"{path} cannot be written", "Name a folder that the pod can write.")
    if stat.S_IMODE(about.st_mode) & 0o077:
        raise ConfigProblem(key, f"others may enter {path}, and it holds secrets", f"Close it: chmod 700 {path}")
    return path
