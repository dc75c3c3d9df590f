"""Can the trail be trusted? Its chain, its last checkpoint, the triggers that guard it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.audit import checkpoints, triggers
from approvals.audit.models import AuditCheckpoint, AuditHead
from approvals.audit.verification import Verification
from approvals.desk.dashboard.cards import Card, Line, address
from content.assets.templatetags.imprimatur import paris_short

# The whole chain is verified by ``verify_audit``; a page looks at its end.
EVENTS_VERIFIED = 500
# One a day, and the time that a sweep may take.
LATE_AFTER = timedelta(hours=26)


def card(now: datetime) -> Card:
    lines = [_chain(), _checkpoint(now), *_key(), _triggers()]
    more = address("desk:trail")
    return Card(_("Is the evidence intact?"), "", lines, more, _("The whole trail"), counted=False)


def _chain() -> Line:
    head = AuditHead.objects.filter(pk=1).values_list("seq", flat=True).first() or 0
    check = Verification(max(1, head - EVENTS_VERIFIED + 1)).run()
    if check.fault:
        said = _("event %(seq)s: %(what)s") % {"seq": check.fault.seq, "what": check.fault.what}
        return Line(_("Audit chain"), "", said, alarm=_("broken"))
    said = ngettext("the last event holds", "the last %(n)d events hold", check.count) % {
        "n": check.count
    }
    return Line(_("Audit chain"), "", said, end=_("intact"))


def _checkpoint(now: datetime) -> Line:
    last = AuditCheckpoint.objects.in_order().last()
    if last is None:
        said = _("none yet: the next sweep signs one")
        if not settings.SIGNING_KEY:
            said = _("none: SIGNING_KEY is not set")
        return Line(_("Last checkpoint"), "", said, alarm=_("chain not signed"))
    said = _("event %(seq)s, %(at)s") % {"seq": last.seq, "at": paris_short(last.at)}
    late = now - last.at > LATE_AFTER
    return Line(
        _("Last checkpoint"),
        "",
        said,
        end="" if late else _("signed"),
        alarm=_("late") if late else "",
    )


def _key() -> list[Line]:
    if not settings.SIGNING_KEY:
        return []
    published = checkpoints.is_for_development()
    alarm = _("development key: proves nothing") if published else ""
    return [Line(_("Public key"), "", checkpoints.public_key(), alarm=alarm)]


def _triggers() -> Line:
    unguarded = triggers.missing(connection)
    if unguarded:
        return Line(_("Append-only tables"), "", ", ".join(unguarded), alarm=_("not guarded"))
    said = _("the database refuses to change or remove a row")
    if connection.vendor == "sqlite":
        said = _("SQLite: whoever can write the file can take the triggers away")
    return Line(_("Append-only tables"), "", said, end=_("guarded"))
