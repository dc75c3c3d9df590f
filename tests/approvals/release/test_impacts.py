"""A newer source opens the list of what repeats the old one; the pharmacist decides, signed."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.audit.models import AuditEvent
from approvals.people.actions import grant_role, system_actor
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.release import notifications
from approvals.release.actions import (
    move_impact_deadline,
    open_impact_lists,
    remind_of_impacts,
    set_impact_term,
)
from approvals.release.impacts import concerned_by, lines_of, owed_by, to_decide, withdrawals_owed
from approvals.release.models import ImpactDecision, ImpactList
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Signature
from content.assets.enums import State
from content.assets.models import Version
from content.calendar import paris_day
from content.catalogue.models import SourceDocument
from content.outbox.models import Message
from tests.factories import T0
from tests.factories.assets import make_version
from tests.factories.clearing import withdraw_it
from tests.factories.impacts import add_document, cite, decide_on, impact_on
from tests.factories.people import Cast
from tests.factories.releases import make_bare_asset, make_released
from tests.factories.releases import make_cleared as make_bare_cleared
from tests.factories.review import draft, in_review

pytestmark = pytest.mark.django_db
TODAY = paris_day(T0)
DAY = timedelta(days=1)


def told(topic: str) -> set[str]:
    rows = Message.objects.filter(topic=topic)
    return set(rows.values_list("recipient__username", flat=True))


class TestOpen:
    def test_the_act_that_keeps_a_newer_document_opens_the_list(self, cast: Cast) -> None:
        assert cast.pharmacist
        citing, other = make_released(cast.product), make_released(cast.product)
        old = add_document(cast.product, cast.regulatory)
        assert not ImpactList.objects.exists()
        cite(citing, old)
        events = AuditEvent.objects.count()
        new = add_document(cast.product, cast.regulatory, dated=date(2026, 4, 1))
        assert AuditEvent.objects.count() == events + 1
        impact = ImpactList.objects.get()
        assert (impact.document, impact.previous, impact.kind) == (new, old, "smpc")
        assert (impact.opened_by, impact.opened_at) == (cast.regulatory, T0)
        assert impact.deadline == TODAY + 30 * DAY
        assert list(to_decide(impact)) == [citing]
        assert other not in concerned_by(impact)
        assert told("release.impact") == {cast.pharmacist.username}

    def test_whoever_cites_any_earlier_one_is_concerned_even_later(self, cast: Cast) -> None:
        first = add_document(cast.product, cast.regulatory, dated=date(2025, 1, 1))
        impact = impact_on(cast.product, cast.regulatory)
        assert not ImpactList.objects.waiting().filter(pk=impact.pk).exists()
        assert not told("release.impact")
        late = cite(make_released(cast.product), first)
        assert list(to_decide(impact)) == [late]
        assert ImpactList.objects.waiting().filter(pk=impact.pk).exists()

    @pytest.mark.parametrize("kind", ["smpc", "opinion", "price", "reimbursement"])
    def test_each_kind_that_a_newer_one_replaces(self, cast: Cast, kind: str) -> None:
        assert impact_on(cast.product, cast.regulatory, kind=kind).kind == kind

    def test_no_older_document_nor_another_of_the_day_nor_a_publication(self, cast: Cast) -> None:
        for dated in (date(2026, 3, 1), date(2026, 3, 1), date(2026, 2, 1)):
            add_document(cast.product, cast.regulatory, dated=dated)
        for dated in (date(2026, 1, 1), date(2026, 2, 1)):
            add_document(cast.product, cast.regulatory, dated=dated, kind="publication")
        add_document(cast.free_product, cast.regulatory, dated=date(2026, 4, 1))
        add_document(cast.product, cast.regulatory, dated=date(2026, 4, 1), kind="price")
        assert not ImpactList.objects.exists()

    def test_the_same_document_twice_is_refused_and_opens_nothing_more(self, cast: Cast) -> None:
        file = SimpleUploadedFile("rcp.pdf", b"%PDF-1.7\nnew\n%%EOF")
        add_document(cast.product, cast.regulatory)
        add_document(cast.product, cast.regulatory, dated=date(2026, 4, 1), file=file)
        with pytest.raises(InvalidInput) as refused:
            add_document(cast.product, cast.regulatory, dated=date(2026, 4, 1), file=file)
        assert refused.value.code == "already_kept"
        assert set(refused.value.errors) == {"file"}
        assert (ImpactList.objects.count(), SourceDocument.objects.count()) == (1, 2)

    def test_a_list_that_cannot_be_opened_keeps_no_document(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cite(make_released(cast.product), add_document(cast.product, cast.regulatory))

        def fail(*args: object, **kwargs: object) -> None:
            raise RuntimeError

        monkeypatch.setattr(notifications, "impact_opened", fail)
        events = AuditEvent.objects.count()
        with pytest.raises(RuntimeError), transaction.atomic():
            add_document(cast.product, cast.regulatory, dated=date(2026, 4, 1))
        assert SourceDocument.objects.count() == 1
        assert not ImpactList.objects.exists()
        assert AuditEvent.objects.count() == events

    def test_what_ended_is_no_longer_concerned(self, cast: Cast) -> None:
        version = make_released(cast.product)
        impact = impact_on(cast.product, cast.regulatory, version)
        withdraw_it(version, cast.pharmacist)
        assert not to_decide(impact).exists()
        assert not ImpactList.objects.waiting().exists()

    def test_no_change_opens_nothing(self, cast: Cast) -> None:
        assert open_impact_lists([], by=system_actor(), now=T0) == []


class TestDecide:
    def test_one_signature_over_the_digest_and_one_event(self, cast: Cast) -> None:
        version, by = make_released(cast.product), cast.pharmacist
        impact = impact_on(cast.product, cast.regulatory, version)
        events = AuditEvent.objects.count()
        done = decide_on(impact, version, by)
        assert AuditEvent.objects.count() == events + 1
        assert (done.outcome, done.decided_by, done.decided_at) == ("keep", cast.pharmacist, T0)
        digest = version.current_revision.digest
        assert done.digest == digest
        assert digest in {row["digest"] for row in done.signature.covers}
        assert done.signature.meaning == Meaning.IMPACT_DECISION
        assert done.history.count() == 1
        assert not to_decide(impact).exists()
        assert not told("release.impact_owed")
        assert Version.objects.get(pk=version.pk).state == State.RELEASED

    def test_a_deputy_under_a_delegation_signs_in_the_name_of_the_pharmacist(
        self, cast: Cast
    ) -> None:
        version = make_released(cast.product)
        impact = impact_on(cast.product, cast.regulatory, version)
        done = decide_on(impact, version, cast.pharmacist2)
        assert done.signature.on_behalf_of == str(cast.pharmacist)

    def test_a_new_version_is_owed_until_it_exists(self, cast: Cast) -> None:
        version = make_released(cast.product)
        owner = version.asset.owner
        impact = impact_on(cast.product, cast.regulatory, version)
        decide_on(impact, version, cast.pharmacist, outcome="new_version", reason="")
        assert told("release.impact_owed") == {owner.username}
        assert [row.version for row in owed_by(owner)] == [version]
        make_bare_cleared(version.asset, number=2)
        assert not owed_by(owner).exists()

    def test_a_withdrawal_decided_is_owed_until_it_is_signed(self, cast: Cast) -> None:
        version = make_released(cast.product)
        impact = impact_on(cast.product, cast.regulatory, version)
        decide_on(impact, version, cast.pharmacist, outcome="withdraw", reason="")
        assert Version.objects.get(pk=version.pk).state == State.RELEASED
        assert [row.version for row in withdrawals_owed()] == [version]
        assert [line.withdrawal_owed for line in lines_of(impact, cast.pharmacist)] == [True]
        withdraw_it(version, cast.pharmacist)
        assert not withdrawals_owed().exists()
        # The decision stays on the list for ever.
        assert [line.version for line in lines_of(impact, cast.pharmacist)] == [version]

    @pytest.mark.parametrize("name", ["pm", "regulatory", "medical", "admin", "rep", "inspector"])
    def test_nobody_but_a_pharmacist(self, cast: Cast, name: str) -> None:
        version = make_released(cast.product)
        impact = impact_on(cast.product, cast.regulatory, version)
        with pytest.raises(PolicyDenied) as refused, transaction.atomic():
            decide_on(impact, version, getattr(cast, name))
        assert refused.value.code == "role_missing"
        assert not ImpactDecision.objects.exists()

    def test_nor_a_pharmacist_who_prepared_it(self, cast: Cast) -> None:
        cycle = in_review(cast, nature="environment")
        impact = impact_on(cast.product, cast.regulatory, cycle.version)
        grant_role(cast.pm, Role.RESPONSIBLE_PHARMACIST, by=system_actor(), now=T0)
        both = User.objects.get(pk=cast.pm.pk)
        with pytest.raises(PolicyDenied) as refused, transaction.atomic():
            decide_on(impact, cycle.version, both)
        assert refused.value.code == "four_eyes"

    def test_what_is_not_to_be_decided(self, cast: Cast) -> None:
        version, stranger = make_released(cast.product), make_released(cast.product)
        editing = draft(cast)
        impact = impact_on(cast.product, cast.regulatory, version, editing)
        decide_on(impact, version, cast.pharmacist)
        for wrong, code in (
            (version, "already_decided"),
            (stranger, "not_concerned"),
            (editing, "still_edited"),
        ):
            with pytest.raises(StateConflict) as refused, transaction.atomic():
                decide_on(impact, wrong, cast.pharmacist)
            assert refused.value.code == code
        assert ImpactDecision.objects.count() == 1
        assert Signature.objects.filter(meaning=Meaning.IMPACT_DECISION).count() == 1

    def test_what_is_wrong_is_said_at_its_field(self, cast: Cast) -> None:
        version, reviewed = make_released(cast.product), in_review(cast).version
        assert cast.pharmacist
        impact = impact_on(cast.product, cast.regulatory, version, reviewed)
        for wrong, given, field in (
            (version, {"reason": "  "}, "reason"),
            (version, {"outcome": "forget"}, "outcome"),
            (reviewed, {"outcome": "withdraw"}, "outcome"),
            (reviewed, {"outcome": "minor_modification"}, "outcome"),
        ):
            with pytest.raises(InvalidInput) as refused, transaction.atomic():
                decide_on(impact, wrong, cast.pharmacist, **given)
            assert set(refused.value.errors) == {field}
        assert not ImpactDecision.objects.exists()


class TestDeadlines:
    def test_regulatory_moves_a_deadline_with_a_reason(self, cast: Cast) -> None:
        impact = impact_on(cast.product, cast.regulatory)
        day = TODAY + 10 * DAY
        given = {"by": cast.regulatory, "now": T0}
        moved = move_impact_deadline(impact.pk, deadline=day, reason="PRAC", **given)
        assert moved.deadline == day
        for wrong, field in (
            ({"deadline": TODAY - DAY, "reason": "?"}, "deadline"),
            ({"deadline": day, "reason": " "}, "reason"),
        ):
            with pytest.raises(InvalidInput) as refused:
                move_impact_deadline(impact.pk, **wrong, **given)  # type: ignore[arg-type]
            assert set(refused.value.errors) == {field}

    def test_the_days_given_are_data(self, cast: Cast) -> None:
        given = {"by": cast.regulatory, "now": T0}
        set_impact_term("smpc", days=10, **given)
        impact = impact_on(cast.product, cast.regulatory)
        assert impact.deadline == TODAY + 10 * DAY
        for kind, days, field in (("smpc", 0, "days"), ("smpc", 366, "days"), ("?", 5, "kind")):
            with pytest.raises(InvalidInput) as refused:
                set_impact_term(kind, days=days, **given)
            assert set(refused.value.errors) == {field}

    @pytest.mark.parametrize("name", ["pm", "medical", "pharmacist", "admin"])
    def test_nobody_but_regulatory(self, cast: Cast, name: str) -> None:
        impact = impact_on(cast.product, cast.regulatory)
        given = {"by": getattr(cast, name), "now": T0}
        for attempt in (
            lambda: move_impact_deadline(impact.pk, deadline=TODAY, reason="?", **given),
            lambda: set_impact_term("smpc", days=3, **given),
        ):
            with pytest.raises(PolicyDenied) as refused:
                attempt()
            assert refused.value.code == "role_missing"

    def test_one_reminder_before_one_when_late_and_none_once_decided(self, cast: Cast) -> None:
        version = make_released(cast.product)
        impact = impact_on(cast.product, cast.regulatory, version)
        assert cast.pharmacist

        def remind(day: date) -> int:
            now = T0 + (day - TODAY)
            return remind_of_impacts(by=system_actor(), now=now)

        assert remind(impact.deadline - 10 * DAY) == 0
        assert [remind(impact.deadline - 3 * DAY) for _ in range(2)] == [1, 0]
        assert told("release.impact_due") == {cast.pharmacist.username}
        # The deadline is a Thursday, and a holiday: it is late on the Friday.
        assert [remind(impact.deadline + DAY) for _ in range(2)] == [1, 0]
        decide_on(impact, version, cast.pharmacist)
        move_impact_deadline(
            impact.pk, deadline=TODAY + DAY, reason="?", by=cast.regulatory, now=T0
        )
        assert remind(TODAY + DAY) == 0

    def test_only_the_system_reminds(self, cast: Cast) -> None:
        with pytest.raises(PolicyDenied) as refused:
            remind_of_impacts(by=cast.pharmacist, now=T0)
        assert refused.value.code == "system_only"


def test_make_version_is_still_edited(cast: Cast) -> None:
    """Its owner can cite the newer source: no decision, but the list names it."""
    editing = make_version(make_bare_asset(cast.product))
    impact = impact_on(cast.product, cast.regulatory, editing)
    assert [(line.version, line.waits) for line in lines_of(impact, cast.pharmacist)] == [
        (editing, False)
    ]
