"""No setting turns the audit off (SECURITY.md 25)."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def history_is_on(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Stop the start when history is switched off."""
    if getattr(settings, "SIMPLE_HISTORY_ENABLED", True):
        return []
    return [
        Error(
            "SIMPLE_HISTORY_ENABLED is off: regulated rows would leave no history.",
            hint="Remove the setting.",
            id="audit.E001",
        )
    ]
