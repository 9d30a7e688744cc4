"""The one error base of the program.

Every error that a user may see is an `AssistantError`: a Chinese sentence that says what went wrong
and one that says what to do. Anything else that escapes is a bug.
"""

from __future__ import annotations


class AssistantError(Exception):
    """What went wrong (`message`) and what the user can do about it (`remedy`), both in Chinese."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}{self.remedy}"


class DataError(AssistantError):
    """A data file of the program or of the user's configuration does not read as it must."""


class DocumentError(AssistantError):
    """A user's file cannot be read, or a file cannot be written."""


class ModelError(AssistantError):
    """The language model or the embedder is missing, damaged, or failed while working."""


class ContextOverflow(ModelError):
    """The prompt and the asked-for output do not fit the model's context together."""


class IndexStateError(AssistantError):
    """The index is missing, empty, or was built with other settings."""


class RequestError(AssistantError):
    """The request cannot be carried out as it stands (nothing to revise, unknown genre …)."""
