"""Settings of the brownie scripts: a TOML file, checked field by field.

``scripts/settings.toml`` has them all; it is the one that is read when no other is named.
"""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from commonlearn.chain.fees import Prices
from commonlearn.client.errors import RulesProblem
from commonlearn.client.incentives import CHOICES
from commonlearn.errors import CommonlearnError
from commonlearn.money import format_ether, parse_amount

__all__ = ["Accounts", "Claims", "Contributions", "Deployment", "Settings", "SettingsProblem"]

DEFAULT = Path(__file__).resolve().parent / "settings.toml"
"""What a script reads that is given no file."""


class SettingsProblem(CommonlearnError, ValueError):
    """A settings file is missing, is no TOML, or says something that cannot be used."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}. {DEFAULT.name} beside the scripts shows every setting.")
        self.path, self.reason = path, reason


def _amount(value: Any) -> Any:
    return parse_amount(value) if isinstance(value, str) else value


Wei = Annotated[int, BeforeValidator(_amount)]
"""An amount such as ``"0.001 ether"``; a bare number is wei."""

_IN_WORDS = {"max_stake": format_ether}


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    def in_words(self) -> list[tuple[str, str]]:
        """Return what is set, for people, in the file's order."""
        found = []
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, _Section):
                found += value.in_words()
            elif value is not None and value != "":
                found.append((name.replace("_", " "), str(_IN_WORDS.get(name, str)(value))))
        return found


class Accounts(_Section):
    """Who pays: a keystore's name or file on live networks, one of the chain's own accounts on development networks."""

    live: str | None = None
    development: int = Field(default=0, ge=0)


class Deployment(_Section):
    """What is deployed: data to learn the first weights from, and the rules."""

    name: str
    description: str = ""
    csv: Path
    label: str
    text: str | None = None
    columns: list[str] | None = None
    image: str | None = None
    featurizer: str | None = None
    features: dict[str, str | int | bool] = Field(default_factory=dict)
    model: Literal["perceptron", "centroid", "bayes"] = "perceptron"
    dimension: int = Field(default=1_000, ge=1, le=65_536)
    curator: str | None = None
    incentive: str = "self-assessment"
    rules: dict[str, Any]

    @field_validator("incentive")
    @classmethod
    def _known(cls, word: str) -> str:
        if word not in CHOICES:
            raise ValueError(f"it is {word!r}, but must be one of {', '.join(CHOICES)}")
        return word

    @field_validator("rules")
    @classmethod
    def _readable(cls, rules: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        """Check the rules as the incentive does; all but accounts must be said, as they are fixed for ever."""
        choice = CHOICES.get(info.data.get("incentive", ""))
        if choice is None:
            return rules
        for rule in choice.rules:
            if rule.default is not None and rule.name not in rules:
                raise ValueError(f"{rule.name} is missing")
        try:
            choice.parse(rules)
        except RulesProblem as problem:
            raise ValueError(f"{problem.rule}: {problem.reason}") from None
        return rules

    def terms(self, deployer: str) -> Any:
        """Return the rules as the contract takes them; the deployer stands in for accounts that are not named."""
        return CHOICES[self.incentive].terms(self.rules, deployer)

    def in_words(self) -> list[tuple[str, str]]:
        choice = CHOICES[self.incentive]
        parsed = choice.parse(self.rules)
        rules = [(rule, parsed[rule.name]) for rule in choice.rules if parsed[rule.name] is not None]
        said = [(rule.name.replace("_", " "), rule.show(value)) for rule, value in rules]
        return [row for row in super().in_words() if row[0] != "rules" and row[1] != "{}"] + said


class Contributions(_Section):
    """What is contributed: a model, labelled rows, and the most to stake on one."""

    model: str
    csv: Path
    label: str
    text: str | None = None
    max_stake: Wei | None = None
    job: str | None = None


class Claims(_Section):
    """What is claimed: all that can be of a model, or only some contributions."""

    model: str
    ids: list[int] | None = None


class Settings(_Section):
    """A whole file. Each script reads its own section and the common part.

    Attributes
    ----------
    path : Path
        The file.
    deployments : Path
        Folder of deployment records.
    account : Accounts
    eth_usd, gas_gwei : Decimal or None
        The price of an ether in dollars, and the highest price of a unit of gas.
    deploy, contribute, refund, report
        The sections.
    """

    path: Path
    deployments: Path
    account: Accounts = Accounts()
    eth_usd: Decimal | None = None
    gas_gwei: Decimal | None = None
    deploy: Deployment | None = None
    contribute: Contributions | None = None
    refund: Claims | None = None
    report: Claims | None = None

    @classmethod
    def read(cls, path: str | Path = DEFAULT) -> Self:
        """Read a file; paths in it count from its folder.

        Raises
        ------
        SettingsProblem
            It is missing, no TOML, or a setting is missing, unknown or out of range; the message says which.
        """
        file = Path(path).expanduser()
        try:
            content = tomllib.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise SettingsProblem(file, error.strerror or "it cannot be read") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsProblem(file, f"it is no TOML ({error})") from None
        try:
            read = cls.model_validate({**content, "path": file})
        except ValidationError as error:
            raise SettingsProblem(file, "; ".join(_said(one) for one in error.errors())) from None
        except CommonlearnError as error:
            raise SettingsProblem(file, error.user_message.rstrip(".")) from None
        return read._beside(file.resolve().parent)

    def prices(self) -> Prices:
        """Return what the file says about prices, else what the environment does."""
        given = [None if value is None else str(value) for value in (self.eth_usd, self.gas_gwei)]
        return Prices.from_options(*given)

    def section(self, name: str) -> Any:
        """Return a script's section.

        Raises
        ------
        SettingsProblem
            The file has none.
        """
        found = getattr(self, name)
        if found is None:
            raise SettingsProblem(self.path, f"it has no section [{name}]")
        return found

    def _beside(self, folder: Path) -> Self:
        """Make all paths count from a folder."""

        def moved(section: Any) -> Any:
            return None if section is None else section.model_copy(update={"csv": (folder / section.csv).resolve()})

        update = {"deployments": (folder / self.deployments).resolve(), "deploy": moved(self.deploy)}
        return self.model_copy(update={**update, "contribute": moved(self.contribute)})


def _said(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"the setting {where} is not known"
    if error["type"] == "missing":
        return f"the setting {where} is missing"
    reason = error["msg"].removeprefix("Value error, ").rstrip(".")
    return f"the setting {where} cannot be used: {reason[0].lower()}{reason[1:]}"
