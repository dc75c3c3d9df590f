"""Every transition from every state, against a legal table typed by hand (DOMAIN.md §3).

What is not in the table is refused by the machine itself, whoever asks on whatever path.
"""

import pytest
from django_fsm import TransitionNotAllowed, can_proceed

from content.assets import enums
from content.assets.enums import State
from content.assets.models import Version
from tests.factories import T0

# transition → {from: to}
LEGAL: dict[str, dict[str, str]] = {
    "submit": {"draft": "in_review"},
    "recall": {"in_review": "draft"},
    "request_changes": {"in_review": "changes_requested"},
    "resubmit": {"changes_requested": "in_review"},
    "approve": {"in_review": "approved"},
    "carry_visa": {"in_review": "cleared"},
    "send_back": {"approved": "changes_requested"},
    "add_to_batch": {"approved": "in_batch"},
    "leave_batch": {"in_batch": "approved"},
    "deposit": {"in_batch": "deposited"},
    "grant": {"deposited": "cleared"},
    "refuse": {"deposited": "refused"},
    "return_undecided": {"deposited": "approved"},
    "release": {"cleared": "released", "approved": "released"},
    "suspend": {"released": "suspended"},
    "resume": {"suspended": "released"},
    "withdraw": {"cleared": "withdrawn", "released": "withdrawn", "suspended": "withdrawn"},
    "supersede": {"released": "superseded", "suspended": "superseded"},
    "expire": {"cleared": "expired", "released": "expired", "suspended": "expired"},
    "cancel": {
        "draft": "cancelled",
        "in_review": "cancelled",
        "changes_requested": "cancelled",
        "approved": "cancelled",
    },
    # Corrections of a decision entered wrongly: the last row of the table.
    "correct_to_cleared": {
        "approved": "cleared",
        "refused": "cleared",
        "withdrawn": "cleared",
    },
    "correct_to_suspended": {"withdrawn": "suspended", "refused": "suspended"},
    "correct_to_refused": {
        "approved": "refused",
        "cleared": "refused",
        "released": "refused",
        "suspended": "refused",
        "withdrawn": "refused",
    },
    "correct_to_approved": {
        "cleared": "approved",
        "refused": "approved",
        "withdrawn": "approved",
    },
    "correct_to_withdrawn": {
        "released": "withdrawn",
        "suspended": "withdrawn",
        "refused": "withdrawn",
    },
}
MATRIX = [(name, state) for name in LEGAL for state in State.values]


def version_in(state: str) -> Version:
    """Return a version as the database would give it back in a state."""
    values = [
        state if field.attname == "state" else None for field in Version._meta.concrete_fields
    ]
    names = [field.attname for field in Version._meta.concrete_fields]
    return Version.from_db("default", names, values)


def test_the_table_names_every_transition_of_the_machine() -> None:
    machine = {transition.name for transition in version_in("draft").get_all_state_transitions()}
    assert machine == set(LEGAL)


@pytest.mark.parametrize(("name", "state"), MATRIX)
def test_a_transition_is_legal_exactly_where_the_table_says(name: str, state: str) -> None:
    version = version_in(state)
    transition = getattr(version, name)
    target = LEGAL[name].get(state)
    assert can_proceed(transition) is (target is not None)
    if target is None:
        with pytest.raises(TransitionNotAllowed):
            transition(at=T0)
        assert version.state == state
    else:
        transition(at=T0)
        assert (version.state, version.state_since) == (target, T0)


def test_a_state_is_written_by_a_transition_only() -> None:
    version = version_in("draft")
    with pytest.raises(AttributeError):
        version.state = State.RELEASED
    assert version.state == "draft"


CLASSES = {
    "EDITABLE": {"draft", "changes_requested"},
    "METADATA_FROZEN": {"in_review", "approved", "in_batch", "deposited", "cleared"},
    "IN_USE": {"released", "suspended"},
    "FINAL": {"refused", "withdrawn", "superseded", "expired", "cancelled"},
}


def test_every_state_is_classified_once_and_as_the_domain_says() -> None:
    for name, states in CLASSES.items():
        assert {str(state) for state in getattr(enums, name)} == states, name
    classified = [state for states in CLASSES.values() for state in states]
    assert sorted(classified) == sorted(State.values)


def test_what_may_be_done_in_a_state() -> None:
    assert set(enums.PLANNABLE) == set(enums.CANCELLABLE) == set(LEGAL["cancel"])
    assert set(enums.WITHDRAWABLE) == set(LEGAL["withdraw"])
    assert set(enums.OPEN) == set(LEGAL["cancel"])
    assert set(enums.IN_PREPARATION) == {"draft", "in_review", "changes_requested"}
    assert set(enums.PINNABLE) == {"approved", "released"}


def test_nothing_leaves_a_final_state_but_a_correction() -> None:
    leaving = {
        (name, state)
        for name, moves in LEGAL.items()
        for state in moves
        if state in CLASSES["FINAL"] and not name.startswith("correct_")
    }
    assert leaving == set()
    # Expired and superseded keep their state; cancelled was never deposited.
    for name, moves in LEGAL.items():
        assert not {"expired", "superseded", "cancelled"} & set(moves), name


def test_whatever_was_cleared_never_goes_back_to_be_changed() -> None:
    """What is cleared or deposited reaches no editable state by any way (DOMAIN.md §3).

    A signed correction may return it to approved; only regulatory's send_back goes on from there.
    """
    moves: dict[str, set[str]] = {}
    for name, steps in LEGAL.items():
        if name.startswith("correct_") or name in {"return_undecided", "leave_batch"}:
            continue
        for source, target in steps.items():
            moves.setdefault(source, set()).add(target)
    reached, frontier = set(), {"cleared", "deposited"}
    while frontier:
        reached |= frontier
        frontier = {target for state in frontier for target in moves.get(state, set())} - reached
    assert not reached & {"draft", "changes_requested", "in_review", "approved"}
