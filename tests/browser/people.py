"""The people of the house, each at a browser of their own, on the screens alone."""

import os
from pathlib import Path
from typing import Any

from tests.factories.people import PASSWORD

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
# Where each step is kept as a picture, if asked for.
SCREENSHOTS = os.environ.get("SCREENSHOTS", "")


class Person:
    """One person's browser; it notes whatever goes wrong behind the page.

    ``refusals``: the person is going to be refused, and the browser's own note of a 4xx is no
    trouble.
    """

    def __init__(
        self,
        browser: Any,
        address: str,
        name: str,
        *,
        phone: bool = False,
        refusals: bool = False,
        language: str = "en-GB",
    ) -> None:
        self.name = name
        self.refusals = refusals
        self.troubles: list[str] = []
        self.context = browser.new_context(
            base_url=address,
            locale=language,
            timezone_id="Europe/Paris",
            viewport=PHONE if phone else DESKTOP,
            has_touch=phone,
            color_scheme="light",
        )
        self.context.set_default_timeout(15_000)
        self.context.on("page", self._watch)
        self.page = self.context.new_page()

    def _watch(self, page: Any) -> None:
        page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        page.on("console", self._heard)
        page.on("response", self._answered)

    def _heard(self, message: Any) -> None:
        refused = self.refusals and "status of 4" in message.text
        if message.type == "error" and not refused:
            self.troubles.append(f"console: {message.text} ({message.location.get('url')})")

    def _answered(self, response: Any) -> None:
        if response.status >= 500:
            self.troubles.append(f"{response.status}: {response.url}")

    def sign_in(self, password: str = PASSWORD) -> None:
        """Open the application and sign in, from the front door."""
        self.page.goto("/")
        self.page.get_by_label("Username").fill(self.name)
        self.page.get_by_label("Password").fill(password)
        self.press("Sign in")

    def follow(self, name: str) -> None:
        """Click the first link of that name in the page itself, or in the navigation."""
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name).first.click()

    def press(self, name: str) -> None:
        """Send the page's form by its button."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).click()

    def sign(self, button: str) -> None:
        """Enter the password again and sign."""
        self.page.get_by_label("Your password").fill(PASSWORD)
        self.press(button)

    def keep(self, step: str) -> None:
        """Keep a picture of the page, where pictures are asked for."""
        if SCREENSHOTS:
            folder = Path(SCREENSHOTS)
            folder.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=folder / f"{step}.png", full_page=True)

    def leave(self) -> None:
        """Close the browser; whatever went wrong behind the pages is said now."""
        self.context.close()
        assert self.troubles == [], f"{self.name}: {self.troubles}"
