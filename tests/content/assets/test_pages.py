"""Pages on which assets are created and edited, versions opened and files uploaded."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from approvals.people.models import User
from content.assets.enums import State
from content.assets.models import Asset, Version
from tests.factories.assets import drive, make_asset, make_pdf, make_version, upload
from tests.factories.people import Cast

pytestmark = pytest.mark.django_db


def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def asset_form(cast: Cast, **fields: Any) -> dict[str, Any]:
    return {
        "title": "Brochure cardio",
        "asset_type": "brochure",
        "nature": "promotional",
        "audience": "hcp",
        "products": [cast.product.cis],
        "jurisdiction": "FR",
        "language": "fr",
        **fields,
    }


def test_a_product_manager_creates_a_brochure_and_uploads_its_file(cast: Cast) -> None:
    client = browser(cast.pm)
    page = client.get(reverse("assets:create"))
    assert page.status_code == 200
    assert cast.product.name in page.content.decode()
    assert cast.free_product.name in page.content.decode()
    cast.respiratory  # noqa: B018 another team's product exists, and is not offered
    assert cast.other_product.name not in client.get(reverse("assets:create")).content.decode()

    made = client.post(reverse("assets:create"), asset_form(cast))
    asset = Asset.objects.get()
    assert (asset.title, asset.owner, asset.lead_product) == (
        "Brochure cardio",
        cast.pm,
        cast.product,
    )
    address = reverse("assets:new_version", args=[asset.code])
    assert (made.status_code, made["Location"]) == (302, address)

    assert client.get(address).status_code == 200
    opened = client.post(address, {"files": [make_pdf()], "prepared_on": "2026-03-01"})
    version = Version.objects.get()
    assert (opened.status_code, opened["Location"]) == (302, version.get_absolute_url())

    address = reverse("assets:upload", args=[version.pk])
    assert client.get(address).status_code == 200
    again = client.post(
        address,
        {"files": [make_pdf("b"), make_pdf("c", name="c.pdf")], "prepared_on": "2026-04-01"},
    )
    assert again.status_code == 302
    revision = version.current_revision
    assert revision is not None
    assert (revision.number, revision.files.count()) == (2, 2)


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(cast: Cast) -> None:
    client = browser(cast.pm)
    answer = client.post(reverse("assets:create"), asset_form(cast, audience="public"))
    assert answer.status_code == 400
    form = answer.context["form"]
    assert list(form.errors) == ["audience"]
    assert form["title"].value() == "Brochure cardio"
    assert not Asset.objects.exists()


def test_a_wrong_file_is_said_at_the_files(cast: Cast) -> None:
    asset = make_asset(by=cast.pm, products=[cast.product])
    client = browser(cast.pm)
    for file in (upload("vide.pdf", b""), upload("faux.pdf", b"hello"), upload("x.svg", b"<svg/>")):
        answer = client.post(
            reverse("assets:new_version", args=[asset.code]),
            {"files": [file], "prepared_on": "2026-03-01"},
        )
        assert answer.status_code == 400
        assert list(answer.context["form"].errors) == ["files"]
    assert not Version.objects.exists()


def test_another_teams_product_cannot_be_chosen(cast: Cast) -> None:
    cast.respiratory  # noqa: B018 its product has a team
    answer = browser(cast.pm).post(
        reverse("assets:create"), asset_form(cast, products=[cast.other_product.cis])
    )
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == ["products"]


def test_the_owner_edits_within_what_may_change(cast: Cast) -> None:
    asset = make_asset(by=cast.pm, products=[cast.product])
    client = browser(cast.pm)
    address = reverse("assets:edit", args=[asset.code])
    assert "reason" not in client.get(address).context["form"].fields
    answer = client.post(address, asset_form(cast, title="Autre", department="Marketing"))
    assert answer.status_code == 302
    assert Asset.objects.get().title == "Autre"

    drive(make_version(asset), State.IN_REVIEW)
    page = client.get(address)
    assert page.context["form"].fields["title"].disabled
    assert page.context["consequences"]
    answer = client.post(
        address, asset_form(cast, title="Encore", department="Médical", reason="réorganisation")
    )
    assert answer.status_code == 302
    kept = Asset.objects.get()
    assert (kept.title, kept.department) == ("Autre", "Médical")


def test_a_page_that_would_refuse_says_why_instead_of_the_form(cast: Cast) -> None:
    asset = make_asset(by=cast.pm, products=[cast.product])
    version = make_version(asset)
    new_version = reverse("assets:new_version", args=[asset.code])
    upload_page = reverse("assets:upload", args=[version.pk])
    answer = browser(cast.pm).get(new_version)
    assert answer.status_code == 409
    assert "form" not in answer.context
    for address in (upload_page, reverse("assets:edit", args=[asset.code])):
        assert browser(cast.regulatory).get(address).status_code == 403
        assert browser(cast.regulatory).post(address, {}).status_code == 403
        assert browser(cast.pm2).get(address).status_code == 404
        assert browser(cast.rep).get(address).status_code == 403
        assert Client().get(address).status_code == 302
    assert browser(cast.regulatory).get(reverse("assets:create")).status_code == 403


def test_the_admin_lists_show_what_one_may_see_and_write_nothing(cast: Cast) -> None:
    version = make_version(make_asset(by=cast.pm, products=[cast.product]))
    lists = [
        reverse(f"admin:assets_{name}_changelist")
        for name in ("asset", "version", "reference", "visa", "assettype")
    ]
    for address in lists:
        assert browser(cast.regulatory).get(address).status_code == 200
        assert browser(cast.pm).get(address).status_code == 200
    assert version.asset.code in browser(cast.pm).get(lists[0]).content.decode()
    assert version.asset.code not in browser(cast.pm2).get(lists[0]).content.decode()
    assert version.asset.code not in browser(cast.admin).get(lists[1]).content.decode()
    change = reverse("admin:assets_version_change", args=[version.pk])
    assert browser(cast.regulatory).get(change).status_code == 200
    assert browser(cast.pm2).get(change).status_code == 302
    assert browser(cast.regulatory).post(change, {"change_kind": "safety"}).status_code == 403
    assert browser(cast.pm).get(reverse("admin:assets_asset_add")).status_code == 403
