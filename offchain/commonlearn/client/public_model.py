"""A public model as an estimator: free to use after one sync, improved under stake."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from commonlearn.chain.fees import CostQuote, Prices
from commonlearn.client.claims import Claim, ClaimResult
from commonlearn.client.contributing import ContributionReceipt
from commonlearn.client.errors import LengthMismatch
from commonlearn.client.labels import label_numbers
from commonlearn.client.leaderboard import Standing
from commonlearn.client.participation import Participation
from commonlearn.client.stakes import TOLERANCE, ContributionQuote
from commonlearn.client.synced_model import SyncedModel
from commonlearn.client.views import AccountStatus, AddedClass, HistoryLine, ModelStatus
from commonlearn.client.voting import BadgeView, Candidate, ClaimedBadges, VoteResult, Voting
from commonlearn.errors import UnknownLabel
from commonlearn.records import Badge

__all__ = ["PublicModel"]

Progress = Callable[[int, int], None]
Confirm = Callable[[CostQuote, Sequence[Claim]], bool]


class PublicModel(SyncedModel):
    """A public model: what :class:`SyncedModel` does for free, and taking part under stake. Made by :meth:`load`.

    Examples
    --------
    Against a node::

        from commonlearn import PublicModel

        model = PublicModel.load("0x…", rpc="http://…")  # one sync; cached on disk, updated from events afterwards
        model.predict(["a moving, funny film"])  # free, offline from here on
        model.contribute(["dull and far too long"], ["negative"], account=account)
    """

    def _numbers(self, labels: Sequence[Any]) -> list[int]:
        try:
            return label_numbers(labels, self.classes_.tolist())
        except UnknownLabel:
            self.sync()  # the class may have been announced since
            return label_numbers(labels, self.classes_.tolist())

    def _part(self, prices: Prices | None) -> Participation:
        return Participation(self, self.contract, self._cache, self._journals, prices)

    def contribute(
        self,
        raw: Sequence[Any],
        labels: Sequence[Any],
        *,
        account: Any,
        max_stake_wei: int | None = None,
        tolerance: float = TOLERANCE,
        job: str | None = None,
        in_flight: int | None = None,
        confirm: Callable[[ContributionQuote], bool] | None = None,
        on_progress: Progress | None = None,
        prices: Prices | None = None,
    ) -> list[ContributionReceipt]:
        """Teach the model labelled data under stake.

        Parameters
        ----------
        raw : sequence, length n
            What the model's featuriser takes. All items are checked before anything is sent.
        labels : sequence of str or int, length n
            Class names or numbers.
        account : signer, eth_account account, or address
            Who pays and is refunded; an address stands for an account that the node has unlocked.
        max_stake_wei : int, optional
            The most to send with one contribution; by default the forecast times `tolerance`.
        tolerance : float, default 1.25
            Room above the forecast stake; what is not needed is credited.
        job : str, optional
            Name of this job. With a name, running a finished job again sends nothing and returns its receipts; without,
            only an unfinished job is continued and a finished one would be made once more.
        in_flight : int, optional
            Contributions under way at once, 16 by default.
        confirm : callable, optional
            Asked with a quote before anything is sent.
        on_progress : callable, optional
            Told how many are done, and of how many.
        prices : Prices, optional
            Gas price and the dollar's.

        Returns
        -------
        list of ContributionReceipt
            In the order given, those of an interrupted earlier run included.

        Raises
        ------
        SampleError, UnknownLabel, LengthMismatch, NothingToContribute
            The data cannot be contributed; nothing was sent.
        ContributionsInterrupted
            The node went away. Call again with the same data: it goes on, and nothing is staked twice.
        StakeAboveLimit, InsufficientFunds, Declined, CommonlearnError
            Nothing more was sent.
        """
        if len(raw) != len(labels):
            raise LengthMismatch(len(raw), len(labels))
        return self._part(prices).contribute(
            self.encode(raw), self._numbers(labels), account, max_stake_wei=max_stake_wei, tolerance=tolerance,
            name=job, in_flight=in_flight, confirm=confirm, on_progress=on_progress,
        )  # fmt: skip

    def contribute_encoded(
        self, samples: Sequence[bytes], labels: Sequence[Any], *, account: Any, **options: Any
    ) -> list[ContributionReceipt]:
        """As :meth:`contribute`, with encoded samples."""
        if len(samples) != len(labels):
            raise LengthMismatch(len(samples), len(labels))
        options["name"] = options.pop("job", None)
        part = self._part(options.pop("prices", None))
        return part.contribute(list(samples), self._numbers(labels), account, **options)

    def quote(
        self, raw: Sequence[Any], labels: Sequence[Any], *, account: Any, prices: Prices | None = None
    ) -> ContributionQuote:
        """What :meth:`contribute` would cost now. Sends nothing."""
        if len(raw) != len(labels):
            raise LengthMismatch(len(raw), len(labels))
        return self._part(prices).quote(self.encode(raw), self._numbers(labels), account)

    def refund(
        self,
        *,
        account: Any,
        ids: Sequence[int] | None = None,
        confirm: Confirm | None = None,
        on_progress: Progress | None = None,
        prices: Prices | None = None,
    ) -> ClaimResult:
        """Take back all stakes of an account that can be taken back now; the result says why others cannot yet.

        Parameters
        ----------
        account : signer, eth_account account, or address
        ids : sequence of int, optional
            Only these contributions.
        confirm, on_progress, prices
            As for :meth:`contribute`; `confirm` also gets the claims.
        """
        return self._part(prices).refund(account, ids, confirm=confirm, on_progress=on_progress)

    def report(
        self,
        *,
        account: Any,
        ids: Sequence[int] | None = None,
        confirm: Confirm | None = None,
        on_progress: Progress | None = None,
        prices: Prices | None = None,
    ) -> ClaimResult:
        """Report all contributions of others that can be reported now. Raises `NotProven` if the account may not."""
        return self._part(prices).report(account, ids, confirm=confirm, on_progress=on_progress)

    def sweep(
        self,
        *,
        account: Any,
        ids: Sequence[int] | None = None,
        confirm: Confirm | None = None,
        on_progress: Progress | None = None,
        prices: Prices | None = None,
    ) -> ClaimResult:
        """Credit all stakes that nobody claimed in time to the beneficiary. Anyone may."""
        return self._part(prices).sweep(account, ids, confirm=confirm, on_progress=on_progress)

    def add_class(
        self,
        raw: Sequence[Any],
        *,
        account: Any,
        confirm: Callable[[CostQuote], bool] | None = None,
        prices: Prices | None = None,
    ) -> AddedClass:
        """Announce a class made of these items; for the model's curator, and for nearest centroid only.

        Parameters
        ----------
        raw : sequence, at least 1
            Items of the class, as the model's featuriser takes them.
        account : signer, eth_account account, or address
            The curator.
        confirm, prices
            As for :meth:`contribute`.

        Returns
        -------
        AddedClass
            Its number, and when it takes part.

        Raises
        ------
        ClassesFixed, OnlyCurator, SampleError, NothingToContribute, Declined
            Nothing was sent.
        """
        return self._part(prices).add_class(self.encode(raw), account, confirm=confirm)

    def withdraw(
        self,
        *,
        account: Any,
        to: str | None = None,
        confirm: Callable[[CostQuote, int], bool] | None = None,
        prices: Prices | None = None,
    ) -> tuple[int, int]:
        """Pay out all that an account is owed.

        Parameters
        ----------
        to : str, optional
            Recipient; the account itself by default.

        Returns
        -------
        amount_wei, fee_wei : int

        Raises
        ------
        NothingOwed, WithdrawalFailed, Declined
        """
        return self._part(prices).withdraw(account, to, confirm=confirm)

    def status(self) -> ModelStatus:
        """The model's money and clocks now."""
        return self._part(None).model_status()

    def account_status(self, address: str) -> AccountStatus:
        """An account's money, and how each of its contributions stands."""
        return self._part(None).account_status(address)

    def history(self, *, last: int | None = None) -> list[HistoryLine]:
        """What happened to the model, in order; perhaps only the last so many events."""
        return self._part(None).history(last)

    # ------------------------------------------------------------------------------------- points, where there are some

    def _voting(self, what: str) -> Voting:
        return Voting(self, self._cache, what)

    def leaderboard(self, *, top: int | None = None) -> list[Standing]:
        """Who has how many points, most first; computed from the whole log, and equal to the contract's.

        Raises
        ------
        WrongIncentive
            The model's incentive is not points.
        """
        return self._voting("A leaderboard").leaderboard(top=top)

    def standing(self, address: str) -> Standing:
        """An account's points, and what it can give. Raises as :meth:`leaderboard`."""
        return self._voting("A standing").standing(address)

    def confirm(
        self,
        ids: Sequence[int],
        *,
        account: Any,
        confirm: Callable[[CostQuote, Sequence[Candidate]], bool] | None = None,
        on_progress: Progress | None = None,
        prices: Prices | None = None,
    ) -> VoteResult:
        """Say that others' contributions are right: their authors get points, which cost the account a fee in points.

        Parameters
        ----------
        ids : sequence of int
            Contributions. Those that cannot be voted on are left out; the result says why.
        account : signer, eth_account account, or address
        confirm : callable, optional
            Asked with the cost and the contributions (what they hold, what their authors said, what the model says)
            before anything is sent.
        on_progress, prices
            As for :meth:`contribute`.

        Raises
        ------
        WrongIncentive, UnknownContribution, Declined
            Nothing was sent.
        VoteOnOwn, AlreadyVoted, VotesClosed, NoStanding
            None of them can be voted on, the first for this reason.
        """
        return self._vote(ids, account, True, confirm, on_progress, prices)

    def contest(
        self,
        ids: Sequence[int],
        *,
        account: Any,
        confirm: Callable[[CostQuote, Sequence[Candidate]], bool] | None = None,
        on_progress: Progress | None = None,
        prices: Prices | None = None,
    ) -> VoteResult:
        """Say that others' contributions are wrong: their authors lose points from them. As :meth:`confirm`."""
        return self._vote(ids, account, False, confirm, on_progress, prices)

    def badges(self, address: str) -> list[BadgeView]:
        """Every badge, and whether an account has earned it and was awarded it. Raises as :meth:`leaderboard`."""
        return self._voting("Badges").badges(address)

    def claim_badges(
        self,
        *,
        account: Any,
        holder: str | None = None,
        confirm: Callable[[CostQuote, Sequence[Badge]], bool] | None = None,
        prices: Prices | None = None,
    ) -> ClaimedBadges:
        """Have all badges minted that an account has earned; votes that agreed with final tallies are counted first.

        Parameters
        ----------
        account : signer, eth_account account, or address
            Who pays the gas: anyone.
        holder : str, optional
            Who has earned them; the paying account by default.
        """
        sender = self._part(prices).sender(account)
        return self._voting("Badges").claim_badges(sender, holder or sender.address, confirm=confirm)

    def _vote(
        self,
        ids: Sequence[int],
        account: Any,
        confirms: bool,
        confirm: Callable[[CostQuote, Sequence[Candidate]], bool] | None,
        on_progress: Progress | None,
        prices: Prices | None,
    ) -> VoteResult:
        sender = self._part(prices).sender(account)
        return self._voting("A vote").vote(sender, ids, confirms=confirms, confirm=confirm, on_progress=on_progress)
