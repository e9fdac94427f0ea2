"""A pod at work: plans, effects, blocks taken back, refusals, deadlines, money.

Requirements Y-01, Y-02, Y-04, Y-05, Y-19.
"""

from __future__ import annotations

import threading

import pytest

from commonlearn.pod import Action, Done, Role, Stage, State, StateProblem
from commonlearn.pod.errors import PodBusy, PodError, SecretMissing
from commonlearn.pod.outside import Signed
from tests.offchain.pod.conftest import Sealer, check_all_done_once, turns
from tests.support.file_chain import event_call


class Once(Role):
    """One action, done as told."""

    name = "watcher"

    def __init__(self, act, *, slow=False, **fields):
        self.act, self.fields = act, fields
        self.slow = frozenset({"it"} if slow else ())

    def plan(self, view, memory):
        return [Action("it", "it", **self.fields)]

    @property
    def handlers(self):
        return {"it": lambda action, context: self.act(context)}


class TestTheLoop:
    def test_does_everything_once(self, pod, chain, told):
        """Y-01."""
        role = Sealer()
        turns(pod(role))
        check_all_done_once(chain)
        assert role.trained == 2
        assert told.events.count("sent") == 4
        before = len(chain.events(0, 999))
        pod(Sealer()).turn()
        assert len(chain.events(0, 999)) == before

    def test_counts_nothing_as_done_before_its_time(self, pod, chain):
        chain.mines = False
        runner = pod(Once(lambda _: event_call("Told")), confirmations=3)
        runner.turn()
        for mined in range(1, 6):
            chain.mine()
            runner.turn()
            stage = runner.state.entry("it").stage
            assert stage is (Stage.DONE if mined >= 4 else Stage.MINED)

    def test_goes_on_while_a_role_fails(self, pod, told):
        class Broken(Sealer):
            name = "buyer"

            def plan(self, view, memory):
                raise ZeroDivisionError("fault")

        turns(pod(Broken(), Sealer()))
        assert ("role failed", {"role": "buyer", "error": "ZeroDivisionError: fault"}) in told

    def test_refuses_plans_without_a_handler(self, pod, told):
        class Unable(Sealer):
            handlers = {}  # noqa: RUF012

        pod(Unable()).turn()
        assert "no handler" in dict(told)["role failed"]["error"]

    def test_survives_a_node_that_is_away(self, pod, chain, monkeypatch, told):
        """Y-05."""
        runner, head, calls = pod(poll_seconds=0.01), chain.head, []

        def away():
            calls.append(1)
            if len(calls) < 4:
                raise ConnectionError("connection refused")
            if not runner.state.open_entries() and runner.state.memory().stages:
                runner.stop.set()
            return head()

        monkeypatch.setattr(chain, "head", away)
        runner.run()
        assert told.events.count("no turn") == 3
        check_all_done_once(chain)


class TestBlocksTakenBack:
    """Y-02: whatever is taken back, what is on the chain in the end is there once."""

    @pytest.mark.parametrize("keep", [True, False], ids=["waiting", "lost"])
    @pytest.mark.parametrize("at", range(1, 9))
    @pytest.mark.parametrize("depth", [1, 2])
    def test_at_any_time(self, pod, chain, at, depth, keep):
        runner = pod(confirmations=3)
        for turn in range(at):
            runner.turn()
            if turn + 1 == at and chain.block(0):
                chain.take_back(min(depth, runner.state.head().number), keep=keep)
        turns(runner)
        check_all_done_once(chain)

    def test_what_was_told_in_them_is_forgotten(self, pod, chain, state):
        runner = pod(confirmations=20)
        for _ in range(2):
            runner.turn()
        assert [event.name for event in state.events()] == ["Sealed", "Sealed"]
        chain.mines = False
        chain.take_back(1, keep=False)
        view = runner.turn()
        assert view.events == []
        assert state.known_blocks()[-1] == (view.head.number, chain.block(view.head.number).hash)

    def test_a_transaction_is_sent_again_and_not_signed_again(self, pod, chain, told):
        runner = pod(Once(lambda _: event_call("Told")), confirmations=5)
        runner.turn()
        runner.turn()
        first = set(chain.sent)
        chain.take_back(1, keep=False)
        turns(runner)
        assert set(chain.sent) == first
        assert "taken back" in told.events

    def test_a_chain_that_has_become_shorter_is_followed(self, pod, chain, state):
        runner = pod(confirmations=20)
        for _ in range(5):
            runner.turn()
        data = chain._read()
        data["blocks"] = data["blocks"][:2]
        data["fork"] = 9
        chain._write(data)
        turns(runner, 90)
        check_all_done_once(chain)


class TestATransaction:
    def test_that_is_lost_is_offered_again_with_higher_fees(self, pod, chain, told):
        runner = pod(Once(lambda _: event_call("Told")))
        chain.loses = {chain.sign(event_call("Told"), 0).hash}
        turns(runner)
        assert told.events.count("replaced") == 1
        assert len([each for each in chain.events(0, 99) if each.name == "Told"]) == 1

    def test_whose_number_something_else_used_gets_another(self, pod, chain, told, state):
        runner = pod(Once(lambda _: event_call("Told")))
        chain.loses = {chain.sign(event_call("Told"), 0).hash}
        runner.turn()
        chain.displace(0)
        turns(runner)
        assert told.events.count("displaced") == 1
        assert [each.name for each in chain.events(0, 99)] == ["Other", "Told"]

    def test_that_the_chain_would_refuse_is_tried_again_with_pauses(self, pod, chain, told, state):
        """Y-04."""
        runner = pod(Once(lambda _: event_call("Told")))
        chain.refuses = {"Told": "It is too early. Wait."}
        for _ in range(6):
            runner.turn()
        assert state.entry("it").error == "It is too early. Wait."
        assert 2 <= state.entry("it").tries < 5
        chain.refuses = {}
        turns(runner)
        assert len(chain.events(0, 99)) == 1

    def test_that_is_always_refused_ends(self, pod, chain, state):
        chain.refuses = {"Told": "It is not for you."}
        turns(pod(Once(lambda _: event_call("Told")), tries=3))
        assert (state.entry("it").stage, state.entry("it").error) == (Stage.FAILED, "It is not for you.")
        assert chain.sent == []

    def test_that_has_no_effect_in_its_block_ends(self, pod, chain, state):
        turns(pod(Once(lambda _: event_call("Reverts"))))
        assert (state.entry("it").stage, state.entry("it").error) == (Stage.FAILED, "refused in its block")

    def test_is_not_sent_after_its_deadline(self, pod, chain, state):
        """Y-04."""
        turns(pod(Once(lambda _: event_call("Told"), deadline=1_799_999_999)))
        assert state.entry("it").stage is Stage.LATE
        assert chain.sent == []

    def test_of_the_nearest_deadline_goes_first(self, pod, chain):
        class Many(Once):
            def plan(self, view, memory):
                return [Action(f"{n}", "it", {"n": n}, deadline=n) for n in (1_900_000_003, 1_900_000_001)]

            @property
            def handlers(self):
                return {"it": lambda action, _: event_call("Told", n=action.values["n"])}

        turns(pod(Many(None)))
        assert [each.values["n"] for each in chain.events(0, 99)] == [1_900_000_001, 1_900_000_003]

    def test_waits_when_the_day_s_money_is_spent(self, pod, chain, state, told):
        """Y-05: no more is spent in a day than was allowed."""
        now = [1_800_000_000.0]
        state._clock = lambda: now[0]
        runner = pod(Sealer(jobs=(1,)), clock=lambda: now[0], most_wei_per_day=150_000, confirmations=0)
        for _ in range(9):
            runner.turn()
        assert [each.name for each in chain.events(0, 99)] == ["Sealed"]
        assert told.events.count("waits for money") > 1
        assert state.committed_wei(now[0] - 86_400) == 100_000
        now[0] += 86_401
        turns(runner)
        check_all_done_once(chain, jobs=(1,))


class TestWork:
    def test_that_fails_is_done_again(self, pod, state):
        tries = []

        def act(_):
            tries.append(1)
            if len(tries) < 3:
                raise ValueError("not yet")
            return Done({"answer": 42})

        turns(pod(Once(act)))
        assert state.memory().results == {"it": {"answer": 42}}
        assert len(tries) == 3

    def test_that_is_slow_does_not_hold_up_the_rest(self, pod, chain, state):
        """Y-05: no deadline is missed while a program runs."""
        go = threading.Event()

        class Slow(Sealer):
            def train(self, action, context):
                context.progress("epoch 1")
                go.wait(30)
                return super().train(action, context)

        runner = pod(Slow(jobs=(1,), slow={"train"}))
        for _ in range(8):
            runner.turn()
        assert state.entry("job 1 seal").stage is Stage.DONE
        assert runner.progress == {"job 1 train": "epoch 1"}
        go.set()
        turns(runner)
        check_all_done_once(chain, jobs=(1,))
        assert runner.progress == {}

    def test_that_is_slow_is_stopped_with_the_pod_and_done_again(self, pod, state):
        def act(context):
            if context.stop.wait(0.3):
                raise RuntimeError("interrupted")
            return Done()

        runner = pod(Once(act, slow=True))
        runner.turn()
        runner.close()
        assert (state.entry("it").stage, state.entry("it").tries) == (Stage.PLANNED, 0)

    def test_that_is_slow_is_never_a_transaction(self, pod, state):
        turns(pod(Once(lambda _: event_call("Told"), slow=True), tries=2), most=400_000)
        assert "gave a transaction" in state.entry("it").error


class TestTheMemory:
    def test_makes_secrets_with_the_intent_and_never_again(self, state):
        """Y-03."""
        state.plan("buyer", [Action("seal", "seal", secrets=("salt",))])
        salt = state.secrets(("salt",))["salt"]
        assert len(salt) == 32
        state.plan("buyer", [Action("reveal", "reveal", secrets=("salt",)), Action("other", "x", secrets=("pepper",))])
        assert state.secrets(("salt",))["salt"] == salt != state.secrets(("pepper",))["pepper"]
        with pytest.raises(SecretMissing, match=r"folders.state"):
            state.secrets(("sugar",))

    def test_is_one_pod_s(self, state, tmp_path, chain):
        with pytest.raises(PodBusy, match="do things twice"):
            State(tmp_path, chain.chain_id, chain.genesis, chain.address)

    @pytest.mark.parametrize("field", range(3))
    def test_is_of_one_chain_and_account(self, tmp_path, field):
        State(tmp_path, 1, "0xaa", "0xme").close()
        wanted = [1, "0xaa", "0xme"]
        wanted[field] = "0xother" if field else 2
        with pytest.raises(StateProblem, match="Nothing was sent"):
            State(tmp_path, *wanted)
        State(tmp_path, 1, "0xaa", "0xme").close()

    def test_that_is_damaged_is_not_replaced(self, tmp_path):
        (tmp_path / "pod.sqlite").write_bytes(b"no database, but it may have been one" * 100)
        with pytest.raises(StateProblem, match="do not delete it"):
            State(tmp_path, 1, "0xaa", "0xme")
        assert (tmp_path / "pod.sqlite").read_bytes().startswith(b"no database")

    def test_is_for_its_user_only(self, state):
        assert state.path.stat().st_mode & 0o077 == 0

    def test_keeps_what_it_knows_about_an_action(self, state):
        action = Action("a", "b", {"x": [1, 2], "y": "é"}, ("s",), 5)
        assert state.plan("buyer", [action, action]) == ["a"]
        assert state.entry("a").action == action
        assert state.plan("buyer", [Action("a", "other")]) == []
        assert state.entry("missing") is None
        assert state.counts()["planned"] == 1

    def test_looks_again_only_at_what_may_be_repeated(self, tmp_path):
        """Such work begins anew when its time has come, and keeps what it gave; nothing that was ever signed."""
        now = [1_000.0]
        state = State(tmp_path, 1, "0xaa", "0xme", clock=lambda: now[0])
        look, once = Action("look", "look", {"at": 1}, repeat=60), Action("once", "look")
        state.plan("owner", [look, once])
        for key in ("look", "once"):
            state.done(state.entry(key), {"seen": 1})
        now[0] += 59
        state.plan("owner", [look, once])
        assert {state.entry(key).stage for key in ("look", "once")} == {Stage.DONE}
        now[0] += 1
        state.plan("owner", [Action("look", "look", {"at": 2}, repeat=60), once])
        assert (state.entry("look").stage, state.entry("look").action.values) == (Stage.PLANNED, {"at": 2})
        assert state.memory().results["look"] == {"seen": 1}
        assert state.entry("once").stage is Stage.DONE
        state.signed(state.entry("look"), 0, Signed("0xh", "raw", 1), 1)
        state.done(state.entry("look"))
        now[0] += 1_000
        state.plan("owner", [look])
        assert state.entry("look").stage is Stage.DONE
        state.close()


def test_what_would_be_the_same_again_is_not_tried_again(pod, chain, told):
    class Refused(PodError):
        is_final = True

    class Failing(Sealer):
        def train(self, action, context):
            self.trained += 1
            raise Refused("the program fails")

    role = Failing(jobs=(1,))
    runner = pod(role)
    for _ in range(4):
        runner.turn()
    assert role.trained == 1
    assert runner.state.entry("job 1 train").stage is Stage.FAILED
    assert runner.state.entry("job 1 train").error == "the program fails"
