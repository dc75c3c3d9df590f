from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Channel(TextChoices):
    MAIL = "mail", _("mail")
    JOB = "job", _("job")


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
