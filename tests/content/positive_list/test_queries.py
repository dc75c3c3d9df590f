"""The lists on any day: knowledge, scope, one row per version, stable pages, constant queries."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.people.actions import system_actor
from approvals.people.models import User
from content.assets.actions.facts import interrupt
from content.assets.enums import Cause, DependencyKind, Nature
from content.assets.models import Dependency, Version
from content.calendar import end_of_day, paris_day
from content.positive_list.enums import View
from content.positive_list.queries import (
    LISTS,
    Filters,
    Page,
    Replacement,
    negative,
    positive,
    scope_for,
    valid_documents,
)
from tests.factories import T0, keep
from tests.factories.catalogue import make_product, make_team
from tests.factories.people import Cast
from tests.factories.releases import make_bare_asset, make_cleared, make_released, release_now

pytestmark = pytest.mark.django_db
TODAY = paris_day(T0)
MORNING = T0
AFTERNOON = T0 + timedelta(hours=5)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _teams(cast: Cast) -> None:
    assert cast.cardiology
    assert cast.respiratory


def codes(page: Page) -> list[str]:
    return [row.code for row in page.rows]


def withdraw_now(version: Version, *, cause: Cause = Cause.WITHDRAWN) -> None:
    interrupt(
        version, cause=cause, reason="erreur", starts_on=TODAY, by=system_actor(), now=AFTERNOON
    )


class TestTheDayAndWhatWasKnown:
    def test_usable_from_its_first_day_to_the_eve_of_its_end(self, cast: Cast) -> None:
        version = make_released(cast.product)
        code = version.asset.code
        last = date(2028, 4, 13)
        for day, expected in ((TODAY, [code]), (last, [code]), (last + DAY, [])):
            assert codes(positive(scope_for(cast.rep), day=day, as_of=MORNING)) == expected
        row = positive(scope_for(cast.rep), day=TODAY, as_of=MORNING).rows[0]
        assert (row.usable_from, row.last_usable_day) == (TODAY, last)

    def test_withdrawn_in_the_afternoon_of_its_first_day(self, cast: Cast) -> None:
        version = make_released(cast.product)
        code = version.asset.code
        withdraw_now(version)
        # From then on, that day says no for ever…
        assert codes(positive(scope_for(cast.rep), day=TODAY, as_of=AFTERNOON)) == []
        assert codes(positive(scope_for(cast.rep), day=TODAY, as_of=end_of_day(TODAY))) == []
        # …as known in the morning it says yes…
        assert codes(positive(scope_for(cast.rep), day=TODAY, as_of=MORNING + HOUR)) == [code]
        # …and it counts as once usable, that day being its last.
        row = negative(scope_for(cast.rep), day=TODAY, as_of=AFTERNOON).rows[0]
        assert (row.code, row.reason, row.since) == (code, "withdrawn", TODAY)
        assert row.last_usable_day == TODAY
        assert negative(scope_for(cast.rep), day=TODAY, as_of=MORNING + HOUR).rows == []

    def test_before_its_release_nobody_knew_of_it(self, cast: Cast) -> None:
        make_released(cast.product)
        assert positive(scope_for(cast.rep), day=TODAY, as_of=MORNING - HOUR).rows == []

    def test_a_version_to_be_used_later_is_on_neither_list(self, cast: Cast) -> None:
        make_released(cast.product, valid_from=TODAY + 5 * DAY)
        assert positive(scope_for(cast.rep), day=TODAY, as_of=MORNING).rows == []
        assert negative(scope_for(cast.rep), day=TODAY, as_of=MORNING).rows == []
        assert len(positive(scope_for(cast.rep), day=TODAY + 5 * DAY, as_of=MORNING).rows) == 1

    def test_one_withdrawn_before_its_first_day_was_never_usable(self, cast: Cast) -> None:
        version = make_released(cast.product, valid_from=TODAY + 5 * DAY)
        withdraw_now(version)
        day = TODAY + 9 * DAY
        assert negative(scope_for(cast.rep), day=day, as_of=AFTERNOON + 9 * DAY).rows == []


class TestTheNegativeListExplains:
    def test_expired(self, cast: Cast) -> None:
        make_released(cast.product)
        row = negative(scope_for(cast.rep), day=date(2028, 4, 14), as_of=MORNING).rows[0]
        assert (row.reason, row.since) == ("expired", date(2028, 4, 14))
        assert row.last_usable_day == date(2028, 4, 13)
        assert row.replaced_by is None

    def test_superseded_names_its_successor(self, cast: Cast, system: User) -> None:
        old = make_released(cast.product)
        new = make_cleared(old.asset, number=2)
        release_now(new.pk, by=system, now=T0 + 3 * DAY)
        page = negative(scope_for(cast.rep), day=TODAY + 3 * DAY, as_of=T0 + 3 * DAY)
        row = page.rows[0]
        assert (row.number, row.reason, row.since) == (1, "superseded", TODAY + 3 * DAY)
        assert row.replaced_by == Replacement(old.asset.code, 2)

    def test_another_asset_that_replaces_it_is_named(self, cast: Cast, system: User) -> None:
        old = make_released(cast.product)
        withdraw_now(old)
        new = make_released(cast.product)
        keep(Dependency(dependent=new, kind=DependencyKind.REPLACES, target=old), by=system)
        row = negative(scope_for(cast.rep), day=TODAY, as_of=AFTERNOON).rows[0]
        assert row.replaced_by == Replacement(new.asset.code, 1)

    def test_a_replacement_of_another_team_is_not_told(self, cast: Cast, system: User) -> None:
        old = make_released(cast.product)
        withdraw_now(old)
        new = make_released(cast.other_product)
        keep(Dependency(dependent=new, kind=DependencyKind.REPLACES, target=old), by=system)
        assert negative(scope_for(cast.rep), day=TODAY, as_of=AFTERNOON).rows[0].replaced_by is None

    def test_a_component_that_was_withdrawn(self, cast: Cast) -> None:
        fragment = make_released(cast.product, asset_type="email_fragment")
        make_released(cast.product, asset_type="email_template", requires=[fragment])
        withdraw_now(fragment)
        row = negative(scope_for(cast.rep), day=TODAY, as_of=AFTERNOON).rows[0]
        assert (row.asset_type, row.reason) == ("email_template", "dependency")

    def test_what_was_never_usable_stays_in_the_office(self, cast: Cast) -> None:
        make_cleared(make_bare_asset(cast.product))
        assert negative(scope_for(cast.pharmacist), day=TODAY, as_of=MORNING).rows == []


class TestScope:
    def test_the_field_reads_its_teams_products_only(self, cast: Cast) -> None:
        version = make_released(cast.product)
        for person, sees in (
            (cast.rep, True),
            (cast.pm, True),
            (cast.pharmacist, True),
            (cast.inspector, True),
            (cast.medical, True),
            (cast.rep2, False),
            (cast.pm2, False),
            (cast.agency, False),
            (cast.admin, False),
        ):
            found = codes(positive(scope_for(person), day=TODAY, as_of=MORNING))
            assert found == ([version.asset.code] if sees else []), person.username

    def test_medical_documents_are_for_msls_and_the_office(self, cast: Cast) -> None:
        make_released(cast.product, nature=Nature.MEDICAL)
        for person, sees in (
            (cast.msl, True),
            (cast.mpm, True),
            (cast.pharmacist, True),
            (cast.rep, False),
            (cast.pm, False),
        ):
            page = valid_documents(scope_for(person), day=TODAY, as_of=MORNING)
            assert bool(page.rows) is sees, person.username

    def test_promotional_and_other_documents_are_apart(self, cast: Cast) -> None:
        promotional = make_released(cast.product)
        environment = make_released(cast.product, nature=Nature.ENVIRONMENT)
        day = {"day": TODAY, "as_of": MORNING}
        assert codes(positive(scope_for(cast.rep), **day)) == [promotional.asset.code]  # type: ignore[arg-type]
        assert codes(valid_documents(scope_for(cast.rep), **day)) == [environment.asset.code]  # type: ignore[arg-type]

    def test_a_document_without_product_goes_by_its_team(self, cast: Cast) -> None:
        make_released(nature=Nature.INSTITUTIONAL, team=cast.cardiology)
        assert len(valid_documents(scope_for(cast.rep), day=TODAY, as_of=MORNING).rows) == 1
        assert valid_documents(scope_for(cast.rep2), day=TODAY, as_of=MORNING).rows == []

    def test_a_deactivated_person_reads_nothing(self, cast: Cast) -> None:
        make_released(cast.product)
        cast.rep.is_active = False
        assert positive(scope_for(cast.rep), day=TODAY, as_of=MORNING).rows == []


class TestRowsAndPages:
    def test_one_row_a_version_whatever_its_products(self, cast: Cast) -> None:
        make_released(cast.product, cast.free_product, title="Deux produits")
        make_released(cast.product, title="Un produit")
        page = positive(scope_for(cast.rep), day=TODAY, as_of=MORNING, limit=1)
        assert [row.title for row in page.rows] == ["Deux produits"]
        assert {product["cis"] for product in page.rows[0].products} == {"60000001", "60000002"}
        following = positive(
            scope_for(cast.rep), day=TODAY, as_of=MORNING, after=page.after, limit=1
        )
        assert [row.title for row in following.rows] == ["Un produit"]
        assert following.after is None

    def test_pages_stay_stable_while_rows_come_and_go(self, cast: Cast) -> None:
        versions = [make_released(cast.product, title=f"Fiche {name}") for name in "bdfh"]
        first = positive(scope_for(cast.rep), day=TODAY, as_of=AFTERNOON, limit=2)
        assert [row.title for row in first.rows] == ["Fiche b", "Fiche d"]
        make_released(cast.product, title="Fiche a")
        withdraw_now(versions[1])
        second = positive(
            scope_for(cast.rep), day=TODAY, as_of=AFTERNOON, after=first.after, limit=2
        )
        assert [row.title for row in second.rows] == ["Fiche f", "Fiche h"]

    def test_equal_titles_are_ordered_by_version(self, cast: Cast) -> None:
        versions = [make_released(cast.product, title="Même titre") for _ in range(3)]
        seen, after = [], None
        for _ in versions:
            page = positive(scope_for(cast.rep), day=TODAY, as_of=MORNING, after=after, limit=1)
            seen += [row.version for row in page.rows]
            after = page.after
        assert seen == [version.pk for version in versions]

    def test_filters(self, cast: Cast) -> None:
        wanted = make_released(cast.product, title="Élan vital", asset_type="poster")
        make_released(cast.free_product, title="Autre chose")
        for filters in (
            Filters(product="60000001"),
            Filters(asset_type="poster"),
            Filters(q="elan"),
            Filters(q="VITAL cardiomed"),
            Filters(q=wanted.asset.code.lower()),
        ):
            page = positive(scope_for(cast.rep), day=TODAY, as_of=MORNING, filters=filters)
            assert codes(page) == [wanted.asset.code], filters
        assert (
            positive(
                scope_for(cast.rep), day=TODAY, as_of=MORNING, filters=Filters(q="absent")
            ).rows
            == []
        )
        public = Filters(audience="public")
        assert positive(scope_for(cast.rep), day=TODAY, as_of=MORNING, filters=public).rows == []

    @pytest.mark.parametrize("view", list(View))
    def test_the_number_of_queries_does_not_grow_with_the_rows(
        self, cast: Cast, view: View
    ) -> None:
        products = [make_product() for _ in range(4)]
        make_team("Neurology", products=products)
        nature = Nature.ENVIRONMENT if view == View.DOCUMENTS else Nature.PROMOTIONAL

        def queries() -> int:
            reader = User.objects.get(pk=cast.inspector.pk)
            with CaptureQueriesContext(connection) as asked:
                page = LISTS[view](scope_for(reader), day=TODAY, as_of=AFTERNOON, limit=50)
            assert len(page.rows) == made
            return len(asked)

        counts = []
        made = 0
        for _ in range(2):
            for product in products:
                version = make_released(product, nature=nature)
                if view == View.NEGATIVE:
                    withdraw_now(version)
                made += 1
            counts.append(queries())
        assert counts[0] == counts[1]
