"""The roles of a pod, put together from its settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from commonlearn.chain.connection import Connection
from commonlearn.chain.training import TrainingContract
from commonlearn.pod.actions import Role
from commonlearn.pod.config import Config, folder_for
from commonlearn.pod.errors import ConfigProblem
from commonlearn.pod.roles.again import PersistentRole
from commonlearn.pod.roles.aggregator import Aggregator
from commonlearn.pod.roles.buyer import Buyer
from commonlearn.pod.roles.compute_owner import ComputeOwner
from commonlearn.pod.roles.data_owner import DataOwner
from commonlearn.pod.roles.desk import Desk
from commonlearn.pod.roles.letters import Letters
from commonlearn.pod.roles.money import Money
from commonlearn.pod.roles.sponsor import Sponsor
from commonlearn.pod.roles.telling import bytes_of
from commonlearn.pod.roles.validator import Validator
from commonlearn.pod.roles.watcher import Watcher
from commonlearn.records import Role as Roles
from commonlearn.storage import open_sources, open_store

__all__ = ["open_desk", "open_roles"]

_BITS = {
    "data-owner": Roles.DATA_OWNER,
    "compute-owner": Roles.COMPUTE_OWNER,
    "buyer": Roles.BUYER | Roles.AGGREGATOR,
    "aggregator": Roles.AGGREGATOR,
    "validator": Roles.VALIDATOR,
    "sponsor": Roles(0),
    "watcher": Roles(0),
}
_ROLES = {each.name: each for each in (DataOwner, ComputeOwner, Buyer, Sponsor, Aggregator, Validator, Watcher)}


def open_desk(config: Config) -> Desk:
    """What the roles have in common.

    Raises
    ------
    ConfigProblem
        The market is not named, or nothing is there.
    NodeUnreachable, WrongNetwork
        The chain cannot be reached.
    """
    address = config.contracts.get("market")
    if address is None:
        raise ConfigProblem("contracts.market", "it is missing", "Name the training market's address.")
    connection = Connection.open(config.node.url, chain_id=config.node.chain_id)
    bits = Roles(0)
    for name in config.roles:
        bits |= _BITS.get(name, Roles(0))
    sections = (getattr(config, name.replace("-", "_"), None) for name in config.roles)
    state = folder_for(config.folders.state)
    return Desk(
        market=TrainingContract(connection, address),
        chain_id=connection.chain_id,
        objects=open_sources(config.storage.stores),
        own=open_store(state / "own"),
        letters=None if config.storage.letters is None else Letters(config.storage.letters),
        limits=config.limits.limits(),
        roles=bits,
        deposit_wei=sum(each.deposit for each in sections if each is not None),
        block_hash=lambda number: bytes_of(connection.block(number).hash),
    )


def open_roles(config: Config, desk: Desk | None = None) -> Mapping[str, Role]:
    """The roles that the settings name and describe, and the one that looks after their money.

    Raises
    ------
    ConfigProblem
        A role is named whose section is missing, or that there is not.
    """
    desk = desk or open_desk(config)
    found: dict[str, PersistentRole] = {}
    for name in config.roles:
        section = getattr(config, name.replace("-", "_"), None)
        if name not in _BITS:
            raise ConfigProblem("roles", f"there is no role {name!r}", f"Known are {', '.join(_BITS)}.")
        if section is None:
            key = name.replace("-", "_")
            raise ConfigProblem(key, "it is missing", f"Add the section [{key}], or leave the role {name} out.")
        made: Any = _ROLES[name]
        found[name] = made(desk, section)
    described = {name for name in _BITS if getattr(config, name.replace("-", "_")) is not None}
    money = Money(desk, config.money, list(found.values()), are_all=described <= found.keys())
    return {**found, Money.name: money}
