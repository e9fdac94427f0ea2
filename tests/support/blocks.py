"""Several transactions in one block, which brownie itself cannot wait for: it stalls while one is pending."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any


def send_in_one_block(calls: Sequence[tuple[Any, str, str, int]], gas_limit: int = 1_000_000) -> list[Any]:
    """Send transactions of unlocked accounts so that one block holds them all, in their order.

    Parameters
    ----------
    calls : sequence of (sender, to, data, value)
        Who, whom, call data as ``0x…``, wei.
    gas_limit : int, optional
        Of each.

    Returns
    -------
    list of TransactionReceipt
        brownie's, in the same order.
    """
    brownie: Any = import_module("brownie")
    request = brownie.web3.provider.make_request
    request("evm_setAutomine", [False])
    try:
        hashes = [
            request("eth_sendTransaction", [_fields(*call, gas_limit)])["result"] for call in calls
        ]  # the node keeps one sender's order by nonce, and all pay the same price
        request("evm_mine", [])
    finally:
        request("evm_setAutomine", [True])
    receipts = [brownie.chain.get_transaction(tx_hash) for tx_hash in hashes]
    blocks = {tx.block_number for tx in receipts}
    assert len(blocks) == 1, f"the transactions were mined in blocks {blocks}"
    return receipts


def _fields(sender: Any, to: str, data: str, value: int, gas_limit: int) -> dict[str, str]:
    return {"from": str(sender), "to": to, "data": data, "value": hex(value), "gas": hex(gas_limit)}
