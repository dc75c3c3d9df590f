from typing import Any

import pytest

KEY = "11" * 32


@pytest.fixture
def key(settings: Any) -> str:
    """A signing key of the house's own."""
    settings.SIGNING_KEY = KEY
    return KEY
