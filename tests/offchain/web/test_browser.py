"""The built page in real headless Chromium, with a wallet that forwards to a real local node.

Requirements W-02 to W-11. The cases are in ``offchain/web/tests/browser``; here each has a name, so that none is lost
unnoticed.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
WEB = ROOT / "offchain" / "web"
NO_BROWSER = "no Chromium starts here"

CASES = {
    "predict: free, in the browser, as the contract says": "W-01, W-02",
    "predict: a row of a table, pasted; what is missing is said": "W-01, W-05",
    "predict: a picture of a file, as the contract says": "W-01, W-13",
    "encoded: what only Python can prepare is pasted, predicted and contributed": "W-14",
    "contribute: the cost before the signature, then a receipt": "W-03, W-04",
    "refund: after its wait, then the stake is withdrawn": "W-04",
    "many at once: one transaction, and the wrong line is named": "W-04, W-05",
    "development accounts: the local chain's own act without a wallet": "W-12",
    "report: a proven account reports what the model disagrees with; others can't": "W-04",
    "rejected signature: said in words, nothing sent, tried again": "W-03, W-05",
    "wrong chain: said, nothing can be signed, one button switches": "W-06",
    "another account: the page follows": "W-06",
    "node down: said, predictions go on, and it recovers": "W-07",
    "node down from the beginning: another node can be named": "W-07",
    "no model: said in words": "W-05",
    "markup: names, descriptions, classes and words from the chain are shown as text": "W-08",
    "points: a founder confirms; the board and badges show it": "W-04",
    "judge: right votes are counted after they have closed, then the badge is claimed": "W-04",
    "market: its phase, its money, a contribution": "W-04",
    "history has pages; charts have titles, descriptions and tables": "W-11",
    "third parties: nothing is asked but the page's server and the user's node": "W-09",
    "the wallet's node: read through the wallet, the page itself asks nobody": "W-06, W-09",
    "inside of another page: nothing is shown": "W-03, W-09",
    "keyboard only: from the start to a prediction and a signature": "W-10",
    "phone: no view scrolls sideways at 360 pixels": "W-10",
    "dark: as the system has it, and by the switch, readable both ways": "W-10",
}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """What became of each case: its status and what it complained of."""
    report = tmp_path_factory.mktemp("browser") / "report.json"
    command = ["node_modules/.bin/vitest", "run", "--config", "offchain/web/vitest.browser.config.mts"]
    ran = subprocess.run(
        [*command, "--reporter=json", f"--outputFile={report}"],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False, env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    said = ran.stdout + ran.stderr
    if NO_BROWSER in said:
        pytest.skip(said[said.index(NO_BROWSER) :].splitlines()[0])
    assert report.exists(), said[-4_000:]
    files = json.loads(report.read_text())["testResults"]
    return {test["title"]: test for file in files for test in file["assertionResults"]}, said


@pytest.mark.parametrize("case", CASES)
def test_in_chromium(results, case):
    """Requirements W-01, W-02, W-03, W-04, W-05, W-06, W-07, W-08, W-09, W-10, W-11, as the table names them."""
    found, said = results
    assert case in found, said[-4_000:]
    assert found[case]["status"] == "passed", "\n".join(found[case]["failureMessages"])


def test_each_case_is_in_the_table(results):
    assert results[0].keys() == CASES.keys()
