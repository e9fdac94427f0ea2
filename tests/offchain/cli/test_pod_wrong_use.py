"""A pod used wrongly, as a newcomer might: always a named error that says what is wrong and what to do (H-03).

Nothing is sent and no traceback is shown; ``Shell`` fails on one.
"""

from __future__ import annotations

import json
import shutil
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from commonlearn.chain.errors import KeystoreProblem
from commonlearn.chain.keystores import new_keystore
from commonlearn.client.deployments import DeploymentBook
from commonlearn.client.training_market import deploy_market
from commonlearn.pod.state import State
from commonlearn.sandbox import available
from tests.offchain.cli.runner import Shell
from tests.support.keystores import PASSWORD, keystore_file

HOSPITALS = Path(__file__).resolve().parents[3] / "docs" / "examples" / "hospitals"
RANGES = ("radius=5:40", "texture=5:50", "smoothness=0:0.3", "concavity=0:0.6")
ROLES = {
    "data-owner": {"source": "rows.csv", "schema_file": "schema.json", "deposit": "0.2 ether"},
    "validator": {"test_set": "tests.shard", "schema_file": "schema.json", "max_bond": "0.1 ether"},
    "buyer": {
        "program": "program.py",
        "schema_file": "schema.json",
        "datasets": 2,
        "trial": False,
        "terms": {
            "budget": "0.1 ether",
            "baseline": 600_000,
            "target": 900_000,
            "rounds": 2,
            "subsets_per_round": 2,
            "min_subsets": 2,
            "validators": 1,
            "metric": "accuracy",
            "test_set": "0x" + "ab" * 32,
        },
    },
}


@pytest.fixture(scope="module")
def market(network, tmp_path_factory):
    book = DeploymentBook.open(tmp_path_factory.mktemp("market"), network.connection)
    deploy_market(network.sender(), book)
    return book


@pytest.fixture(scope="module")
def whole(network, market, tmp_path_factory):
    """A folder in which everything is right."""
    folder = tmp_path_factory.mktemp("whole")
    shutil.copy(HOSPITALS / "north.csv", folder / "rows.csv")
    shell, ranges = Shell(network, folder), [word for each in RANGES for word in ("--range", each)]
    schema = folder / "schema.json"
    shell("pod", "schema", folder / "rows.csv", "--target", "finding", *ranges, "--out", schema)
    shell("pod", "test-set", HOSPITALS / "held-back.csv", "--schema", schema, "--out", folder / "tests.shard")
    shell("pod", "program", "logistic", "--set", "epochs=5", "--out", folder / "program.py")
    _, address = keystore_file(folder, "key")
    (folder / "password").write_text(PASSWORD)
    (folder / "password").chmod(0o600)
    return folder, Place(network, market.contract("TrainingMarket").address, address)


@pytest.fixture
def place(shell, whole, network, tmp_path):
    """A copy of it, and a way to write settings with something changed."""
    folder, found = whole
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    network.node.request("anvil_setBalance", found.address, hex(10**19))
    return found


class Place:
    def __init__(self, network, market, address):
        self.network, self.market, self.address = network, market, address

    def settings(self, role, changes=None):
        found = {
            "roles": [role],
            "node": {"url": self.network.node.url},
            "account": {"keystore": "key.json", "password_file": "password"},
            "contracts": {"market": self.market},
            "folders": {"state": "state"},
            "storage": {"stores": ["objects"]},
            "status": {"port": 0},
            role.replace("-", "_"): json.loads(json.dumps(ROLES[role])),
        }
        for key, value in (changes or {}).items():
            *parts, last = key.split(".")
            inner = found
            for part in parts:
                inner = inner.setdefault(part, {})
            if value is None:
                del inner[last]
            else:
                inner[last] = value
        return found

    def write(self, role, changes=None):
        Path("pod.toml").write_text(toml(self.settings(role, changes)))


def toml(settings, prefix=""):
    plain = [f"{name} = {json.dumps(value)}" for name, value in settings.items() if not isinstance(value, dict)]
    tables = [
        f"[{prefix}{name}]\n{toml(value, f'{prefix}{name}.')}"
        for name, value in settings.items()
        if isinstance(value, dict)
    ]
    return "\n".join(plain + tables) + "\n"


def refused(shell, code, *words):
    """Both ways to start are refused, with the same words."""
    for command in ("check", "run"):
        said = shell("pod", command, "--config", "pod.toml", code=code).stderr.replace("\n", " ")
        for word in words:
            assert word in said, said
    assert not Path("state/pod.sqlite").exists()


needs_sandbox = pytest.mark.skipif(available() is not None, reason=str(available()))


class TestSettings:
    @pytest.mark.parametrize(
        ("changes", "code", "words"),
        [
            ({"roles": ["hospital"]}, 6, ("roles.0", "'data-owner'")),
            ({"buyer": None}, 6, ("buyer", "missing", "section [buyer]")),
            ({"contracts.market": None}, 6, ("contracts.market", "deploy-market")),
            ({"contracts.market": "0x" + "12" * 20}, 5, ("NoContract", "no contract at")),
            ({"contracts.market": "0x12"}, 6, ("contracts.market", "40 hexadecimal")),
            ({"node.chain_id": 1}, 5, ("WrongNetwork", "chain 1 is wanted")),
            ({"node.url": "http://127.0.0.1:9"}, 4, ("NodeUnreachable", "does not answer")),
            ({"node.url": "localhost"}, 6, ("node.url", "address of a node")),
            ({"account.keystore": "nowhere.json"}, 7, ("KeystoreProblem", "nowhere.json")),
            ({"account.keystore": "schema.json"}, 7, ("KeystoreProblem", "no keystore file")),
            ({"account.password_file": "nowhere"}, 6, ("account.password_file", "can read")),
            ({"account.clef": "http://127.0.0.1:9"}, 6, ("account", "not both")),
            ({"buyer.deposit": "0.2"}, 6, ("buyer.deposit", "with a unit")),
            ({"buyer.deposit": 2}, 6, ("buyer.deposit", "with a unit")),
            ({"buyer.deposit": "2 ether", "prices.most_per_day": "1 ether"}, 6, ("most_per_day", "wait for ever")),
            ({"prices.most_per_month": "1 ether"}, 6, ("prices.most_per_month", "not known")),
            ({"buyer.colour": "red"}, 6, ("buyer.colour", "not known", "pod example")),
            ({"buyer.program": "nowhere.py"}, 6, ("buyer.program", "No such file", "pod program")),
            ({"buyer.program": "rows.csv"}, 6, ("buyer.program", "sheet")),
            ({"buyer.schema_file": "rows.csv"}, 6, ("buyer.schema_file", "no JSON", "pod schema")),
            ({"buyer.schema_file": "."}, 6, ("buyer.schema_file", "directory")),
            ({"buyer.terms.metric": "mse"}, 6, ("buyer.terms.metric", "regression")),
            ({"buyer.terms.metric": "beauty"}, 6, ("buyer.terms.metric", "'accuracy'")),
            ({"buyer.terms.target": 500_000}, 6, ("buyer.terms.target", "higher is better")),
            ({"buyer.terms.split": [1, 2, 3, 4]}, 6, ("buyer.terms.split", "10 basis points")),
            ({"buyer.terms.min_subsets": 3}, 6, ("buyer.terms.min_subsets", "no round")),
            ({"buyer.terms.budget": "0 ether"}, 6, ("buyer.terms.budget", "nobody is paid")),
            ({"buyer.terms.test_set": "tests.shard"}, 6, ("buyer.terms.test_set", "0x")),
            ({"log.file": "rows.csv/log"}, 6, ("log.file",)),
            ({"folders.state": "rows.csv"}, 6, ("folders.state",)),
            ({"folders.state": "~nobody-here/pod"}, 6, ("folders.state", "home folder")),
            ({"storage.stores": ["nowhere://x"]}, 6, ("storage.stores", "cannot be used")),
        ],
    )
    def test_each_mistake_is_named(self, shell, place, changes, code, words):
        place.write("buyer", changes)
        refused(shell, code, *words)

    def test_files_that_are_no_settings(self, shell, place):
        for content, words in (("roles = [", "no TOML"), ("\\xff", "no TOML"), ("", "roles")):
            Path("pod.toml").write_text(content)
            refused(shell, 6, words)
        assert "No such file" in shell("pod", "check", "--config", "nowhere.toml", code=6).stderr

    def test_a_role_that_is_not_among_them(self, shell, place):
        place.write("buyer")
        said = shell("pod", "run", "--config", "pod.toml", "--role", "validator", code=6).stderr
        assert "validator" in said

    def test_a_password_that_others_may_read_or_that_is_wrong(self, shell, place):
        place.write("buyer")
        Path("password").chmod(0o644)
        refused(shell, 6, "account.password_file", "chmod 600")
        Path("password").chmod(0o600)
        Path("password").write_text("another")
        refused(shell, 7, "KeystoreProblem", "password is wrong")

    def test_a_folder_for_secrets_that_others_may_enter(self, shell, place):
        place.write("buyer")
        Path("state").mkdir(mode=0o755)
        Path("state").chmod(0o755)
        refused(shell, 6, "folders.state", "chmod 700")


class TestTables:
    @pytest.mark.parametrize(
        ("rows", "words"),
        [
            (None, ("TableNotRead", "rows.csv")),
            ("", ("TableNotRead", "empty")),
            ("{head}", ("rows",)),
            ("radius,texture,smoothness,finding\n15,20,0.1,benign", ("SchemaMismatch", "concavity")),
            ("{head},age\n15,20,0.1,0.1,benign,61", ("SchemaMismatch", "age")),
            ("{head}\n15,20,0.1,0.1", ("TableNotRead", "4 cells")),
            ("{head}\n15,much,0.1,0.1,benign", ("ValueRefused", "texture", "number")),
            ("{head}\n15,20,0.1,9,benign", ("ValueRefused", "concavity", "0.6")),
            ("{head}\n15,20,0.1,0.1,perhaps", ("ValueRefused", "finding", "category")),
            ("{head}\n15,20,0.1,0.1,", ("TargetMissing", "finding")),
            ("{head}\n15,20,inf,0.1,benign", ("ValueRefused", "smoothness")),
            ("radius,radius\n1,2", ("TableNotRead", "same name")),
        ],
    )
    def test_each_table_that_does_not_fit_is_named(self, shell, place, rows, words):
        place.write("data-owner")
        if rows is None:
            Path("rows.csv").unlink()
        else:
            Path("rows.csv").write_text(rows.format(head="radius,texture,smoothness,concavity,finding"))
        refused(shell, 6, *words)

    def test_a_table_that_is_no_text(self, shell, place):
        place.write("data-owner")
        Path("rows.csv").write_bytes(b"\xff\xfe\x00")
        refused(shell, 6, "TableNotRead")

    def test_a_database_that_is_not_there(self, shell, place):
        for url in ("sqlite:///nowhere/x.db", "nosuchdriver://x/y", "postgresql://127.0.0.1:9/x"):
            place.write("data-owner", {"data_owner.source": url, "data_owner.db_query": "SELECT 1"})
            refused(shell, 6, "TableNotRead")

    @needs_sandbox
    def test_rows_of_one_class_are_said_and_taken(self, shell, place):
        """Others may have the other classes."""
        lines = Path("rows.csv").read_text().splitlines()
        Path("rows.csv").write_text("\n".join([lines[0], *(each for each in lines if each.endswith("benign"))]))
        place.write("data-owner")
        assert "all of them 'benign'" in shell("pod", "check", "--config", "pod.toml").stdout


class TestHeldBackRows:
    def test_of_another_schema_or_changed(self, shell, place):
        place.write("validator")
        whole = Path("tests.shard").read_bytes()
        Path("tests.shard").write_bytes(whole[:-1])
        refused(shell, 6, "validator.test_set", "length")
        Path("tests.shard").write_bytes(b"nothing")
        refused(shell, 6, "validator.test_set", "all validators have")
        Path("tests.shard").write_bytes(whole)
        Path("schema.json").write_text(Path("schema.json").read_text().replace('"high": 40.0', '"high": 41.0'))
        refused(shell, 6, "validator.test_set", "schema")

    def test_their_pool_is_said(self, shell, place):
        """A changed row has another pool, and so is never drawn."""
        place.write("validator")
        first = shell("pod", "check", "--config", "pod.toml").stdout
        whole = bytearray(Path("tests.shard").read_bytes())
        whole[-1] ^= 1
        Path("tests.shard").write_bytes(whole)
        second = shell("pod", "check", "--config", "pod.toml").stdout
        pools = [
            line.split("pool is ")[1].split(";")[0]
            for text in (first, second)
            for line in text.splitlines()
            if "pool" in line
        ]
        assert len(set(pools)) == 2


class TestPrograms:
    def test_sheets_that_do_not_fit(self, shell, place):
        place.write("buyer")
        source = Path("program.py").read_text()
        for changed, words in (
            (source.replace('"logistic"', '"linear"', 1), ("buyer.program", "classification")),
            (source.replace('"logistic"', '"magic"', 1), ("buyer.program", "magic")),
            (source.replace('"epochs": 5', '"epochs": -5'), ("buyer.program", "epochs")),
            (source.replace("{", "", 1), ("buyer.program", "sheet")),
        ):
            Path("program.py").write_text(changed)
            refused(shell, 6, *words)

    def test_a_schema_without_ranges(self, shell, place):
        place.write("buyer")
        Path("schema.json").unlink()
        said = shell("pod", "schema", "rows.csv", "--target", "finding").stderr
        assert "Without a range are radius, texture" in said
        refused(shell, 6, "buyer.program", "no range")


class TestMachines:
    def test_no_ether(self, shell, place):
        place.write("buyer", {"buyer.deposit": "0.5 ether"})
        place.network.node.request("anvil_setBalance", place.address, "0x0")
        refused(shell, 7, "InsufficientFunds", place.address, "Send ether")

    def test_a_contract_that_is_no_market(self, shell, place, market):
        place.write("buyer", {"contracts.market": market.contract("TrainingCatalogue").address})
        refused(shell, 6, "NoMarket", "no market of private training")

    def test_a_server_that_is_no_node(self, shell, place):
        class Page(BaseHTTPRequestHandler):
            def do_POST(self):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"<html>hello</html>")

            def log_message(self, *_):
                pass

        server = HTTPServer(("127.0.0.1", 0), Page)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            place.write("buyer", {"node.url": f"http://127.0.0.1:{server.server_port}"})
            refused(shell, 4, "NodeUnreachable")
        finally:
            server.shutdown()

    def test_no_bubblewrap(self, shell, place, monkeypatch):
        from commonlearn.sandbox import availability, running

        place.write("data-owner")
        running._checked.cache_clear()
        monkeypatch.setattr(availability, "_PLACES", "/nowhere")
        try:
            refused(shell, 6, "SandboxUnavailable", "bubblewrap", "install")
        finally:
            running._checked.cache_clear()

    def test_a_port_that_is_taken(self, shell, place):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            place.write("buyer", {"status.port": taken.getsockname()[1]})
            said = shell("pod", "run", "--config", "pod.toml", code=6).stderr
        assert "status.port" in said

    def test_a_second_pod_and_a_memory_of_another_chain(self, shell, place):
        place.write("buyer")
        folder = Path("state")
        folder.mkdir(mode=0o700)
        genesis = place.network.connection.genesis_hash
        state = State(folder, 31337, genesis, place.address)
        try:
            assert "PodBusy" in shell("pod", "run", "--config", "pod.toml", code=6).stderr
        finally:
            state.close()
        Path("state/pod.sqlite").unlink()
        State(folder, 1, "0x" + "00" * 32, place.address).close()
        said = shell("pod", "run", "--config", "pod.toml", code=6).stderr
        assert "StateProblem" in said
        assert "another folder" in said.replace("\n", " ")

    def test_a_memory_that_is_damaged(self, shell, place):
        place.write("buyer")
        Path("state").mkdir(mode=0o700)
        Path("state/pod.sqlite").write_bytes(b"no database" * 100)
        assert "StateProblem" in shell("pod", "run", "--config", "pod.toml", code=6).stderr


class TestMaking:
    @pytest.mark.parametrize(
        ("words", "code", "said"),
        [
            (("schema", "nowhere.csv", "--target", "x"), 6, "TableNotRead"),
            (("schema", "rows.csv", "--target", "x", "--out", "s"), 6, "not among the columns"),
            (("schema", "rows.csv", "--target", "finding"), 2, "is there already"),
            (("schema", "rows.csv", "--target", "finding", "--range", "age=0:1", "--out", "s"), 6, "no such column"),
            (
                ("schema", "rows.csv", "--target", "finding", "--range", "radius=0-1", "--out", "s"),
                2,
                "COLUMN=LOW:HIGH",
            ),
            (("schema", "rows.csv", "--target", "finding", "--range", "radius=9:1", "--out", "s"), 6, "empty"),
            (("schema", "rows.csv", "--target", "finding", "--out", "nowhere/s"), 2, "--out"),
            (("test-set", "nowhere.csv", "--schema", "schema.json", "--out", "t"), 6, "TableNotRead"),
            (("test-set", "rows.csv", "--schema", "nowhere.json", "--out", "t"), 6, "--schema"),
            (("test-set", "rows.csv", "--schema", "schema.json"), 2, "is there already"),
            (("program", "magic", "--out", "p"), 6, "magic"),
            (("program", "logistic", "--set", "epochs", "--out", "p"), 2, "NAME=NUMBER"),
            (("program", "logistic", "--set", "colour=1", "--out", "p"), 6, "colour"),
            (("program", "logistic", "--strategy", "hope", "--out", "p"), 6, "hope"),
            (("program", "logistic", "--source", "nowhere.py", "--out", "p"), 2, "nowhere.py"),
            (("predict", "nowhere", "rows.csv", "--program", "program.py", "--schema", "schema.json"), 6, "nowhere"),
            (("predict", "rows.csv", "rows.csv", "--program", "program.py", "--schema", "schema.json"), 6, "no model"),
            (("example", "--role", "hospital"), 6, "no example"),
            (("deploy-market",), 2, "Say who pays"),
        ],
    )
    def test_each_mistake_is_named(self, shell, place, words, code, said):
        assert said in shell("pod", *words, code=code).stderr.replace("\n", " ")

    def test_no_key_is_overwritten(self, shell, tmp_path):
        shell("pod", "key", "keys")
        before = Path("keys/pod.json").read_bytes()
        assert "no key is overwritten" in shell("pod", "key", "keys", code=7).stderr
        assert Path("keys/pod.json").read_bytes() == before
        assert {each.stat().st_mode & 0o777 for each in Path("keys").iterdir()} == {0o600}
        Path("schema.json").touch()
        with pytest.raises(KeystoreProblem):
            new_keystore(Path("schema.json/key"), Path("other"))
