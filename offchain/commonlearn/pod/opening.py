"""A pod put together from its settings."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog

from commonlearn.chain.connection import Connection
from commonlearn.chain.signers import ClefSigner, Signer, open_keystore
from commonlearn.pod.actions import Role
from commonlearn.pod.config import BESIDES, Account, Config, folder_for
from commonlearn.pod.errors import ConfigProblem
from commonlearn.pod.logs import open_log
from commonlearn.pod.runner import Pace, Runner
from commonlearn.pod.state import State
from commonlearn.pod.status import StatusPage, status_of
from commonlearn.pod.wallet import Decoder, NodeChain, NodeWallet

__all__ = ["Pod", "open_log_of", "open_pod", "signer_of"]

_TROUBLE, _RECOVERED = "no turn", "turn"


@dataclass
class Pod:
    """A pod that is ready.

    Attributes
    ----------
    runner : Runner
    log : BoundLogger
    page : str or None
        Where its status is shown.
    """

    runner: Runner
    log: structlog.BoundLogger
    page: str | None = None
    trouble: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Work until it is told to stop: by SIGINT or SIGTERM where this is the main thread, or ``runner.stop``."""

        def stop(*_: Any) -> None:
            self.runner.stop.set()

        before: dict[int, Any] = {}
        if threading.current_thread() is threading.main_thread():
            before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        self.log.info("started", account=self.runner.wallet.address, roles=list(self.runner.roles), page=self.page)
        try:
            self.runner.run()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            self.log.info("stopped")


@contextmanager
def open_pod(config: Config, roles: Mapping[str, Role], decode: Decoder) -> Iterator[Pod]:
    """Open a pod's memory, account, log and page; close them afterwards.

    Parameters
    ----------
    config : Config
        Its settings.
    roles : mapping of str to Role
        Those that there are; the settings say which of them it has.
    decode : callable
        Reads log entries of the settings' contracts.

    Yields
    ------
    Pod
        Nothing was done yet.

    Raises
    ------
    ConfigProblem
        A setting cannot be used.
    StateProblem, PodBusy
        Its memory cannot.
    NodeUnreachable, WrongNetwork, KeystoreProblem, SigningRefused
        The chain or the account cannot.
    """
    missing = [name for name in config.roles if name not in roles]
    if missing:
        raise ConfigProblem("roles", f"{', '.join(missing)} cannot be played here", f"Known are {', '.join(roles)}.")
    folder = folder_for(config.folders.state)
    log = open_log_of(config)
    connection = Connection.open(config.node.url, chain_id=config.node.chain_id)
    wallet = NodeWallet(connection, signer_of(config.account))
    chain = NodeChain(connection, list(config.contracts.values()), decode)
    pace = Pace(
        confirmations=config.node.confirmations,
        poll_seconds=config.node.poll_seconds,
        first_block=config.node.first_block,
        at_once=config.limits.at_once,
        most_wei_per_day=config.prices.get("most_per_day"),
    )
    with ExitStack() as stack:
        state = State(folder, chain.chain_id, chain.genesis, wallet.address)
        stack.callback(state.close)
        trouble: list[str] = []

        def tell(event: str, **values: Any) -> None:
            if event == _TROUBLE:
                trouble[:] = [str(values.get("error"))]
            elif event == _RECOVERED:
                trouble.clear()
            (log.warning if "error" in values else log.debug if event == _RECOVERED else log.info)(event, **values)

        played = (*config.roles, *(name for name in roles if name in BESIDES))
        runner = Runner(state, chain, wallet, [roles[name] for name in played], pace, tell=tell)
        stack.callback(runner.close)
        pod = Pod(runner, log, trouble=trouble)
        if config.status.port:
            page = StatusPage(
                lambda: status_of(runner, trouble[0] if trouble else None), config.status.host, config.status.port
            )
            stack.callback(page.close)
            pod.page = f"http://{page.host}:{page.port}"
        yield pod


def open_log_of(config: Config) -> structlog.BoundLogger:
    """Where the settings say. Raises `ConfigProblem` where that cannot be written."""
    try:
        return open_log(config.log.level, config.log.file)
    except OSError as error:
        words = f"{config.log.file}: {error.strerror or error}"
        raise ConfigProblem("log.file", words, "Name a file that the pod can write.") from None


def signer_of(account: Account) -> Signer:
    """Who signs. Raises what opening a keystore or asking clef does."""
    if account.keystore is not None:
        return open_keystore(account.keystore, account.password)
    assert account.clef is not None
    return ClefSigner(account.clef, account.address)
