"""The page's local chain for tests of its core, with what the Python client says of it.

``python -m tests.support.web_facts`` prints one line of JSON, then does what each line of its input asks for, with an
answer a line, and ends when its input closes.
"""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from commonlearn.chain.signers import UnlockedSigner
from commonlearn.chain.sponsorship import SponsorshipContract
from commonlearn.chain.transactions import Sender
from commonlearn.client.public_model import PublicModel
from commonlearn.client.sponsoring.requests import sign_contributions, sponsorship_of
from commonlearn.numerics import encode_presence
from commonlearn.records import Status
from scripts.local_node import LocalNode
from scripts.web.listing import to_json
from scripts.web.world import ETHER, PRICES, TESTS, World, tickets


def facts(world: World, address: str) -> dict[str, Any]:
    """What Python says of a model now. Amounts are texts, as JSON's numbers are too short for them."""
    model = loaded(world, address)
    status = model.status()
    events = model.contract.events(("Contributed",), status_block(model), world.connection.block().number)
    samples = [bytes(event.values["sample"]) for event in events]
    found = {
        "address": model.address,
        "kind": model.kind,
        "name": status.name,
        "incentive": status.incentive,
        "classes": list(status.classes),
        "contributions": status.contributions,
        "stakeWei": str(status.stake_wei),
        "lockedWei": str(status.locked_wei),
        "wordsHash": model.twin.words_hash().hex(),
        "samples": [sample.hex() for sample in samples],
        "described": [model.featurizer.describe(sample) for sample in samples] if model.featurizer else [],
        "predicted": model.predict_encoded(samples).tolist(),
        "history": len(model.history()),
    }
    if status.incentive == "self-assessment":
        found["accounts"] = {name: account_facts(model, one) for name, one in world.people.items()}
    if status.incentive == "points":
        found["leaderboard"] = [
            [row.address, row.points, row.contributions, row.confirmed, row.votes, row.can_give, len(row.badges)]
            for row in model.leaderboard()
        ]
    return found


def status_block(model: PublicModel) -> int:
    """Block of a model's creation."""
    return int(model.contract.created_at_block)


def account_facts(model: PublicModel, address: str) -> dict[str, Any]:
    """An account's money, and how its contributions stand."""
    account = model.account_status(address)
    return {
        "owedWei": str(account.owed_wei),
        "provenGwei": str(account.proven_gwei),
        "lockedWei": str(account.locked_wei),
        "contributions": [
            [view.id, Status(view.status).name.lower(), view.predicted] for view in account.contributions
        ],
    }


def sponsor(world: World, address: str) -> str:
    """Have bob sign a contribution for which the deployer pays, and gets the stake back.

    Returns
    -------
    str
        The step.
    """
    model = loaded(world, address)
    known = next(text for text in tickets("", "").raw if model.predict([text])[0] == "billing")
    (signed,) = sign_contributions(
        model, [known], ["billing"], account=world.people["bob"], payee=world.people["deployer"]
    )
    contract = SponsorshipContract(world.connection, sponsorship_of(model))
    sender = Sender(world.connection, UnlockedSigner(world.people["deployer"]), prices=PRICES)
    sender.send_one(contract.relay(signed.request, signed.signature, model.contract.stake_now()))
    return "sponsor"


def loaded(world: World, address: str) -> PublicModel:
    """A model with the world's copy."""
    folder = world.folder
    return PublicModel.load(address, rpc=world.node.url, cache=folder / "cache", journal=folder / "journal")


def provide(world: World, address: str, step: str) -> str:
    """Take a step of a market that only its provider, alice, can take: "commit" to a test set, or "reveal" what is due.

    Returns
    -------
    str
        The step.
    """
    folder = world.folder
    model = loaded(world, address)
    market = model.market(state=folder / "markets", prices=PRICES)
    if step == "commit":
        samples = [encode_presence([number, number + 1]) for number in range(TESTS)]
        labels = [number % 2 for number in range(TESTS)]
        market.commit(samples, labels, account=world.people["alice"], bounty_wei=ETHER // 2)
        for _ in range(3):
            world.node.request("evm_mine")
    elif step == "reveal":
        market.reveal(account=world.people["alice"])
    else:
        raise ValueError(step)
    return step


def main() -> None:
    """Build the chain, say what there is, and wait."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="commonlearn-core-")))
        node = stack.enter_context(LocalNode(timestamp=World.start_of_chain(), base_fee=10**9))
        world = World(node, folder)
        world.build(real_data=False)
        models = {one["incentive"]: facts(world, one["address"]) for one in json.loads(to_json(world.models))}
        books = [json.loads(path.read_text(encoding="utf-8")) for path in (folder / "deployments").glob("*.json")]
        told = {"node": node.url, "people": world.people, "models": models, "books": books}
        print(json.dumps(told), flush=True)
        for line in sys.stdin:
            step = line.strip()
            staked, market = models["self-assessment"]["address"], models["market"]["address"]
            done = sponsor(world, staked) if step == "sponsor" else provide(world, market, step)
            print(json.dumps(done), flush=True)


if __name__ == "__main__":
    main()
