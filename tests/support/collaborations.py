"""Collaborations on brownie's chain: how every test on chain makes them, opens them and contributes to them.

Time is the chain's alone: a block that this module causes lies one second after the block before, whatever the clock on
the wall says, so that stakes are known to the wei beforehand. Let time pass with `pass_time`, not with ``chain.sleep``,
which starts from the wall's clock.

All functions need a connected brownie, which is imported when they run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from commonlearn.models.configuration import ModelConfiguration
from commonlearn.numerics import words_to_bytes
from commonlearn.records import Terms
from tests.support.actors import cast

DAY = 86_400

DEFAULT_TERMS = Terms(
    beneficiary="0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc",  # the cast's: the sixth account of any anvil
    floor_wei=10**15,
    growth_bps=500,
    half_life_seconds=3_600,
    refund_wait_seconds=DAY,
    report_wait_seconds=2 * DAY,
    sweep_wait_seconds=7 * DAY,
    reporter_bps=1_000,
)
"""Rules of most tests; ``dataclasses.replace(DEFAULT_TERMS, growth_bps=0)`` makes others."""


def deploy_factory(sender: Any = None, sponsorship: Any = None) -> Any:
    """Deploy a `CollaborationFactory`; by the cast's deployer and without sponsorship unless told otherwise."""
    named = sponsorship or "0x" + "00" * 20
    return _project()["CollaborationFactory"].deploy(named, {"from": sender or _deployer()})


def deploy_sponsorship(sender: Any = None) -> Any:
    """Deploy a `Sponsorship`, to be named in `deploy_factory`."""
    return _project()["Sponsorship"].deploy({"from": sender or _deployer()})


def deploy_model(name: str, sender: Any = None) -> Any:
    """Deploy a model's implementation, such as ``"Perceptron"``, to be named in `create`."""
    return _project()[name].deploy({"from": sender or _deployer()})


def create(
    factory: Any,
    implementation: Any,
    configuration: int | ModelConfiguration,
    words: bytes | Sequence[int] = b"",
    terms: Terms | Sequence[Any] = DEFAULT_TERMS,
    curator: Any = None,
    metadata: bytes = b"",
    *,
    sender: Any = None,
) -> Any:
    """Create a collaboration through the factory; with all its words it is open.

    Parameters
    ----------
    factory, implementation
        Contracts, of `deploy_factory` and `deploy_model`.
    configuration : int or ModelConfiguration
        The model's.
    words : bytes or sequence of int
        First words, all or some.
    terms : Terms or sequence
        The incentive's rules.
    curator : address or account, optional
        Nobody by default.
    metadata : bytes, optional
        Goes into the log.
    sender : account, optional
        The creator; the cast's deployer by default.

    Returns
    -------
    Contract
        With the whole interface; its ``tx`` is the creating transaction.
    """
    _set_next_time(next_time())
    tx = factory.create(
        implementation,
        configuration if isinstance(configuration, int) else configuration.to_int(),
        terms.as_tuple() if isinstance(terms, Terms) else tuple(terms),
        curator or "0x" + "00" * 20,
        words if isinstance(words, bytes) else words_to_bytes(words),
        metadata,
        {"from": sender or _deployer()},
    )
    return collaboration_at(tx.events["Created"]["collaboration"], tx)  # its return value would take a trace


def collaboration_at(address: str, tx: Any = None) -> Any:
    """Give the collaboration at an address, and the transaction that made it if it is known."""
    return _project()["Collaboration"].at(address, tx=tx)


def model_of(collaboration: Any) -> Any:
    """Give the model behind a collaboration, with the interface that all models share."""
    return model_at(collaboration.model())


def model_at(address: str) -> Any:
    """Give the model at an address, with the interface that all models share."""
    brownie: Any = import_module("brownie")
    return brownie.interface.IModel(address)


def contribute(collaboration: Any, sample: bytes, label: int, sender: Any, value: int | None = None) -> Any:
    """Contribute one sample in a block one second after the last.

    Parameters
    ----------
    collaboration : Contract
    sample : bytes
        Encoded features.
    label : int
        Class number.
    sender : account
    value : int, optional
        Wei to send; exactly the stake by default.

    Returns
    -------
    TransactionReceipt
        Its ``events["Contributed"]`` is what `contribution_tuple` and `sample_of` take.
    """
    at = next_time()
    if value is None:
        value = stake_at(collaboration, at)
    _set_next_time(at)
    return collaboration.contribute(sample, label, {"from": sender, "value": value})


def contribution_tuple(event: Mapping[str, Any]) -> tuple[Any, ...]:
    """Give the `Contribution` of a ``Contributed`` event, as `refund`, `report` and `sweep` take it."""
    return tuple(event[name] for name in ("author", "label", "taught", "stakeWei", "contributedAt"))


def sample_of(event: Mapping[str, Any]) -> bytes:
    """Give the sample of a ``Contributed`` event as bytes."""
    return bytes(event["sample"])


def stake_at(collaboration: Any, time: int) -> int:
    """Give what `stakeNow` returns in a block of that time, from the contract itself."""
    call = {"to": collaboration.address, "data": collaboration.stakeNow.encode_input()}
    return int(_request("eth_call", call, "latest", {}, {"time": hex(time)}), 16)


def thrown_by(contract: Any, data: str, *, sender: Any = None, value: int = 0) -> bytes:
    """Give what a call throws, selector and arguments, without sending it; empty when it comes through.

    Raises
    ------
    RuntimeError
        When the node refused the call for a reason of its own, or the contract threw without data.
    """
    web3: Any = import_module("brownie").web3
    call = {"from": str(sender or _deployer()), "to": contract.address, "data": data, "value": hex(value)}
    answer = web3.provider.make_request("eth_call", [call, "latest"])
    if "error" not in answer:
        return b""
    thrown = bytes.fromhex((answer["error"].get("data") or "0x")[2:])
    if not thrown:
        raise RuntimeError(f"the call failed without data: {answer['error'].get('message', answer['error'])}")
    return thrown


def send_heavy(contract: Any, data: str, sender: Any = None) -> tuple[Any, int]:
    """Send a transaction of many millions of gas, and give its events and its block's time.

    brownie takes such a transaction for dropped now and then: while anvil works on a block, the sender's nonce has
    risen already, but there is no receipt yet. Here the node answers when the receipt is there.

    Raises
    ------
    RuntimeError
        When the transaction was refused or reverted.
    """
    brownie: Any = import_module("brownie")
    call = {"from": str(sender or _deployer()), "to": contract.address, "data": data, "gas": hex(30_000_000)}
    receipt = brownie.web3.eth.get_transaction_receipt(_request("eth_sendTransactionSync", call)["transactionHash"])
    if receipt["status"] != 1:
        raise RuntimeError(f"the transaction reverted after {receipt['gasUsed']:,} gas")
    block = brownie.web3.eth.get_block(receipt["blockNumber"])
    return import_module("brownie.network.event")._decode_logs(receipt["logs"]), block["timestamp"]


def next_time() -> int:
    """Give the time of the block that the next function of this module causes."""
    brownie: Any = import_module("brownie")
    return int(brownie.chain[-1].timestamp) + 1


def pass_time(seconds: int) -> int:
    """Mine a block so much later than the last, and give its time."""
    brownie: Any = import_module("brownie")
    at = int(brownie.chain[-1].timestamp) + seconds
    brownie.chain.mine(timestamp=at)
    return at


def pass_time_until(at: int) -> None:
    """Let the *next* transaction lie exactly at a time, which must be later than the last block."""
    _set_next_time(at)


def _set_next_time(at: int) -> None:
    _request("evm_setNextBlockTimestamp", at)


def _request(method: str, *parameters: Any) -> Any:
    web3: Any = import_module("brownie").web3
    answer = web3.provider.make_request(method, list(parameters))
    if "error" in answer:
        raise RuntimeError(f"{method}: {answer['error'].get('message', answer['error'])}")
    return answer["result"]


def _project() -> Any:
    brownie: Any = import_module("brownie")
    return brownie.project.get_loaded_projects()[0]


def _deployer() -> Any:
    brownie: Any = import_module("brownie")
    return cast(brownie.accounts)["deployer"]
