"""Who takes part in a replay, packed as ``contracts/libraries/Participants.sol`` packs them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

__all__ = ["Participant", "Roster"]

_BYTES = 64


@dataclass(frozen=True, slots=True)
class Participant:
    """One account of a market.

    Parameters
    ----------
    account : str
        Address.
    balance_wei : int
        What is left of the deposit, with what was won; below 2^96.
    deposit_wei : int
        Sum of the stakes; below 2^96.
    score : int
        By how many test samples the model got better through this account in the present round.
    is_out : bool
        Whether its contributions are left out from here on.

    Examples
    --------
    >>> someone = Participant("0x" + "11" * 20, 7, 9, -1, False)
    >>> Participant.decode(someone.encode()) == someone
    True
    """

    account: str
    balance_wei: int = 0
    deposit_wei: int = 0
    score: int = 0
    is_out: bool = False

    @property
    def is_punished(self) -> bool:
        """Whether it comes out with less than it staked: what it contributed is not taught."""
        return self.balance_wei < self.deposit_wei

    def encode(self) -> bytes:
        """The two words, 64 bytes.

        Raises
        ------
        OverflowError
            An amount has more than 96 bits, or the score more than 64.
        """
        return (
            bytes.fromhex(self.account[2:])
            + self.balance_wei.to_bytes(12, "big")
            + self.deposit_wei.to_bytes(12, "big")
            + self.score.to_bytes(8, "big", signed=True)
            + bytes([self.is_out])
            + bytes(11)
        )

    @classmethod
    def decode(cls, data: bytes) -> Participant:
        """Read two words; the address comes without checksum."""
        return cls(
            "0x" + data[:20].hex(),
            int.from_bytes(data[20:32], "big"),
            int.from_bytes(data[32:44], "big"),
            int.from_bytes(data[44:52], "big", signed=True),
            data[52] != 0,
        )


class Roster:
    """All participants of a replay by number, with their packed form always at hand.

    Parameters
    ----------
    participants : sequence of Participant
        In order of their numbers.

    Examples
    --------
    >>> roster = Roster([Participant("0x" + "11" * 20)])
    >>> roster.change(0, score=3)
    >>> roster[0].score, len(roster.data)
    (3, 64)
    """

    def __init__(self, participants: Sequence[Participant] = ()) -> None:
        self._all = list(participants)
        self.data = bytearray(b"".join(each.encode() for each in self._all))

    def __len__(self) -> int:
        return len(self._all)

    def __getitem__(self, number: int) -> Participant:
        return self._all[number]

    def __iter__(self) -> Iterator[Participant]:
        return iter(self._all)

    def enter(self, account: str) -> None:
        """Append somebody without money."""
        self._all.append(Participant(account))
        self.data += self._all[-1].encode()

    def change(self, number: int, **fields: int | bool) -> None:
        """Replace fields of one."""
        changed = replace(self._all[number], **fields)  # type: ignore[arg-type]
        self._all[number] = changed
        self.data[_BYTES * number : _BYTES * (number + 1)] = changed.encode()

    def copy(self) -> Roster:
        """An independent one; participants themselves never change."""
        twin = Roster()
        twin._all, twin.data = list(self._all), bytearray(self.data)
        return twin
