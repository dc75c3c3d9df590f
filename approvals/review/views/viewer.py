"""What the workspace shows of a document: itself, its difference from before, the SmPC beside."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from approvals.people.models import User
from approvals.review.models import ReviewTask
from approvals.review.policies.standing import field_label
from approvals.review.views.document import papers_of, smpcs_beside
from content.assets.comparison import compare, earlier_than, fields_that_differ
from content.assets.models import Revision

DOCUMENT, COMPARISON, SMPC = "document", "compare", "smpc"
MODES = ((DOCUMENT, _("Document")), (COMPARISON, _("Compare")), (SMPC, _("SmPC beside")))


def viewer(task: ReviewTask, reader: User, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return what the viewer shows: ``?show=`` says which way, ``?with=`` the earlier revision."""
    show = asked.get("show", DOCUMENT)
    show = show if show in dict(MODES) else DOCUMENT
    revision = task.cycle.revision
    shown: dict[str, Any] = {"show": show, "modes": MODES}
    if show == COMPARISON:
        return {**shown, **_comparison(revision, asked.get("with", ""))}
    shown["papers"] = papers_of(revision, reader)
    if show == SMPC:
        shown["smpcs"] = smpcs_beside(revision)
    return shown


def earlier_revisions(revision: Revision) -> QuerySet[Revision]:
    """Return what a revision can be compared with, the nearest first."""
    revisions: Any = Revision.objects.filter(
        version__asset=revision.version.asset_id, pk__lt=revision.pk
    )
    return revisions.select_related("version__asset").order_by("-pk")


def _comparison(revision: Revision, asked: str) -> dict[str, Any]:
    before = None
    if asked.isascii() and asked.isdecimal() and len(asked) < 19:
        before = earlier_revisions(revision).filter(pk=int(asked)).first()
    before = before or earlier_than(revision)
    return {"earlier": earlier_revisions(revision), **differences(before, revision)}


def differences(before: Revision | None, revision: Revision) -> dict[str, Any]:
    """Return what the comparison shows: regulated data, words and pictures, before and now."""
    fields = fields_that_differ(before, revision) if before else {}
    return {
        "before": before,
        "fields": [
            {"name": field_label(name), "before": _said(values[0]), "after": _said(values[1])}
            for name, values in fields.items()
        ],
        "differences": compare(before, revision) if before else [],
    }


def _said(value: Any) -> str:
    """Return a field's value as words."""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        return ", ".join(_said(item) for item in value) or "—"
    if isinstance(value, dict):
        return " ".join(str(part) for key, part in value.items() if key != "digest")
    return str(value) if value not in (None, "") else "—"
