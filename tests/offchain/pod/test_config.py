"""A pod's settings: every error names the key and what to do.

Requirements Y-06, H-04.
"""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path

import pytest

from commonlearn.pod import ConfigProblem, read_config
from commonlearn.pod.config import EXAMPLE, ROLES, config_from, folder_for
from commonlearn.pod.examples import SECTIONS, example_for

LEAST = {
    "roles": ["buyer"],
    "account": {"keystore": "~/pod.json"},
    "folders": {"state": "/tmp/pod"},
    "storage": {"stores": ["/tmp/objects"]},
}


def with_setting(key, value):
    settings = copy.deepcopy(LEAST)
    *parts, last = key.split(".")
    place = settings
    for part in parts:
        place = place.setdefault(part, {})
    place[last] = value
    return settings


def test_the_example_is_one(tmp_path):
    path = tmp_path / "pod.toml"
    path.write_text(EXAMPLE)
    config = read_config(path)
    assert config.roles == ("data-owner",)
    assert config.account.keystore == Path.home() / "keys" / "pod.json"
    assert config.prices == {"most_per_day": 10**18}
    assert config.limits.limits().memory_bytes == 2 << 30
    assert config.storage.most_bytes == 256 << 20


def test_the_example_has_every_setting():
    shown = EXAMPLE.replace("# ", "")
    for section, fields in config_from(LEAST).model_dump().items():
        for name in fields if isinstance(fields, dict) else ():
            assert f"\n{name} = " in shown or (section, name) in {("limits", "threads"), ("status", "host")}, name
    assert all(role in EXAMPLE for role in ROLES)


def test_little_need_be_said():
    config = config_from(LEAST)
    assert (config.node.confirmations, config.status.host, config.log.level) == (3, "127.0.0.1", "info")


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("roles", [], "at least 1"),
        ("roles.0", ["owner"], ""),
        ("node.url", "127.0.0.1:8545", "address of a node"),
        ("node.url", "https://me:secret@node", "without a name and password"),
        ("node.confirmations", -1, "greater than or equal to 0"),
        ("node.poll_seconds", 0, "greater than 0"),
        ("node.chainid", 1, "not known"),
        ("account.clef", "http://127.0.0.1:8550", "not both"),
        ("account.private_key", "0x00", "not known"),
        ("contracts.market", "0x12", "40 hexadecimal digits"),
        ("folders.state", 5, ""),
        ("storage.stores", [], "at least 1"),
        ("storage.stores", ["nowhere://x"], "cannot be used"),
        ("storage.most_mib", 0, "greater than or equal to 1"),
        ("limits.memory_mib", 1, "memory_bytes"),
        ("limits.cpu_seconds", 1.5, "integer"),
        ("limits.at_once", 0, "greater than or equal to 1"),
        ("prices.most_per_day", 0.1, "a text with a unit"),
        ("prices.most_per_day", "0.1", "with a unit"),
        ("prices.most_per_day", "-1 ether", "zero or more"),
        ("prices.round", "1 ether", "not known"),
        ("roles", "buyer", "no list"),
        ("log", 5, "no section"),
        ("log.file", " ", "it is empty"),
        ("folders.data", "~nobody-here/x", "home folder of somebody"),
        ("status.host", "0.0.0.0", "this machine only"),
        ("status.port", 70_000, "less than or equal to 65535"),
        ("log.level", "loud", "'debug'"),
        ("more", 1, "not known"),
    ],
)
def test_each_wrong_setting_is_named(key, value, reason):
    settings = {**LEAST, "roles": value} if key == "roles.0" else with_setting(key, value)
    with pytest.raises(ConfigProblem) as wrong:
        config_from(settings, "pod.toml")
    named = wrong.value.key
    assert key.startswith(named.split("stores.")[0].rstrip(".")) or named.startswith(key), named
    assert reason in str(wrong.value)
    assert "pod.toml" in str(wrong.value)
    assert "secret" not in str(wrong.value)
    assert wrong.value.remedy


ADDRESS = "0x" + "ab" * 20
TERMS = {
    "budget": "1 ether",
    "baseline": 0,
    "target": 1,
    "rounds": 1,
    "subsets_per_round": 1,
    "min_subsets": 1,
    "validators": 1,
    "metric": "accuracy",
    "test_set": "0x" + "00" * 32,
}
BUYER = {"program": "p.py", "schema_file": "s.json", "datasets": 1, "terms": TERMS}
OWNER = {"source": "t.csv", "schema_file": "s.json"}


@pytest.mark.parametrize(
    ("section", "values", "reason"),
    [
        ("data_owner", {**OWNER, "programs": ["12"]}, "is no SHA-256"),
        ("data_owner", {**OWNER, "programs": ["AB" * 32]}, "is no SHA-256"),
        ("data_owner", {**OWNER, "least_replicas": 2}, "a subset has 1 seats"),
        ("data_owner", {**OWNER, "spares": ["0x12"]}, "40 hexadecimal digits"),
        ("buyer", {**BUYER, "terms": {**TERMS, "test_set": "bafkrei"}}, "match"),
        ("buyer", {**BUYER, "terms": {**TERMS, "aggregator": "0x1"}}, "40 hexadecimal digits"),
        ("buyer", {**BUYER, "terms": {**TERMS, "aggregator": ADDRESS}, "stop_below": 0.1}, "averages itself"),
        ("sponsor", {"most": "1 ether"}, "every job would be paid"),
        ("sponsor", {"most": "1 ether", "programs": ["Qm123"]}, "is no SHA-256"),
        ("sponsor", {"most": "1 ether", "jobs": [0]}, "greater than or equal to 1"),
        ("sponsor", {"jobs": [1]}, "missing"),
        ("aggregator", {}, "missing"),
        ("watcher", {"appeal": True}, "most_bond"),
        ("watcher", {"appeal": True, "most_bond": "1 ether"}, "test_set"),
        ("compute_owner", {"check_seconds": 0}, "greater than or equal to 1"),
        ("money", {"withdraw_to": "me"}, "40 hexadecimal digits"),
        ("money", {"withdraw_above": "1 ether"}, "not say where to"),
    ],
)
def test_each_wrong_setting_of_a_role_is_named(section, values, reason):
    with pytest.raises(ConfigProblem) as wrong:
        config_from({**LEAST, section: values}, "pod.toml")
    assert wrong.value.key.split(".")[0] == section
    assert reason in str(wrong.value)


def test_only_roles_that_there_are_and_that_the_settings_name_are_played():
    config = config_from({**LEAST, "roles": ["buyer", "watcher"]})
    assert config.only(["watcher", "watcher"]).roles == ("watcher",)
    assert config.only([]).roles == ("buyer", "watcher")
    with pytest.raises(ConfigProblem, match=r"there is no role 'king'.*data-owner"):
        config.only(["king"])
    with pytest.raises(ConfigProblem, match="sponsor is not among those of the settings: buyer, watcher"):
        config.only(["sponsor"])


@pytest.mark.parametrize("key", ["roles", "account", "folders", "storage", "folders.state", "storage.stores"])
def test_each_missing_setting_is_named(key):
    settings = copy.deepcopy(LEAST)
    *parts, last = key.split(".")
    place = settings
    for part in parts:
        place = place[part]
    del place[last]
    with pytest.raises(ConfigProblem, match=r"it is missing\. Add it") as missing:
        config_from(settings)
    assert missing.value.key == key


def test_a_role_is_named_once_and_an_account_is_needed():
    with pytest.raises(ConfigProblem, match="named twice"):
        config_from({**LEAST, "roles": ["buyer", "buyer"]})
    with pytest.raises(ConfigProblem, match="either keystore or clef"):
        config_from({**LEAST, "account": {}})


def test_files_that_are_none_are_named(tmp_path):
    with pytest.raises(ConfigProblem, match=r"No such file.*--config"):
        read_config(tmp_path / "missing.toml")
    (tmp_path / "bad.toml").write_text("roles = [")
    with pytest.raises(ConfigProblem, match="no TOML"):
        read_config(tmp_path / "bad.toml")
    (tmp_path / "bad.toml").write_bytes(b"\xff")
    with pytest.raises(ConfigProblem, match="no TOML"):
        read_config(tmp_path / "bad.toml")


def test_passwords_are_read_from_closed_files(tmp_path):
    path = tmp_path / "password"
    path.write_text("hunter2\n")
    account = config_from({**LEAST, "account": {"keystore": "k", "password_file": str(path)}}).account
    path.chmod(0o644)
    with pytest.raises(ConfigProblem, match="chmod 600"):
        account.password()
    path.chmod(0o600)
    assert account.password() == "hunter2"
    path.unlink()
    with pytest.raises(ConfigProblem, match="a file that the pod can read"):
        account.password()
    with pytest.raises(ConfigProblem, match="without anybody there"):
        config_from(LEAST).account.password()
    with pytest.raises(ConfigProblem, match="goes with keystore"):
        config_from({**LEAST, "account": {"clef": "http://127.0.0.1:8550", "password_file": str(path)}})


def test_the_memory_s_folder_is_closed_to_others(tmp_path):
    folder = folder_for(tmp_path / "a" / "pod")
    assert folder.stat().st_mode & 0o077 == 0
    folder.chmod(0o755)
    with pytest.raises(ConfigProblem, match="chmod 700"):
        folder_for(folder)
    (tmp_path / "file").touch()
    with pytest.raises(ConfigProblem, match=r"folders\.state"):
        folder_for(tmp_path / "file")


def test_toml_and_pydantic_agree_on_the_example():
    assert config_from(tomllib.loads(EXAMPLE)).model_dump(mode="json")["roles"] == ["data-owner"]


def test_relative_paths_count_from_the_files_folder(tmp_path, monkeypatch):
    """A service is started from anywhere."""
    monkeypatch.chdir("/")
    (tmp_path / "pod.toml").write_text(
        'roles = ["data-owner"]\n[account]\nkeystore = "pod.json"\n[folders]\nstate = "state"\n'
        '[storage]\nstores = ["objects", "https://example.org/x"]\n'
        '[data_owner]\nsource = "rows.csv"\nschema_file = "~/schema.json"\n'
    )
    found = read_config(tmp_path / "pod.toml")
    assert found.folders.state == tmp_path / "state"
    assert found.account.keystore == tmp_path / "pod.json"
    assert found.storage.stores == (str(tmp_path / "objects"), "https://example.org/x")
    assert found.data_owner.source == str(tmp_path / "rows.csv")
    assert found.data_owner.schema_file == Path.home() / "schema.json"


def test_a_database_is_no_path():
    url = "postgresql://host/clinic"
    section = {"source": url, "db_query": "SELECT 1", "schema_file": "s"}
    assert config_from({**LEAST, "data_owner": section}).data_owner.source == url
    home = config_from({**LEAST, "data_owner": {**section, "source": "~/rows.csv"}}).data_owner.source
    assert home == str(Path.home() / "rows.csv")


def test_a_days_money_leaves_room_for_the_deposit():
    terms = {"deposit": "1 ether", "source": "x", "schema_file": "s"}
    settings = {**LEAST, "roles": ["data-owner"], "data_owner": terms, "prices": {"most_per_day": "1 ether"}}
    with pytest.raises(ConfigProblem, match="wait for ever") as waits:
        config_from(settings)
    assert waits.value.key == "prices.most_per_day"
    config_from({**settings, "prices": {"most_per_day": "1.1 ether"}})


@pytest.mark.parametrize("role", SECTIONS)
def test_each_role_has_an_example_that_can_be_used(role):
    shown = example_for([role]).replace('"0x…"', f'"0x{"ab" * 32}"').replace('"0xADDRESS"', f'"0x{"ab" * 20}"')
    found = config_from(tomllib.loads(shown))
    assert found.roles == (role,)
    assert getattr(found, role.replace("-", "_")) is not None


def test_examples_of_several_roles_and_of_none():
    several = example_for(["watcher", "data-owner", "watcher"])
    assert config_from(tomllib.loads(several)).roles == ("watcher", "data-owner")
    assert example_for() == EXAMPLE
    with pytest.raises(ConfigProblem, match="Known are data-owner"):
        example_for(["hospital"])
