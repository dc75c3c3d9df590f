"""One brochure, from a product manager's upload to the field's list, by its six people."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from approvals.submissions.models import DepositWindow
from content.assets.models import Version
from content.calendar import add_months, paris_day
from tests.browser.people import Person
from tests.factories import T0
from tests.factories.assets import pdf_bytes
from tests.factories.people import Cast
from tests.factories.submissions import pm_window
from tests.scenarios.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SitsDown = Callable[..., Person]
TITLE = "Brochure de consultation"
RECEIPT = "12345678901"


def pdf(name: str, *lines: str) -> dict[str, Any]:
    """A file as a browser sends it."""
    content = pdf_bytes("\n".join(lines))
    return {"name": name, "mimeType": "application/pdf", "buffer": content}


def create(pm: Person) -> None:
    """``pm`` creates a brochure, opens its first version and reserves its reference."""
    page = pm.page
    pm.sign_in()
    pm.keep("01-pm-home")
    pm.follow("New asset")
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("Type", exact=True).select_option("brochure")
    page.get_by_label("Nature").select_option("promotional")
    page.get_by_label("Audience").select_option("hcp")
    page.get_by_label("CARDIOMED 10 mg, comprimé").check()
    pm.keep("02-pm-new-asset")
    pm.press("Create the asset")
    pm.keep("03-pm-new-version")
    pm.press("Open the version")
    pm.keep("04-pm-version")
    pm.follow("Plan the deposit")
    page.get_by_label("Window").select_option(str(pm_window().pk))
    pm.keep("05-pm-plan")
    pm.press("Plan and reserve the reference")


def submit(pm: Person, reference: str) -> None:
    """``pm`` uploads the PDF that prints its reference, and submits."""
    page = pm.page
    pm.keep("06-pm-planned")
    pm.follow("Upload a revision")
    page.get_by_label("Files").set_input_files(
        pdf("brochure.pdf", "CARDIOMED 10 mg", reference, "avril 2026")
    )
    page.get_by_label("Prepared on").fill("2026-04-14")
    pm.keep("07-pm-upload")
    pm.press("Upload the revision")
    pm.keep("08-pm-uploaded")
    pm.follow("Submit for review")
    pm.keep("09-pm-submit")
    pm.press("Submit")
    pm.keep("10-pm-submitted")
    page.get_by_text("The version is in review.").wait_for()


def approve(reviewer: Person) -> None:
    """A reviewer opens their next task, answers the checklist and signs."""
    page = reviewer.page
    reviewer.sign_in()
    reviewer.keep(f"11-{reviewer.name}-home")
    reviewer.follow("My tasks")
    reviewer.keep(f"12-{reviewer.name}-tasks")
    reviewer.follow("Open the next task")
    page.get_by_role("heading", name="Checklist").wait_for()
    for answer in page.get_by_role("radio", name="yes", exact=True).all():
        answer.check()
    page.get_by_role("radio", name="approved", exact=True).check()
    page.get_by_label("Comment", exact=True).fill("Conforme au RCP.")
    reviewer.keep(f"13-{reviewer.name}-decision")
    reviewer.sign("Sign the verdict")
    page.get_by_text("Your verdict is signed.").wait_for()
    reviewer.keep(f"14-{reviewer.name}-signed")


def batch(regulatory: Person, window: DepositWindow | None = None, receipt: str = RECEIPT) -> None:
    """``regulatory`` opens the window's batch, fills the dossier and freezes it."""
    page = regulatory.page
    regulatory.page.goto("/")
    regulatory.keep("20-regulatory-home")
    regulatory.follow("ANSM deposits")
    regulatory.follow("Open a batch")
    page.get_by_label("Window").select_option(str((window or pm_window()).pk))
    regulatory.keep("21-regulatory-open-batch")
    regulatory.press("Open the batch")
    regulatory.keep("22-regulatory-batch")
    regulatory.follow("Add a version")
    regulatory.keep("23-regulatory-add")
    regulatory.press("Add the version")
    regulatory.keep("24-regulatory-added")
    regulatory.follow("Complete the dossier")
    page.get_by_label("Receipt number").fill(receipt)
    page.get_by_label("Context").select_option("campaign")
    regulatory.keep("25-regulatory-dossier")
    regulatory.press("Save the dossier")
    for kind in ("fee receipt", "SmPC"):
        add_piece(regulatory, kind)
    regulatory.keep("27-regulatory-complete")
    regulatory.follow("Freeze the batch")
    regulatory.keep("28-regulatory-freeze")
    regulatory.sign("Sign")
    regulatory.keep("29-regulatory-frozen")


def add_piece(regulatory: Person, kind: str) -> None:
    regulatory.follow("Add a piece")
    regulatory.page.get_by_label("Kind").select_option(label=kind)
    regulatory.page.get_by_label("File").set_input_files(pdf(f"{kind}.pdf", kind, RECEIPT))
    regulatory.keep("26-regulatory-piece")
    regulatory.press("Add the piece")


def deposit(regulatory: Person) -> None:
    """``regulatory`` records the deposit with its acknowledgement."""
    page = regulatory.page
    regulatory.follow("Add the acknowledgement")
    page.get_by_label("File").set_input_files(pdf("accuse.pdf", "accusé de réception"))
    regulatory.press("Add the piece")
    regulatory.follow("Record the deposit")
    page.get_by_label("Portal number").fill("DS-2026-000123")
    regulatory.keep("30-regulatory-deposit")
    regulatory.sign("Sign")
    regulatory.keep("31-regulatory-deposited")


def grant(regulatory: Person) -> None:
    """``regulatory`` records the authority's grant."""
    page = regulatory.page
    regulatory.follow("Record its decision")
    page.get_by_label("Outcome").select_option("granted")
    regulatory.keep("32-regulatory-decision")
    regulatory.sign("Sign")
    page.get_by_text("The decision is recorded.").wait_for()
    regulatory.keep("33-regulatory-decided")


def release(pharmacist: Person) -> None:
    page = pharmacist.page
    page.goto("/")
    pharmacist.keep("40-pharmacist-home")
    pharmacist.follow("To release")
    pharmacist.keep("41-pharmacist-queue")
    page.get_by_role("main").get_by_role("link", name="Release", exact=True).click()
    pharmacist.keep("42-pharmacist-release")
    pharmacist.sign("Sign the release")
    page.get_by_text("It is released").first.wait_for()
    pharmacist.keep("43-pharmacist-released")


def test_from_the_upload_to_the_field_and_back(cast: Cast, sits_down: SitsDown) -> None:
    names = ("pm", "medical", "regulatory", "compliance", "pharmacist", "rep")
    assert all(getattr(cast, name) for name in names)

    pm = sits_down("pm")
    create(pm)
    version = Version.objects.select_related("asset", "reference").get()
    submit(pm, version.reference.value)

    at_work = {name: sits_down(name) for name in names[1:5]}
    for reviewer in at_work.values():
        approve(reviewer)

    batch(at_work["regulatory"])
    deposit(at_work["regulatory"])
    grant(at_work["regulatory"])
    release(at_work["pharmacist"])

    rep = sits_down("rep", phone=True)
    rep.sign_in()
    rep.keep("50-rep-list")
    rep.follow(TITLE)
    rep.page.get_by_text("You may use it today").wait_for()
    assert rep.page.url.endswith(f"/a/{version.asset.code}/1/")
    rep.keep("51-rep-yes")

    withdraw(at_work["pharmacist"], version)

    rep.page.reload()
    rep.page.get_by_text("Do not use it").wait_for()
    rep.page.get_by_text("le laboratoire change de message").wait_for()
    rep.keep("52-rep-no")
    rep.page.goto("/field/")
    assert rep.page.get_by_role("link", name=TITLE).count() == 0
    rep.keep("53-rep-list-after")


def withdraw(pharmacist: Person, version: Version) -> None:
    """The pharmacist withdraws it from its page."""
    page = pharmacist.page
    pharmacist.follow("Withdraw from use")
    page.get_by_label("Reason").fill("le laboratoire change de message")
    pharmacist.keep("60-pharmacist-withdraw")
    pharmacist.sign("Sign the withdrawal")
    pharmacist.keep("61-pharmacist-withdrawn")


def test_once_its_two_years_are_over_the_lists_no_longer_have_it(
    cast: Cast, now: datetime, sits_down: SitsDown, clock: time_machine.Traveller
) -> None:
    walk = Walk(cast, now)
    version = walk.release(walk.cleared(cast.product, window=pm_window()))
    last = add_months(paris_day(T0), 24) - timedelta(days=1)
    after = last + timedelta(days=1)

    pharmacist = sits_down("pharmacist")
    pharmacist.sign_in()
    listed = pharmacist.page.get_by_role("main").get_by_text(version.asset.code)
    pharmacist.page.goto(f"/admin/positive_list/?on={last}")
    assert listed.count() == 1
    pharmacist.page.goto(f"/admin/positive_list/?on={after}")
    assert listed.count() == 0

    # And on that very day, in the field.
    assert cast.rep
    rep = sits_down("rep", phone=True)
    rep.sign_in()
    assert rep.page.get_by_role("link", name=TITLE).count() == 1
    clock.move_to(datetime(after.year, after.month, after.day, 8, tzinfo=T0.tzinfo))
    later = sits_down("rep", phone=True)
    later.sign_in()
    assert later.page.get_by_role("link", name=TITLE).count() == 0
    later.page.goto(f"/a/{version.asset.code}/1/")
    later.page.get_by_text("Do not use it").wait_for()
