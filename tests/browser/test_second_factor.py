"""A second factor on the screens: registered, asked at sign-in and at a signature."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from approvals.review.models import ReviewTask
from approvals.signatures.models import Signature
from tests.browser.people import Person
from tests.browser.test_access import barriers
from tests.factories.factors import code_at
from tests.factories.people import PASSWORD, Cast
from tests.factories.review import in_review, task_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SitsDown = Callable[..., Person]


@pytest.fixture
def task(cast: Cast) -> ReviewTask:
    return task_of(in_review(cast), "medical_reviewer")


def register_application(person: Person) -> str:
    """Register an application from the profile and return its secret."""
    person.page.goto("/profile/")
    person.follow("Second factor")
    person.follow("Register an application")
    secret = person.page.locator(".im-secret").inner_text().replace(" ", "")
    assert barriers(person.page) == []
    person.page.get_by_label("The six digits").fill(code_at(secret, timezone.now()))
    person.page.get_by_label("Your password").fill(PASSWORD)
    person.press("Register it")
    assert person.page.locator(".im-codes code").count() == 10
    assert barriers(person.page) == []
    return secret


def sign_in_again(person: Person) -> None:
    person.page.goto("/profile/")
    person.press("Sign out")
    person.sign_in()


def refuse(person: Person, task: ReviewTask) -> Any:
    person.page.goto(task.get_absolute_url())
    person.page.get_by_role("radio", name="changes required").check()
    person.page.get_by_label("Comment", exact=True).fill("Corriger la posologie.")
    person.page.get_by_label("Your password").fill(PASSWORD)
    return person.page


def test_a_code_signs_in_and_the_next_one_signs(
    sits_down: SitsDown, cast: Cast, task: ReviewTask, clock: time_machine.Traveller
) -> None:
    medical = sits_down("medical", refusals=True)
    medical.sign_in()
    secret = register_application(medical)
    clock.shift(timedelta(seconds=31))
    sign_in_again(medical)
    assert barriers(medical.page) == []
    used = code_at(secret, timezone.now())
    medical.page.get_by_label("Code").fill(used)
    medical.press("Sign in")
    refuse(medical, task).get_by_label("Code of your second factor").fill(used)
    medical.press("Sign the verdict")
    medical.page.get_by_text("already used").wait_for()
    assert not Signature.objects.exists()
    clock.shift(timedelta(seconds=31))
    medical.page.get_by_label("Your password").fill(PASSWORD)
    code = code_at(secret, timezone.now())
    medical.page.get_by_label("Code of your second factor").fill(code)
    medical.press("Sign the verdict")
    medical.page.get_by_text("Your verdict is signed.").wait_for()
    assert Signature.objects.get().username == "medical"


def test_a_security_key_signs_in_and_signs(
    sits_down: SitsDown, cast: Cast, task: ReviewTask, settings: Any
) -> None:
    # The live server has no TLS; browsers take localhost for safe all the same.
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    medical = sits_down("medical")
    page = medical.page
    tools = medical.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True}
    key |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": key})
    medical.sign_in()
    page.goto("/profile/factors/key/")
    page.get_by_label("What you call this key").fill("Blue key")
    page.get_by_label("Your password").fill(PASSWORD)
    medical.press("Register it")
    assert page.locator(".im-codes code").count() == 10
    sign_in_again(medical)
    medical.press("Use a security key")
    refuse(medical, task)
    medical.press("Sign the verdict – with a security key")
    page.get_by_text("Your verdict is signed.").wait_for()
    assert Signature.objects.get().username == "medical"
