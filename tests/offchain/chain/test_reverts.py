"""Every error of a contract arrives as the Python exception of its name and fields (P-04)."""

import pickle
import re

import pytest
from eth_abi import encode
from hypothesis import given
from hypothesis import strategies as st

from commonlearn import contract_errors, errors
from commonlearn.chain.abi import errors_of
from commonlearn.chain.errors import RpcError
from commonlearn.chain.reverts import SIGNATURES, error_from_revert, error_from_rpc, revert_data
from commonlearn.contract_errors import ContractError, UnknownRevert
from commonlearn.errors import CommonlearnError
from commonlearn.numerics import keccak256
from commonlearn.records import PoolTerms, Status, Terms

ADDRESS = "0xABaBaBaBABabABabAbAbABAbABabababaBaBABaB"
TERMS = "(address,uint96,uint16,uint32,uint32,uint32,uint32,uint16)"
POOL_TERMS = "(uint88,uint88,uint40,uint40)"
POINTS_TERMS = "(address[],uint32,uint32,uint32,uint16,uint16,uint32)"
MARKET_TERMS = "(uint96,uint96,uint64,uint96,uint32,uint32,uint32,uint32,uint32,uint32,uint8,uint8)"
SAMPLES = {
    "uint256": 5,
    "int256": -7,
    "uint8": 3,
    "address": ADDRESS,
    "bytes32": b"\x11" * 32,
    "bool": True,
    MARKET_TERMS: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
    "bytes": b"\1\2\3\4\5",
    TERMS: (ADDRESS, 1, 2, 3, 40, 30, 20, 10),
    POOL_TERMS: (3, 2, 20, 10),
    POINTS_TERMS: ((ADDRESS,), 1, 2, 3, 4, 5, 6),
}


def selector(signature: str) -> bytes:
    return keccak256(signature.encode())[:4]


def encoded(signature: str) -> tuple[bytes, list[object]]:
    inner = signature[signature.index("(") + 1 : -1]
    types = [inner] if inner.startswith("(") else [kind for kind in inner.split(",") if kind]
    values = [SAMPLES[kind] for kind in types]
    return selector(signature) + encode(types, values), values


def test_every_error_of_the_shipped_contracts_has_an_exception():
    known = {signature.split("(")[0]: signature for signature in SIGNATURES}
    foreign = {
        "AddressEmptyCode",
        "CheckpointUnorderedInsertion",
        "CloneArgumentsTooLong",
        *(name for name in errors_of(["Badges"]) if name.startswith("ERC721")),
        "StringsInsufficientHexLength",
        "FailedCall",
        "FailedDeployment",
        "InsufficientBalance",
        "InvalidAccountNonce",
        "InvalidShortString",
        "StringTooLong",
        "ReentrancyGuardReentrantCall",
        "SafeCastOverflowedIntDowncast",
        "SafeCastOverflowedUintDowncast",
    }
    for name, types in errors_of().items():
        if name not in foreign:
            assert known.get(name) == f"{name}({','.join(types)})"


def test_fields_have_the_names_of_the_contracts():
    from commonlearn.chain.compiled import ARTIFACT_NAMES, artifact

    entries = {e["name"]: e for name in ARTIFACT_NAMES for e in artifact(name)["abi"] if e["type"] == "error"}
    compared = 0
    for signature, cls in SIGNATURES.items():
        entry = entries.get(signature.split("(")[0])
        if entry is not None:
            wanted = [re.sub(r"(?<!^)(?=[A-Z])", "_", parameter["name"]).lower() for parameter in entry["inputs"]]
            assert [name.rstrip("_") for name in cls.fields] == wanted
            compared += 1
    assert compared > 25


@pytest.mark.parametrize("signature", SIGNATURES)
def test_an_error_keeps_name_and_fields_on_its_way(signature):
    data, values = encoded(signature)
    error = error_from_revert(data)
    assert type(error).__name__ == signature.split("(")[0]
    assert isinstance(error, CommonlearnError)
    if signature.startswith("Invalid") and "Terms" in signature:
        assert error.terms.as_tuple() == values[0]
    else:
        assert list(error.values) == values
    assert len(error.user_message) > 40
    assert error.user_message.rstrip().endswith((".", ")"))
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), copy.values, str(copy)) == (type(error), error.values, str(error))


def test_a_status_arrives_as_one():
    error = error_from_revert(selector("NotOpen(uint256,uint8)") + encode(["uint256", "uint8"], [4, 3]))
    assert error.status is Status.FORFEITED
    assert "reported" in error.user_message


def test_both_classes_of_exceptions_are_one_family():
    assert issubclass(contract_errors.TooEarly, ContractError)
    assert issubclass(ContractError, CommonlearnError)
    assert SIGNATURES["UnknownLabel(uint256,uint256)"] is errors.UnknownLabel


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no reason given"),
        (selector("Error(string)") + encode(["string"], ["out of cake"]), "out of cake"),
        (selector("Panic(uint256)") + encode(["uint256"], [0x11]), "panic 0x11"),
        (selector("ReentrancyGuardReentrantCall()"), "called again"),
        (b"\x12\x34\x56\x78\x9a", "0x123456789a"),
        (selector("TooEarly(uint256,uint256)") + b"\1", "0x"),
        (selector("Error(string)") + b"\xff" * 31, "0x"),
    ],
    ids=["nothing", "text", "panic", "library", "foreign", "cut", "broken text"],
)
def test_other_reverts_say_what_can_be_said(data, words):
    error = error_from_revert(data)
    assert isinstance(error, UnknownRevert)
    assert words in error.user_message
    assert error.data == data


@given(st.binary(max_size=120))
def test_no_bytes_break_the_decoding(data):
    assert isinstance(error_from_revert(data), CommonlearnError)


DATA = "0x" + encoded("StakeTooLow(uint256,uint256)")[0].hex()


@pytest.mark.parametrize(
    "error",
    [
        RpcError("eth_call", 3, "execution reverted", DATA),
        RpcError("eth_call", -32000, "execution reverted", {"data": DATA}),
        RpcError("eth_call", -32603, "Internal error", {"originalError": 1, "data": {"result": DATA}}),
        RpcError("eth_call", -32015, "VM execution error.", f"Reverted {DATA}"),
        RpcError("eth_call", 3, f"execution reverted: {DATA}"),
    ],
    ids=["geth", "nested", "deep", "parity", "message"],
)
def test_nodes_hide_the_data_in_many_places(error):
    assert isinstance(error_from_rpc(error), contract_errors.StakeTooLow)


def test_a_nodes_own_error_stays_one():
    error = RpcError("eth_call", -32000, "header not found")
    assert error_from_rpc(error) is error
    assert revert_data(error) is None


def test_terms_in_an_error_are_explained():
    terms = Terms(ADDRESS, 10**9 + 1, 0, 0, 3, 2, 1, 9_999)
    message = contract_errors.InvalidTerms(terms).user_message
    for part in ("refund before report before sweep", "whole number of gwei", "half-life", "reporter's part"):
        assert part in message


def test_rules_of_a_pool_in_an_error_are_explained():
    message = contract_errors.InvalidPoolTerms(PoolTerms(3, 2, 20, 10)).user_message
    for part in ("cap of an author", "end of claims after it"):
        assert part in message
    assert "has passed" in contract_errors.InvalidPoolTerms(PoolTerms(1, 2, 10, 20)).user_message
