"""A public model as an estimator: free to use after one sync, improved under stake."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from commonlearn.chain.fees import CostQuote, Prices
from commonlearn.client.archive import Archive
from commonlearn.client.claims import Claim, ClaimResult
from commonlearn.client.labels import label_numbers
from commonlearn.client.leaderboard import Standing
from commonlearn.client.market.market import Market
from commonlearn.client.participation import Participation
from commonlearn.client.quoting import ContributionQuote
from commonlearn.client.receipts import Contributions
from commonlearn.client.selection import Encode, Selection, select
from commonlearn.client.stakes import TOLERANCE
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

    def _select(self, raw: Sequence[Any], labels: Sequence[Any], encode: Encode, *, strict: bool) -> Selection:
        was_synced = False

        def checked(some: Sequence[Any]) -> list[bytes]:
            samples = encode(some)
            self.twin.model_.decode(samples)  # malformed samples are found before anything is sent
            return samples

        def numbers(some: Sequence[Any]) -> list[int]:
            nonlocal was_synced
            try:
                return label_numbers(some, self.classes_.tolist())
            except UnknownLabel:
                if was_synced:
                    raise
                self.sync()  # the class may have been announced since
                was_synced = True
                return label_numbers(some, self.classes_.tolist())

        return select(raw, labels, checked, numbers, strict=strict)

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
        stake_wei: int | None = None,
        job: str | None = None,
        batch: int | None = None,
        in_flight: int | None = None,
        strict: bool = True,
        confirm: Callable[[ContributionQuote], bool] | None = None,
        on_progress: Progress | None = None,
        prices: Prices | None = None,
    ) -> Contributions:
        """Teach the model labelled data under stake, many samples in one transaction.

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
        stake_wei : int, optional
            In a market, what to stake on each contribution; the least stake by default.
        job : str, optional
            Name of this job. With a name, running a finished job again sends nothing and returns its receipts; without,
            only an unfinished job is continued and a finished one would be made once more.
        batch : int, optional
            Most contributions in a transaction: by default as many as fit into a quarter of a block, or one where the
            model's incentive takes no batches.
        in_flight : int, optional
            Contributions under way at once where each has its own transaction, 16 by default.
        strict : bool, default True
            Whether one bad sample stops all. If not, bad ones are left out, and the result says which and why.
        confirm : callable, optional
            Asked with a quote before anything is sent.
        on_progress : callable, optional
            Told how many are done, and of how many.
        prices : Prices, optional
            Gas price and the dollar's.

        Returns
        -------
        Contributions
            Receipts in the order given, those of an interrupted earlier run included, and what was left out.

        Raises
        ------
        SampleError, UnknownLabel, LengthMismatch, NothingToContribute
            The data cannot be contributed; nothing was sent.
        ContributionsInterrupted
            The node went away. Call again with the same data: it goes on, and nothing is staked twice.
        StakeAboveLimit, InsufficientFunds, Declined, CommonlearnError
            Nothing more was sent.
        """
        return self._contribute(
            raw, labels, self.encode, account, prices, strict, max_stake_wei=max_stake_wei, tolerance=tolerance,
            stake_wei=stake_wei, name=job, batch=batch, in_flight=in_flight, confirm=confirm, on_progress=on_progress,
        )  # fmt: skip

    def contribute_encoded(
        self, samples: Sequence[bytes], labels: Sequence[Any], *, account: Any, **options: Any
    ) -> Contributions:
        """As :meth:`contribute`, with encoded samples."""
        options["name"] = options.pop("job", None)
        prices, strict = options.pop("prices", None), options.pop("strict", True)
        return self._contribute(samples, labels, list, account, prices, strict, **options)

    def _contribute(
        self,
        raw: Sequence[Any],
        labels: Sequence[Any],
        encode: Encode,
        account: Any,
        prices: Prices | None,
        strict: bool,
        **options: Any,
    ) -> Contributions:
        chosen = self._select(raw, labels, encode, strict=strict)
        made = self._part(prices).contribute(
            chosen.samples, chosen.labels, account, strict=strict, left_out=chosen.refused, **options
        )
        return chosen.restored(made)

    def labelled(self, raw: Sequence[Any], labels: Sequence[Any]) -> tuple[list[bytes], list[int]]:
        """Raw items and labels as encoded samples and class numbers. Raises `SampleError` and `UnknownLabel`."""
        chosen = self._select(raw, labels, self.encode, strict=True)
        return list(chosen.samples), list(chosen.labels)

    def quote(
        self,
        raw: Sequence[Any],
        labels: Sequence[Any],
        *,
        account: Any,
        batch: int | None = None,
        strict: bool = True,
        prices: Prices | None = None,
    ) -> ContributionQuote:
        """What :meth:`contribute` would cost now. Sends nothing."""
        chosen = self._select(raw, labels, self.encode, strict=strict)
        quoted = self._part(prices).quote(chosen.samples, chosen.labels, account, strict=strict, batch=batch)
        return replace(quoted, refused=chosen.refused)

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

    def market(self, *, state: str | Path | None = None, prices: Prices | None = None) -> Market:
        """The model's prediction market.

        Parameters
        ----------
        state : path, optional
            Folder of providers' secrets and watches' notes; beside the journals by default.
        prices : Prices, optional
            Gas price and the dollar's.

        Raises
        ------
        NotACollaboration
            The model's incentive is another.
        """
        folder = self._journals.parent / "markets" if state is None else Path(state)
        return Market(self, self._cache, folder, prices)

    def archive(self) -> Archive:
        """The model's whole history: its data set as of any block, and its life. Free: nothing is sent."""
        return Archive(self, self._cache)

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
        return self._voting("leaderboard").leaderboard(top=top)

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
        return self._voting("badge").badges(address)

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
        return self._voting("badge").claim_badges(sender, holder or sender.address, confirm=confirm)

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
        return self._voting("vote").vote(sender, ids, confirms=confirms, confirm=confirm, on_progress=on_progress)
