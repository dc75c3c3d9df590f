"""The list of batches: dossiers by state, time left, filters in the address, its file."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from approvals.people.models import User
from approvals.submissions.models import Batch
from approvals.submissions.pages.batch_list import rows_for
from content.calendar import paris_day
from tests.factories import T0
from tests.factories.people import Cast
from tests.factories.submissions import (
    freeze,
    make_approved,
    make_batch,
    make_deposited,
    record_decision,
)

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/submissions/batches/"


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(T0, tick=False):
        yield


def client_of(person: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def shown(person: User, **asked: str) -> list[Batch]:
    page = client_of(person).get(ADDRESS, asked)
    assert page.status_code == 200
    return [row.batch for row in page.context["rows"]]


def rows(person: User, at: datetime = T0) -> list[Any]:
    return rows_for(list(Batch.objects.order_by("-pk")), person, paris_day(at))


class TestRows:
    def test_dossiers_are_counted_by_state_and_by_what_they_owe(self, cast: Cast) -> None:
        make_batch(cast, make_approved(cast), make_approved(cast), complete=False)
        (row,) = rows(cast.regulatory)
        assert (row.count, row.incomplete) == (2, 2)
        assert [(str(word), n) for _shape, word, _colour, n in row.dossier_pills] == [
            ("En préparation", 2)
        ]

    def test_a_whole_batch_owes_nothing(self, cast: Cast) -> None:
        make_batch(cast, make_approved(cast))
        freeze(cast, make_batch(cast, make_approved(cast)))
        assert [row.incomplete for row in rows(cast.regulatory)] == [0, 0]

    @pytest.mark.parametrize(
        ("at", "left", "late"),
        [
            (T0, "8 jours ouvrés restants", False),
            (datetime(2026, 4, 24, 21, 59, tzinfo=UTC), "clôture aujourd’hui", False),
            (datetime(2026, 4, 24, 22, 0, tzinfo=UTC), "la période est close", True),
        ],
    )
    def test_how_long_is_left(self, cast: Cast, at: datetime, left: str, late: bool) -> None:
        make_batch(cast)
        (row,) = rows(cast.regulatory, at)
        assert left in row.left
        assert row.is_late == late

    def test_after_the_deposit_the_evaluation_runs(self, cast: Cast) -> None:
        make_deposited(cast)
        assert rows(cast.regulatory)[0].left == "évaluation jusqu’au 25 juin 2026"
        after = datetime(2026, 6, 26, 8, tzinfo=UTC)
        assert rows(cast.regulatory, after)[0].left == "évaluation terminée le 25 juin 2026"

    def test_what_is_closed_has_nothing_left(self, cast: Cast) -> None:
        record_decision(cast, make_deposited(cast))
        assert rows(cast.regulatory)[0].left == ""

    @pytest.mark.slow
    def test_the_number_of_queries_does_not_grow(self, cast: Cast) -> None:
        """Makes several batches: more than a second on a slow machine."""
        make_batch(cast, make_approved(cast))
        client = client_of(cast.regulatory)
        client.get(ADDRESS)
        with CaptureQueriesContext(connection) as few:
            client.get(ADDRESS)
        make_batch(cast, make_approved(cast), make_approved(cast), complete=False)
        make_deposited(cast)
        with CaptureQueriesContext(connection) as many:
            client.get(ADDRESS)
        assert len(many) == len(few)


class TestPage:
    def test_filters_are_in_the_address(self, cast: Cast) -> None:
        closed = make_deposited(cast)
        record_decision(cast, closed)
        preparing = make_batch(cast)
        person = cast.regulatory
        assert shown(person) == [preparing, closed.batch]
        assert shown(person, state="under_way") == [preparing]
        assert shown(person, state="closed") == [closed.batch]
        assert shown(person, category="GP") == []
        # What means nothing is as if it were not asked.
        assert shown(person, state="none", category="XX") == [preparing, closed.batch]

    def test_an_empty_answer_leads_back(self, cast: Cast) -> None:
        make_batch(cast)
        text = client_of(cast.regulatory).get(ADDRESS, {"category": "GP"}).content.decode()
        assert "No batch fits these filters." in text
        text = client_of(cast.pm).get(ADDRESS).content.decode()
        assert "will be listed here" in text

    def test_a_team_sees_and_counts_its_own(self, cast: Cast) -> None:
        batch = make_batch(cast, make_approved(cast))
        assert shown(cast.pm) == [batch]
        assert shown(cast.pm2) == []

    def test_the_file_has_a_column_for_each_state(self, cast: Cast) -> None:
        batch = make_batch(cast, make_approved(cast))
        answer = client_of(cast.regulatory).get(ADDRESS, {"format": "csv", "state": "preparing"})
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        heads, line = (text.split(";") for text in answer.content.decode("utf-8-sig").splitlines())
        values = dict(zip(heads, line, strict=True))
        assert values["Batch"] == str(batch.pk)
        assert (values["Closes"], values["Dossiers"]) == ("2026-04-24", "1")
        assert (values["Preparing"], values["Deposited"]) == ("1", "0")
