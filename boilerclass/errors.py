"""Exceptions that callers of boilerclass may meet; all share one base class."""


class BoilerclassError(Exception):
    """Base of every error raised on purpose by boilerclass."""


class UnreadableInput(BoilerclassError):
    """An input could not be opened, decoded or recognised."""


class ModelMismatch(BoilerclassError):
    """A model folder is sound, but made for another version or another task."""


class CorruptModel(BoilerclassError):
    """A model folder is missing, incomplete, damaged or altered."""


class CorruptSiteMemory(BoilerclassError):
    """A file of site memory is missing, damaged, or of another version."""


class MissingExtra(BoilerclassError):
    """An optional dependency is needed; the message names the extra to install."""


class InvalidOption(BoilerclassError):
    """An option has a value that means nothing."""
