"""Exit codes of every command. They are stable: scripts may rely on them.

==== =========== ================================================================================================
code name        meaning
==== =========== ================================================================================================
0    OK          done; also when there was nothing to do
1    INTERNAL    something that this program did not foresee
2    USAGE       wrong options or arguments
3    DECLINED    the question before a write was answered with no; nothing was sent
4    UNREACHABLE the node does not answer; run the same command again, it goes on where it stopped
5    WRONG_PLACE wrong network, no contract or another contract at the address, or no copy of the model here
6    BAD_DATA    a sample, label, file or amount cannot be used; nothing was sent
7    ACCOUNT     keystore, signer or funds
8    REFUSED     the contract or the node refused
9    LATER       not yet: a transaction is still under way, the stake is above the limit, or another process is at it
130  INTERRUPTED stopped from the keyboard
==== =========== ================================================================================================
"""

from __future__ import annotations

from enum import IntEnum

from commonlearn.cli.errors import InternalProblem, UsageProblem
from commonlearn.client.failures import Family, family_of
from commonlearn.errors import CommonlearnError

__all__ = ["ExitCode", "exit_code_of"]


class ExitCode(IntEnum):
    """See the module's table."""

    OK = 0
    INTERNAL = 1
    USAGE = 2
    DECLINED = 3
    UNREACHABLE = 4
    WRONG_PLACE = 5
    BAD_DATA = 6
    ACCOUNT = 7
    REFUSED = 8
    LATER = 9
    INTERRUPTED = 130


_CODES = {
    Family.DECLINED: ExitCode.DECLINED,
    Family.UNREACHABLE: ExitCode.UNREACHABLE,
    Family.WRONG_PLACE: ExitCode.WRONG_PLACE,
    Family.BAD_DATA: ExitCode.BAD_DATA,
    Family.ACCOUNT: ExitCode.ACCOUNT,
    Family.REFUSED: ExitCode.REFUSED,
    Family.LATER: ExitCode.LATER,
    Family.OTHER: ExitCode.BAD_DATA,
}


def exit_code_of(error: CommonlearnError) -> ExitCode:
    """The exit code of a failure.

    Examples
    --------
    >>> from commonlearn.errors import UnknownLabel
    >>> exit_code_of(UnknownLabel("x", 2))
    <ExitCode.BAD_DATA: 6>
    """
    if isinstance(error, UsageProblem):
        return ExitCode.USAGE
    return ExitCode.INTERNAL if isinstance(error, InternalProblem) else _CODES[family_of(error)]
