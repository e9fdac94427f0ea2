"""Commands used wrongly, declined or failing: a message that says what to do, a stable exit code, and nothing sent."""

import json
import shlex

import pytest
from eth_account import Account

from commonlearn.cli.exit_codes import ExitCode
from commonlearn.client.errors import ClientError
from commonlearn.client.public_model import PublicModel
from tests.support.live import GOOD

COMMANDS = [
    "predict",
    "encode",
    "sync",
    "status",
    "history",
    "cost",
    "contribute",
    "refund",
    "report",
    "withdraw",
    "sweep",
    "deploy",
    "add-class",
]


def test_help_lists_every_command_and_each_has_its_own(shell):
    shown = shell("--help").stdout
    for command in COMMANDS:
        assert command in shown
        own = shell(command, "--help").stdout
        assert "Usage" in own
        assert "--json" in own
    assert "--private-key" not in "".join(shell(command, "--help").stdout for command in COMMANDS)


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)], ids=str)
def test_a_command_without_arguments_shows_its_help(shell, command):
    result = shell(*command, code=2)
    assert "Usage" in result.stdout + result.stderr


def test_the_version_is_told(shell):
    assert shell("--version").stdout.strip() == "0.1.0"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "Say who pays"),
        (["--unlocked", "0x1", "--clef", "http://x"], "only once who pays"),
        (["--unlocked", "0x1", "--from", "0x2"], "--from goes with --clef"),
    ],
)
@pytest.mark.parametrize("command", ["contribute", "refund", "report", "sweep", "withdraw"])
def test_who_pays_must_be_said_once(shell, address, command, options, said):
    result = shell(command, address, *options, code=ExitCode.USAGE)
    assert said in result.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "--label: negative, positive"),
        (["--label", "positive"], "Give texts"),
        ([GOOD, "--label", "positive", "--csv", "x.csv"], "not both"),
        ([GOOD, "--label", "positive", "--label-column", "y"], "--label-column names a column"),
        ([GOOD, "--label", "positive", "--text", "y"], "--text names a column"),
        (["--csv", "x.csv", "--label", "positive", "--label-column", "y"], "not both"),
    ],
    ids=str,
)
def test_what_to_contribute_must_be_said_once(shell, address, options, said):
    result = shell("contribute", address, *options, "--unlocked", shell.network.cast["alice"], code=ExitCode.USAGE)
    assert said in result.stderr


@pytest.mark.parametrize(
    ("line", "code", "name"),
    [
        ("predict {address} 'zzz qqq'", ExitCode.BAD_DATA, "EmptySample"),
        ("predict {address} --csv nowhere.csv", ExitCode.BAD_DATA, "TableProblem"),
        ("contribute {address} good --label 'so so' --unlocked {alice}", ExitCode.BAD_DATA, "UnknownLabel"),
        ("contribute {address} good --label 1 --max-stake lots --unlocked {alice}", ExitCode.BAD_DATA, "InvalidAmount"),
        (
            "contribute {address} good --label 1 --max-stake 5wei --unlocked {alice} -y",
            ExitCode.LATER,
            "StakeAboveLimit",
        ),
        ("contribute {address} good --label 1 --unlocked 0x" + "12" * 20, ExitCode.ACCOUNT, "UnknownAccount"),
        ("contribute {address} good --label 1 --keystore nowhere.json", ExitCode.ACCOUNT, "KeystoreProblem"),
        ("contribute {address} good --label 1 --clef http://127.0.0.1:1", ExitCode.UNREACHABLE, "NodeUnreachable"),
        ("withdraw {address} --unlocked {stranger} --yes", ExitCode.REFUSED, "NothingOwed"),
        ("report {address} --unlocked {stranger} --yes", ExitCode.REFUSED, "NotProven"),
        ("refund {address} --id 99 --unlocked {alice}", ExitCode.REFUSED, "UnknownContribution"),
        ("refund {address} --id -3 --unlocked {alice}", ExitCode.REFUSED, "UnknownContribution"),
        ("leaderboard {address}", ExitCode.WRONG_PLACE, "WrongIncentive"),
        ("export {address} --out there --format xls", ExitCode.BAD_DATA, "UnknownFormat"),
        ("status {alice}", ExitCode.WRONG_PLACE, "NoContract"),
        ("status 0x12", ExitCode.WRONG_PLACE, "MalformedAddress"),
        ("status {address} --account bob", ExitCode.WRONG_PLACE, "MalformedAddress"),
        ("status {address} --chain-id 1", ExitCode.WRONG_PLACE, "WrongNetwork"),
        ("status {address} --rpc http://127.0.0.1:1", ExitCode.UNREACHABLE, "NodeUnreachable"),
        ("predict {address} good --offline", ExitCode.WRONG_PLACE, "NotCached"),
        ("cost {address} --eth-usd much", ExitCode.BAD_DATA, "InvalidAmount"),
        ("contribute {address} good --label 1", ExitCode.USAGE, "UsageProblem"),
    ],
)
def test_failures_have_a_name_a_message_and_a_code(shell, address, line, code, name):
    words = shlex.split(line.format(address=address, **shell.network.cast))
    before = shell.network.sent("alice")
    told = shell(*words, code=code)
    assert told.stdout == ""
    assert name in told.stderr
    error = shell.json(*words, code=code)["error"]
    assert error.keys() == {"name", "message", "fields", "exit_code"}
    assert error["name"] == name
    assert error["exit_code"] == code
    assert len(error["message"]) > 30
    assert shell.network.sent("alice") == before


def test_fields_of_a_contracts_error_are_in_the_json(shell, address):
    stranger = shell.network.cast["stranger"]
    error = shell.json("withdraw", address, "--unlocked", stranger, "--yes", code=ExitCode.REFUSED)["error"]
    assert error["fields"] == {"account": stranger}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--label", "c"], "no column 'c'"),
        (["--label", "b", "--text", "x"], "no column 'x'"),
        (["--label", "b", "--refund-wait", "9d"], "refund before report before sweep"),
        (["--label", "b", "--refund-wait", "soon"], "no span of time"),
        (["--label", "b", "--floor", "cheap"], "no amount"),
    ],
    ids=str,
)
def test_a_deployment_that_cannot_work_sends_nothing(shell, tmp_path, options, said):
    (tmp_path / "data.csv").write_text("a,b\n" + "1,x\n2,y\n" * 20)
    before = shell.network.sent("deployer")
    told = shell(
        "deploy", "data.csv", *options, "--unlocked", shell.network.cast["deployer"], "--yes", code=None or _code(said)
    )
    assert said in told.stderr
    assert shell.network.sent("deployer") == before


def _code(said: str) -> ExitCode:
    return ExitCode.REFUSED if "refund before" in said else ExitCode.BAD_DATA


def test_a_curator_is_for_centroids_only(shell, tmp_path):
    (tmp_path / "data.csv").write_text("a,b\n" + "1,x\n2,y\n" * 20)
    told = shell("deploy", "data.csv", "--label", "b", "--curator", "0x" + "11" * 20, "--unlocked",
                 shell.network.cast["deployer"], code=ExitCode.USAGE)  # fmt: skip
    assert "--model centroid" in told.stderr


@pytest.mark.parametrize("answer", ["n\n", "\n", ""], ids=["no", "enter", "nothing there"])
def test_a_declined_question_sends_nothing(shell, address, tmp_path, answer):
    """The question comes after the cost in ether and dollars (P-06)."""
    alice, before = shell.network.cast["alice"], shell.network.sent("alice")
    told = shell("contribute", address, GOOD, "--label", "positive", "--unlocked", alice, "--eth-usd", 2500,
                 stdin=answer, code=ExitCode.DECLINED)  # fmt: skip
    assert "Cost to contribute 1 item(s)" in told.stderr
    assert "ether" in told.stderr or "gwei" in told.stderr
    assert "$" in told.stderr
    assert "Nothing was sent" in told.stderr
    assert told.stdout == ""
    (tmp_path / "data.csv").write_text("a,b\n" + "1,x\n2,y\n" * 20)
    shell("deploy", "data.csv", "--label", "b", "--unlocked", alice, stdin=answer, code=ExitCode.DECLINED)
    assert shell.network.sent("alice") == before
    assert not (tmp_path / "deployments").exists()


def test_a_yes_at_the_question_sends(shell, address):
    told = shell(
        "contribute", address, GOOD, "--label", "positive", "--unlocked", shell.network.cast["alice"], stdin="y\n"
    )
    assert "1 contribution(s) made" in told.stdout
    assert "--eth-usd" in told.stderr, "without a price, the hint how to get dollars"


def test_a_question_in_json_mode_is_not_on_standard_output(shell, address):
    told = shell("contribute", address, GOOD, "--label", "1", "--unlocked", shell.network.cast["alice"], "--json",
                 stdin="n\n", code=ExitCode.DECLINED)  # fmt: skip
    assert json.loads(told.stdout)["error"]["name"] == "Declined"
    assert "Send?" in told.stderr


def test_passwords_are_asked_for_or_read_from_a_file_and_never_shown(shell, address, tmp_path):
    path = tmp_path / "key.json"
    path.write_text(json.dumps(Account.encrypt(b"\x41" * 32, "hush", kdf="pbkdf2", iterations=2)))
    command = ["contribute", address, GOOD, "--label", "1", "--keystore", path, "--yes"]
    wrong = shell(*command, stdin="wrong\n", code=ExitCode.ACCOUNT)
    assert "the password is wrong" in wrong.stderr
    poor = shell(*command, stdin="hush\n", code=ExitCode.ACCOUNT)
    assert "InsufficientFunds" in poor.stderr
    assert "hush" not in poor.stderr + poor.stdout
    (tmp_path / "pw").write_text("hush\n")
    by_file = shell(*command, code=ExitCode.ACCOUNT, COMMONLEARN_PASSWORD_FILE=str(tmp_path / "pw"))
    assert "Password" not in by_file.stderr
    assert "InsufficientFunds" in by_file.stderr
    missing = shell(*command, code=ExitCode.USAGE, COMMONLEARN_PASSWORD_FILE=str(tmp_path / "none"))
    assert "cannot be read" in missing.stderr


def test_names_of_models_are_looked_up(shell, tmp_path):
    told = shell("status", "unheard", code=ExitCode.USAGE)
    assert "no model of this name" in told.stderr
    (tmp_path / "deployments").mkdir()
    models = [{"name": "twice", "address": "0x" + "11" * 20}, {"name": "twice", "address": "0x" + "22" * 20}]
    (tmp_path / "deployments" / "local.json").write_text(json.dumps({"models": models}))
    assert "several models" in shell("status", "twice", code=ExitCode.USAGE).stderr


def test_what_was_not_foreseen_is_no_traceback(shell, address, monkeypatch):
    def fail(*args, **options):
        raise RuntimeError("a plain bug")

    monkeypatch.setattr(PublicModel, "status", fail)
    told = shell("status", address, code=ExitCode.INTERNAL)
    assert "RuntimeError: a plain bug" in told.stderr
    assert "COMMONLEARN_DEBUG" in told.stderr
    error = shell.json("status", address, code=ExitCode.INTERNAL)["error"]
    assert error["exit_code"] == ExitCode.INTERNAL


def test_an_interruption_from_the_keyboard_says_how_to_go_on(shell, address, monkeypatch):
    monkeypatch.setattr(PublicModel, "status", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    told = shell("status", address, code=ExitCode.INTERRUPTED)
    assert "same command again" in told.stderr


def test_an_unknown_failure_of_the_family_has_a_code_too():
    from commonlearn.cli.exit_codes import exit_code_of
    from commonlearn.errors import CommonlearnError

    assert exit_code_of(ClientError("x")) == exit_code_of(CommonlearnError("x")) == ExitCode.BAD_DATA
    assert {code.value for code in ExitCode} == {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 130}


@pytest.mark.parametrize(
    ("line", "code", "do"),
    [
        ("predict {address} --csv nowhere.csv", ExitCode.BAD_DATA, "check its path"),
        ("predict {address} --csv .", ExitCode.BAD_DATA, "name a file in it"),
        ("predict nobody good", ExitCode.USAGE, "(0x…)"),
        ("refund {address} --id 99 --unlocked {alice}", ExitCode.REFUSED, "commonlearn history"),
        ("leaderboard {address}", ExitCode.WRONG_PLACE, "commonlearn status"),
        ("market status {address}", ExitCode.WRONG_PLACE, "commonlearn status"),
        ("export {address} --out there --format xls", ExitCode.BAD_DATA, "csv, parquet, svmlight"),
        ("store add nowhere", ExitCode.BAD_DATA, "check its path"),
        ("store add other.csv", ExitCode.BAD_DATA, "commonlearn store show"),
        ("contribute {address} good --label 1 --keystore key.json", ExitCode.USAGE, "COMMONLEARN_PASSWORD_FILE"),
    ],
)
def test_what_to_do_is_said(shell, address, line, code, do):
    """P-04: a newcomer's slips."""
    (shell.folder / "other.csv").write_text("a,b\n1,2\n")
    (shell.folder / "key.json").write_text(json.dumps(Account.encrypt("0x" + "11" * 32, "secret", iterations=2)))
    told = shell(*shlex.split(line.format(address=address, **shell.network.cast)), code=code)
    assert do in told.stderr
    assert "Errno" not in told.stderr


def test_a_name_that_is_taken_is_told_before_anything_is_sent(shell, tmp_path):
    """Two models of one name go by their addresses only."""
    (shell.folder / "twice.csv").write_text("a,b\n" + "1,x\n2,y\n" * 20)
    line = ["deploy", "twice.csv", "--label", "b", "--unlocked", shell.network.cast["deployer"]]
    shell(*line, "--yes")
    assert "--name" in shell(*line, code=ExitCode.DECLINED).stderr
    assert "--name" not in shell(*line, "--name", "other", code=ExitCode.DECLINED).stderr
