"""A refusal and its answer, on the screens: the drawn comment goes with the corrected document."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from approvals.review.actions import submit
from approvals.review.models import Comment, ReviewTask, Verdict
from content.assets.models import Version
from tests.browser.people import Person
from tests.browser.test_access import barriers, task_for
from tests.factories import T0
from tests.factories.assets import make_zip, pdf_bytes
from tests.factories.factors import code_at, with_totp
from tests.factories.people import Cast
from tests.factories.review import draft, give, task_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SitsDown = Callable[..., Person]


@pytest.fixture
def version(cast: Cast) -> Version:
    """A brochure of two pages that awaits its reviewers."""
    assert cast.everybody()
    brochure = draft(cast)
    submit(brochure.pk, by=cast.pm, now=T0)
    return brochure


def draw(page: Any, *, at: tuple[float, float], to: tuple[float, float]) -> None:
    """Draw a rectangle on the first page with the mouse: fractions of the page."""
    page.get_by_role("button", name="Annotate").click()
    frame = page.locator("[data-sheets] .im-sheet__frame").first
    frame.locator("img").evaluate("image => image.decode()")
    box = frame.bounding_box()
    page.mouse.move(box["x"] + at[0] * box["width"], box["y"] + at[1] * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + to[0] * box["width"], box["y"] + to[1] * box["height"], steps=4)
    page.mouse.up()


def refuse(medical: Person, task: ReviewTask) -> None:
    """``medical`` draws a comment and requires changes."""
    page = medical.page
    page.goto(task.get_absolute_url())
    draw(page, at=(0.1, 0.05), to=(0.5, 0.1))
    page.get_by_text("On the rectangle drawn on page 1.").wait_for()
    page.keyboard.type("La posologie n’est pas celle du RCP.")
    page.get_by_role("radio", name="suggestion").check()
    medical.keep("workspace-drawn")
    page.get_by_role("button", name="Keep the comment").click()
    page.locator("[data-thread]").get_by_text("La posologie").wait_for()
    assert page.locator(".im-mark").count() == 1
    medical.keep("workspace-commented")
    assert barriers(page) == []
    page.get_by_role("link", name="Decision").click()
    page.get_by_role("radio", name="changes required").check()
    page.get_by_label("Comment", exact=True).fill("Corriger la posologie.")
    medical.sign("Sign the verdict")
    page.get_by_text("Your verdict is signed.").wait_for()


def answer(pm: Person, version: Version, task: ReviewTask) -> None:
    """``pm`` replies, uploads a corrected revision, resolves the comment and submits again."""
    page = pm.page
    page.goto(task.get_absolute_url())
    page.get_by_role("link", name="Comments").click()
    page.locator("summary").get_by_text("Reply").click()
    page.get_by_label("Reply", exact=True).fill("Corrigé : 10 mg par jour.")
    page.get_by_role("button", name="Send the reply").click()
    page.locator(".im-thread__reply").wait_for()
    page.get_by_role("button", name="Resolve").click()
    page.locator(".im-thread--settled").wait_for(state="attached")
    pm.keep("workspace-answered")
    page.goto(version.get_absolute_url())
    pm.follow("Upload a revision")
    page.get_by_label("Files").set_input_files(
        {
            "name": "brochure.pdf",
            "mimeType": "application/pdf",
            "buffer": pdf_bytes("CARDIOMED 10 mg par jour"),
        }
    )
    page.get_by_label("Prepared on").fill("2026-04-14")
    pm.press("Upload the revision")
    pm.follow("Submit for review")
    pm.press("Submit")
    page.get_by_text("The version is in review.").wait_for()


def come_back(medical: Person, secret: str, clock: time_machine.Traveller) -> None:
    """``medical`` signs in again, with the second factor that was registered meanwhile."""
    medical.sign_in()
    medical.page.get_by_label("Code").fill(code_at(secret, timezone.now()))
    medical.press("Sign in")
    # The code that signed in does not sign: wait for the next one.
    clock.shift(timedelta(seconds=31))


def approve(medical: Person, task: ReviewTask, secret: str) -> None:
    """``medical`` finds the comment carried forward, verifies it, compares, approves and signs."""
    page = medical.page
    page.goto(task.get_absolute_url())
    page.get_by_role("link", name="Comments").click()
    page.get_by_role("button", name="All", exact=True).click()
    page.get_by_text("carried forward from revision 1").wait_for()
    page.get_by_role("button", name="Verified: it is settled").click()
    page.get_by_text("verified by").wait_for()
    assert barriers(page) == []
    page.get_by_role("link", name="Compare").click()
    page.locator("ins").first.wait_for()
    medical.keep("workspace-compared")
    assert barriers(page) == []
    page.get_by_role("link", name="SmPC beside").click()
    page.get_by_text("No SmPC of").wait_for()
    assert barriers(page) == []
    page.keyboard.press("a")
    for box in page.get_by_role("radio", name="yes", exact=True).all():
        box.check()
    assert page.get_by_role("radio", name="approved", exact=True).is_checked()
    code = code_at(secret, timezone.now())
    page.get_by_label("Code of your second factor").fill(code)
    medical.keep("workspace-decided")
    medical.sign("Sign the verdict")
    page.get_by_text("Your verdict is signed.").wait_for()


def test_a_drawn_comment_is_answered_and_carried_forward(
    cast: Cast, version: Version, sits_down: SitsDown, clock: time_machine.Traveller
) -> None:
    task = task_for(version, "medical_reviewer")
    medical = sits_down("medical")
    medical.sign_in()
    refuse(medical, task)
    cycle = task.cycle
    give(task_of(cycle, "regulatory_reviewer"), cast.regulatory)
    give(task_of(cycle, "compliance_reviewer"), cast.compliance)

    pm = sits_down("pm")
    pm.sign_in()
    answer(pm, version, task)

    again = ReviewTask.objects.open().get(cycle__version=version, role="medical_reviewer")
    secret = with_totp(cast.medical, timezone.now())
    come_back(medical, secret, clock)
    approve(medical, again, secret)
    kept = Comment.objects.get()
    assert (kept.page, kept.file) == (1, 1)
    assert (kept.resolved_by, kept.verified_by) == (cast.pm, cast.medical)
    assert Verdict.objects.get(task=again).outcome == "approved"


def test_what_is_typed_outlives_the_page(cast: Cast, version: Version, sits_down: SitsDown) -> None:
    """A draft is kept in the browser until it was sent, and holds no password."""
    medical = sits_down("medical")
    medical.sign_in()
    page = medical.page
    address = task_for(version, "medical_reviewer").get_absolute_url()
    page.goto(address)
    page.get_by_role("radio", name="approved", exact=True).check()
    page.get_by_label("Comment", exact=True).fill("À moitié lu.")
    page.get_by_label("Your password").fill("half a password")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/profile/")
    page.goto(address)
    assert page.get_by_label("Comment", exact=True).input_value() == "À moitié lu."
    assert page.get_by_role("radio", name="approved", exact=True).is_checked()
    assert page.get_by_label("Your password").input_value() == ""
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert "À moitié lu." in kept
    assert "half a password" not in kept


SCRIPT = b"""
const said = [];
try { said.push("cookie:" + document.cookie); } catch (error) { said.push("cookie refused"); }
try { said.push("parent:" + parent.document.title); } catch (error) { said.push("parent refused"); }
try { said.push("kept:" + localStorage.length); } catch (error) { said.push("storage refused"); }
fetch("/api/v1/me/").then(() => said.push("api read"), () => said.push("api refused"))
  .then(() => { document.body.dataset.said = said.join(", "); });
"""


def test_a08_a_slide_runs_apart_and_reaches_nothing(cast: Cast, sits_down: SitsDown) -> None:
    assert cast.everybody()
    package = {"index.html": b"<body><h1>Slide</h1><script src=app.js></script>", "app.js": SCRIPT}
    slide = draft(cast, asset_type="slide", files=[make_zip(package)])
    submit(slide.pk, by=cast.pm, now=T0)
    medical = sits_down("medical")
    medical.sign_in()
    medical.page.goto(task_for(slide, "medical_reviewer").get_absolute_url())
    frame = medical.page.frame_locator("iframe")
    frame.get_by_role("heading", name="Slide").wait_for()
    frame.locator("body[data-said]").wait_for()
    said = frame.locator("body").get_attribute("data-said")
    assert said == "cookie refused, parent refused, storage refused, api refused"
    medical.keep("workspace-slide")
    # The browser tells of each thing that it refused to the slide, and of nothing else.
    assert all("Content Security Policy" in trouble for trouble in medical.troubles)
    medical.troubles.clear()
