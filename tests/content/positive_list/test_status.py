"""The status of one printed piece: yes until… / no, because…, use … instead."""

from datetime import date, timedelta
from typing import Any

import pytest

from approvals.people.actions import system_actor
from approvals.people.models import User
from content.assets.actions.facts import interrupt
from content.assets.enums import Cause, Nature
from content.assets.models import Reference, Revision, Version
from content.calendar import end_of_day, paris_day
from content.catalogue.enums import AuthorisationStatus
from content.positive_list.queries import Replacement, negative, scope_for
from content.positive_list.status import Status, status
from tests.factories import T0, keep
from tests.factories.people import Cast
from tests.factories.releases import make_bare_asset, make_cleared, make_released, release_now

pytestmark = pytest.mark.django_db
TODAY = paris_day(T0)
AFTERNOON = T0 + timedelta(hours=5)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _teams(cast: Cast) -> None:
    assert cast.cardiology
    assert cast.respiratory


def ask(person: User, version: Version, **given: Any) -> Status:
    values = {"number": version.number, "day": TODAY, "as_of": AFTERNOON, **given}
    return status(person, version.asset.code, **values)


def two_versions(cast: Cast) -> tuple[Version, Version]:
    old = make_released(cast.product)
    new = make_cleared(old.asset, number=2)
    return old, release_now(new.pk, by=system_actor(), now=T0 + timedelta(hours=1))


def test_usable_until(cast: Cast) -> None:
    answer = ask(cast.rep, make_released(cast.product))
    assert (answer.usable, answer.why_not, answer.use_instead) == (True, [], None)
    assert answer.last_usable_day == date(2028, 4, 13)


def test_the_code_is_read_as_people_type_it(cast: Cast) -> None:
    version = make_released(cast.product)
    typed = f" {version.asset.code.lower()} "
    assert status(cast.rep, typed, day=TODAY, as_of=AFTERNOON).usable


def test_withdrawn_says_why_and_keeps_its_last_day(cast: Cast) -> None:
    version = make_released(cast.product)
    system = system_actor()
    interrupt(
        version, cause=Cause.WITHDRAWN, reason="erreur", starts_on=TODAY, by=system, now=AFTERNOON
    )
    answer = ask(cast.rep, version)
    assert not answer.usable
    assert answer.why_not[0].code == "withdrawn"
    assert "erreur" in answer.why_not[0].text
    assert answer.last_usable_day == TODAY
    assert ask(cast.rep, version, as_of=T0 + timedelta(hours=1)).usable


def test_a_superseded_version_names_the_one_to_use(cast: Cast) -> None:
    old, new = two_versions(cast)
    answer = ask(cast.rep, old)
    assert [reason.code for reason in answer.why_not] == ["superseded"]
    assert answer.use_instead == Replacement(new.asset.code, 2)


def test_a_past_day_is_explained_by_what_was_known_then(cast: Cast, system: User) -> None:
    """What the product became since does not come before the reason of that day (§4)."""
    old, _new = two_versions(cast)
    later = T0 + 40 * DAY
    product = cast.product
    product.authorisation_status = AuthorisationStatus.SUSPENDED
    keep(product, by=system, now=later)
    then = ask(cast.rep, old, day=TODAY + DAY, as_of=end_of_day(TODAY + DAY))
    assert [reason.code for reason in then.why_not] == ["superseded"]
    today = ask(cast.rep, old, day=paris_day(later), as_of=later)
    assert [reason.code for reason in today.why_not] == ["authorisation_ended", "superseded"]
    row = negative(scope_for(cast.rep), day=TODAY + DAY, as_of=end_of_day(TODAY + DAY)).rows[0]
    assert (row.code, row.reason) == (old.asset.code, "superseded")


def test_not_yet(cast: Cast) -> None:
    answer = ask(cast.rep, make_released(cast.product, valid_from=TODAY + 5 * DAY))
    assert [reason.code for reason in answer.why_not] == ["not_yet"]
    assert answer.last_usable_day == date(2028, 4, 13)


def test_a_lost_component_is_named_with_its_path(cast: Cast) -> None:
    fragment = make_released(cast.product, asset_type="email_fragment")
    template = make_released(cast.product, asset_type="email_template", requires=[fragment])
    system = system_actor()
    interrupt(
        fragment, cause=Cause.WITHDRAWN, reason="faux", starts_on=TODAY, by=system, now=AFTERNOON
    )
    reason = ask(cast.rep, template).why_not[0]
    assert (reason.code, reason.path) == ("dependency", (str(fragment),))
    # A component is on no list, and its status answers all the same.
    assert ask(cast.rep, fragment).why_not[0].code == "withdrawn"


def test_it_tells_the_title_that_was_reviewed(cast: Cast) -> None:
    """Editing the asset for its next version changes nothing of what is released (§2)."""
    asset = make_bare_asset(cast.product, title="Brochure")
    version = release_now(make_cleared(asset).pk, by=system_actor(), now=T0)
    asset.title = "Nouvelle indication"
    keep(asset, by=system_actor())
    assert ask(cast.rep, version).title == "Brochure"
    assert ask(cast.rep, version, number=None).title == "Brochure"


class TestByCodeAlone:
    def test_green_if_one_version_was_ever_released(self, cast: Cast) -> None:
        version = make_released(cast.product)
        make_cleared(version.asset, number=2)
        answer = ask(cast.pharmacist, version, number=None)
        assert (answer.usable, answer.number) == (True, 1)

    def test_asks_for_more_if_several_were(self, cast: Cast) -> None:
        _old, new = two_versions(cast)
        answer = ask(cast.rep, new, number=None)
        assert (answer.usable, answer.number, answer.last_usable_day) == (False, None, None)
        assert [reason.code for reason in answer.why_not] == ["version_needed"]

    def test_the_printed_preparation_date_decides(self, cast: Cast, system: User) -> None:
        old, new = two_versions(cast)
        other = date(2026, 2, 2)
        revision = Revision.objects.get(version=new)
        revision.prepared_on = other
        keep(revision, by=system)
        assert ask(cast.rep, new, number=None, prepared_on=other).number == 2
        assert ask(cast.rep, old, number=None, prepared_on=date(2026, 1, 1)).number == 1

    def test_the_date_of_a_draft_names_no_piece(self, cast: Cast, system: User) -> None:
        version = make_released(cast.product)
        last = version.current_revision
        draft = Revision.objects.get(pk=last.pk)
        draft.pk, draft.number, draft.prepared_on = None, 0, date(2025, 12, 1)
        keep(draft, by=system)
        with pytest.raises(Version.DoesNotExist):
            ask(cast.rep, version, number=None, prepared_on=draft.prepared_on)
        assert ask(cast.rep, version, number=None, prepared_on=last.prepared_on).usable

    def test_the_printed_reference_decides(self, cast: Cast, system: User) -> None:
        old, _new = two_versions(cast)
        reference = Reference(
            value="26/04/60000001/PM/001",
            cis="60000001",
            category="PM",
            year=2026,
            month=4,
            number=1,
            reserved_by=system,
            reserved_at=T0,
        )
        keep(reference, by=system)
        kept = Version.objects.get(pk=old.pk)
        kept.reference = reference
        keep(kept, by=system)
        assert ask(cast.rep, old, number=None, reference=" 26/04/60000001/pm/001").number == 1
        with pytest.raises(Version.DoesNotExist):
            ask(cast.rep, old, number=None, reference="26/04/60000001/PM/999")


class TestNotTheirs:
    def test_the_field_learns_nothing_of_what_was_never_released(self, cast: Cast) -> None:
        version = make_cleared(make_bare_asset(cast.product))
        for number in (None, 1):
            with pytest.raises(Version.DoesNotExist):
                ask(cast.rep, version, number=number)

    def test_the_office_is_told_that_it_was_never_released(self, cast: Cast) -> None:
        version = make_cleared(make_bare_asset(cast.product))
        answer = ask(cast.pm, version)
        assert [reason.code for reason in answer.why_not] == ["not_released"]

    @pytest.mark.parametrize("name", ["rep2", "pm2", "agency", "admin"])
    def test_another_team_learns_nothing(self, cast: Cast, name: str) -> None:
        version = make_released(cast.product)
        for number in (None, 1):
            with pytest.raises(Version.DoesNotExist):
                ask(getattr(cast, name), version, number=number)

    def test_a_medical_document_is_for_msls(self, cast: Cast) -> None:
        version = make_released(cast.product, nature=Nature.MEDICAL)
        assert ask(cast.msl, version).usable
        with pytest.raises(Version.DoesNotExist):
            ask(cast.rep, version)

    def test_a_number_that_does_not_exist(self, cast: Cast) -> None:
        with pytest.raises(Version.DoesNotExist):
            ask(cast.rep, make_released(cast.product), number=7)
