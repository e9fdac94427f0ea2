"""The program of any actor in private training: one loop, one memory, one account, one or several roles.

A role says what should be done, as a pure function of the chain and of what was done (:class:`~.actions.Role`); the pod
does it exactly once, whenever it is killed and whatever blocks are taken back (:class:`~.runner.Runner`).
"""

from __future__ import annotations

from commonlearn.pod.actions import Action, Context, Done, Event, Head, Memory, Role, Stage, View
from commonlearn.pod.config import Config, read_config
from commonlearn.pod.errors import ConfigProblem, PodBusy, PodError, SecretMissing, StateProblem
from commonlearn.pod.logs import open_log
from commonlearn.pod.opening import Pod, open_pod
from commonlearn.pod.runner import Pace, Runner
from commonlearn.pod.state import State
from commonlearn.pod.status import StatusPage, status_of

__all__ = [
    "Action",
    "Config",
    "ConfigProblem",
    "Context",
    "Done",
    "Event",
    "Head",
    "Memory",
    "Pace",
    "Pod",
    "PodBusy",
    "PodError",
    "Role",
    "Runner",
    "SecretMissing",
    "Stage",
    "State",
    "StateProblem",
    "StatusPage",
    "View",
    "open_log",
    "open_pod",
    "read_config",
    "status_of",
]
