"""Files are inspected before the act: no lock is held and no transaction open meanwhile."""

import itertools
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from approvals.audit import PolicyDenied, StateConflict, act
from approvals.people.models import User
from approvals.review.actions import revise
from config.http.once import KEY_FIELD, Sending
from content.assets import inspection
from content.assets.actions import (
    create_version,
    edit_asset,
    inspected_for_asset,
    inspected_for_version,
    upload_revision,
)
from content.assets.models import Asset, Revision, Version
from tests.factories import T0
from tests.factories.assets import PREPARED_ON, make_asset, make_pdf, make_version
from tests.factories.people import Cast

_texts = itertools.count()


@pytest.fixture
def probed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """Whether a transaction was open, at each look into a PDF."""
    seen: list[bool] = []

    def probe(file: Any) -> str:
        seen.append(connection.in_atomic_block)
        return ""

    monkeypatch.setattr(inspection, "probe", probe)
    with time_machine.travel(T0, tick=False):
        yield seen


def fields() -> dict[str, Any]:
    return {"files": [make_pdf(f"texte {next(_texts)}")], "prepared_on": PREPARED_ON}


def page(person: User, name: str, key: object) -> int:
    client = Client()
    client.force_login(person)
    form = {**fields(), KEY_FIELD: Sending.fresh()}
    return client.post(reverse(f"assets:{name}", args=[key]), form).status_code


def api(person: User, address: str) -> int:
    client = APIClient()
    client.force_login(person)
    return client.post(
        f"/api/v1/{address}/", fields(), headers={"Idempotency-Key": "k"}
    ).status_code


# By whom, to a version that is a draft, and to an asset that has none yet.
WAYS: dict[str, Callable[[User, Version, Asset], Any]] = {
    "page of a version": lambda by, version, asset: page(by, "new_version", asset.code),
    "page of a revision": lambda by, version, asset: page(by, "upload", version.pk),
    "API of a version": lambda by, version, asset: api(by, f"assets/{asset.code}/versions"),
    "API of a revision": lambda by, version, asset: api(by, f"versions/{version.pk}/revisions"),
    "action": lambda by, version, asset: upload_revision(version.pk, **fields(), by=by, now=T0),
    "with answers": lambda by, version, asset: revise(version.pk, **fields(), by=by, now=T0),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_no_transaction_is_open_on_any_way(now: datetime, probed: list[bool], way: str) -> None:
    """Slow: it commits, so that an open transaction is the code's own."""
    cast = Cast()
    version = make_version(make_asset(by=cast.pm, products=[cast.product]))
    asset = make_asset(by=cast.pm, products=[cast.product])
    probed.clear()
    before = Revision.objects.count()
    answer = WAYS[way](cast.pm, version, asset)
    assert answer in {201, 302} or isinstance(answer, Revision)
    assert Revision.objects.count() == before + 1
    assert probed == [False]


@act("test")
def _inside(step: Callable[[], Any], *, by: User, now: datetime) -> Any:
    return step()


@pytest.mark.django_db
class TestNothingIsKeptUninspected:
    def test_raw_files_are_refused_inside_an_act(self, cast: Cast, now: datetime) -> None:
        version = make_version(make_asset(by=cast.pm, products=[cast.product]))
        asset = make_asset(by=cast.pm, products=[cast.product])
        given = {"prepared_on": PREPARED_ON, "by": cast.pm, "now": now}
        for keep in (
            lambda: upload_revision(version.pk, files=[make_pdf()], **given),
            lambda: revise(version.pk, files=[make_pdf()], **given),
            lambda: create_version(asset.pk, files=[make_pdf()], **given),
        ):
            with pytest.raises(RuntimeError, match="before the act"):
                _inside(keep, by=cast.pm, now=now)
        assert Revision.objects.count() == 1

    def test_a_raw_file_does_not_slip_in_among_inspected_ones(
        self, cast: Cast, now: datetime, probed: list[bool]
    ) -> None:
        version = make_version(make_asset(by=cast.pm, products=[cast.product]))
        who = {"by": cast.pm, "now": now}
        done = inspected_for_version(version.pk, [make_pdf("a", name="a.pdf")], **who)
        probed.clear()
        files = [*done, make_pdf("b", name="b.pdf")]
        with pytest.raises(TypeError):
            upload_revision(version.pk, files=files, prepared_on=PREPARED_ON, **who)
        assert Revision.objects.count() == 1

    def test_what_was_inspected_for_another_type_is_refused(
        self, cast: Cast, now: datetime
    ) -> None:
        version = make_version(make_asset(by=cast.pm, products=[cast.product]))
        who = {"by": cast.pm, "now": now}
        files = inspected_for_version(version.pk, [make_pdf()], **who)
        edit_asset(version.asset_id, changes={"asset_type": "poster"}, **who)
        with pytest.raises(StateConflict) as refused:
            upload_revision(version.pk, files=files, prepared_on=PREPARED_ON, **who)
        assert refused.value.code == "changed_meanwhile"
        assert Revision.objects.count() == 1

    def test_the_machine_does_not_work_for_who_may_not_keep_them(
        self, cast: Cast, now: datetime, probed: list[bool]
    ) -> None:
        version = make_version(make_asset(by=cast.pm, products=[cast.product]))
        probed.clear()
        for look in (
            lambda: inspected_for_version(version.pk, [make_pdf()], by=cast.pm2, now=now),
            lambda: inspected_for_asset(version.asset_id, [make_pdf()], by=cast.pm2, now=now),
        ):
            with pytest.raises(PolicyDenied) as refused:
                look()
            assert refused.value.code == "not_owner"
        assert probed == []
