"""Optimistic settlement by the watch: posts kept alive, wrong ones disputed down to a step (K-50, K-51)."""

import pytest

from commonlearn.chain.market import PostView
from commonlearn.client.errors import Declined
from commonlearn.client.market.watching import Move, Truth, next_move
from commonlearn.records import NOBODY, Phase
from scripts.demos.liar import Liar
from tests.support.flaky_node import flaky
from tests.support.live_market import DAY, Story

ME, OTHER = "0x" + "11" * 20, "0x" + "22" * 20
TRUTH = Truth([bytes([i]) * 32 for i in range(9)])


@pytest.fixture
def settling(story):
    """A market whose replay can begin, with nothing computed yet."""
    story.revealed()
    samples, labels = story.market.records.scored(story.market.contract.market())
    story.network.sender("stranger").send_one(story.market.contract.prepare(samples, labels))
    return story


def watch(story: Story, role: str, **options):
    """One look of a process that has just started."""
    return story.market.watch(account=story.who(role), once=True, on_event=story.said.append, **options)


def liar(story: Story, role: str, from_step: int) -> Liar:
    view = story.market.records.refresh()
    replay = story.market.records.replay(view)
    thief = next(n for n, one in enumerate(replay.inputs) if one.account == story.who("mallory"))
    thief = replay.inputs[thief].participant
    return Liar(story.network.sender(role), story.market.contract, replay, thief=thief, from_step=from_step)


# ------------------------------------------------------------------------------------------------------------- the rule


def post(**changes):
    usual = {
        "poster": OTHER, "steps": 8, "until": 1_000, "challenger": NOBODY, "low": 0, "high": 0,
        "is_posters_turn": False, "move_until": 0, "state_hash": TRUTH.hashes[8], "states_root": b"",
        "low_hash": b"", "high_hash": b"", "middle_hash": b"",
    }  # fmt: skip
    return PostView(**{**usual, **changes})


DISPUTED = {"challenger": ME, "low": 0, "high": 8, "low_hash": TRUTH.hashes[0], "move_until": 100}


@pytest.mark.parametrize(
    ("state", "now", "move"),
    [
        (post(poster=NOBODY), 0, Move.POST),
        (post(), 999, None),
        (post(), 1_000, Move.ACCEPT),
        (post(state_hash=b"lie"), 999, Move.DISPUTE),
        (post(steps=7, state_hash=TRUTH.hashes[8]), 999, Move.DISPUTE),
        (post(state_hash=b"lie"), 1_000, None),
        (post(poster=ME, state_hash=b"lie"), 0, None),
        (post(**DISPUTED, is_posters_turn=True), 100, None),
        (post(**DISPUTED, is_posters_turn=True), 101, Move.TIME_OUT),
        (post(**DISPUTED, middle_hash=b"lie"), 100, Move.CHOOSE_FIRST),
        (post(**DISPUTED, middle_hash=TRUTH.hashes[4]), 100, Move.CHOOSE_SECOND),
        (post(**DISPUTED, middle_hash=TRUTH.hashes[4]), 101, None),
        (post(**{**DISPUTED, "low": 8, "high": 20, "low_hash": TRUTH.hashes[8]}, middle_hash=b"x"), 0, Move.CHOOSE_FIRST),
        (post(**{**DISPUTED, "challenger": OTHER, "poster": ME}, is_posters_turn=True), 100, Move.BISECT),
        (post(**{**DISPUTED, "challenger": OTHER, "poster": ME}), 101, Move.TIME_OUT),
        (post(**{**DISPUTED, "high": 1}, is_posters_turn=True), 0, Move.DECIDE),
        (post(**{**DISPUTED, "high": 1, "low_hash": b"lie"}, is_posters_turn=True), 101, Move.TIME_OUT),
        (post(**{**DISPUTED, "challenger": "0x" + "33" * 20}, is_posters_turn=True), 101, None),
    ],
)  # fmt: skip
def test_the_next_move_follows_from_the_truth(state, now, move):
    assert next_move(state, TRUTH, ME, now, may_post=True) is move


def test_nobody_posts_who_was_not_told_to():
    assert next_move(post(poster=NOBODY), TRUTH, ME, 0, may_post=False) is None


# ---------------------------------------------------------------------------------------------------------- on a chain


def test_a_right_post_is_left_alone_accepted_and_paid(settling):
    story = settling
    watch(story, "carol", post=True)
    contract = story.market.contract
    assert contract.posted().poster == story.who("carol")
    watch(story, "beneficiary")
    assert not contract.posted().is_disputed, "a right outcome is not disputed"
    story.network.pass_time(DAY)
    watch(story, "beneficiary")
    assert contract.market().is_settled
    steps, terms = contract.market(), contract.terms
    assert contract.account(story.who("carol")).owed_wei > terms.post_bond_wei
    assert story.is_balanced()
    story.market.claim(account=story.who("stranger"))
    story.market.train(account=story.who("stranger"))
    assert contract.market().phase is Phase.CLOSED
    assert steps.contributions == 11


@pytest.mark.parametrize("from_step", [1, 5, 11, 12, 20, 24])
def test_a_wrong_post_is_disputed_down_to_the_step_and_loses(settling, from_step):
    """Whatever step is false first: a contribution, the closing of a round, or only the outcome."""
    story = settling
    cheat = liar(story, "mallory", from_step)
    cheat.post()
    contract, bond = story.market.contract, story.market.contract.terms.post_bond_wei
    before = contract.account(story.who("beneficiary")).owed_wei
    for _ in range(20):
        watch(story, "beneficiary")
        cheat.defend()
        if not contract.posted().is_there:
            break
    assert not contract.posted().is_there
    assert contract.account(story.who("beneficiary")).owed_wei - before == bond + bond // 2
    assert story.is_balanced()
    assert [action.what for action in story.market.actions(story.who("beneficiary"))][-1] == Move.DECIDE
    judged = contract.events(["PostJudged"])[-1].values
    assert (judged["winner"], judged["loser"]) == (story.who("beneficiary"), story.who("mallory"))
    story.market.settle(account=story.who("stranger"))
    assert contract.account(story.who("mallory")).is_punished


def test_a_false_challenger_loses_to_a_poster_who_watches(settling):
    """The challenger calls every middle state wrong, or right, in turn."""
    story = settling
    contract = story.market.contract
    challenger = story.network.sender("mallory")
    watch(story, "carol", post=True)
    challenger.send_one(contract.dispute())
    says = True
    for _ in range(20):
        watch(story, "carol", post=True)
        now = contract.posted()
        if not now.is_disputed:
            break
        if not now.is_posters_turn:
            challenger.send_one(contract.choose(says))
            says = not says
    assert contract.posted().poster == story.who("carol"), "the post stands, open to the next dispute"
    judged = contract.events(["PostJudged"])[-1].values
    assert (judged["winner"], judged["loser"]) == (story.who("carol"), story.who("mallory"))
    assert story.is_balanced()
    story.network.pass_time(DAY)
    watch(story, "carol", post=True)
    assert contract.market().is_settled
    assert story.is_balanced()


def test_a_poster_who_stays_away_loses(settling):
    story = settling
    liar(story, "mallory", 5).post()
    watch(story, "beneficiary")
    contract = story.market.contract
    assert contract.posted().challenger == story.who("beneficiary")
    watch(story, "beneficiary")
    assert contract.posted().is_disputed, "not yet late"
    story.network.pass_time(contract.terms.move_seconds + 1)
    watch(story, "beneficiary")
    assert not contract.posted().is_there
    assert story.is_balanced()


def test_a_challenger_who_stays_away_loses(settling):
    story = settling
    contract = story.market.contract
    watch(story, "carol", post=True)
    story.network.sender("mallory").send_one(contract.dispute())
    watch(story, "carol")
    story.network.pass_time(contract.terms.move_seconds + 1)
    watch(story, "carol")
    assert not contract.posted().is_disputed
    assert contract.events(["PostJudged"])[-1].values["winner"] == story.who("carol")


def test_direct_settlement_judges_an_open_post(settling):
    story = settling
    liar(story, "mallory", 3).post()
    story.market.settle(account=story.who("stranger"))
    contract = story.market.contract
    assert contract.events(["PostJudged"])[-1].values["loser"] == story.who("mallory")
    assert story.is_balanced()
    assert watch(story, "beneficiary") is Phase.TRAINING


def test_one_command_watches_from_participation_to_the_end(story):
    """It waits through the phases before; sleeping lets the next thing happen."""
    story.opened()
    events = iter(
        [
            story.told,
            story.reveal,
            lambda: story.network.sender("stranger").send_one(
                story.market.contract.prepare(*story.market.records.scored(story.market.contract.market()))
            ),
            lambda: story.network.pass_time(DAY),
        ]
    )
    market = story.market
    sender_sleeps = lambda seconds: next(events)()  # noqa: E731
    from commonlearn.client.market import watching

    original = watching.Watcher.__init__

    def with_events(self, *args, **kwargs):
        original(self, *args, **{**kwargs, "sleep": sender_sleeps})

    watching.Watcher.__init__ = with_events
    try:
        phase = market.watch(account=story.who("carol"), post=True, on_event=story.said.append)
    finally:
        watching.Watcher.__init__ = original
    assert phase is Phase.SETTLING
    assert market.contract.market().is_settled
    told = "\n".join(story.said)
    for said in ("the market is participating", "revealing", "preparing", "computing the replay", "post the outcome"):
        assert said in told


def test_a_bond_is_asked_for_and_can_be_declined(settling):
    asked = []

    def decline(cost, what, bond_wei):
        asked.append((what, bond_wei))
        return False

    with pytest.raises(Declined):
        watch(settling, "carol", post=True, confirm=decline)
    assert asked == [(Move.POST, settling.market.contract.terms.post_bond_wei)]
    assert not settling.market.contract.posted().is_there


def test_a_node_lost_at_any_request_of_a_dispute_costs_no_second_move(settling, tmp_path):
    """The watcher is interrupted at each of its requests; its notes and the chain say where to go on."""
    story = settling
    cheat = liar(story, "mallory", 7)
    cheat.post()
    contract, dave = story.market.contract, story.who("beneficiary")
    with flaky(story.network.node.port) as proxy:
        doomed = 0
        for _ in range(400):
            left = {"requests": doomed}

            def rule(requests, left=left):
                left["requests"] -= 1
                return "lose answer" if left["requests"] < 0 else "answer"

            model = story.network.load(story.model.address, tmp_path, rpc=proxy.url)
            proxy.rule = rule
            try:
                model.market(state=tmp_path / "markets").watch(account=dave, once=True)
                doomed = 0
            except Exception:
                doomed += 7
            proxy.heal()
            cheat.defend()
            if not contract.posted().is_there:
                break
    assert not contract.posted().is_there
    moves = contract.events(["Disputed", "HalfChosen", "PostJudged"])
    assert contract.events(["PostJudged"])[-1].values["winner"] == dave
    sent = int(story.network.connection.rpc.call("eth_getTransactionCount", dave, "latest"), 16)
    assert sent >= len(moves)
