"""The last row of DOMAIN.md §3's table: every correction of every entry, in every life."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from approvals.audit import InvalidInput, StateConflict
from approvals.audit.models import AuditEvent
from approvals.people.actions import system_actor
from approvals.signatures.enums import Meaning
from approvals.submissions.enums import STATE_UNDER, BatchState, Outcome
from approvals.submissions.models import Dossier
from content.assets.actions.sweep import follow_the_day
from content.assets.models import Version
from content.assets.validity import usable_on
from tests.factories import keep
from tests.factories.clearing import suspend_it
from tests.factories.people import Cast
from tests.factories.releases import release_now
from tests.factories.submissions import make_deposited, record_correction, record_decision

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# After the evaluation's end (25 June), so that silence may be confirmed.
JUNE_30 = datetime(2026, 6, 30, 8, tzinfo=UTC)
NOW = datetime(2026, 7, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)

TO = (
    "granted",
    "tacit",
    "refused",
    "withdrawn_by_applicant",
    "inadmissible",
    "suspended",
    "withdrawn_by_authority",
)
LIVES = ("never", "released", "suspended", "superseded", "expired")
# Typed by hand from the table, one letter a target, in the order of ``TO``: a approved, c cleared,
# r released, s suspended, f refused, w withdrawn, p superseded, e expired, - the act is refused.
EXPECTED = {
    ("granted", "never"): "ccfaa--",
    ("granted", "released"): "rrfww--",
    ("granted", "suspended"): "ssfww--",
    ("granted", "superseded"): "ppppp--",
    ("granted", "expired"): "eeeee--",
    ("tacit", "never"): "ccfaa--",
    ("tacit", "released"): "rrfww--",
    ("tacit", "suspended"): "ssfww--",
    ("tacit", "superseded"): "ppppp--",
    ("tacit", "expired"): "eeeee--",
    ("refused", "never"): "ccfaa--",
    ("refused", "released"): "ssfww--",
    ("refused", "suspended"): "ssfww--",
    ("refused", "superseded"): "ppppp--",
    ("refused", "expired"): "eeeee--",
    ("withdrawn_by_applicant", "never"): "ccfaa--",
    ("withdrawn_by_applicant", "released"): "ssfww--",
    ("withdrawn_by_applicant", "suspended"): "ssfww--",
    ("withdrawn_by_applicant", "superseded"): "ppppp--",
    ("withdrawn_by_applicant", "expired"): "eeeee--",
    ("inadmissible", "never"): "ccfaa--",
    ("inadmissible", "released"): "ssfww--",
    ("inadmissible", "suspended"): "ssfww--",
    ("inadmissible", "superseded"): "ppppp--",
    ("inadmissible", "expired"): "eeeee--",
    ("suspended", "never"): "c-faacw",
    ("suspended", "released"): "s-fwwsw",
    ("suspended", "suspended"): "s-fwwsw",
    ("suspended", "superseded"): "p-ppppp",
    ("suspended", "expired"): "e-eeeee",
    ("withdrawn_by_authority", "never"): "c-faacw",
    ("withdrawn_by_authority", "released"): "s-fwwsw",
    ("withdrawn_by_authority", "suspended"): "s-fwwsw",
    ("withdrawn_by_authority", "superseded"): "p-ppppp",
    ("withdrawn_by_authority", "expired"): "e-eeeee",
}
STATES = {
    "a": "approved",
    "c": "cleared",
    "r": "released",
    "s": "suspended",
    "f": "refused",
    "w": "withdrawn",
    "p": "superseded",
    "e": "expired",
}


def live(version: Version, life: str, cast: Cast) -> None:
    """Bring a cleared version into its life."""
    if life == "never":
        return
    system = system_actor()
    expires_on = date(2026, 7, 1) if life == "expired" else date(2028, 6, 10)
    release_now(version.pk, by=system, now=JUNE_30 + HOUR, expires_on=expires_on)
    if life == "suspended":
        suspend_it(version, cast.pharmacist, now=JUNE_30 + 2 * HOUR)
    if life == "superseded":
        version = Version.objects.get(pk=version.pk)
        version.superseded_on = date(2026, 7, 1)
        keep(version, by=system, now=JUNE_30 + 2 * HOUR)
    if life in ("superseded", "expired"):
        follow_the_day(by=system, now=datetime(2026, 7, 1, 6, tzinfo=UTC))


def recorded(cast: Cast, begun: str, life: str) -> Dossier:
    """A dossier whose last entry is the outcome, its version in its life."""
    dossier = make_deposited(cast)
    first = {"suspended": "granted", "withdrawn_by_authority": "granted"}.get(begun, begun)
    grants = first in ("granted", "tacit")
    if life != "never" and not grants:
        first, grants = "granted", True
    day = date(2026, 6, 26) if first == "tacit" else date(2026, 6, 10)
    reason = "" if grants else "Indication."
    record_decision(cast, dossier, first, decided_on=day, reason=reason, now=JUNE_30)
    if grants:
        live(dossier.version, life, cast)
    later = datetime(2026, 7, 1, 8, tzinfo=UTC)
    if begun in ("suspended", "withdrawn_by_authority"):
        record_decision(cast, dossier, begun, decided_on=day, reason="Risque.", now=later)
    elif begun != first:
        record_correction(cast, dossier, begun, decided_on=day, now=later)
    return dossier


def day_of(to: str, begun: str) -> date:
    if to == "granted" and begun in ("suspended", "withdrawn_by_authority"):
        # What takes back a stop says the grant again, and moves nothing.
        return date(2026, 6, 10)
    return date(2026, 6, 27) if to == "tacit" else date(2026, 6, 28)


def test_the_table_is_whole() -> None:
    assert set(EXPECTED) == {(begun, life) for begun in TO for life in LIVES}
    assert all(len(row) == len(TO) for row in EXPECTED.values())


@pytest.mark.parametrize(("begun", "life"), EXPECTED)
def test_each_correction_leads_where_the_table_says(cast: Cast, begun: str, life: str) -> None:
    dossier = recorded(cast, begun, life)

    for to, letter in zip(TO, EXPECTED[begun, life], strict=True):
        # Each from the same beginning: what one did is taken back before the next.
        with transaction.atomic():
            corrected(cast, Dossier.objects.get(pk=dossier.pk), to, letter)
            transaction.set_rollback(True)


def corrected(cast: Cast, dossier: Dossier, to: str, letter: str) -> None:
    before = Version.objects.get(pk=dossier.version_id)
    wrong = dossier.decisions.standing().order_by("pk").last()
    events = AuditEvent.objects.count()

    if letter == "-":
        with pytest.raises((InvalidInput, StateConflict)):
            record_correction(cast, dossier, to, decided_on=day_of(to, wrong.outcome), now=NOW)
        assert AuditEvent.objects.count() == events, to
        assert Version.objects.get(pk=before.pk).state == before.state, to
        return

    entry = record_correction(cast, dossier, to, decided_on=day_of(to, wrong.outcome), now=NOW)

    version = Version.objects.with_asset().get(pk=before.pk)
    assert version.state == STATES[letter], to
    kept = Dossier.objects.select_related("batch").get(pk=dossier.pk)
    assert kept.state == STATE_UNDER[Outcome(to)], to
    assert kept.batch.state == BatchState.CLOSED, to
    # One signed entry that leaves the wrong one visible, one event, one act in the history.
    assert entry.signature.meaning == Meaning.CORRECTION
    assert AuditEvent.objects.count() == events + 1, to
    assert entry.corrects in kept.decisions.all()
    grants = to in ("granted", "tacit", "suspended", "withdrawn_by_authority")
    assert (version.visa is not None) == grants, to
    if grants:
        assert entry.corrects == wrong, to
    if version.state != before.state:
        moved = Version.history.filter(id=version.pk, history_date=NOW, state=version.state)
        assert moved.exists(), to
    # Whether it is usable follows at once, and nobody may use what is not released.
    assert usable_on(version, date(2026, 7, 2), as_of=NOW + HOUR) == (letter == "r"), to
