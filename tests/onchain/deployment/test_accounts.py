"""Who signs: keystores by name or file, passwords from a file or a prompt, development accounts by number."""

from __future__ import annotations

from importlib import import_module

import pytest

from commonlearn.chain.errors import KeystoreProblem
from commonlearn.chain.signers import LocalSigner, UnlockedSigner
from scripts import accounts
from scripts.settings import Accounts
from tests.support.keystores import PASSWORD, keystore_file


@pytest.fixture
def live(monkeypatch):
    """As if brownie were connected to a live network."""
    monkeypatch.setattr(accounts, "is_development", lambda: False)


@pytest.fixture
def keystore(tmp_path, monkeypatch):
    path, address = keystore_file(tmp_path, "deployer")
    password = tmp_path / "password"
    password.write_text(f"{PASSWORD}\n")
    monkeypatch.setenv(accounts.PASSWORD_FILE, str(password))
    return path, address


def test_a_development_chain_has_its_own_accounts(deployer, alice):
    for number, account in enumerate((deployer, alice)):
        found = accounts.signer(Accounts(live="deployer", development=number))
        assert isinstance(found, UnlockedSigner)
        assert found.address == account


def test_there_are_only_so_many():
    with pytest.raises(accounts.NoAccount, match="has 10 accounts, so there is no number 10"):
        accounts.signer(Accounts(development=10))


def test_a_live_network_wants_a_name(live):
    with pytest.raises(accounts.NoAccount, match="say in \\[account\\] who pays"):
        accounts.signer(Accounts())


def test_a_keystore_file(live, keystore):
    path, address = keystore
    found = accounts.signer(Accounts(live=str(path)))
    assert isinstance(found, LocalSigner)
    assert found.address == address


def test_a_keystore_by_its_name(live, keystore, monkeypatch, tmp_path):
    path, address = keystore
    (tmp_path / "accounts").mkdir()
    path.rename(tmp_path / "accounts" / "deployer.json")
    monkeypatch.setattr(import_module("brownie._config"), "_get_data_folder", lambda: tmp_path)
    assert accounts.signer(Accounts(live="deployer")).address == address
    with pytest.raises(accounts.NoAccount, match=r"no keystore 'alice' \(there are: deployer\)"):
        accounts.signer(Accounts(live="alice"))


def test_the_password_is_asked_for_where_no_file_has_it(live, keystore, monkeypatch):
    path, address = keystore
    asked = []
    monkeypatch.delenv(accounts.PASSWORD_FILE)
    monkeypatch.setattr(accounts, "getpass", lambda prompt: asked.append(prompt) or PASSWORD)
    assert accounts.signer(Accounts(live=str(path))).address == address
    assert asked == ["Password of deployer: "]


def test_a_wrong_password_is_said(live, keystore, monkeypatch):
    monkeypatch.delenv(accounts.PASSWORD_FILE)
    monkeypatch.setattr(accounts, "getpass", lambda prompt: "wrong")
    with pytest.raises(KeystoreProblem, match="the password is wrong"):
        accounts.signer(Accounts(live=str(keystore[0])))


def test_a_password_file_that_is_not_there_is_said(live, keystore, monkeypatch, tmp_path):
    monkeypatch.setenv(accounts.PASSWORD_FILE, str(tmp_path / "none"))
    with pytest.raises(KeystoreProblem, match=r"COMMONLEARN_PASSWORD_FILE names .*none, which cannot be read"):
        accounts.signer(Accounts(live=str(keystore[0])))


def test_a_file_that_is_no_keystore_is_said(live, tmp_path):
    path = tmp_path / "deployer.json"
    path.write_text("{}")
    with pytest.raises(KeystoreProblem, match="no keystore file"):
        accounts.signer(Accounts(live=str(path)))
