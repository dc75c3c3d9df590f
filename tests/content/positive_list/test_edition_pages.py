"""The pages and the API of editions: what each reader is shown, and what they can say."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from approvals.people.actions import give_token, system_actor
from approvals.people.models import User
from content.assets.actions.facts import interrupt
from content.assets.enums import Cause
from content.assets.models import Version
from content.calendar import paris_day
from content.outbox.models import Message
from content.positive_list import edition_print
from content.positive_list.actions import acknowledge_edition, draft_edition
from content.positive_list.models import Edition, Recipient
from content.positive_list.tasks import make_edition as make_print
from tests.factories import T0
from tests.factories.editions import make_edition
from tests.factories.people import PASSWORD, Cast
from tests.factories.releases import make_released

pytestmark = pytest.mark.django_db
NOW = T0 + timedelta(hours=5)


@pytest.fixture(autouse=True)
def _afternoon(cast: Cast) -> Any:
    for person in (cast.rep, cast.rep2, cast.pharmacist, cast.regulatory):
        assert person
    with time_machine.travel(NOW, tick=False):
        yield


def page(user: User, address: str, status: int = 200) -> str:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def api(user: User) -> Client:
    _token, key = give_token(by=user, now=NOW)
    return Client(headers={"Authorization": f"Token {key}"})


def withdraw(version: Version) -> None:
    interrupt(
        version,
        cause=Cause.WITHDRAWN,
        reason="erreur page 2",
        starts_on=paris_day(NOW),
        by=system_actor(),
        now=NOW,
    )


def test_the_field_reads_its_own_entries_and_takes_note(cast: Cast) -> None:
    make_released(cast.product, title="Brochure de lancement")
    make_released(cast.other_product, title="Chose d'une autre équipe")
    edition = make_edition(cast)
    assert "waits for you" in page(cast.rep, "/field/")
    shown = page(cast.rep, "/field/editions/1/")
    assert "Brochure de lancement" in shown
    assert "autre équipe" not in shown
    assert "What came (1)" in shown
    assert "Take note of the edition" in shown

    client = Client()
    client.force_login(cast.rep)
    answer = client.post("/field/editions/1/acknowledge/")
    assert answer.headers["Location"] == "/field/editions/1/"
    assert Recipient.objects.get(edition=edition, person=cast.rep).acknowledged_at == NOW
    assert client.post("/field/editions/1/acknowledge/").status_code == 409
    assert "attest that your obsolete paper" in page(cast.rep, "/field/")
    assert client.post("/field/editions/1/attest/").status_code == 302
    assert "/field/editions/1/" not in page(cast.rep, "/field/")


def test_an_edition_says_which_of_its_entries_may_no_longer_be_used(cast: Cast) -> None:
    version = make_released(cast.product, title="Brochure de lancement")
    make_edition(cast)
    said = "version of this edition may no longer be used today"
    assert said not in page(cast.rep, "/field/editions/1/")
    withdraw(version)
    for person, address in (
        (cast.rep, "/field/editions/1/"),
        (cast.inspector, "/admin/positive_list/editions/1/"),
    ):
        shown = page(person, address)
        assert said in shown
        assert "withdrawn since 14 April 2026" in shown
    assert said not in page(cast.rep2, "/field/editions/1/")


def test_a_draft_is_the_offices_and_a_changed_one_is_not_signed(cast: Cast) -> None:
    draft_edition(by=cast.regulatory, now=NOW)
    page(cast.rep, "/field/editions/1/", 404)
    page(cast.pm, "/admin/positive_list/editions/1/", 404)
    address = "/admin/positive_list/editions/1/"
    assert "/admin/release/editions/1/sign/" in page(cast.pharmacist, address)
    assert "/admin/release/editions/1/sign/" not in page(cast.regulatory, address)
    make_released(cast.product, now=NOW)
    assert "/admin/release/editions/1/sign/" not in page(cast.pharmacist, address)
    assert "draw it up again" in page(cast.pharmacist, "/admin/release/editions/1/sign/", 409)


def test_the_pharmacist_signs_on_the_page(cast: Cast) -> None:
    edition = draft_edition(by=cast.regulatory, now=NOW)
    client = Client()
    client.force_login(cast.pharmacist)
    address = "/admin/release/editions/1/sign/"
    assert edition.digest in client.get(address).content.decode()
    assert client.post(address, {"password": "wrong"}).status_code == 403
    assert client.post(address, {"password": PASSWORD}).status_code == 302
    edition.refresh_from_db()
    assert edition.is_signed
    assert client.post(address, {"password": PASSWORD}).status_code == 409


def test_who_has_not_acknowledged_is_listed_and_exported(cast: Cast) -> None:
    make_edition(cast)
    acknowledge_edition(1, by=cast.rep, now=NOW)
    for person in (cast.pharmacist, cast.regulatory, cast.inspector, cast.admin):
        shown = page(person, "/admin/positive_list/editions/1/")
        assert "not acknowledged" in shown
        rows = page(person, "/admin/positive_list/editions/1/readers/").splitlines()
        assert rows[1].startswith("rep2,Rep2 Martin,Respiratory,")
        assert rows[1].endswith(",,")
        assert rows[2].split(",")[4] == NOW.isoformat()
    page(cast.medical, "/admin/positive_list/editions/1/readers/", 403)
    assert "Who acknowledged" not in page(cast.medical, "/admin/positive_list/editions/1/")


def test_the_administrator_reads_who_but_not_the_entries(cast: Cast) -> None:
    make_released(cast.product, title="Brochure de lancement")
    make_edition(cast)
    shown = page(cast.admin, "/admin/positive_list/editions/1/")
    assert "Brochure de lancement" not in shown
    assert "not shown to your role" in shown


def test_over_the_api_from_draft_to_attestation(cast: Cast) -> None:
    regulatory, pharmacist, rep = api(cast.regulatory), api(cast.pharmacist), api(cast.rep)
    made = regulatory.post("/api/v1/editions/")
    assert (made.status_code, made.json()["state"]) == (201, "draft")
    assert rep.get("/api/v1/editions/").json()["results"] == []
    assert rep.post("/api/v1/editions/1/acknowledge/").status_code == 404
    signature = {"password": PASSWORD, "meaning": "edition"}
    body = {"data": {"signature": signature}, "content_type": "application/json"}
    signed = pharmacist.post("/api/v1/editions/1/sign/", **body)
    assert (signed.status_code, signed.json()["signed_by"]) == (200, "pharmacist")
    again = pharmacist.post("/api/v1/editions/1/sign/", **body)
    assert (again.status_code, again.json()["code"]) == (409, "already_signed")
    assert rep.post("/api/v1/editions/1/attest-destruction/").json()["code"] == "not_acknowledged"
    assert rep.post("/api/v1/editions/1/acknowledge/").json()["acknowledged_at"]
    assert rep.post("/api/v1/editions/1/attest-destruction/").json()["destroyed_at"]
    assert rep.get("/api/v1/editions/1/pdf/").status_code == 403
    assert pharmacist.get("/api/v1/editions/1/pdf/").status_code == 404


@pytest.mark.slow
def test_the_print_is_the_same_when_made_again(cast: Cast, monkeypatch: Any) -> None:
    import pikepdf

    monkeypatch.setattr(edition_print, "LINES", 2)
    for number in range(5):
        make_released(cast.product, title=f"Brochure {number}")
    withdraw(make_released(cast.product, title="Ancienne brochure"))
    edition = make_edition(cast, now=NOW)
    job = Message.objects.get(topic=edition_print.MAKE_EDITION)
    make_print(**job.arguments)
    first = edition_print.pdf_of(edition)
    assert first is not None
    contents = edition_print.contents_of(Edition.objects.get())
    assert edition_print.printed_edition(Edition.objects.get(), contents) == first
    client = api(cast.inspector)
    assert client.get("/api/v1/editions/1/pdf/").content == first
    _check_pages(first, edition, pikepdf)


def _check_pages(made: bytes, edition: Edition, pikepdf: Any) -> None:
    import io

    import pypdfium2

    read = pypdfium2.PdfDocument(made)
    texts = [one.get_textpage().get_text_bounded() for one in read]
    assert len(texts) > 3
    for number, text in enumerate(texts, 1):
        assert f"page {number} / {len(texts)}" in text
        assert edition.digest in text
    assert sum(text.count("Brochure 4") for text in texts) == 2  # it came, and it is usable
    with pikepdf.open(io.BytesIO(made)) as whole:
        numbers = [int(one.obj.StructParents) for one in whole.pages]
        assert numbers == list(range(len(texts)))
        assert len(whole.Root.StructTreeRoot.ParentTree.Nums) == 2 * len(texts)
        with whole.open_outline() as outline:
            assert len(outline.root) == 5
        assert "pdfaid" in str(bytes(whole.Root.Metadata.read_bytes()))
