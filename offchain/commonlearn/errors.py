"""One family of errors: each says what happened and what to do about it.

Every error derives from :class:`CommonlearnError` and from the built-in that fits, so that both ``except
CommonlearnError`` and ``except ValueError`` work. Where the contracts have an error of the same meaning, the class has
the same name and its ``fields`` have the same names in the same order: ``UnknownLabel(7, 2)`` is the contract's
``UnknownLabel(uint256 label, uint256 classes)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

__all__ = [
    "ChecksumMismatch",
    "CommonlearnError",
    "DataNotFound",
    "EmptyClass",
    "EmptySample",
    "ExtraMissing",
    "FeaturizerMismatch",
    "FolderMissing",
    "IndexNotIncreasing",
    "IndexOutOfRange",
    "InvalidConfiguration",
    "InvalidMetadata",
    "InvalidWord",
    "MissingWords",
    "NotFitted",
    "OtherLibrary",
    "SampleDimension",
    "SampleError",
    "SampleLength",
    "StateChanged",
    "StateMissing",
    "TooManyWords",
    "UnknownFeaturizer",
    "UnknownLabel",
    "UnknownModelKind",
    "UnsupportedStep",
    "ValueOutOfRange",
    "WordsError",
]


def _rebuild(cls: type[CommonlearnError], args: tuple[Any, ...], state: dict[str, Any]) -> CommonlearnError:
    # Exception.__reduce__ would call cls(message); our constructors take fields instead.
    error = cls.__new__(cls, *args)
    error.args = args  # OSError.__new__ leaves them empty when a subclass has its own __init__
    error.__dict__.update(state)
    return error


class CommonlearnError(Exception):
    """Base of everything that this package raises on purpose.

    Parameters
    ----------
    user_message : str
        What happened and what to do, in plain words.

    Attributes
    ----------
    user_message : str
        As given. ``str(error)`` is the same text.
    fields : tuple of str
        Names of the attributes that a contract's error of this name carries, in the contract's order.
    """

    fields: ClassVar[tuple[str, ...]] = ()

    def __init__(self, user_message: str) -> None:
        super().__init__(user_message)
        self.user_message = user_message

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, self.__dict__.copy())

    @property
    def values(self) -> tuple[Any, ...]:
        """Values of :attr:`fields`, in the contract's order."""
        return tuple(getattr(self, name) for name in self.fields)


class SampleError(CommonlearnError, ValueError):
    """A sample cannot be encoded, or its bytes break the rules of its encoding.

    Parameters
    ----------
    user_message : str
        What is wrong and what to do.
    sample : int or None
        Position of the sample in the batch that was given, from 0; None for a single one.

    Attributes
    ----------
    sample : int or None
        As given.
    """

    def __init__(self, user_message: str, sample: int | None = None) -> None:
        super().__init__(user_message if sample is None else f"Sample {sample}: {user_message}")
        self.sample = sample


class EmptySample(SampleError):
    """No feature is present: no bytes, or a text without any known word."""

    def __init__(self, sample: int | None = None, *, text: str | None = None) -> None:
        if text is None:
            message = (
                "there is no feature in it. A presence or sparse sample needs at least one non-zero feature; "
                "leave such a sample out, or encode it densely."
            )
        else:
            shown = text if len(text) <= 60 else text[:57] + "..."
            message = f"the text {shown!r} has no word that this model knows. Leave it out, or give a longer text."
        super().__init__(message, sample)
        self.text = text


class SampleLength(SampleError):
    """The bytes are not a whole number of features."""

    fields = ("length", "unit")

    def __init__(self, length: int, unit: int, sample: int | None = None) -> None:
        super().__init__(
            f"{length} bytes are not a multiple of {unit}, the size of one feature. Bytes are missing or trail; "
            "encode it again.",
            sample,
        )
        self.length, self.unit = length, unit


class SampleDimension(SampleError):
    """A dense sample does not have exactly the model's number of features."""

    fields = ("length", "wanted")

    def __init__(self, length: int, wanted: int, sample: int | None = None) -> None:
        super().__init__(
            f"a dense sample of this model is {wanted} bytes ({wanted // 2} features), not {length}. "
            "Use the model's own featuriser.",
            sample,
        )
        self.length, self.wanted = length, wanted


class IndexOutOfRange(SampleError, IndexError):
    """A feature number is not below the model's dimension."""

    fields = ("index", "dimension")

    def __init__(self, index: int, dimension: int, sample: int | None = None) -> None:
        super().__init__(
            f"feature {index} does not exist: this model's features are numbered 0 to {dimension - 1}. "
            "Use the model's own featuriser.",
            sample,
        )
        self.index, self.dimension = index, dimension


class IndexNotIncreasing(SampleError):
    """Feature numbers are out of order or repeated."""

    fields = ("previous", "index")

    def __init__(self, previous: int, index: int, sample: int | None = None) -> None:
        super().__init__(
            f"feature {index} follows feature {previous}, but feature numbers must strictly increase. "
            "Sort them and merge repeated ones.",
            sample,
        )
        self.previous, self.index = previous, index


class ValueOutOfRange(SampleError):
    """A number does not fit where it should go."""

    fields = ("value",)

    def __init__(self, value: float, sample: int | None = None, *, allowed: str = "-32767 to 32767") -> None:
        super().__init__(
            f"the value {value} is not allowed here; allowed is {allowed}. Scale or clip it first.", sample
        )
        self.value = value


class UnknownLabel(CommonlearnError, ValueError):
    """A label names no class that takes part now."""

    fields = ("label", "classes")

    def __init__(self, label: object, classes: int, *, known: Sequence[object] | None = None) -> None:
        options = f"one of {', '.join(map(repr, known))}" if known is not None else f"a number from 0 to {classes - 1}"
        super().__init__(
            f"the label {label!r} names no class that takes part now; use {options}. "
            "A class that was added takes part when its notice is over."
        )
        self.label, self.classes = label, classes


class InvalidConfiguration(CommonlearnError, ValueError):
    """A field of a model's configuration is out of range, or set although the model does not use it."""

    fields = ("configuration",)

    def __init__(self, configuration: int | None, reason: str = "A field is out of range.") -> None:
        shown = "" if configuration is None else f" (configuration {configuration:#066x})"
        super().__init__(f"The model's configuration is not valid: {reason}{shown}")
        self.configuration, self.reason = configuration, reason


class WordsError(CommonlearnError, ValueError):
    """A model's words do not fit its configuration."""


class TooManyWords(WordsError):
    """There are more words than the configuration needs."""

    fields = ("uploaded", "required")

    def __init__(self, uploaded: int, required: int) -> None:
        super().__init__(
            f"{uploaded} words were given, but the configuration needs exactly {required}. Check the configuration."
        )
        self.uploaded, self.required = uploaded, required


class MissingWords(WordsError):
    """There are fewer words than the configuration needs."""

    fields = ("uploaded", "required")

    def __init__(self, uploaded: int, required: int) -> None:
        super().__init__(f"Only {uploaded} of {required} words are there. Give the others too, then try again.")
        self.uploaded, self.required = uploaded, required


class EmptyClass(WordsError):
    """A class has no samples, so it could never be predicted."""

    fields = ("class_",)

    def __init__(self, class_: int) -> None:
        super().__init__(f"Class {class_} has no samples in the words. Fit on at least one sample of each class.")
        self.class_ = class_


class InvalidWord(WordsError):
    """A word has bits set that belong to no lane, or is no 256-bit number."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(
            f"Word {number} {reason}. These words were not made by this layout; check where they come from."
        )
        self.number, self.reason = number, reason


class NotFitted(CommonlearnError, ValueError, AttributeError):
    """An estimator is used before it has learned or loaded anything."""

    def __init__(self, estimator: str) -> None:
        super().__init__(f"This {estimator} has not learned anything yet. Call fit, partial_fit or from_words first.")
        self.estimator = estimator


class DataNotFound(CommonlearnError, FileNotFoundError):
    """A data set is in none of the places where it is looked for."""

    def __init__(self, name: str, places: Sequence[str], address: str) -> None:
        looked = "; ".join(places) if places else "nowhere"
        super().__init__(
            f"The data set {name!r} was not found (looked in: {looked}). Three ways to get it: "
            "set COMMONLEARN_DATA to a folder that holds it, "
            "put it into the cache folder (COMMONLEARN_CACHE names another one), "
            f"or allow the download of {address} (download=True, with a network)."
        )
        self.name, self.places, self.address = name, tuple(places), address


class ChecksumMismatch(CommonlearnError, OSError):
    """A file is not the one that was published."""

    def __init__(self, name: str, found: str, wanted: str) -> None:
        super().__init__(
            f"{name} is not the published file: its checksum is {found}, it should be {wanted}. "
            "Delete it and download it again."
        )
        self.name, self.found, self.wanted = name, found, wanted


class InvalidMetadata(CommonlearnError, ValueError):
    """A featuriser's description is incomplete or contradicts itself."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The featuriser's description cannot be used: {reason} Ask whoever published the model.")
        self.reason = reason


class UnknownFeaturizer(CommonlearnError, LookupError):
    """A model names a featuriser that is not installed, or a newer version of one."""

    def __init__(self, id_: str, version: int, supported: int | None = None) -> None:
        if supported is None:
            message = (
                f"This model needs the featuriser {id_!r} (version {version}), which is not installed. "
                "Upgrade commonlearn (pip install --upgrade commonlearn), "
                "or install the package that offers it and register it."
            )
        else:
            message = (
                f"This model needs version {version} of the featuriser {id_!r}; version {supported} is installed. "
                "Upgrade commonlearn (pip install --upgrade commonlearn)."
            )
        super().__init__(message)
        self.id, self.version, self.supported = id_, version, supported


class ExtraMissing(UnknownFeaturizer):
    """A featuriser stands on a package that is not installed."""

    def __init__(self, id_: str, version: int, package: str, extra: str) -> None:
        CommonlearnError.__init__(
            self,
            f"The featuriser {id_!r} (version {version}) needs {package}, which is not installed. Install it: "
            f'pip install "commonlearn[{extra}]"',
        )
        self.id, self.version, self.supported = id_, version, version
        self.package, self.extra = package, extra


class OtherLibrary(CommonlearnError, ValueError):
    """An installed library gives other results than the one that a model was made with."""

    def __init__(self, id_: str, library: str, installed: str, wanted: str | None = None) -> None:
        what = (
            f'Install the version that the model was made with: pip install "{library}=={wanted}"'
            if wanted is not None and wanted != installed
            else "Ask whoever published the model what it was made with."
        )
        super().__init__(
            f"The featuriser {id_!r} gives other results with {library} {installed} than where the model was made, so "
            f"its samples would be others. {what}"
        )
        self.id, self.library, self.installed, self.wanted = id_, library, installed, wanted


class FeaturizerMismatch(CommonlearnError, ValueError):
    """A featuriser has another hash than the model's contract names."""

    def __init__(self, id_: str, version: int, recorded: str, found: str) -> None:
        super().__init__(
            f"The model's contract names the featuriser {id_!r} (version {version}) with the hash {recorded}, but what "
            f"was rebuilt here has {found}. Its samples might be others, so it is not used. Upgrade commonlearn (pip "
            "install --upgrade commonlearn); if that does not help, do not trust the model's description."
        )
        self.id, self.version, self.recorded, self.found = id_, version, recorded, found


class StateMissing(CommonlearnError, LookupError):
    """A featuriser's fitted state is not in the store."""

    def __init__(self, digits: str, where: str, reason: str | None = None) -> None:
        why = "is not in" if reason is None else f"cannot be read ({reason}) in"
        super().__init__(
            f"The file {digits} with the featuriser's fitted state {why} {where}. Get it from whoever published the "
            "model and put it in with commonlearn store add FILE, or name the folder that has it in COMMONLEARN_STORE."
        )
        self.digits, self.where, self.reason = digits, where, reason


class FolderMissing(CommonlearnError, LookupError):
    """A featuriser needs a folder that the user must name."""

    def __init__(self, what: str, variable: str, looked: Sequence[str]) -> None:
        where = f"is in none of {', '.join(looked)}" if looked else "is not named"
        super().__init__(
            f"The featuriser needs {what}, which {where}. Nothing is downloaded by itself: get it, and name its folder "
            f"in the environment variable {variable}."
        )
        self.what, self.variable, self.looked = what, variable, tuple(looked)


class StateChanged(CommonlearnError, ValueError):
    """A file of fitted state is not what its name says."""

    def __init__(self, path: str, found: str) -> None:
        super().__init__(
            f"The file {path} has been changed: its content has the hash {found}. Delete it, get it again from whoever "
            "published the model, and put it in with commonlearn store add FILE."
        )
        self.path, self.found = path, found


class UnsupportedStep(CommonlearnError, ValueError):
    """A fitted pipeline has a part that cannot be written down as plain numbers."""

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(
            f"The pipeline's step {step} cannot be published: {reason}. Use ColumnTransformer and Pipeline of "
            "StandardScaler, MinMaxScaler, OneHotEncoder and SimpleImputer."
        )
        self.step, self.reason = step, reason


class UnknownModelKind(CommonlearnError, LookupError):
    """A model's algorithm has no twin here."""

    def __init__(self, kind: str, known: Sequence[str] = ()) -> None:
        super().__init__(
            f"There is no twin for models of the kind {kind!r}; known are {', '.join(known) or 'none'}. "
            "Upgrade commonlearn (pip install --upgrade commonlearn)."
        )
        self.kind, self.known = kind, tuple(known)
