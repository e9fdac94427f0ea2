"""Looking at all that settings name before anything is signed: files, rows, programs, node, market, account, sandbox.

A pod does this by itself when it starts for the first time, since a mistake found later costs a fee or a bond.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from commonlearn.chain.connection import Connection
from commonlearn.chain.errors import InsufficientFunds, RpcError
from commonlearn.chain.training import TrainingContract
from commonlearn.contract_errors import ContractError
from commonlearn.custody import make_template, quality, read_table
from commonlearn.errors import CommonlearnError
from commonlearn.federated import estimator, metric
from commonlearn.federated.programs import program_digest
from commonlearn.money import format_ether
from commonlearn.pod.config import Config, folder_for
from commonlearn.pod.errors import ConfigProblem, NoMarket
from commonlearn.pod.inputs import read_program, read_schema, read_test_set
from commonlearn.pod.opening import open_log_of, signer_of
from commonlearn.pod.role_settings import Buyer, DataOwner, Terms, Validator, Watcher
from commonlearn.protocol import funding
from commonlearn.sandbox import check as check_sandbox
from commonlearn.sandbox import default_view

__all__ = ["checked", "is_new", "open_market"]


def is_new(config: Config) -> bool:
    """Whether the pod has never run: it has no memory yet."""
    return not (config.folders.state / "pod.sqlite").exists()


def open_market(config: Config) -> TrainingContract:
    """The market that settings name.

    Raises
    ------
    ConfigProblem
        They name none.
    NoContract, NoMarket
        Nothing is there, or something else.
    NodeUnreachable, WrongNetwork
        The chain cannot be reached.
    """
    address = config.contracts.get("market")
    if address is None:
        raise ConfigProblem(
            "contracts.market",
            "it is missing",
            "Name the market's address; `commonlearn pod deploy-market` makes one where there is none.",
        )
    market = TrainingContract(Connection.open(config.node.url, chain_id=config.node.chain_id), address)
    try:
        market.jobs()
    except (ValueError, ContractError, RpcError) as error:
        raise NoMarket(market.address) from error
    return market


def checked(config: Config) -> Iterator[tuple[str, str]]:
    """Look at everything, and say what was found: a name, and words.

    Parameters
    ----------
    config : Config

    Yields
    ------
    tuple of str
        Settings, in the order of their checks: what is on this machine comes first.

    Raises
    ------
    CommonlearnError
        The first thing that would keep the pod from its work.
    """
    folder_for(config.folders.state)
    open_log_of(config)
    for name in config.roles:
        key = name.replace("-", "_")
        section = getattr(config, key, None)
        if section is None:
            raise ConfigProblem(key, "it is missing", f"Add the section [{key}], or leave the role {name} out.")
        if isinstance(section, DataOwner):
            yield "data_owner", _data_owner(section)
        elif isinstance(section, Validator):
            yield "validator", _validator(section)
        elif isinstance(section, Buyer):
            yield "buyer", _buyer(section)
        elif isinstance(section, Watcher) and section.test_set is not None and section.schema_file is not None:
            yield "watcher", _held_back(section.test_set, section.schema_file, "watcher")
    local = config.data_owner is not None and config.data_owner.custody == "local"
    tries = config.buyer is not None and config.buyer.trial
    if (
        "compute-owner" in config.roles
        or ("data-owner" in config.roles and local)
        or ("buyer" in config.roles and tries)
    ):
        check_sandbox()
        yield "sandbox", f"programs can be shut in; this machine's versions are 0x{default_view().digest()}"
    market = open_market(config)
    connection = market.connection
    yield "node", f"chain {connection.chain_id} ({connection.network}), block {connection.block().number}"
    yield "market", f"{market.address}: {market.datasets()} dataset(s), {market.jobs()} job(s)"
    signer = signer_of(config.account)
    has_wei, deposit_wei = connection.balance(signer.address), _deposit(config)
    is_registered = bool(market.participant(signer.address).roles)
    if not is_registered and has_wei <= deposit_wei:
        raise InsufficientFunds(signer.address, has_wei, deposit_wei + 1)
    words = "registered" if is_registered else f"not registered, which deposits {format_ether(deposit_wei)}"
    yield "account", f"{signer.address} has {format_ether(has_wei)}; {words}"


def _deposit(config: Config) -> int:
    sections = (getattr(config, name.replace("-", "_"), None) for name in config.roles)
    return sum(getattr(each, "deposit", 0) for each in sections if each is not None)


def _data_owner(section: DataOwner) -> str:
    schema = read_schema(section.schema_file, "data_owner.schema_file")
    table = read_table(section.source, schema, query=section.db_query)
    try:
        found = quality(table).score
        make_template(table)
    except CommonlearnError as error:
        raise ConfigProblem("data_owner.source", error.user_message, "Take a table with more rows.") from None
    alone = ""
    if schema.classes and len(set(table.target.tolist())) == 1:  # other owners may have the others
        alone = f", all of them {schema.target_column.categories[int(table.target[0])]!r}"
    bonds = section.owner_bond + (section.subsets * section.replica_bond if section.custody == "local" else 0)
    return (
        f"{len(table)} rows{alone}, which fit the schema 0x{schema.hash().hex()}; quality {found / 10_000:.4f}; locks "
        f"{format_ether(bonds)}, deposits {format_ether(section.deposit)}"
    )


def _validator(section: Validator) -> str:
    found = _held_back(section.test_set, section.schema_file, "validator")
    return f"{found}; sets aside {format_ether(section.max_bond)}, deposits {format_ether(section.deposit)}"


def _held_back(path: Path, schema_file: Path, role: str) -> str:
    shard = read_test_set(path, read_schema(schema_file, f"{role}.schema_file"), f"{role}.test_set")
    return f"{len(shard.table)} held-back rows; their pool is 0x{shard.root.hex()}"


def _buyer(section: Buyer) -> str:
    schema = read_schema(section.schema_file, "buyer.schema_file")
    source, sheet = read_program(section.program, "buyer.program")
    try:
        sheet.prepared(schema)
    except CommonlearnError as error:
        raise ConfigProblem(
            "buyer.program", error.user_message, "Correct the schema, or the program's sheet."
        ) from None
    kind, wanted = estimator(sheet.estimator).kind, "classification" if schema.classes else "regression"
    if kind != wanted:
        raise ConfigProblem(
            "buyer.program", f"{sheet.estimator} is for {kind}, the schema's target for {wanted}", "Take another one."
        )
    terms = section.terms
    _check_terms(terms, wanted)
    cost = funding(terms.budget, terms.bounty, terms.rounds) + terms.challenge_bond
    return (
        f"{sheet.estimator}, SHA-256 {program_digest(source).hex()}; a job locks {format_ether(cost)}, "
        f"deposits {format_ether(section.deposit)}"
    )


def _check_terms(terms: Terms, wanted: str) -> None:
    """What the contract would refuse, or nobody could mean."""
    measured = metric(terms.metric)
    better = "higher" if measured.higher_is_better else "lower"
    problems = {
        "metric": f"{terms.metric} is for {measured.kind}, the schema's target for {wanted}"
        if measured.kind != wanted
        else "",
        "target": f"of {terms.metric}, {better} is better, but it is not better than baseline"
        if (terms.target - terms.baseline) * (1 if measured.higher_is_better else -1) <= 0
        else "",
        "split": f"its four parts are {sum(terms.split)} basis points together, not 10000"
        if sum(terms.split) != 10_000 or min(terms.split) < 0
        else "",
        "min_subsets": "it is more than subsets_per_round, so no round could be agreed"
        if terms.min_subsets > terms.subsets_per_round
        else "",
        "budget": "without a budget nobody is paid" if terms.budget == 0 else "",
    }
    for name, problem in problems.items():
        if problem:
            raise ConfigProblem(f"buyer.terms.{name}", problem, "Correct it; nothing was sent.")
