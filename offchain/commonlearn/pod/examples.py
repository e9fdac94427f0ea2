"""Settings of each role, to be copied: what ``commonlearn pod example --role ROLE`` adds to the common ones."""

from __future__ import annotations

import re
from collections.abc import Sequence

from commonlearn.pod.config import EXAMPLE
from commonlearn.pod.errors import ConfigProblem

__all__ = ["SECTIONS", "example_for"]

SECTIONS = {
    "data-owner": """\
[data_owner]
source = "rows.csv"               # or .parquet, or a database's URL with db_query
schema_file = "schema.json"       # that all owners of a job agreed on
custody = "local"                 # or "sharded", with subsets, replicas and holders
price = "0.001 ether"             # the least data part of a job
owner_bond = "0.05 ether"
replica_bond = "0.05 ether"
check_bond = "0 ether"            # 0: no row is ever disclosed by a spot check
deposit = "0.2 ether"             # at least the bonds
programs = []                     # SHA-256 of those that may run; none: any whose sheet fits
spares = []                       # sharded: addresses that are offered seats which others do not take, lose or leave
# least_replicas = 2              # sharded: opened although seats are vacant, with so many in each subset
answer_every = 600                # seconds between two looks for holders' private questions
retire = false                    # true: no more jobs; out of the catalogue, and bonds free, once none runs
""",
    "compute-owner": """\
[compute_owner]
price = "0.0001 ether"            # a round of one replica
capacity = 16                     # seats
min_seconds = 60                  # hastier jobs are not assigned
deposit = "0.2 ether"             # at least the replica bonds of its seats
spot_checks = true                # ask each owner privately for a row that is drawn
check_seconds = 86400             # so long it may take to answer
most_check_bond = "0 ether"       # ask on chain where it does not, or wrongly, if that locks no more
leave = false                     # true: no new seats; those held are given up once no job runs on them
""",
    "buyer": """\
[buyer]
program = "program.py"            # with a sheet in its first line: commonlearn pod program
schema_file = "schema.json"
custody = "local"
datasets = 2                      # waits for so many
stop_below = 0.0                  # ends when no weight changes by more
trial = true                      # run the program on each dataset's template first
# funds = "0.1 ether"             # pay so much; sponsors pay the rest
result = "model.bin"
deposit = "0.6 ether"             # at least budget, bounties and challenge bond

[buyer.terms]                     # the names of the contract's terms
budget = "0.4 ether"
bounty = "0.0001 ether"           # of whoever moves the job on; 6 a round and 12 more are set aside
vote_bond = "0.05 ether"          # each juror's
challenge_bond = "0.05 ether"
baseline = 550000                 # millionths; a score no better pays nothing for data
target = 900000                   # a score as good pays all of the data part
rounds = 4
subsets_per_round = 2
min_subsets = 2                   # agreed ones, or the round is drawn again
validators = 3
metric = "accuracy"               # or auc, log-loss, mse
train_seconds = 3600              # likewise reveal_, aggregate_, challenge_ and vote_seconds
test_set = "0x…"                  # the validators' pool, as commonlearn pod test-set named it
# aggregator = "0xADDRESS"        # averages in the buyer's place, once it is registered
""",
    "sponsor": """\
[sponsor]
buyers = ["0xADDRESS"]            # whose jobs; also programs, schemas (SHA-256): all that is said must match
jobs = []                         # or these numbers
most = "1 ether"                  # in all jobs together, less what came back
most_per_job = "0.3 ether"
approved_only = false             # true: only once all owners have approved
leave = false                     # true: no more
""",
    "aggregator": """\
[aggregator]
buyers = []                       # only theirs; none: whoever names this account
most_bond = "0.1 ether"           # a job's challenge bond, at most
deposit = "0.1 ether"
leave = false
""",
    "validator": """\
[validator]
test_set = "tests.shard"          # held-back rows with salts, by commonlearn pod test-set; its root names the pool
schema_file = "schema.json"
max_bond = "0.5 ether"            # set aside when it enrols; of one vote at most
min_pay = "0.001 ether"           # jobs that pay less do not draw it
deposit = "0.6 ether"             # at least max_bond
leave = false                     # true: out of the pool; a jury that was armed before is still served
""",
    "watcher": """\
[watcher]
advances = true                   # moves jobs on, for their bounties
appeal = true                     # compute decisions of the pool of test_set anew
most_bond = "0.2 ether"           # an appeal locks no more
test_set = "tests.shard"
schema_file = "schema.json"
""",
}
"""Sections by role."""


def example_for(roles: Sequence[str] = ()) -> str:
    """Settings with a section for each of some roles.

    Raises
    ------
    ConfigProblem
        There is no such role.

    Examples
    --------
    >>> example_for(["watcher"]).splitlines()[-6]
    '[watcher]'
    """
    for role in roles:
        if role not in SECTIONS:
            raise ConfigProblem("roles", f"there is no example of {role!r}", f"Known are {', '.join(SECTIONS)}.")
    if not roles:
        return EXAMPLE
    named = ", ".join(f'"{role}"' for role in dict.fromkeys(roles))
    common = re.sub(r"(?m)^roles = .*$", f"roles = [{named}]", EXAMPLE, count=1)
    return "\n".join([common, *(SECTIONS[role] for role in dict.fromkeys(roles))])
