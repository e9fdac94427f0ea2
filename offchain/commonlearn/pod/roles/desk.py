"""What all roles of a pod work with, and what they share: account, stores, registration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from nacl.public import PrivateKey

from commonlearn.chain.contracts import Call
from commonlearn.chain.training import TrainingContract
from commonlearn.custody import Schema, Template
from commonlearn.federated import Parameters, decode
from commonlearn.pod.actions import Action, Context, Done, View
from commonlearn.pod.roles.entries import Ledger
from commonlearn.pod.roles.ledger import ledger_of
from commonlearn.pod.roles.letters import Letters
from commonlearn.pod.roles.sheet import Sheet, read_sheet
from commonlearn.records import Role
from commonlearn.sandbox import Limits, default_view
from commonlearn.storage import FileStore, Sources, Store, cid_from_digest

__all__ = ["KEY", "Desk"]

KEY = "encryption key"
"""Name of the pod's secret X25519 key."""
_PROGRAM_BYTES = 1 << 20
_SCHEMA_BYTES = _TEMPLATE_BYTES = 1 << 22


@dataclass
class Desk:
    """What a pod's roles have in common.

    Attributes
    ----------
    market : TrainingContract
        Where calls go.
    chain_id : int
    objects : Sources
        Where everybody finds programs, schemas, templates and models.
    own : Store
        This pod's alone: rows, and updates that are not revealed yet.
    letters : Letters or None
    limits : Limits
        Of programs of others.
    roles : Role
        All that the pod registers.
    deposit_wei : int
        Sent with the registration.
    block_hash : callable
        Hash of a block by its number, for draws.
    """

    market: TrainingContract
    chain_id: int
    objects: Sources
    own: Store
    letters: Letters | None
    limits: Limits
    roles: Role
    deposit_wei: int
    block_hash: Callable[[int], bytes]
    _seen: tuple[str, int, Ledger] | None = field(default=None, repr=False)

    def ledger(self, view: View) -> Ledger:
        """What stands on the chain; folded once a block."""
        key = (view.head.hash, len(view.events))
        if self._seen is None or self._seen[:2] != key:
            self._seen = (*key, ledger_of(view.events))
        return self._seen[2]

    @property
    def environment(self) -> bytes:
        """What results of this machine depend on."""
        return bytes.fromhex(default_view().digest())

    def registration(self, ledger: Ledger, account: str) -> Iterable[Action]:
        """Register once, with all roles of the pod; once more when it has got another."""
        known = ledger.roles.get(account.lower(), Role(0))
        if known & self.roles != self.roles:
            yield Action(f"register as {int(known | self.roles)}" if known else "register", "register", secrets=(KEY,))

    def is_registered(self, ledger: Ledger, account: str) -> bool:
        """Whether that is on the chain."""
        return ledger.roles.get(account.lower(), Role(0)) & self.roles == self.roles

    def register(self, _: Action, context: Context) -> Call:
        """Register, and deposit."""
        public = bytes(PrivateKey(context.secrets[KEY]).public_key)
        known = self.ledger(context.view).roles.get(context.view.account.lower(), Role(0))
        return self.market.register(known | self.roles, public, value_wei=0 if known else self.deposit_wei)

    def forget(self, digest: bytes) -> bool:
        """Remove an object from the pod's own store; False if it was not there."""
        assert isinstance(self.own, FileStore)
        path = self.own.path(digest)
        if not self.own.files.exists(path):
            return False
        self.own.files.rm_file(path)
        return True

    def look(self, action: Action, _: Context) -> Done:
        """Ask the chain for a time that no event tells; see :mod:`commonlearn.pod.roles.looking`."""
        v = action.values
        if "job" in v:
            return Done({"until": self.market.job(v["job"]).deadline})
        return Done({"until": self.market.dataset(v["dataset"]).join_until})

    # ---------------------------------------------------------------------------------------------------- objects

    def program(self, digest: bytes) -> tuple[bytes, Sheet]:
        """A program and its sheet, by the hash that a job names."""
        source = self.objects.get(cid_from_digest(digest), _PROGRAM_BYTES)
        return source, read_sheet(source)

    def schema(self, digest: bytes) -> Schema:
        """A schema by its hash."""
        return Schema.from_json(self.objects.get(cid_from_digest(digest), _SCHEMA_BYTES))

    def template(self, digest: bytes) -> Template:
        """What a dataset shows of itself, by its hash."""
        return Template.from_json(self.objects.get(cid_from_digest(digest), _TEMPLATE_BYTES))

    def model(self, digest: bytes, limit: int, most: int | None = None) -> Parameters:
        """A model by its digest; of ``limit`` bytes, while as many as ``most`` are fetched to see that."""
        return decode(self.objects.get(cid_from_digest(digest), most or limit), limit)

    def models(self, digests: Sequence[bytes], limit: int) -> list[Parameters]:
        """Several of them."""
        return [self.model(digest, limit) for digest in digests]
