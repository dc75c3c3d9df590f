from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Channel(TextChoices):
    MAIL = "mail", _("mail")
    JOB = "job", _("job")
    WEBHOOK = "webhook", _("webhook")


class DispatchState(TextChoices):
    WAITING = "waiting", _("waiting")
    # For the person's next digest.
    HELD = "held", _("for the digest")
    # The person asked for no mail: told in the application only.
    QUIET = "quiet", _("in the application only")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class Delivery(TextChoices):
    """How a person wants to be mailed about a topic."""

    AT_ONCE = "at_once", _("at once")
    DIGEST = "digest", _("in the daily digest")
    NONE = "none", _("not by mail")


class WebhookEvent(TextChoices):
    """What other systems may be told about a piece (docs/integration.md)."""

    RELEASED = "released", _("released")
    EXPIRING = "expiring", _("expiring soon")
    SUSPENDED = "suspended", _("suspended")
    WITHDRAWN = "withdrawn", _("withdrawn")
    SUPERSEDED = "superseded", _("superseded")
    EXPIRED = "expired", _("expired")
    FROZEN = "frozen", _("stopped by a product freeze")


# Sent when an administrator asks for it, whatever the endpoint is told otherwise.
TEST_EVENT = "test"
