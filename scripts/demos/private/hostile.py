"""Compute owners that cheat, each in its way; ``python -m scripts.demos.private.hostile WAY SETTINGS``."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping

import numpy as np

from commonlearn.chain.contracts import Call
from commonlearn.federated import decode, encode
from commonlearn.pod import Action, Context, Done, Memory, View, open_pod, read_config
from commonlearn.pod.actions import Handler
from commonlearn.pod.roles import decode as decode_log
from commonlearn.pod.roles.compute_owner import ComputeOwner
from commonlearn.pod.roles.opening import open_desk
from commonlearn.pod.roles.telling import bytes_of
from commonlearn.storage import cid_from_digest

__all__ = ["WAYS", "Copier", "Garbler", "Mute"]


class Garbler(ComputeOwner):
    """Seals and reveals random weights instead of training."""

    @property
    def handlers(self) -> Mapping[str, Handler]:
        return {**super().handlers, "train": self._garbage}

    def _garbage(self, action: Action, context: Context) -> Done:
        job = self._desk.ledger(context.view).jobs[action.values["job"]]
        start = decode(self._desk.objects.get(cid_from_digest(job.start_of(action.values["round"]))))
        noise = np.random.default_rng().integers(-(1 << 24), 1 << 24, len(start.flat()))
        content = encode(start.with_flat(noise))
        self._desk.own.put(content)
        return Done({"digest": "0x" + hashlib.sha256(content).hexdigest()})


class Mute(ComputeOwner):
    """Trains and seals, and never reveals."""

    def plan(self, view: View, memory: Memory) -> Iterable[Action]:
        return (action for action in super().plan(view, memory) if action.kind != "reveal result")


class Copier(ComputeOwner):
    """Trains nothing: seals what another has sealed, and reveals what that one reveals, with the salt that it saw."""

    @property
    def handlers(self) -> Mapping[str, Handler]:
        return {**super().handlers, "copy seal": self._copy}

    def plan(self, view: View, memory: Memory) -> Iterable[Action]:
        for action in super().plan(view, memory):
            if action.kind != "train":
                yield action
                continue
            v = action.values
            for event in view.events:
                told = event.values
                same = event.name == "ResultSealed" and (told["job"], told["round"]) == (v["job"], v["round"])
                if same and told["slot"] == v["slot"]:
                    copied = {**v, "seal": told["seal"]}
                    yield Action(f"job {v['job']} round {v['round']} slot {v['slot']} copy", "copy seal", copied)
                    break

    def _copy(self, action: Action, _: Context) -> Call:
        v = action.values
        return self._desk.market.seal_result(v["job"], v["slot"], v["index"], bytes_of(v["seal"]))


WAYS = {"garbage": Garbler, "copy": Copier, "mute": Mute}


def main(arguments: list[str]) -> None:
    """Run a pod that cheats."""
    way, path = arguments
    config = read_config(path)
    assert config.compute_owner is not None
    role = WAYS[way](open_desk(config), config.compute_owner)
    with open_pod(config, {"compute-owner": role}, decode_log) as pod:
        pod.run()


if __name__ == "__main__":
    main(sys.argv[1:])
