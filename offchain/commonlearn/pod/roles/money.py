"""What is owed to a pod's account: withdrawn when there is enough, and to the last wei when its roles have ended.

What a bond was freed from stays bond; it is asked back only when every role has ended, since asking takes a week. The
contract pays all of an account's credit at once, so the settings name an amount that is worth it; what a role lacks for
a bond later is sent along with its call.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from commonlearn.chain.contracts import Call
from commonlearn.pod.actions import Action, Context, Handler, Memory, View
from commonlearn.pod.config import Money as Settings
from commonlearn.pod.roles.again import PersistentRole
from commonlearn.pod.roles.desk import Desk

__all__ = ["Money"]


class Money(PersistentRole):
    """Goes along with whatever roles a pod has.

    Parameters
    ----------
    desk : Desk
    settings : Money
        ``[money]``.
    roles : sequence of PersistentRole
        The pod's others: when all are over, bonds are asked back.
    are_all : bool
        Whether those are all that the settings describe; a role that is not played now has not ended.
    """

    name = "money"

    def __init__(
        self, desk: Desk, settings: Settings, roles: Sequence[PersistentRole], *, are_all: bool = True
    ) -> None:
        self._desk, self._settings, self._roles, self._are_all = desk, settings, roles, are_all

    @property
    def handlers(self) -> Mapping[str, Handler]:
        return {
            "withdraw": self._withdraw,
            "unbond": lambda action, _: self._desk.market.unbond(int(action.values["amount"])),
            "release": lambda _, __: self._desk.market.release_bond(),
        }

    def wanted(self, view: View, memory: Memory) -> Iterable[Action]:
        settings = self._settings
        if settings.withdraw_to is None:
            return
        purse = self._desk.ledger(view).purse(view.account)
        over = self._are_all and all(role.is_over(view, memory) for role in self._roles)
        if purse.leaving_wei and view.head.timestamp >= purse.leaves_at:
            yield Action(f"release bond {purse.releases + 1}", "release")
        elif over and purse.free_wei and not purse.leaving_wei:  # to ask again would begin the week anew
            key = f"ask bond back {purse.askings + 1}, {purse.free_wei} wei"
            yield Action(key, "unbond", {"amount": str(purse.free_wei)})
        enough = settings.withdraw_above is not None and purse.credit_wei >= settings.withdraw_above
        if purse.credit_wei and (over or enough):
            # Where one place refuses ether, another one can be set.
            yield Action(f"withdraw {purse.withdrawals + 1} to {settings.withdraw_to}", "withdraw")

    def is_over(self, view: View, memory: Memory) -> bool:
        purse = self._desk.ledger(view).purse(view.account)
        return not purse.bond_wei and not purse.credit_wei

    def _withdraw(self, _: Action, __: Context) -> Call:
        assert self._settings.withdraw_to is not None
        return self._desk.market.withdraw(self._settings.withdraw_to)
