"""Points by commands alone, and the layout of their JSON answers (Q-06, Q-07, Q-09, Q-10, P-06, P-07)."""

import csv

import pytest

from commonlearn.cli.exit_codes import ExitCode
from tests.support.live import BAD, GOOD

WEEK = 604_800
STANDING = {
    "address",
    "points",
    "received",
    "given",
    "burned",
    "can_give",
    "grant_left",
    "is_founder",
    "contributions",
    "confirmed",
    "votes",
    "right_votes",
    "badges",
}
CANDIDATE = {
    "id",
    "author",
    "label",
    "class_name",
    "predicted_name",
    "taught",
    "content",
    "confirmed",
    "contested",
    "weight",
    "why_not",
}


@pytest.fixture
def reviews(tmp_path):
    path = tmp_path / "reviews.csv"
    with path.open("w", newline="") as file:
        rows = [("good funny great film", "positive"), ("bad dull boring plot", "negative")] * 20
        csv.writer(file).writerows([("review", "sentiment"), *rows])
    return path


@pytest.fixture
def model(shell, reviews):
    """Deployed by a command; Alice is its founder."""
    cast = shell.network.cast
    deployed = shell.json(
        "deploy", reviews, "--text", "review", "--label", "sentiment", "--name", f"points-{shell.folder.name}",
        "--incentive", "points", "--rule", f"founders={cast['alice']}", "--rule", "grant=200", "--rule",
        "vote_time=7d", "--rule", "fee-percent=150", "--unlocked", cast["deployer"], "--yes",
    )  # fmt: skip
    assert deployed["incentive"] == "points"
    return deployed["address"]


def contribute(shell, model, role, text, label):
    made = shell.json(
        "contribute", model, text, "--label", label, "--unlocked", shell.network.cast[role], "--yes"
    )  # fmt: skip
    assert made["stakes_wei"] == 0
    return made["contributions"][0]["id"]


def test_a_community_confirms_contests_and_earns_badges(shell, model):
    cast = shell.network.cast
    said = shell("contribute", model, GOOD, "--label", "positive", "--unlocked", cast["carol"], "--yes")
    assert "stake         none" in said.stderr
    assert "commonlearn leaderboard" in said.stdout
    wrong = contribute(shell, model, "mallory", BAD, "positive")

    asked = shell("confirm", model, 0, "--unlocked", cast["alice"], code=ExitCode.DECLINED, stdin="n\n")
    for part in ("0: 'positive' says", "the model says 'positive'", "film", "your vote gives 10", "Cost to confirm"):
        assert part in asked.stderr
    done = shell("confirm", model, 0, "--unlocked", cast["alice"], "--yes")
    assert "1 confirmed with 10 points, 15 points burned" in done.stdout
    done = shell("contest", model, wrong, "--unlocked", cast["alice"], "--yes")
    assert "1 contested" in done.stdout
    refused = shell("confirm", model, 0, "--unlocked", cast["alice"], "--yes", code=ExitCode.REFUSED)
    assert "AlreadyVoted" in refused.stderr
    refused = shell("confirm", model, 0, "--unlocked", cast["stranger"], "--yes", code=ExitCode.REFUSED)
    assert "NoStanding" in refused.stderr

    board = shell("leaderboard", model).stdout
    assert board.index(cast["carol"]) < board.index(cast["mallory"])
    assert "(founder)" in board
    status = shell("status", model, "--account", cast["carol"]).stdout
    assert "incentive      points" in status
    assert "points         10: 10 received, 0 burned" in status
    assert "Voted" in shell("history", model).stdout
    assert "founders: 1, each with 200 points" in shell("cost", model).stdout

    assert "earned: claim it" in shell("badges", model, cast["carol"]).stdout
    claimed = shell("badges", model, cast["carol"], "--claim", "--unlocked", cast["stranger"], "--yes")
    assert "claimed: First light, Confirmed" in claimed.stdout
    assert (
        "nothing to claim"
        in shell("badges", model, cast["carol"], "--claim", "--unlocked", cast["stranger"], "--yes").stdout
    )


def test_every_json_answer_has_its_fixed_layout(shell, model):
    cast = shell.network.cast
    contribute(shell, model, "carol", GOOD, "positive")
    voted = shell.json("confirm", model, 0, "--unlocked", cast["alice"], "--yes")
    assert voted.keys() == {
        "schema",
        "command",
        "ok",
        "model",
        "account",
        "made",
        "weight",
        "burned",
        "fee_wei",
        "tx_hashes",
        "contributions",
    }
    assert (voted["made"], voted["weight"], voted["burned"]) == ([0], 1_000, 1_500)
    assert voted["contributions"][0].keys() == CANDIDATE
    board = shell.json("leaderboard", model, "--top", 1)
    assert board.keys() == {"schema", "command", "ok", "model", "accounts"}
    assert len(board["accounts"]) == 1
    assert board["accounts"][0].keys() == STANDING
    assert shell.json("status", model, "--account", cast["carol"])["account"].keys() == STANDING
    shown = shell.json("badges", model, cast["carol"])
    assert shown.keys() == {"schema", "command", "ok", "model", "holder", "badges", "claimed", "judged", "fee_wei"}
    assert [view["badge"] for view in shown["badges"]] == ["first_light", "confirmed", "hundred", "judge", "steady"]
    assert shown["badges"][0].keys() == {"badge", "is_awarded", "is_earned", "token"}
    assert int(shown["badges"][0]["token"]) % 256 == 0


def test_each_incentive_refuses_what_is_anothers(shell, model, address):
    alice = shell.network.cast["alice"]
    for words in (
        ("refund", model, "--unlocked", alice),
        ("withdraw", model, "--unlocked", alice),
        ("leaderboard", address),
        ("confirm", address, 0, "--unlocked", alice),
        ("badges", address, alice),
    ):
        answer = shell.json(*words, code=ExitCode.WRONG_PLACE)
        assert answer["error"]["name"] == "WrongIncentive"


@pytest.mark.parametrize(
    ("rules", "code", "said"),
    [
        (["--rule", "grant"], ExitCode.USAGE, "should be NAME=VALUE"),
        (["--rule", "grant=1", "--rule", "grant=2"], ExitCode.USAGE, "given twice"),
        (["--rule", "founder=me"], ExitCode.BAD_DATA, "not known"),
        (["--rule", "founders=me"], ExitCode.BAD_DATA, "founders"),
        (["--floor", "1gwei"], ExitCode.BAD_DATA, "floor of the incentive points"),
        (["--rule", "fee_percent=90"], ExitCode.REFUSED, "rings of puppets would gain"),
    ],
)
def test_rules_that_cannot_be_used_are_said_before_anything_is_sent(shell, reviews, rules, code, said):
    deployer = shell.network.cast["deployer"]
    sent = shell.network.sent("deployer")
    words = ["deploy", reviews, "--text", "review", "--label", "sentiment", "--incentive", "points", *rules]
    answer = shell(*words, "--unlocked", deployer, "--yes", code=code)
    assert said in answer.stderr
    assert shell.network.sent("deployer") == sent


def test_votes_too_late_are_refused(shell, model):
    contribute(shell, model, "carol", GOOD, "positive")
    shell.network.pass_time(WEEK)
    answer = shell.json("contest", model, 0, "--unlocked", shell.network.cast["alice"], "--yes", code=ExitCode.REFUSED)
    assert answer["error"]["name"] == "VotesClosed"
