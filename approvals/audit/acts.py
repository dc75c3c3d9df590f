"""``act``: what wraps every writer of a regulated row.

The outermost act opens the transaction; inner ones join it. Regulated writes inside it are
collected, and one chained event listing them all is written last of all, so that business rows,
history and evidence commit or roll back together (21 CFR 11.10(e), ARCHITECTURE.md "An act").
"""

import functools
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ParamSpec, Protocol, TypeVar

from django.db import transaction
from django.utils import timezone

from approvals.audit.errors import WriteOutsideAct

P = ParamSpec("P")
R = TypeVar("R")


class Actor(Protocol):
    """Who acts: a person, or the named system actor."""

    pk: Any

    @property
    def role_names(self) -> frozenset[str]: ...


@dataclass
class Act:
    """One business act under way."""

    kind: str
    by: Actor
    now: datetime
    role: str
    reason: str
    kinds: list[str]
    changes: list[dict[str, Any]] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)

    def note(self, **details: Any) -> None:
        """Add facts to the event that no row's change shows (JSON values)."""
        self.details.update(details)


@dataclass(frozen=True)
class RegisteredAct:
    """An action's declaration, for the generated matrices of role × action."""

    kind: str
    roles: frozenset[str]
    function: str


_current: ContextVar[Act | None] = ContextVar("imprimatur_act", default=None)
registry: dict[str, RegisteredAct] = {}


def current_act() -> Act:
    """Return the act under way.

    :raises WriteOutsideAct: when there is none.
    """
    under_way = _current.get()
    if under_way is None:
        raise WriteOutsideAct("A regulated row can be written only inside an act.")
    return under_way


def is_under_way() -> bool:
    """Whether an act is under way, hence a transaction open and locks held."""
    return _current.get() is not None


def act(kind: str, *, roles: Iterable[str] = ()) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function an act: one transaction, one actor, one audit event.

    The function takes keyword-only ``by`` (the actor) and ``now`` (an aware instant), and
    optionally ``reason``. ``roles`` are the roles in which it can be done: the first that the
    actor holds is recorded. They decide nothing; policies do.

    :raises ValueError: if ``now`` is naive.
    """
    allowed = tuple(str(role) for role in roles)

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        name = f"{function.__module__}.{function.__qualname__}"
        registry[name] = RegisteredAct(kind, frozenset(allowed), name)

        @functools.wraps(function)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            by: Any = kwargs["by"]
            now: Any = kwargs["now"]
            if timezone.is_naive(now):
                raise ValueError("An act needs an aware instant.")
            outer = _current.get()
            if outer is not None:
                outer.kinds.append(kind)
                return function(*args, **kwargs)
            held = by.role_names
            role = next((role for role in allowed if role in held), "")
            under_way = Act(kind, by, now, role, str(kwargs.get("reason") or ""), [kind])
            token = _current.set(under_way)
            try:
                with transaction.atomic():
                    result = function(*args, **kwargs)
                    if under_way.changes or under_way.details:
                        from approvals.audit.chain import append

                        append(under_way)
            finally:
                _current.reset(token)
            return result

        return wrapper

    return decorate
