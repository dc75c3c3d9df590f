"""The rule the product exists for: on which days a version may be used, and why not (§4)."""

from content.assets.validity.answers import (
    Reason,
    first_usable_day,
    last_days_of_use,
    last_usable_day,
    stretch_on,
    until_when,
    usable_on,
    why_not,
)

__all__ = [
    "Reason",
    "first_usable_day",
    "last_days_of_use",
    "last_usable_day",
    "stretch_on",
    "until_when",
    "usable_on",
    "why_not",
]
