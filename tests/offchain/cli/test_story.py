"""From a CSV file to money paid out, by commands alone; the layout of every JSON answer is fixed here (P-06, P-07)."""

import csv
import json
import random

import pytest

from commonlearn.cli.exit_codes import ExitCode
from tests.support.live import BAD, GOOD, REFUND, REPORT, SWEEP, TABLE, TABLE_LABELS


def keys(*names: str) -> set[str]:
    return set(" ".join(names).split())


QUOTE = keys(
    "transactions gas gas_price_wei fee_wei fee_usd most_fee_wei",
    "value_wei value_usd most_value_wei total_wei total_usd eth_usd",
)
ANSWER = keys("schema command ok")
CLAIM = keys("id state why stake_wei label predicted opens_at taught tx_hash")
WAITS = ["--refund-wait", f"{REFUND}s", "--report-wait", f"{REPORT}s", "--sweep-wait", f"{SWEEP}s"]


@pytest.fixture
def reviews(tmp_path):
    """200 made-up reviews, and the file's path."""
    rng = random.Random(3)
    good, bad, any_ = (
        ["good", "great", "funny", "moving"],
        ["bad", "dull", "boring", "long"],
        ["film", "actor", "plot", "scene", "it", "the"],
    )
    path = tmp_path / "reviews.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["review", "sentiment"])
        for i in range(200):
            words = rng.sample(good if i % 2 else bad, 2) + rng.sample(any_, 3)
            writer.writerow([" ".join(words), ("negative", "positive")[i % 2]])
    return path


def keystore(shell, role_key: bytes = b"\x31" * 32):
    """A funded account in an encrypted file, and the file of its password."""
    from eth_account import Account

    from commonlearn.chain.contracts import Call

    account = Account.from_key(role_key)
    shell.network.sender("stranger").send_one(Call(account.address, "0x", 10**18, "funding"))
    path = shell.folder / "key.json"
    path.write_text(json.dumps(Account.encrypt(account.key, "pass word", kdf="pbkdf2", iterations=2)))
    (shell.folder / "password").write_text("pass word\n")
    return account.address, path, {"COMMONLEARN_PASSWORD_FILE": str(shell.folder / "password")}


def test_a_stranger_deploys_uses_and_improves_a_model(shell, reviews):
    deployer, alice, mallory = (shell.network.cast[role] for role in ("deployer", "alice", "mallory"))
    deployed = shell(
        "deploy",
        reviews,
        "--text",
        "review",
        "--label",
        "sentiment",
        "--unlocked",
        deployer,
        "--yes",
        "--eth-usd",
        2500,
        "--floor",
        "1000gwei",
        *WAITS,
    )
    for said in (
        "Held-out accuracy 1.000 on 40 rows",
        "always naming the commonest class gives 0.500",
        "Cost to deploy",
        "$",
        "deploying CollaborationFactory",
        "creating the model",
    ):
        assert said in deployed.stderr
    assert "open at 0x" in deployed.stdout
    assert "commonlearn predict 0x" in deployed.stdout
    record = json.loads((shell.folder / "deployments" / "local.json").read_text())
    address = record["models"][0]["address"]
    assert record["models"][0]["accuracy"] == 1.0

    told = shell("predict", "reviews", "a great, funny film", "dull and boring")
    assert [line.split("\t")[0] for line in told.stdout.splitlines()] == ["positive", "negative"]
    shell("sync", address, "--log", "--verify")
    offline = shell(
        "predict",
        address,
        "--offline",
        "--averaged",
        "-",
        stdin="a great film\n\nso dull\n",
        COMMONLEARN_RPC="http://127.0.0.1:1",
    )
    assert [line.split("\t")[0] for line in offline.stdout.splitlines()] == ["positive", "negative"]

    made = shell("contribute", address, "a moving scene", "--label", "positive", "--unlocked", alice, "--yes")
    assert "1 contribution(s) made" in made.stdout
    assert "commonlearn refund" in made.stdout
    assert "each stake" in made.stderr
    shell("contribute", address, GOOD, GOOD, "--label", "negative", "--unlocked", mallory, "--yes")
    status = shell("status", address, "--account", alice)
    assert "1 open" in status.stdout
    assert "refund in" in status.stdout
    shell.network.pass_time(REFUND)
    assert "1 made" in shell("refund", address, "--unlocked", alice, "--yes").stdout
    shell.network.pass_time(REPORT)
    shell(
        "report", address, "--unlocked", alice, "--yes", code=0 if _proven(shell, address, alice) else ExitCode.REFUSED
    )
    assert "paid to" in shell("withdraw", address, "--unlocked", alice, "--yes").stdout
    shell.network.pass_time(SWEEP)
    shell("sweep", address, "--unlocked", alice, "--yes")
    told = shell("history", address, "--last", 3).stdout
    assert "Withdrawn" in told or "Swept" in told
    assert "stake now" in shell("cost", address).stdout


def _proven(shell, address, account) -> bool:
    return shell.json("status", address, "--account", account)["account"]["proven_gwei"] > 0


def test_every_json_answer_has_its_fixed_layout(shell, reviews, tmp_path):
    owner, path, env = keystore(shell)
    key = ["--keystore", path, "--yes"]
    deployed = shell.json(
        "deploy",
        reviews,
        "--text",
        "review",
        "--label",
        "sentiment",
        "--name",
        "json",
        "--floor",
        "1000gwei",
        *WAITS,
        *key,
        **env,
    )
    assert deployed.keys() == ANSWER | keys(
        "address chain_id network name kind incentive classes block tx_hashes accuracy baseline held_out record quote",
        "featurizer state",
    )
    assert deployed["quote"].keys() == QUOTE
    address = deployed["address"]

    predicted = shell.json("predict", "json", "--csv", reviews, "--text", "review", "--label", "sentiment")
    assert predicted.keys() == ANSWER | keys("model chain_id block contributions inference predictions accuracy")
    assert predicted["accuracy"] == 1.0
    assert predicted["predictions"][0].keys() == keys("class number decision")
    assert len(predicted["predictions"]) == 200

    synced = shell.json("sync", address, "--verify")
    assert synced.keys() == ANSWER | keys("model chain_id mode block contributions new_contributions notice verified")

    cost = shell.json("cost", address, GOOD, "--label", "positive", "--account", owner, "--eth-usd", "2000")
    assert cost.keys() == ANSWER | keys("model stake_wei floor_wei terms quote")
    assert cost["quote"].keys() == QUOTE | keys(
        "count already_made first_stake_wei last_stake_wei max_stake_wei made_before refused"
    )
    assert float(cost["quote"]["value_usd"]) == pytest.approx(2000 * 1000e9 / 1e18, abs=1e-4)
    assert shell.json("cost", address)["quote"] is None

    few = tmp_path / "few.csv"
    few.write_text("label,text\npositive,a moving film\nnegative,dull plot\n")
    made = shell.json("contribute", address, "--csv", few, *key, **env)
    assert made.keys() == ANSWER | keys("model account stakes_wei fees_wei contributions refused")
    assert made["contributions"][0].keys() == keys(
        "id position label taught stake_wei contributed_at gas_used fee_wei tx_hash block_number"
    )
    assert made["account"] == owner
    assert [one["label"] for one in made["contributions"]] == [1, 0]

    status = shell.json("status", address, "--account", owner)
    assert status.keys() == ANSWER | keys("model account")
    assert status["model"].keys() == keys(
        "address chain_id kind name classes contributions block",
        "stake_wei locked_wei proven_gwei carry_wei terms now incentive",
    )
    assert status["account"].keys() == keys("address balance_wei owed_wei proven_gwei locked_wei contributions counts")
    assert status["account"]["counts"] == {"open": 2, "refunded": 0, "forfeited": 0, "swept": 0}
    assert status["account"]["contributions"][0].keys() == keys(
        "id label class_name taught stake_wei contributed_at status predicted",
        "refundable_at reportable_at sweepable_at agrees",
    )

    early = shell.json("refund", address, *key, **env)
    assert early.keys() == ANSWER | keys("model account made credited_wei fee_wei claims")
    assert [claim["state"] for claim in early["claims"]] == ["too early", "too early"]
    assert early["claims"][0].keys() == CLAIM
    shell.network.pass_time(REFUND)
    refunded = shell.json("refund", address, "--id", 0, *key, **env)
    assert refunded["made"] == [0]
    assert refunded["credited_wei"] == refunded["claims"][0]["stake_wei"]
    if _proven(shell, address, owner):
        assert shell.json("report", address, *key, **env)["made"] == []
    paid = shell.json("withdraw", address, "--to", "0x" + "77" * 20, *key, **env)
    assert paid.keys() == ANSWER | keys("model account to amount_wei fee_wei")
    shell.network.pass_time(SWEEP)
    assert shell.json("sweep", address, *key, **env)["made"] == [1]

    history = shell.json("history", address, "--last", "2")
    assert history.keys() == ANSWER | keys("model events")
    assert [event["event"] for event in history["events"]] == ["Withdrawn", "Swept"]
    assert history["events"][0].keys() == keys("block tx_hash event who id amount_wei detail")


def test_a_table_of_numbers_makes_a_centroid_with_a_curator(shell, tmp_path):
    path = tmp_path / "rows.csv"
    lines = [f"{a},{b},{c},{('low', 'mid', 'high')[y]}" for (a, b, c), y in zip(TABLE, TABLE_LABELS, strict=True)]
    path.write_text("a,b,c,kind\n" + "\n".join(lines) + "\n")
    curator = shell.network.cast["alice"]
    made = shell.json(
        "deploy",
        path,
        "--label",
        "kind",
        "--model",
        "centroid",
        "--curator",
        curator,
        *WAITS,
        "--unlocked",
        shell.network.cast["deployer"],
        "--yes",
    )
    assert made["kind"] == "nearest-centroid/1"
    assert made["classes"] == ["high", "low", "mid"]
    shown = shell("predict", made["address"], "1,2,10", "0, -2, 0").stdout.splitlines()
    assert len(shown) == 2
    by_file = shell.json("predict", made["address"], "--csv", path, "--label", "kind")
    assert len(by_file["predictions"]) == len(TABLE)
    assert len(by_file["predictions"][0]["decision"]) == 3
    assert shell.network.load(made["address"], tmp_path).contract.curator() == curator
    announced = shell.json("add-class", made["address"], "40,40,40", "41,40,40", "--unlocked", curator, "--yes")
    assert announced.keys() == ANSWER | keys("model account number active_at tx_hash fee_wei")
    assert announced["number"] == 3
    assert shell.json("status", made["address"])["model"]["classes"] == ["high", "low", "mid", "class 3"]


def test_an_interrupted_contribution_is_continued_by_the_same_command(shell, address):
    from tests.support.flaky_node import flaky

    alice = shell.network.cast["alice"]
    command = ["contribute", address, GOOD, BAD, "great actor", "--label", "positive", "--unlocked", alice, "--yes"]
    with flaky(shell.network.node.port) as proxy:
        proxy.once("eth_sendTransaction", "lose answer")
        failed = shell(*command, code=ExitCode.UNREACHABLE, COMMONLEARN_RPC=proxy.url)
    assert "Run the same again" in failed.stderr
    assert "3 contribution(s) made" in shell(*command).stdout
    assert shell.json("status", address)["model"]["contributions"] == 3


def test_a_finished_named_job_sends_nothing_more(shell, address):
    command = [
        "contribute",
        address,
        GOOD,
        "--label",
        "1",
        "--job",
        "monday",
        "--unlocked",
        shell.network.cast["alice"],
        "--yes",
    ]
    first, again = shell.json(*command), shell.json(*command)
    assert first["contributions"] == again["contributions"]
    assert shell.json("status", address)["model"]["contributions"] == 1
