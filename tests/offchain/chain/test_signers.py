"""Who signs: keystore files, a node's accounts, a signer outside. Never a key from the command line.

Requirement P-06.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from eth_account import Account

from commonlearn.chain.errors import KeystoreProblem, MalformedAddress, NodeUnreachable, SigningRefused, UnknownAccount
from commonlearn.chain.signers import ClefSigner, LocalSigner, UnlockedSigner, as_signer, open_keystore

ACCOUNT = Account.from_key(b"\x11" * 32)
TRANSACTION = {
    "from": ACCOUNT.address,
    "to": "0x" + "22" * 20,
    "chainId": 31337,
    "nonce": 3,
    "gas": 21_000,
    "value": 5,
    "data": "0x",
    "maxFeePerGas": 10**9,
    "maxPriorityFeePerGas": 1,
    "type": 2,
}


@pytest.fixture
def keystore(tmp_path):
    path = tmp_path / "key.json"
    path.write_text(json.dumps(Account.encrypt(ACCOUNT.key, "open sesame", kdf="pbkdf2", iterations=2)))
    return path


def test_a_keystore_opens_with_its_password(keystore):
    signer = open_keystore(keystore, lambda: "open sesame")
    assert signer.address == ACCOUNT.address
    signed = signer.sign(TRANSACTION)
    assert Account.recover_transaction(signed.raw) == ACCOUNT.address
    assert signer.signs_locally


def test_a_wrong_password_says_so_and_shows_nothing(keystore):
    with pytest.raises(KeystoreProblem, match="the password is wrong") as raised:
        open_keystore(keystore, lambda: "guess")
    assert "guess" not in str(raised.value)
    assert raised.value.__cause__ is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "No such file"),
        ("", "no keystore"),
        ("[]", "no keystore"),
        ('{"address": "00"}', "no keystore"),
        ('{"version": 3, "crypto": {}}', "damaged"),
        ('{"version": 9, "crypto": {}}', "unknown kind"),
    ],
    ids=["missing", "empty", "list", "no crypto", "damaged", "newer"],
)
def test_what_is_no_keystore_is_told_before_a_password_is_asked(tmp_path, content, reason):
    path, asked = tmp_path / "key.json", []
    if content is not None:
        path.write_text(content)

    def password():
        asked.append(1)
        return "x"

    with pytest.raises(KeystoreProblem, match=reason):
        open_keystore(path, password)
    assert bool(asked) == (reason in ("damaged", "unknown kind"))


class Clef:
    """An outside signer that approves or not."""

    def __init__(self):
        self.signs_with, self.refusal, self.accounts, self.requests = ACCOUNT, None, [ACCOUNT.address.lower()], []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.requests.append(request)
                answer = {"jsonrpc": "2.0", "id": request["id"], **outer.answer(request)}
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, request):
        if self.refusal is not None:
            return {"error": {"code": -32000, "message": self.refusal}}
        if request["method"] == "account_list":
            return {"result": self.accounts}
        fields = dict(request["params"][0])
        assert fields.pop("from") == ACCOUNT.address
        numbers = {key: int(value, 16) if key not in ("to", "data") else value for key, value in fields.items()}
        raw = self.signs_with.sign_transaction(numbers).raw_transaction
        return {"result": {"raw": "0x" + bytes(raw).hex(), "tx": {}}}


@pytest.fixture
def clef():
    signer = Clef()
    thread = threading.Thread(target=signer.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield signer
    signer.server.shutdown()
    signer.server.server_close()


def test_an_outside_signer_signs_what_it_is_shown(clef):
    signer = ClefSigner(clef.url)
    signed = signer.sign(TRANSACTION)
    assert signed == LocalSigner(ACCOUNT).sign(TRANSACTION)
    shown = clef.requests[-1]
    assert shown["method"] == "account_signTransaction"
    assert shown["params"][0]["nonce"] == "0x3"


def test_a_refusal_at_the_device_is_told(clef):
    signer = ClefSigner(clef.url, ACCOUNT.address)
    clef.refusal = "Request denied"
    with pytest.raises(SigningRefused, match="Request denied"):
        signer.sign(TRANSACTION)


def test_a_signature_by_another_account_is_not_taken(clef):
    signer = ClefSigner(clef.url)
    clef.signs_with = Account.from_key(b"\x33" * 32)
    with pytest.raises(SigningRefused, match="the signature is by"):
        signer.sign(TRANSACTION)


def test_several_accounts_need_a_choice(clef):
    clef.accounts = [ACCOUNT.address, "0x" + "44" * 20]
    with pytest.raises(SigningRefused, match="2 accounts; name one with --from"):
        ClefSigner(clef.url)
    assert ClefSigner(clef.url, ACCOUNT.address).address == ACCOUNT.address


def test_a_signer_that_is_not_there_is_told():
    with pytest.raises(NodeUnreachable):
        ClefSigner("http://127.0.0.1:1")


def test_accounts_come_in_many_shapes():
    class BrownieLocal:
        address, private_key = ACCOUNT.address, "0x" + "11" * 32

    class BrownieUnlocked:
        address = ACCOUNT.address

    local = LocalSigner(ACCOUNT)
    assert as_signer(local) is local
    assert as_signer(ACCOUNT).signs_locally
    assert as_signer(BrownieLocal()).address == ACCOUNT.address
    assert as_signer(BrownieLocal()).signs_locally
    for unlocked in (BrownieUnlocked(), ACCOUNT.address, ACCOUNT.address.lower()):
        assert isinstance(as_signer(unlocked), UnlockedSigner)
        assert as_signer(unlocked).address == ACCOUNT.address
    for nothing in (None, 5, "alice", "0x12"):
        with pytest.raises(MalformedAddress):
            as_signer(nothing)


def test_an_unlocked_account_must_be_the_nodes(network):
    UnlockedSigner(network.cast["alice"]).check(network.connection)
    with pytest.raises(UnknownAccount, match="--keystore"):
        UnlockedSigner(ACCOUNT.address).check(network.connection)
