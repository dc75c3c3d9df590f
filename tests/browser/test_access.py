"""Everybody can use it: no serious barrier on any main page, and the keyboard alone suffices."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from approvals.audit.models import AuditEvent
from approvals.review.models import ReviewTask, Verdict
from approvals.submissions.models import Batch
from content.assets.models import Version
from tests.browser.people import Person
from tests.factories.people import PASSWORD, Cast
from tests.factories.submissions import pm_window
from tests.scenarios.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SitsDown = Callable[..., Person]
SERIOUS = ("serious", "critical")


def barriers(page: Any) -> list[str]:
    """Return what keeps people out of a page, as axe sees it."""
    found = Axe().run(page).response["violations"]
    return [
        f"{page.url}: {rule['id']} ({rule['impact']}): {node['html'][:160]}"
        for rule in found
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
    ]


def barriers_on(person: Person, *addresses: str) -> list[str]:
    """Sign a person in and visit their home and the pages."""
    person.page.goto("/")
    met = barriers(person.page)
    person.sign_in()
    met += barriers(person.page)
    for number, address in enumerate(addresses):
        answer = person.page.goto(address)
        assert answer.status == 200, address
        person.keep(f"access-{person.name}-{number:02}")
        met += barriers(person.page)
    return met


@pytest.fixture
def portfolio(cast: Cast, now: datetime, in_review: Version) -> dict[str, Version]:
    """One version at each of the places where somebody has something to do."""
    walk = Walk(cast, now)
    window = pm_window()
    assert cast.everybody()
    in_use = walk.release(walk.cleared(cast.product, window=window))
    withdrawn = walk.release(walk.cleared(cast.product, window=window))
    walk.withdraw(withdrawn)
    return {
        "in_use": in_use,
        "withdrawn": withdrawn,
        "cleared": walk.cleared(cast.product, window=window),
        "in_review": in_review,
        "draft": walk.brochure(cast.product),
    }


@pytest.fixture
def in_review(cast: Cast, now: datetime) -> Version:
    """A version that awaits its reviewers."""
    walk = Walk(cast, now)
    assert cast.medical
    version = walk.brochure(cast.product)
    walk.plan(version, pm_window())
    walk.upload(version)
    walk.submit(version)
    return version


def task_for(version: Version, role: str) -> ReviewTask:
    task: ReviewTask = ReviewTask.objects.get(cycle__version=version, role=role)
    return task


def test_no_page_keeps_anybody_out(
    portfolio: dict[str, Version], cast: Cast, sits_down: SitsDown
) -> None:
    product = cast.product
    in_review, cleared, draft = (portfolio[kind] for kind in ("in_review", "cleared", "draft"))
    met = barriers_on(
        sits_down("pm"),
        "/notifications/",
        "/profile/mails/",
        "/admin/desk/assets/",
        f"/admin/desk/assets/{in_review.asset.code}/",
        portfolio["in_use"].get_absolute_url(),
        draft.get_absolute_url(),
        "/admin/assets/new/",
        f"/admin/submissions/versions/{draft.pk}/plan/",
        f"/admin/assets/versions/{draft.pk}/upload/",
        f"/admin/review/versions/{draft.pk}/cancel/",
        f"/admin/assets/of/{draft.asset.code}/edit/",
        f"/admin/assets/of/{portfolio['in_use'].asset.code}/new-version/",
        "/admin/submissions/windows/",
        "/profile/",
    )
    medical = task_for(in_review, "medical_reviewer")
    met += barriers_on(
        sits_down("medical"),
        "/admin/review/tasks/",
        medical.get_absolute_url(),
        "/admin/review/figures/",
        "/notifications/",
    )
    batch = Batch.objects.latest("pk")
    met += barriers_on(
        sits_down("regulatory"),
        "/admin/submissions/batches/",
        batch.get_absolute_url(),
        f"/admin/submissions/dossiers/{batch.dossiers.get().pk}/decide/",
        "/admin/positive_list/",
        "/admin/positive_list/negative/",
        "/admin/positive_list/documents/",
        "/admin/submissions/batches/new/",
        "/admin/submissions/windows/new/",
    )
    met += barriers_on(
        sits_down("pharmacist"),
        "/admin/release/",
        f"/admin/release/versions/{cleared.pk}/release/",
        f"/admin/release/versions/{portfolio['in_use'].pk}/withdraw/",
        f"/admin/release/versions/{portfolio['in_use'].pk}/suspend/",
        f"/admin/release/products/{product.cis}/freeze/",
        portfolio["withdrawn"].get_absolute_url(),
    )
    met += barriers_on(
        sits_down("inspector"),
        "/admin/desk/trail/",
        f"/admin/desk/versions/{in_review.pk}/trail/",
        f"/admin/desk/versions/{in_review.pk}/record/",
    )
    met += barriers_on(
        sits_down("admin"),
        "/admin/catalogue/product/",
        "/admin/access/team/",
        "/admin/people/user/",
        "/admin/review/routes/",
        f"/admin/review/routes/{medical.cycle.route_id}/",
        f"/admin/review/routes/{medical.cycle.route_id}/edit/",
        "/admin/review/leads/",
        "/admin/review/precheckkind/",
    )
    met += barriers_on(
        sits_down("rep", phone=True),
        *(f"/a/{portfolio[kind].asset.code}/1/" for kind in ("in_use", "withdrawn")),
        "/field/?list=negative-list",
        "/field/?q=introuvable",
        "/profile/",
        "/profile/password/",
    )
    assert met == []


def test_the_keyboard_alone_signs_in_and_decides(in_review: Version, sits_down: SitsDown) -> None:
    medical = sits_down("medical")
    page, keys = medical.page, medical.page.keyboard
    page.goto("/")
    tab_to(page, "login")
    keys.type("medical")
    keys.press("Tab")
    keys.type(PASSWORD)
    with page.expect_navigation():
        keys.press("Enter")

    tab_to(page, "Open the next task")
    with page.expect_navigation():
        keys.press("Enter")
    task = task_for(in_review, "medical_reviewer")
    for question in task.checklist:
        tab_to(page, f"check_{question['key']}")
        keys.press("Space")
    tab_to(page, "verdict")
    keys.press("Space")
    tab_to(page, "comment")
    keys.type("Lu sans souris.")
    tab_to(page, "password")
    keys.type(PASSWORD)
    medical.keep("keyboard-decision")
    with page.expect_navigation():
        keys.press("Enter")
    page.get_by_text("Your verdict is signed.").wait_for()
    verdict = Verdict.objects.get(task=task)
    assert (verdict.outcome, verdict.comment) == ("approved", "Lu sans souris.")


def tab_to(page: Any, wanted: str) -> None:
    """Press Tab until the focus is on the field or the words, and is seen to be."""
    for _press in range(80):
        page.keyboard.press("Tab")
        at = page.evaluate(
            """() => {
                const at = document.activeElement, style = getComputedStyle(at);
                return {
                    name: at.name || at.textContent.trim(),
                    seen: style.outlineStyle !== 'none' || style.boxShadow !== 'none',
                };
            }"""
        )
        if at["name"] == wanted:
            assert at["seen"], f"nobody sees that the focus is on {wanted}"
            return
    pytest.fail(f"no key leads to {wanted}")


def test_a_wrong_password_costs_nothing_that_was_typed(
    in_review: Version, sits_down: SitsDown
) -> None:
    task = task_for(in_review, "medical_reviewer")
    medical = sits_down("medical", refusals=True)
    medical.sign_in()
    page = medical.page
    page.goto(task.get_absolute_url())
    for answer in page.get_by_role("radio", name="yes", exact=True).all():
        answer.check()
    page.get_by_role("radio", name="approved", exact=True).check()
    page.get_by_label("Comment", exact=True).fill("Deux fautes page 3.")
    page.get_by_label("Your password").fill("not-my-password")
    medical.press("Sign the verdict")

    sentence = page.get_by_text("The password is wrong: nothing was signed")
    medical.keep("wrong-password")
    sentence.first.wait_for()
    assert page.get_by_label("Comment", exact=True).input_value() == "Deux fautes page 3."
    assert page.get_by_role("radio", name="approved", exact=True).is_checked()
    assert all(box.is_checked() for box in page.get_by_role("radio", name="yes", exact=True).all())
    assert page.get_by_label("Your password").input_value() == ""
    assert not Verdict.objects.filter(task=task).exists()
    attempts = AuditEvent.objects.filter(kind="signature_refused", actor__username="medical")
    assert attempts.count() == 1

    # What was kept is all that is needed.
    medical.sign("Sign the verdict")
    page.get_by_text("Your verdict is signed.").wait_for()
    assert Verdict.objects.get(task=task).comment == "Deux fautes page 3."
