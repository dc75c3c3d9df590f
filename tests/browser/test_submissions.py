"""One brochure that misses its window, is planned anew, deposited, and granted by silence.

Each job on the screens, by whose job it is; the four verdicts, and they alone, through the actions
(``test_outcome`` signs them on the screens).
"""

from collections.abc import Callable
from datetime import date, datetime

import pytest
import time_machine

from approvals.submissions.models import Decision, DepositWindow, Dossier
from content.assets.enums import ReferenceStatus
from content.assets.models import Reference, Version
from content.calendar import PARIS
from tests.browser.people import Person
from tests.browser.test_access import barriers
from tests.browser.test_outcome import batch, deposit, pdf
from tests.factories.people import Cast
from tests.factories.submissions import pm_window, window_of
from tests.scenarios.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SitsDown = Callable[..., Person]
MISSED_ON = datetime(2026, 4, 27, 10, tzinfo=PARIS)
DEPOSITED_ON = datetime(2026, 7, 20, 10, tzinfo=PARIS)
LAST_DAY = datetime(2026, 9, 29, 23, 50, tzinfo=PARIS)
DAY_AFTER = datetime(2026, 9, 30, 9, tzinfo=PARIS)


@pytest.fixture
def comes_in(sits_down: SitsDown) -> Callable[[str], Person]:
    """A person signs in anew: no session lasts from one window to the next."""

    def come(name: str) -> Person:
        person = sits_down(name)
        person.sign_in()
        return person

    return come


def no_barrier(person: Person) -> None:
    assert barriers(person.page) == []


def plan(pm: Person, version: Version, window: DepositWindow) -> None:
    """The owner plans the deposit from the version's page, and reserves its reference."""
    pm.page.goto(version.get_absolute_url())
    pm.follow("Plan the deposit")
    pm.page.get_by_label("Window").select_option(str(window.pk))
    no_barrier(pm)
    pm.keep(f"plan-{window.pk}")
    pm.press("Plan and reserve the reference")


def upload(pm: Person, version: Version) -> None:
    """The owner uploads the file that shows its reference."""
    reference = Version.objects.select_related("reference").get(pk=version.pk).reference
    assert reference is not None
    pm.page.goto(version.get_absolute_url())
    pm.follow("Upload a revision")
    file = pdf("brochure.pdf", "CARDIOMED 10 mg", reference.value, "avril 2026")
    pm.page.get_by_label("Files").set_input_files(file)
    pm.page.get_by_label("Prepared on").fill("2026-04-14")
    pm.press("Upload the revision")


def submit(pm: Person) -> None:
    pm.follow("Submit for review")
    pm.press("Submit")
    pm.page.get_by_text("The version is in review.").wait_for()


def miss(regulatory: Person, version: Version) -> None:
    """``regulatory`` declares the dossier missed, and sends the version back for its reference."""
    page = regulatory.page
    page.goto(Dossier.objects.get().get_absolute_url())
    regulatory.follow("Declare it missed")
    page.get_by_text("is burnt").wait_for()
    page.get_by_label("Reason").fill("Le portail était fermé.")
    no_barrier(regulatory)
    regulatory.keep("miss")
    regulatory.press("Declare it missed")
    no_barrier(regulatory)
    page.get_by_role("link", name="Cancel the batch").first.wait_for()
    regulatory.keep("missed")
    page.goto(version.get_absolute_url())
    regulatory.follow("Send back for changes")
    page.get_by_label("Reason").fill("Période manquée : nouvelle référence.")
    regulatory.press("Send back")


def carry(regulatory: Person, version: Version) -> None:
    """``regulatory`` carries the verdicts to the file that shows the new reference."""
    page = regulatory.page
    page.goto(version.get_absolute_url())
    regulatory.follow("Carry the verdicts")
    page.get_by_label("Reason").fill("Seule la référence change.")
    no_barrier(regulatory)
    regulatory.keep("carry")
    regulatory.sign("Sign the carry")
    page.get_by_text("The carry is signed.").wait_for()


def test_missed_planned_anew_deposited_and_granted_by_silence(
    cast: Cast, now: datetime, comes_in: Callable[[str], Person], clock: time_machine.Traveller
) -> None:
    assert cast.everybody()
    walk = Walk(cast, now)
    april, july = pm_window(), window_of(date(2026, 7, 28))
    version = walk.brochure(cast.product)

    pm = comes_in("pm")
    plan(pm, version, april)
    upload(pm, version)
    submit(pm)
    walk.approve(version)
    regulatory = comes_in("regulatory")
    batch(regulatory, april)
    first = Dossier.objects.get()

    # The window closed on the 24th without it.
    clock.move_to(MISSED_ON)
    regulatory = comes_in("regulatory")
    miss(regulatory, version)
    assert Dossier.objects.get().state == "missed"
    assert Reference.objects.get().status == ReferenceStatus.BURNT

    pm = comes_in("pm")
    plan(pm, version, july)
    upload(pm, version)
    submit(pm)
    carry(regulatory, version)
    assert [row.value[:6] for row in Reference.objects.order_by("pk")] == ["26/04/", "26/07/"]

    clock.move_to(DEPOSITED_ON)
    regulatory = comes_in("regulatory")
    batch(regulatory, july, receipt="12345678902")
    deposit(regulatory)
    second = Dossier.objects.exclude(pk=first.pk).get()
    assert second.evaluation_ends_on == date(2026, 9, 29)

    # On the last day of the evaluation the house still waits; on the day after silence has spoken.
    clock.move_to(LAST_DAY)
    regulatory = comes_in("regulatory")
    regulatory.page.goto(second.get_absolute_url())
    regulatory.page.get_by_text("until 29 September 2026").first.wait_for()
    assert regulatory.page.get_by_role("link", name="Confirm the tacit grant").count() == 0
    clock.move_to(DAY_AFTER)
    regulatory = comes_in("regulatory")
    confirm(regulatory, second)

    decision = Decision.objects.get()
    assert (decision.outcome, decision.signature.signer) == ("tacit", cast.regulatory)
    cleared = Version.objects.select_related("visa").get(pk=version.pk)
    assert (cleared.state, cleared.visa.basis) == ("cleared", "tacit")
    assert (cleared.visa.starts_on, cleared.visa.ends_on) == (date(2026, 9, 29), date(2028, 9, 29))


def confirm(regulatory: Person, dossier: Dossier) -> None:
    """``regulatory`` checks that no letter came, and signs that silence granted."""
    page = regulatory.page
    page.goto(dossier.get_absolute_url())
    no_barrier(regulatory)
    regulatory.follow("Confirm the tacit grant")
    page.get_by_text("29 September 2026").first.wait_for()
    no_barrier(regulatory)
    page.get_by_label("no letter of the authority came").check()
    regulatory.keep("tacit")
    regulatory.sign("Sign")
    page.get_by_text("The tacit grant is confirmed.").wait_for()
    regulatory.keep("granted")
