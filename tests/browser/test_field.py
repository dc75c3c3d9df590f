"""The field's pages on a phone: find, check, lose the network, sign out."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from content.calendar import add_months, paris_day
from tests.browser.people import Person
from tests.browser.test_access import barriers
from tests.factories import T0
from tests.factories.people import Cast
from tests.factories.releases import make_released

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SitsDown = Callable[..., Person]
GREENS = """() => Array.from(document.querySelectorAll("*")).filter((element) => {
  const style = getComputedStyle(element);
  const sides = ["color", "backgroundColor", "borderLeftColor"];
  return element.checkVisibility() && sides.some((name) => {
    const [red, green, blue, alpha = 1] = style[name].match(/[\\d.]+/g).map(Number);
    return alpha > 0 && green > red + 20 && green > blue + 20;
  });
}).map((element) => element.className)"""
LAST = add_months(paris_day(T0), 24) - timedelta(days=1)


def on_the_phone(sits_down: SitsDown, name: str = "rep") -> Person:
    person = sits_down(name, phone=True)
    person.context.clock.set_fixed_time(T0)
    person.sign_in()
    return person


def kept(person: Person) -> None:
    """Wait until the list and the page around it are on the phone."""
    page = person.page
    page.goto("/field/")
    page.locator("html[data-kept]").wait_for(state="attached")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.evaluate("""async () => {
      for (const scope of ["/field/", "/a/"]) {
        const found = await navigator.serviceWorker.getRegistration(scope);
        while (!found.active || found.active.state !== "activated") {
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    }""")
    page.reload()


def lists_on(page: Any) -> list[str]:
    found: list[str] = page.evaluate(
        "caches.keys().then((names) => names.filter((name) => name.startsWith('field-list-')))"
    )
    return found


def away(person: Person) -> None:
    """Lose the network; the browser's own notes of it are no trouble."""
    person.context.set_offline(True)


def test_find_keep_and_check(cast: Cast, sits_down: SitsDown) -> None:
    version = make_released(cast.product, title="Fiche de posologie")
    make_released(cast.product, title="Brochure de lancement")
    rep = on_the_phone(sits_down)
    page = rep.page
    page.get_by_role("searchbox").fill("posologie")
    rep.press("Search")
    assert page.get_by_role("link", name="Brochure de lancement").count() == 0
    rep.press("Favourite: Fiche de posologie")
    page.goto("/field/?show=favourites")
    rep.keep("field-favourites")
    assert page.get_by_role("link", name="Brochure de lancement").count() == 0
    rep.follow("Fiche de posologie")
    page.get_by_text("You may use it today").wait_for()
    assert page.url.endswith(f"/a/{version.asset.code}/1/")
    assert page.evaluate(GREENS) != []


def test_without_network_nothing_is_green(cast: Cast, sits_down: SitsDown) -> None:
    version = make_released(cast.product, title="Fiche de posologie")
    rep = on_the_phone(sits_down)
    kept(rep)
    page = rep.page
    away(rep)
    page.get_by_text("The network is away: this page").wait_for()
    assert page.evaluate(GREENS) == []

    page.goto("/field/")
    page.get_by_text("as known on Tuesday 14 April 2026").wait_for()
    page.get_by_text("To be checked online: listed until 13 April 2028").wait_for()
    rep.keep("field-offline")
    assert page.evaluate(GREENS) == []
    page.get_by_role("searchbox").fill("autre chose")
    assert page.get_by_role("link", name="Fiche").count() == 0

    page.goto(f"/a/{version.asset.code}/1/")
    page.get_by_role("heading", name="To be checked online").wait_for()
    page.get_by_text("On the list of Tuesday 14 April 2026").wait_for()
    rep.keep("field-offline-piece")
    assert page.evaluate(GREENS) == []
    assert page.get_by_text("You may use it today").count() == 0
    page.goto("/a/FR-2026-999999/1/")
    page.get_by_text("do not use it before it is checked online").wait_for()


def test_nothing_keeps_people_out(cast: Cast, sits_down: SitsDown) -> None:
    version = make_released(cast.product, title="Fiche de posologie")
    rep = on_the_phone(sits_down)
    kept(rep)
    pages = ("/field/", f"/a/{version.asset.code}/1/")
    met = []
    for scheme in ("light", "dark"):
        rep.page.emulate_media(color_scheme=scheme)
        for offline in (False, True):
            rep.context.set_offline(offline)
            for address in pages:
                rep.page.goto(address)
                rep.page.get_by_text("Fiche de posologie").first.wait_for()
                met += barriers(rep.page)
        # The page that was shown without network comes back by itself.
        with rep.page.expect_navigation():
            rep.context.set_offline(False)
        rep.page.goto("/field/")
        rep.context.set_offline(True)
        rep.page.get_by_text("The network is away: this page").wait_for()
        met += barriers(rep.page)
        small = rep.page.evaluate("""() => Array.from(
          document.querySelectorAll("main a, main button, main input:not([type=hidden])")
        ).filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)
          .map((one) => one.outerHTML)""")
        assert small == []
        assert rep.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert met == []


def test_without_network_an_end_is_applied(
    cast: Cast, sits_down: SitsDown, clock: time_machine.Traveller
) -> None:
    version = make_released(cast.product, title="Fiche de posologie")
    evening = datetime(LAST.year, LAST.month, LAST.day, 20, tzinfo=T0.tzinfo)
    clock.move_to(evening)
    rep = sits_down("rep", phone=True)
    rep.context.clock.set_fixed_time(evening)
    rep.sign_in()
    kept(rep)
    away(rep)
    rep.page.goto("/field/")
    rep.page.get_by_text("To be checked online: listed until").wait_for()
    # Paris is two hours ahead of UTC that evening.
    rep.context.clock.set_fixed_time(
        datetime(LAST.year, LAST.month, LAST.day, 22, 1, tzinfo=T0.tzinfo)
    )
    rep.page.goto(f"/a/{version.asset.code}/1/")
    rep.page.get_by_text("Do not use it").wait_for()
    rep.page.get_by_text("Ended: its last day was 13 April 2028").first.wait_for()
    # Three days later the list is too old to be shown at all.
    rep.context.clock.set_fixed_time(evening + timedelta(hours=73))
    rep.page.goto("/field/")
    rep.page.get_by_text("No list is kept on this device").wait_for()
    assert lists_on(rep.page) == []


def test_a_list_goes_with_its_person(cast: Cast, sits_down: SitsDown) -> None:
    make_released(cast.product, title="Fiche de posologie")
    rep = on_the_phone(sits_down)
    page = rep.page
    kept(rep)
    assert len(lists_on(page)) == 1
    page.goto("/profile/")
    rep.press("Sign out")
    assert lists_on(page) == []
    away(rep)
    page.goto("/field/")
    page.get_by_text("No list is kept on this device").wait_for()
    assert page.get_by_text("Fiche de posologie").count() == 0


def test_nobody_reads_the_list_of_who_had_the_phone_before(cast: Cast, sits_down: SitsDown) -> None:
    make_released(cast.product, title="Fiche de posologie")
    assert cast.rep2
    rep = on_the_phone(sits_down)
    page = rep.page
    kept(rep)
    # The session ends by itself: nobody signed out.
    rep.context.clear_cookies()
    page.goto("/accounts/login/")
    assert len(lists_on(page)) == 1
    page.get_by_label("Username").fill("rep2")
    page.get_by_label("Password").fill("wrong")
    rep.press("Sign in")
    assert lists_on(page) == []


def test_an_old_page_says_so(cast: Cast, sits_down: SitsDown) -> None:
    version = make_released(cast.product)
    rep = on_the_phone(sits_down)
    rep.page.goto(f"/a/{version.asset.code}/1/")
    rep.page.get_by_text("You may use it today").wait_for()
    rep.context.clock.set_fixed_time(T0 + timedelta(minutes=16))
    rep.page.evaluate("window.dispatchEvent(new Event('focus'))")
    rep.page.get_by_text("This page is no longer up to date.", exact=True).wait_for()
    assert rep.page.get_by_text("You may use it today").is_hidden()
    assert rep.page.evaluate(GREENS) == []
