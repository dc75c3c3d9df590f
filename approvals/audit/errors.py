"""What an act refuses, as sentences a person can act upon."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied


class Refusal(Exception):
    """An act was refused; nothing was written.

    ``code`` is stable and for programs; ``message`` is a sentence for the person.
    """

    def __init__(self, code: str, message: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class PolicyDenied(Refusal, PermissionDenied):
    """This person may not do this (HTTP 403)."""


class StateConflict(Refusal):
    """The object's state, or a race that was lost, forbids it (HTTP 409)."""


class InvalidInput(Refusal):
    """What was given is wrong (HTTP 400); ``errors`` names the fields.

    ``errors`` maps a field's name (``"__all__"`` for none) to its sentences.
    """

    def __init__(self, errors: Mapping[str, Sequence[Any]], code: str = "invalid") -> None:
        self.errors = {field: list(messages) for field, messages in errors.items()}
        first = next(iter(self.errors.values()))[0]
        super().__init__(code, first)

    @classmethod
    def at(cls, field: str, message: Any, code: str = "invalid") -> "InvalidInput":
        return cls({field: [message]}, code)


class WriteOutsideAct(RuntimeError):
    """A regulated row was written outside an act: a defect in the code, never a user's."""
