"""One node: batches keep their order and their errors, and a lost node is told apart from a refusing one.

Requirement P-05.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from commonlearn.chain.connection import Connection, network_name
from commonlearn.chain.errors import NodeUnreachable, RpcError, WrongNetwork
from commonlearn.chain.rpc import Rpc


@pytest.fixture
def server():
    """An HTTP server that answers as told: `answers` is a list of (status, body), or a function of the request."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            outer.requests.append(request)
            answer = outer.answers(request) if callable(outer.answers) else outer.answers.pop(0)
            status, body = answer
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

        def log_message(self, *args):
            pass

    outer = HTTPServer(("127.0.0.1", 0), Handler)
    outer.requests = []
    outer.url = f"http://127.0.0.1:{outer.server_address[1]}"
    thread = threading.Thread(target=outer.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield outer
    outer.shutdown()
    outer.server_close()


def result(request, value):
    return {"jsonrpc": "2.0", "id": request["id"], "result": value}


def test_batches_come_back_in_the_order_asked_whatever_the_node_does(server):
    server.answers = lambda requests: (200, [result(r, r["params"][0]) for r in reversed(requests)])
    rpc = Rpc(server.url, batch_size=3)
    assert rpc.batch([("echo", [i]) for i in range(8)]) == list(range(8))
    assert [len(requests) for requests in server.requests[:2]] == [3, 3]


def test_an_error_in_a_batch_takes_only_its_own_place(server):
    def answer(requests):
        refusal = {"jsonrpc": "2.0", "id": requests[1]["id"], "error": {"code": 3, "message": "no", "data": "0x12"}}
        return 200, [result(requests[0], 1), refusal, result(requests[2], 3)]

    server.answers = answer
    rpc = Rpc(server.url)
    first, second, third = rpc.batch_settled([("a", []), ("b", []), ("c", [])])
    assert (first, third) == (1, 3)
    assert isinstance(second, RpcError)
    assert (second.method, second.code, second.data) == ("b", 3, "0x12")
    with pytest.raises(RpcError, match="refused b: no"):
        rpc.batch([("a", []), ("b", []), ("c", [])])


def test_a_batch_refused_as_a_whole_is_an_error_for_each(server):
    server.answers = lambda _: (
        200,
        {"jsonrpc": "2.0", "id": None, "error": {"code": -32005, "message": "batch too large"}},
    )
    answers = Rpc(server.url).batch_settled([("a", []), ("b", [])])
    assert [answer.message for answer in answers] == ["batch too large"] * 2


def test_missing_answers_are_noticed(server):
    server.answers = lambda requests: (200, [result(requests[0], 1)])
    with pytest.raises(NodeUnreachable, match="1 answers to 2"):
        Rpc(server.url).batch([("a", []), ("b", [])])


def test_a_busy_node_is_asked_again_later(server):
    waited = []
    server.answers = [(429, b""), (429, b""), (200, {"jsonrpc": "2.0", "id": 1, "result": "0x1"})]
    assert Rpc(server.url, sleep=waited.append).call("eth_chainId") == "0x1"
    assert waited == [0.5, 1.0]


def test_a_node_that_stays_busy_counts_as_gone(server):
    server.answers = lambda _: (429, b"")
    with pytest.raises(NodeUnreachable, match="HTTP status 429"):
        Rpc(server.url, sleep=lambda _: None).call("eth_chainId")
    assert len(server.requests) == 5


@pytest.mark.parametrize(
    ("status", "body", "reason"), [(403, b"", "HTTP status 403"), (200, b"<html>", "no Ethereum node")]
)
def test_what_is_no_node_is_told(server, status, body, reason):
    server.answers = lambda _: (status, body)
    with pytest.raises(NodeUnreachable, match=reason):
        Connection.open(server.url)


def test_writes_are_never_repeated_on_their_own(server):
    """A connection lost in the middle of a write: only the journal may decide to send again."""
    seen = []

    def drop(request):
        seen.append(request["method"])
        raise ConnectionResetError

    server.answers = drop
    server.handle_error = lambda *_: None
    with pytest.raises(NodeUnreachable):
        Rpc(server.url).call("eth_sendRawTransaction", "0x00")
    assert seen == ["eth_sendRawTransaction"]
    seen.clear()
    with pytest.raises(NodeUnreachable):
        Rpc(server.url).call("eth_chainId")
    assert seen == ["eth_chainId"] * 2, "reads may meet a connection that died meanwhile"


@pytest.mark.parametrize("url", ["ws://127.0.0.1:8545", "127.0.0.1:8545", "ftp://node", ""])
def test_an_address_that_is_none_says_what_is(url):
    with pytest.raises(NodeUnreachable, match="must begin with http"):
        Rpc(url)


def test_keys_in_an_address_are_not_shown():
    with pytest.raises(NodeUnreachable) as raised:
        Rpc("http://user:secret@127.0.0.1:1/v3/topsecret").call("eth_chainId")
    assert "secret" not in raised.value.user_message
    assert "127.0.0.1:1" in raised.value.user_message


def test_a_wrong_chain_is_told(server):
    server.answers = lambda request: (200, result(request, "0x1"))
    assert Connection(Rpc(server.url), chain_id=1).network == "mainnet"
    with pytest.raises(WrongNetwork, match="serves chain 1, but chain 5"):
        Connection(Rpc(server.url), chain_id=5)


def test_networks_have_names_fit_for_files():
    assert [network_name(chain) for chain in (1, 31337, 1337, 99)] == ["mainnet", "local", "local", "chain-99"]
