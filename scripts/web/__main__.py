"""``make web``: the page on a local chain with models under each incentive, until Ctrl-C.

``python -m scripts.web --list FOLDER`` writes ``deployments.json`` of the recorded public models into a built page.
"""

from __future__ import annotations

import argparse
import logging
import signal
import socket
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from scripts.local_node import LocalNode, NodeError, free_port
from scripts.web.listing import from_records, to_json
from scripts.web.serving import DIST, PortTaken, serving
from scripts.web.world import World

ROOT = Path(__file__).resolve().parents[2]
USUAL_PORT = 8545
KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
"""Of the first development account, known to everybody: for wallets that want to import it."""


def main(arguments: list[str]) -> int:
    """Run the page, or write the list."""
    parser = argparse.ArgumentParser(prog="make web", description=__doc__, allow_abbrev=False)
    parser.add_argument("--list", type=Path, metavar="FOLDER", help="write deployments.json into FOLDER and end")
    parser.add_argument("--port", type=int, default=8000, help="of the page; 0 for any")
    parser.add_argument("--node-port", type=int, help="of the chain; 8545 if it is free, else any")
    parser.add_argument("--small", action="store_true", help="only data that come with the sources")
    options = parser.parse_args(arguments)
    console = Console(highlight=False)
    try:
        if options.list:
            models = from_records(ROOT / "deployments")
            (options.list / "deployments.json").write_text(to_json(models) + "\n", encoding="utf-8")
            console.print(f"{len(models)} recorded models listed in {options.list / 'deployments.json'}")
            return 0
        if not (DIST / "index.html").exists():
            console.print("The page is not built: run `make web-build`.", style="red")
            return 2
        return _run(options, console)
    except (NodeError, OSError, PortTaken, ValueError) as error:
        console.print(f"{error}", style="red", markup=False)
        return 1
    except KeyboardInterrupt:
        return 0


def _node_port() -> int:
    """Where wallets look for a local chain; another port if something is there already, such as `make chain`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", USUAL_PORT))
        except OSError:
            return free_port()
    return USUAL_PORT


def _run(options: argparse.Namespace, console: Console) -> int:
    logging.getLogger("commonlearn").setLevel(logging.ERROR)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended as by Ctrl-C: the chain and its folder go as well
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="commonlearn-web-")))
        port = options.node_port or _node_port()
        node = stack.enter_context(LocalNode(port=port, timestamp=World.start_of_chain(), base_fee=10**9))
        world = World(node, folder)
        page = stack.enter_context(serving(lambda: to_json(world.models), port=options.port))
        with console.status("Models and their history …") as status:
            world.tell = lambda what: status.update(f"Models and their history: {what} …")
            world.build(real_data=not options.small)
        console.print(f"\n[bold]The page: {page}[/bold]\nThe chain: {node.url} (number 31337), until Ctrl-C\n")
        for model in world.models:
            console.print(f"  {model.name:18} {model.incentive:16} {model.address}")
        console.print(
            "\n1. Open the page and choose a model: predictions are free and made in the browser.\n"
            "2. `Choose wallet`, `Development account 1`: acts without any wallet, and has contributed before.\n"
            "   Or use your own wallet: add the chain above, and import the development key\n"
            f"   {KEY} (everybody knows it: never for real ether).\n"
            "3. Time passes as on a real chain. To let a day pass: "
            f"curl -s {node.url} -H 'Content-Type: application/json' \\\n"
            '   -d \'{"jsonrpc":"2.0","id":1,"method":"anvil_mine","params":["0x2","0x15180"]}\'',
            soft_wrap=True,  # commands and keys are copied
        )
        while node.is_running:
            time.sleep(1)
    console.print("The chain ended by itself.", style="red")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
