"""Private spot checks on their way: a holder's question and its owner's answer, in letters that only they can write.

A letter is a NaCl box (X25519, XSalsa20-Poly1305) of both registered keys: who else knows the place can neither read,
write nor change it. Inside, big-endian:

- question: ``CLQ1``, 32 bytes dataset, 4 subset, 4 row, 32 challenge
- answer: ``CLR1``, the 32 bytes of the challenge, 32 bytes ``keccak256(row ‖ salt ‖ challenge)``
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import nacl.exceptions
import nacl.public

from commonlearn.pod.errors import PodError

__all__ = [
    "MOST",
    "LetterRefused",
    "Question",
    "answer_letter",
    "names_of",
    "question_letter",
    "read_answer",
    "read_question",
]

MOST = 512
"""Bytes of a letter, at most."""
_QUESTION, _ANSWER = struct.Struct(">4s32sII32s"), struct.Struct(">4s32s32s")


class LetterRefused(PodError, ValueError):
    """A letter of a spot check is not by whom it should be, or is not one."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"The letter {name} is not read: {reason}. Anybody may write where letters lie; it is taken for none."
        )
        self.name, self.reason = name, reason


@dataclass(frozen=True, slots=True)
class Question:
    """Which row is asked for, and 32 fresh random bytes."""

    dataset: int
    subset: int
    row: int
    challenge: bytes


def names_of(dataset: int, subset: int, index: int, offer: int) -> tuple[str, str]:
    """Names of question and answer of a seat.

    Examples
    --------
    >>> names_of(3, 0, 1, 0)
    ('asked-3-0-1-0', 'answered-3-0-1-0')
    """
    place = f"{dataset}-{subset}-{index}-{offer}"
    return f"asked-{place}", f"answered-{place}"


def question_letter(question: Question, private: bytes, owner: bytes) -> bytes:
    """Write a question to an owner's public key.

    Examples
    --------
    >>> from commonlearn.custody import new_key
    >>> (holder, its_public), (owner, public) = new_key(), new_key()
    >>> letter = question_letter(Question(1, 0, 7, bytes(32)), holder, public)
    >>> read_question("asked", letter, owner, its_public).row
    7
    """
    text = _QUESTION.pack(
        b"CLQ1", question.dataset.to_bytes(32, "big"), question.subset, question.row, question.challenge
    )
    return _closed(text, private, owner)


def read_question(name: str, letter: bytes, private: bytes, holder: bytes) -> Question:
    """Read a question of a holder.

    Raises
    ------
    LetterRefused
        It is not by that holder, or no question.
    """
    text = _opened(name, letter, private, holder)
    if len(text) != _QUESTION.size or text[:4] != b"CLQ1":
        raise LetterRefused(name, "it is no question")
    _, dataset, subset, row, challenge = _QUESTION.unpack(text)
    return Question(int.from_bytes(dataset, "big"), subset, row, challenge)


def answer_letter(challenge: bytes, answer: bytes, private: bytes, holder: bytes) -> bytes:
    """Write an answer to a holder's public key."""
    return _closed(_ANSWER.pack(b"CLR1", challenge, answer), private, holder)


def read_answer(name: str, letter: bytes, challenge: bytes, private: bytes, owner: bytes) -> bytes:
    """Read the owner's answer to a challenge: 32 bytes.

    Raises
    ------
    LetterRefused
        It is not by that owner, no answer, or one to another challenge.
    """
    text = _opened(name, letter, private, owner)
    if len(text) != _ANSWER.size or text[:4] != b"CLR1":
        raise LetterRefused(name, "it is no answer")
    _, asked, answer = _ANSWER.unpack(text)
    if asked != challenge:
        raise LetterRefused(name, "it answers another challenge")
    return bytes(answer)


def _closed(text: bytes, private: bytes, receiver: bytes) -> bytes:
    box = nacl.public.Box(nacl.public.PrivateKey(private), nacl.public.PublicKey(receiver))
    return bytes(box.encrypt(text))


def _opened(name: str, letter: bytes, private: bytes, sender: bytes) -> bytes:
    try:
        box = nacl.public.Box(nacl.public.PrivateKey(private), nacl.public.PublicKey(sender))
        return bytes(box.decrypt(letter))
    except (nacl.exceptions.CryptoError, ValueError, TypeError):
        raise LetterRefused(name, "it was changed, or written by somebody else") from None
