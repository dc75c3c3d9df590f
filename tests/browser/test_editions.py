"""An edition on a phone: told, read, acknowledged, its obsolete paper destroyed."""

from collections.abc import Callable

import pytest

from content.positive_list.models import Recipient
from tests.browser.people import Person
from tests.factories.editions import make_edition
from tests.factories.people import Cast
from tests.factories.releases import make_released

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_representative_acknowledges_an_edition(
    sits_down: Callable[..., Person], cast: Cast
) -> None:
    rep = sits_down("rep", phone=True)
    make_released(cast.product, title="Brochure de lancement")
    make_edition(cast)
    rep.sign_in()
    rep.follow("Edition 1")
    rep.page.get_by_role("heading", name="What came (1)").wait_for()
    width = rep.page.evaluate("document.documentElement.scrollWidth")
    assert width <= rep.page.viewport_size["width"]
    rep.follow("Take note of the edition")
    rep.press("I took note of it")
    rep.page.get_by_text("You took note of it on").wait_for()
    rep.follow("Attest the destruction of obsolete paper")
    rep.press("I destroyed the obsolete paper copies")
    rep.page.get_by_text("You attested the destruction on").wait_for()
    said = Recipient.objects.get(person=cast.rep)
    assert said.acknowledged_at is not None
    assert said.destroyed_at is not None
    rep.follow("The lists")
    assert rep.page.get_by_role("link", name="Edition 1").count() == 0
