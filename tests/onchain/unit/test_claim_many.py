"""`refundMany`, `reportMany` and `sweepMany`: the same as single calls, each refusal as data.

Requirements B-02, B-06, B-07, B-08, B-09, I-02, D-03.
"""

from dataclasses import replace

import brownie
import pytest

from commonlearn.chain.connection import Connection
from commonlearn.incentives.batch import batch_claims
from commonlearn.incentives.reporter_part import reporter_part
from commonlearn.numerics import keccak256, shared_paths
from commonlearn.records import NOBODY, Contribution, Status
from tests.support import collaborations
from tests.support.batch_bookkeeper import BatchBookkeeper
from tests.support.collaborations import DAY, thrown_by
from tests.support.events import logged
from tests.support.plain_model import KNOWN_1, UNKNOWN, PlainModel, presence
from tests.support.reverts import reverts

LESSONS = [(presence(UNKNOWN + i), 1) for i in range(5)]
LIES = [(presence(KNOWN_1 + i), 0) for i in range(3)]


@pytest.fixture
def sponsored(perceptron, deployer):
    """A plain model whose sponsorship contract is the deployer."""
    return PlainModel.create(collaborations.deploy_factory(sponsorship=deployer), perceptron)


@pytest.fixture
def books(sponsored, actors, web3):
    connection = Connection.open(web3.provider.endpoint_uri)
    return BatchBookkeeper(sponsored, actors, connection, connection.block("latest").timestamp)


def refund_wait(books):
    books.pass_time(books.terms.refund_wait_seconds)


def test_a_batch_is_refunded_with_the_events_of_single_calls(books, alice):
    books.contribute_many(alice, LESSONS)
    refund_wait(books)
    books.claim_many("refund", range(5), alice, strict=True)
    books.check()
    assert books.ledger.proven(alice.address) == sum(books.ledger.contribution(i).stake_wei for i in range(5)) // 10**9
    assert [books.contract.statusOf(i) for i in range(5)] == [2] * 5


def test_the_log_of_each_ending(books, alice, mallory, beneficiary, stranger):
    books.contribute_many(alice, LESSONS)
    books.contribute_many(mallory, LIES)
    terms, contract = books.terms, books.contract
    stake = [books.ledger.contribution(i).stake_wei for i in range(8)]
    books.pass_time(terms.report_wait_seconds)
    claims = [books.ledger.claim_of(i).as_tuple() for i in range(8)]
    books.claim_many("refund", [0], alice)
    tx = contract.refundMany(claims[1:3], False, {"from": alice})
    assert logged(tx) == [
        ("Refunded", {"id": i, "author": alice, "stakeWei": stake[i], "provenGwei": stake[i] // 10**9}) for i in (1, 2)
    ]
    tx = contract.reportMany(claims[5:7], False, {"from": alice})
    proven = sum(stake[:3]) // 10**9
    since_open = tx.timestamp - books.ledger.contribution(5).contributed_at - terms.report_wait_seconds
    span = terms.sweep_wait_seconds - terms.report_wait_seconds
    first, second = ((stake[i], reporter_part(stake[i], terms.reporter_bps, since_open, span)) for i in (5, 6))
    carry = (first[0] - first[1]) % proven
    assert logged(tx) == [
        (
            "Forfeited",
            {
                "id": 5,
                "reporter": alice,
                "stakeWei": first[0],
                "bountyWei": first[1],
                "perGweiWei": (first[0] - first[1]) // proven,
            },
        ),
        (
            "Forfeited",
            {
                "id": 6,
                "reporter": alice,
                "stakeWei": second[0],
                "bountyWei": second[1],
                "perGweiWei": (second[0] - second[1] + carry) // proven,
            },
        ),
    ]
    books.pass_time(terms.sweep_wait_seconds)
    collaborations.pass_time(terms.sweep_wait_seconds)
    tx = contract.sweepMany([claims[3], claims[7]], False, {"from": stranger})
    assert logged(tx) == [("Swept", {"id": i, "beneficiary": beneficiary, "stakeWei": stake[i]}) for i in (3, 7)]
    assert [contract.statusOf(i) for i in range(9)] == [2, 2, 2, 4, 1, 3, 3, 4, 0]


def test_the_number_that_came_through_is_returned(books, alice):
    books.contribute_many(alice, LESSONS)
    collaborations.pass_time(books.terms.refund_wait_seconds)
    claims = [books.ledger.claim_of(i).as_tuple() for i in (0, 0, 3)]
    assert books.contract.refundMany.call(claims, False, {"from": alice}) == 2
    collaborations.pass_time(books.terms.sweep_wait_seconds)
    assert books.contract.sweepMany.call(claims, False, {"from": alice}) == 2
    assert books.contract.reportMany.call(claims, False, {"from": alice}) == 0


def test_every_refusal_is_that_of_a_single_call(books, alice, bob, mallory, stranger):
    """Each in its place among others that come through."""
    books.contribute_many(bob, LESSONS[3:])
    refund_wait(books)
    books.claim_many("refund", [0, 1], bob)
    books.contribute_many(alice, LESSONS[:3])
    books.contribute_many(mallory, LIES)
    books.contribute(alice, presence(KNOWN_1), 1)
    books.claim_many("refund", [2, 3], alice)  # too early, then twice in one
    refund_wait(books)
    books.claim_many("refund", [2, 2, 5, 99, 8, 3, 0], alice, altered=[3])
    books.claim_many("report", [4, 5, 5, 6], bob)  # too early
    books.claim_many("report", [5], stranger)
    books.pass_time(DAY)
    books.claim_many("report", [4, 5, 5, 6, 7, 99, 0], bob, altered=[7])
    books.claim_many("report", [7], mallory)
    books.claim_many("report", [7], stranger)
    books.pass_time(books.terms.sweep_wait_seconds - DAY - DAY)
    books.contribute(alice, presence(KNOWN_1), 1)
    books.claim_many("sweep", [7, 9, 4, 7, 0, 5], stranger)
    books.check()
    names = {"refundMany", "reportMany", "sweepMany"}
    assert all(books.succeeded[name] and books.refused[name] for name in names)


def test_strict_refuses_all(books, alice):
    books.contribute_many(alice, LESSONS)
    refund_wait(books)
    books.claim_many("refund", [0, 1, 1], alice, strict=True)
    assert [books.contract.statusOf(i) for i in range(5)] == [1] * 5
    books.claim_many("refund", [0, 1], alice, strict=True)
    books.check()


def test_nothing(books, alice):
    for name in ("refundMany", "reportMany", "sweepMany"):
        with reverts("EmptyBatch"):
            getattr(books.contract, name)([], False, {"from": alice})


@pytest.mark.parametrize("name", ["refund", "report"])
def test_all_is_refused_in_the_second_of_a_contribution(books, alice, name):
    books.contribute_many(alice, LESSONS)
    refund_wait(books)
    books.contribute(alice, presence(KNOWN_1), 1)
    books.stop_time()
    books.claim_many(name, [0, 1], alice)
    books.claim_many(name, [0, 1], alice)
    books.check()


def test_a_single_call_knows_no_batched_contribution(books, alice):
    books.contribute_many(alice, LESSONS)
    books.pass_time(books.terms.sweep_wait_seconds)
    for id_ in (0, 2):
        books.refund(id_, alice)
        books.sweep(id_, alice)
    assert books.refused["refund"] == books.refused["sweep"] == 2


def test_single_contributions_are_claimed_in_batches_too(books, alice):
    books.contribute(alice, *LESSONS[0])
    books.contribute_many(alice, LESSONS[1:3])
    books.contribute(alice, *LESSONS[3])
    refund_wait(books)
    books.claim_many("refund", [0, 1, 2, 3], alice, strict=True)
    books.check()


def test_another_story_is_unknown(books, alice, bob):
    """Every field of a claim counts: id, contribution, sample, payee, batch and proof."""
    books.contribute_many(alice, LESSONS)
    books.contribute(alice, *LESSONS[0])
    collaborations.pass_time(books.terms.refund_wait_seconds)
    good, single = books.ledger.claim_of(1), books.ledger.claim_of(5)
    told = good.contribution
    false = [
        replace(good, id=2),
        replace(good, sample=presence(3)),
        replace(good, payee=alice.address),
        replace(good, batch=1),
        replace(good, batch=5),
        replace(good, proof=good.proof[:-1]),
        replace(good, proof=()),
        replace(good, proof=(*good.proof, b"\0" * 32)),
        replace(good, proof=books.ledger.claim_of(2).proof),
        *(
            replace(good, contribution=replace(told, **{name: value}))
            for name, value in {
                "author": bob.address,
                "label": 0,
                "taught": False,
                "stake_wei": told.stake_wei + 1,
                "contributed_at": told.contributed_at - 1,
            }.items()
        ),
        replace(single, batch=0),
        replace(single, proof=(b"\0" * 32,)),
        replace(single, payee=alice.address),
        replace(single, id=6, batch=6),
    ]
    for claim in false:
        with reverts("BatchRefused", 0, unknown(claim.id)):
            books.contract.refundMany([claim.as_tuple()], True, {"from": alice})
    assert books.contract.refundMany.call([good.as_tuple(), single.as_tuple()], True, {"from": alice}) == 2


def test_neighbours_share_paths_and_only_behind_one_another(books, alice):
    """In the order of their numbers claims need a hash each, between batches and single contributions as well. Requirement B-13."""
    for given in (LESSONS, LESSONS[:1], LESSONS):
        books.contribute_many(alice, given)
    collaborations.pass_time(books.terms.refund_wait_seconds)
    full = [books.ledger.claim_of(id_) for id_ in (0, 1, 2, 5, 3, 4, 6, 7, 8, 9, 10)]
    first, second = (
        [replace(claim, proof=path) for claim, path in zip(claims, paths, strict=True)]
        for claims in ([claim for claim in full if claim.id < 5], full[6:])
        for paths in [shared_paths([claim.proof for claim in claims])]
    )
    assert [len(claim.proof) for claim in first] == [len(claim.proof) for claim in second] == [3, 0, 1, 0, 0]
    shared = [*first[:3], full[3], *first[3:], *second]
    refund = books.contract.refundMany
    assert refund.call([claim.as_tuple() for claim in shared], True, {"from": alice}) == len(shared)
    for wrong in (
        [first[1]],  # nobody before it
        [first[0], second[1]],  # another batch before it
        [replace(first[0], sample=presence(3)), first[1]],  # its neighbour was not found
        [first[0], first[2], first[1]],  # its neighbour's path is over
        [first[0], replace(first[1], id=2)],
        [first[0], first[1], first[1]],  # the second is there no more
    ):
        tx = refund([claim.as_tuple() for claim in wrong], False, {"from": alice})
        assert logged(tx)[-1] == ("ClaimRefused", {"id": wrong[-1].id, "reason": unknown(wrong[-1].id)})
        brownie.chain.undo()
    tx = refund(
        [full[0].as_tuple(), first[1].as_tuple(), full[0].as_tuple(), full[3].as_tuple(), full[3].as_tuple()],
        False,
        {"from": alice},
    )
    assert [name for name, _ in logged(tx)] == ["Refunded", "Refunded", "ClaimRefused", "Refunded", "ClaimRefused"]


def unknown(id_):
    from commonlearn.contract_errors import UnknownContribution
    from tests.support.thrown import thrown_data

    return thrown_data(UnknownContribution(id_))


def test_statuses_of_neighbours_share_words(books, alice):
    """Across the border between two words, each number keeps its own."""
    for _ in range(11):
        books.contribute_many(alice, [(presence(KNOWN_1 + i % 10), 1) for i in range(12)])
        books.pass_time(DAY)
    refund_wait(books)
    books.claim_many("refund", [126, 128, 131, 0], alice, strict=True)
    books.pass_time(books.terms.sweep_wait_seconds)
    books.claim_many("sweep", [127, 129, 1], alice, strict=True)
    books.check()
    assert [books.contract.statusOf(i) for i in (125, 126, 127, 128, 129, 130, 131)] == [1, 2, 4, 2, 4, 1, 2]


def test_a_status_word_never_says_batched(books, alice):
    books.contribute_many(alice, LESSONS)
    assert Status(books.contract.recordOf(0) & 0xFF) is Status.BATCHED
    assert books.contract.statusOf(0) == Status.OPEN


# ------------------------------------------------------------------------------------------------- sponsored contributions


def test_only_the_sponsorship_contributes_in_another_name(sponsored, alice, bob, deployer):
    contract = sponsored.contract
    with reverts("OnlySponsorship", alice):
        contract.contributeFor(alice, bob, *LESSONS[0], {"from": alice, "value": 10**18})
    tx = contract.contributeFor(alice, bob, *LESSONS[0], {"from": deployer, "value": 10**18})
    assert logged(tx)[-1] == ("Sponsored", {"id": 0, "payee": bob})
    assert tx.events["Contributed"]["author"] == alice


def test_a_sponsored_stake_goes_to_the_payee_and_the_proof_to_the_author(books, alice, carol):
    books.sponsor(alice, carol, *LESSONS[0], excess_wei=7)
    books.sponsor(alice, carol, *LESSONS[1])
    assert books.ledger.owed(carol.address) == 7
    stake = [books.ledger.contribution(i).stake_wei for i in range(2)]
    refund_wait(books)
    books.claim_many("refund", [0], carol, strict=True)
    books.claim_many("refund", [1], alice, strict=True)
    books.check()
    assert books.contract.accountOf(carol) == (sum(stake) + 7, 0)
    assert books.contract.accountOf(alice) == (0, sum(stake) // 10**9)


def test_its_payee_and_author_cannot_report_it_and_others_cannot_refund_it(books, alice, bob, carol, mallory):
    for who, lesson in zip((alice, bob, carol), LESSONS, strict=False):
        books.contribute(who, *lesson)
    refund_wait(books)
    for id_, who in enumerate((alice, bob, carol)):
        books.refund(id_, who)
    books.sponsor(mallory, carol, *LIES[0])
    books.pass_time(books.terms.report_wait_seconds)
    books.claim_many("refund", [3], bob)
    books.claim_many("report", [3], carol)
    books.claim_many("report", [3], mallory)
    assert books.succeeded["reportMany"] == 2  # transactions, in which the claim was refused
    books.claim_many("report", [3], bob)
    books.check()
    assert books.contract.statusOf(3) == Status.FORFEITED


def test_an_unclaimed_sponsored_stake_is_swept(books, alice, carol, stranger):
    books.sponsor(alice, carol, *LESSONS[0])
    books.pass_time(books.terms.sweep_wait_seconds)
    books.sweep(0, stranger)  # the single call does not know it
    books.claim_many("sweep", [0], stranger, strict=True)
    books.check()


def test_a_payee_is_part_of_the_claim(books, alice, bob, carol):
    books.sponsor(alice, carol, *LESSONS[0])
    collaborations.pass_time(books.terms.refund_wait_seconds)
    claim = books.ledger.claim_of(0)
    for payee in (NOBODY, alice.address, bob.address):
        with reverts("BatchRefused", 0, unknown(0)):
            books.contract.refundMany([replace(claim, payee=payee).as_tuple()], True, {"from": alice})


def test_claims_of_python_are_the_contracts(plain, alice):
    """`batch_claims` from the log alone proves every contribution."""
    plain.at(None)
    tx = plain.contract.contributeMany(
        [sample for sample, _ in LESSONS], [1] * 5, False, {"from": alice, "value": 10**18}
    )
    given = [
        (Contribution(f["author"], f["label"], f["taught"], f["stakeWei"], f["contributedAt"]), f["sample"])
        for name, f in logged(tx)
        if name == "Contributed"
    ]
    collaborations.pass_time(plain.terms.refund_wait_seconds)
    claims = [claim.as_tuple() for claim in batch_claims(0, given)]
    assert plain.contract.refundMany.call(claims, True, {"from": alice}) == 5


@pytest.mark.parametrize("answers", [[], [1, 1, 1]], ids=["none", "too many"])
def test_a_model_that_gives_another_number_of_answers(factory, HostileModel, deployer, alice, answers):
    collaboration, claim = hostile(factory, HostileModel, deployer, alice)
    HostileModel.at(collaboration.model()).answerManyWith(answers, [], {"from": deployer})
    with reverts("BatchLength", 1, len(answers)):
        collaboration.refundMany([claim], False, {"from": alice})


def test_a_model_that_refuses_to_answer_without_a_reason(factory, HostileModel, deployer, alice):
    """No reason is a refusal all the same."""
    collaboration, claim = hostile(factory, HostileModel, deployer, alice)
    HostileModel.at(collaboration.model()).answerManyWith([2**256 - 1], [], {"from": deployer})
    tx = collaboration.refundMany([claim], False, {"from": alice})
    assert logged(tx) == [("ClaimRefused", {"id": 0, "reason": b""})]
    assert collaboration.statusOf(0) == Status.OPEN


def test_a_model_that_reverts_sinks_all_with_its_own_error(factory, HostileModel, deployer, alice):
    collaboration, claim = hostile(factory, HostileModel, deployer, alice)
    model = HostileModel.at(collaboration.model())
    model.planFromPredict(collaboration.refundMany.encode_input([], False), {"from": deployer})
    with reverts("ReentrancyGuardReentrantCall"):
        collaboration.refundMany([claim], False, {"from": alice})
    assert collaboration.statusOf(0) == Status.OPEN


def test_of_two_reasons_the_first_is_told(factory, HostileModel, deployer, alice, bob):
    """Who may not claim is told so, whatever the model would say."""
    collaboration, claim = hostile(factory, HostileModel, deployer, alice)
    model = HostileModel.at(collaboration.model())
    model.answerManyWith([2**256 - 1], [b"the model's"], {"from": deployer})
    tx = collaboration.refundMany([claim], False, {"from": bob})
    reason = thrown_by(collaboration, collaboration.refund.encode_input(*claim[:3]), sender=bob)
    assert reason[:4] == keccak256(b"NotAuthor(uint256,address,address)")[:4]
    assert logged(tx) == [("ClaimRefused", {"id": 0, "reason": reason})]
    tx = collaboration.refundMany([claim], False, {"from": alice})
    assert logged(tx) == [("ClaimRefused", {"id": 0, "reason": b"the model's"})]


def hostile(factory, HostileModel, deployer, alice):
    """A collaboration around a hostile model with one open contribution, and its claim."""
    collaboration = collaborations.create(factory, HostileModel.deploy({"from": deployer}), 0)
    model = HostileModel.at(collaboration.model())
    model.answerWith(1, True, {"from": deployer})
    event = collaborations.contribute(collaboration, presence(1), 1, alice).events["Contributed"]
    collaborations.pass_time(collaborations.DEFAULT_TERMS.refund_wait_seconds)
    return collaboration, (0, collaborations.contribution_tuple(event), presence(1), NOBODY, 0, [])
