"""A provider's secret is never lost and never shown (K-53); what cannot be committed to is found before."""

import json
import stat

import pytest

from commonlearn.client.errors import Declined
from commonlearn.client.market import provider
from commonlearn.client.market.errors import NothingDue, SecretLost, SecretProblem, TestSetUnusable
from commonlearn.client.market.secrets import SecretFolder
from commonlearn.market.commitment import commitment_tree
from commonlearn.records import Phase
from tests.support.flaky_node import flaky
from tests.support.live_market import BOUNTY_WEI, Story, labelled_reviews


def secrets(story: Story) -> list:
    return sorted((story.folder / "markets").glob("*/*.json"))


def commit(story: Story, market=None, **options):
    samples, labels = story.model.labelled(*labelled_reviews())
    return (market or story.market).commit(
        samples, labels, account=story.who("deployer"), bounty_wei=BOUNTY_WEI, **options
    )


def test_the_secret_is_written_for_its_owner_alone_before_it_is_needed(story):
    asked = []

    def decline(cost, given):
        asked.append(given)
        return False

    with pytest.raises(Declined):
        commit(story, confirm=decline)
    (path,) = secrets(story)
    assert asked[0].secret == path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert len(json.loads(path.read_text())["secret"]) == 64
    given, receipt = commit(story)
    assert given.root == asked[0].root, "the same data with the same secret"
    assert secrets(story) == [path]
    assert receipt.succeeded
    view = story.market.contract.market()
    terms = story.market.contract.terms
    assert (view.root, view.test_count, view.partitions) == (given.root, 20, 10)
    assert (view.bounty_wei, view.purse_wei) == (BOUNTY_WEI, terms.purse_wei(20))
    assert given.value_wei == BOUNTY_WEI + terms.bond_wei + terms.purse_wei(20)


@pytest.mark.parametrize("fate", ["lose request", "lose answer"])
def test_a_commitment_interrupted_while_it_is_sent_can_be_revealed(story, tmp_path, fate):
    with flaky(story.network.node.port) as proxy:
        behind = story.network.load(story.model.address, tmp_path, rpc=proxy.url)
        proxy.once("eth_sendTransaction", fate)
        with pytest.raises(ConnectionError):
            commit(story, behind.market(state=story.folder / "markets"))
    assert len(secrets(story)) == 1
    if fate == "lose request":
        commit(story)
    assert len(secrets(story)) == 1
    story.draw().reveal()
    assert story.market.contract.market().phase is Phase.PARTICIPATING


def test_a_lost_secret_is_told_with_its_consequence(story):
    story.commit().draw()
    (path,) = secrets(story)
    path.rename(story.folder / "elsewhere.json")
    with pytest.raises(SecretLost, match="the provider loses the bond"):
        story.reveal()
    (story.folder / "elsewhere.json").rename(path)
    path.write_text("{")
    with pytest.raises(SecretProblem):
        story.reveal()


def test_a_folder_that_cannot_be_written_stops_everything(story):
    (story.folder / "markets").write_text("a file where a folder should be")
    with pytest.raises(SecretProblem, match="nothing was sent"):
        commit(story)
    assert story.market.contract.market().number == 0


def test_the_rest_is_revealed_in_portions_and_resumed(story, monkeypatch):
    story.opened().told()
    monkeypatch.setattr(provider, "most_gas", lambda connection: 120_000)
    seen = []

    def stop(done, total):
        seen.append((done, total))
        if len(seen) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        story.market.reveal(account=story.who("deployer"), on_progress=stop)
    done, total = seen[-1]
    assert (0 < done < total, total) == (True, 9)
    assert story.market.contract.market().phase is Phase.REVEALING
    count, receipts = story.market.reveal(account=story.who("deployer"))
    assert count == 9 - done
    assert receipts
    assert story.market.contract.market().phase is Phase.PREPARING
    with pytest.raises(NothingDue):
        story.reveal()


def test_every_partition_is_in_the_log_but_only_the_others_are_scored(story):
    story.revealed()
    view = story.market.contract.market()
    shown, (samples, labels) = story.market.records.shown(view), story.market.records.scored(view)
    assert (len(shown), len(samples)) == (20, 18)
    texts, true = labelled_reviews()
    known = dict(zip(story.model.encode(texts), true, strict=True))
    assert all(known[one.sample] == one.label for one in shown)
    assert dict(zip(samples, labels, strict=True)).items() <= known.items()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda samples, labels: (samples[:9], labels[:9], 10), "do not fill 10 partitions"),
        (lambda samples, labels: (samples, labels, 9), "not 10 to 64"),
        (lambda samples, labels: (samples, labels, 65), "not 10 to 64"),
        (lambda samples, labels: ([*samples, samples[0]], [*labels, 0], 10), "twice"),
    ],
)
def test_what_cannot_be_committed_to_is_found_before(story, change, reason):
    samples, labels, partitions = change(*story.model.labelled(*labelled_reviews()))
    with pytest.raises(TestSetUnusable, match=reason):
        story.market.commit(
            samples, labels, account=story.who("deployer"), bounty_wei=BOUNTY_WEI, partitions=partitions
        )
    assert secrets(story) == []


def test_a_test_set_too_large_to_prepare_is_found_before(story, monkeypatch):
    monkeypatch.setattr(provider, "TRANSACTION_GAS_CAP", 100_000)
    with pytest.raises(TestSetUnusable, match="its preparation takes"):
        commit(story)


def test_secrets_of_two_providers_and_two_tries_are_kept_apart(tmp_path):
    folder = SecretFolder(tmp_path, 1, "0x" + "ab" * 32, "0x" + "CD" * 20)
    samples, labels = [bytes([0, i]) for i in range(12)], [0, 1] * 6
    mine = folder.prepare("0x" + "11" * 20, 10, samples, labels)
    theirs = folder.prepare("0x" + "22" * 20, 10, samples, labels)
    for one in (mine, theirs):
        folder.write(one)
    assert mine.secret != theirs.secret
    assert folder.prepare("0x" + "11" * 20, 10, samples, labels) == mine
    assert folder.find(mine.root()) == mine
    assert folder.renew(mine).root() != mine.root()
    parts = mine.parts()
    assert sorted(one.sample for part in parts for one in part) == sorted(samples)
    assert len({one.salt for part in parts for one in part}) == 12
    assert commitment_tree(mine.provider, parts).root == mine.root()
    with pytest.raises(SecretLost):
        folder.find(bytes(32))
