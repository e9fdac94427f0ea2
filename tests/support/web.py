"""The page's local chain for tests in a browser: the models of `make web` from bundled data, and one of an attacker.

``python -m tests.support.web FOLDER`` serves a built page, prints one line of JSON, and ends when standard input closes.
"""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from sklearn.datasets import load_digits

from commonlearn.featurizers import PixelImage, PresenceText, VocabularyText
from commonlearn.models import NearestCentroid
from commonlearn.records import Terms
from scripts.local_node import LocalNode
from scripts.web.listing import to_json
from scripts.web.serving import serving
from scripts.web.world import Material, World, tickets
from tests.support.live import WORDS, small_perceptron

MARKUP = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
"""What an attacker would like to be markup."""


def hostile(world: World) -> None:
    """Deploy a model all of whose texts are markup."""
    words = (*WORDS[:-1], "javascript")
    material = replace(
        tickets(f"<b>Bold</b>{MARKUP}", f"<h1>Big</h1>{MARKUP}"),
        classes=(f"<i>no</i>{MARKUP}", f"<i>yes</i>{MARKUP}"), featurizer=PresenceText(words), model=small_perceptron(),
    )  # fmt: skip
    terms = Terms(
        beneficiary=world.people["deployer"], floor_wei=10**12, growth_bps=100, half_life_seconds=3_600,
        refund_wait_seconds=100, report_wait_seconds=200, sweep_wait_seconds=300, reporter_bps=500,
    )  # fmt: skip
    model = world.deploy(material, terms)
    model.contribute(["a good film"], [1], account=world.people["mallory"])


def prepared(world: World) -> None:
    """Deploy a model of pictures, and one whose texts only Python can cut."""
    terms = Terms(
        beneficiary=world.people["deployer"], floor_wei=10**12, growth_bps=100, half_life_seconds=3_600,
        refund_wait_seconds=100, report_wait_seconds=200, sweep_wait_seconds=300, reporter_bps=500,
    )  # fmt: skip
    digits, pixels = load_digits(n_class=3), PixelImage(8, 8, levels=17)
    samples = pixels.transform_batch(list(digits.images / 16)).to_dense().astype(float)
    model = NearestCentroid(encoding="dense", scale=1.0).fit(samples, digits.target)
    world.deploy(Material("Digits", "Reads digits.", ("zero", "one", "two"), pixels, model, [], []), terms)
    tweets = VocabularyText(WORDS, "nltk-tweet", "presence")
    world.deploy(replace(tickets("Tweets", "Python only."), classes=("no", "yes"), featurizer=tweets,
                         model=small_perceptron()), terms)  # fmt: skip


def main(dist: Path) -> None:
    """Build the chain, serve the page, and wait."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="commonlearn-web-")))
        node = stack.enter_context(LocalNode(timestamp=World.start_of_chain(), base_fee=10**9))
        world = World(node, folder)
        world.build(real_data=False)
        hostile(world)
        prepared(world)
        listing = to_json(world.models)
        page = stack.enter_context(serving(lambda: listing, folder=dist))
        told = {"page": page, "node": node.url, "accounts": node.accounts(), "models": json.loads(listing)}
        print(json.dumps(told), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
