"""One version: its state, validity, files and signatures, and what one may do with it."""

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from approvals.audit.models import AuditEvent
from approvals.desk.actions import look_at_trail
from approvals.desk.buttons import buttons_for, tasks_for, why_none
from approvals.desk.looks import exports_of, looks_at
from approvals.desk.navigation import PREPARES
from approvals.desk.pack.concerning import events_about, rows_of
from approvals.desk.path import holders_of, path_of
from approvals.desk.queries import needed_by, needs, signatures_on, tasks_of
from approvals.desk.story import states_of, story_of
from approvals.desk.trail import in_words
from approvals.people.models import User
from approvals.review.policies import can_run_prechecks
from approvals.review.queries import prechecks_of
from config.http.pages import Page
from content.access.policies import scope_of
from content.assets.enums import FileFormat
from content.assets.models import Version
from content.assets.policies import can_invite
from content.assets.validity import first_usable_day, until_when, usable_on, why_not
from content.calendar import paris_day
from content.files import open_stored
from content.positive_list.qr import PrintCode

TRAIL_PAGE = 50
# What a browser shows without running anything of it; the rest is downloaded.
SHOWN: dict[str, str] = {
    FileFormat.PDF: "application/pdf",
    FileFormat.PNG: "image/png",
    FileFormat.JPEG: "image/jpeg",
    FileFormat.MP4: "video/mp4",
    FileFormat.MP3: "audio/mpeg",
}


def seen_version(by: User, code: str, number: int) -> Version:
    """Return a version that a person may see in preparation.

    :raises Http404: if there is none.
    """
    seen: Any = Version.objects.visible_to(by).with_asset()
    version: Version = get_object_or_404(seen, asset__code=code, number=number)
    return version


def version_by_id(by: User, pk: int) -> Version:
    """Return a version that a person may see in preparation.

    :raises Http404: if there is none.
    """
    seen: Any = Version.objects.visible_to(by).with_asset()
    version: Version = get_object_or_404(seen, pk=pk)
    return version


class VersionPage(Page):
    """What it is, whether it may be used, who has it now, who signed what."""

    roles = PREPARES
    template_name = "desk/version.html"

    def get(self, request: HttpRequest, code: str, number: int) -> HttpResponse:
        version = seen_version(self.by, code, number)
        revision = version.current_revision
        tasks = tasks_for(version, self.by, paris_day(self.now))
        return self.page(
            title=version.asset.title,
            version=version,
            asset=version.asset,
            revision=revision,
            files=list(revision.files.all()) if revision else [],
            steps=path_of(version, states_of(version)),
            holder=holders_of([version])[version.pk],
            buttons=buttons_for(version, self.by, self.now),
            my_tasks=tasks,
            why="" if tasks else why_none(version, self.by, self.now),
            tasks=tasks_of(version),
            signatures=signatures_on(version),
            invitations=version.invitations.select_related("agency", "invited_by"),
            may_print=self.by.holds(*PrintCode.roles),
            may_invite=can_invite(version, self.by, self.now),
            prechecks=prechecks_of(revision) if revision else None,
            may_run_prechecks=can_run_prechecks(version, self.by, self.now),
            needs=needs(version),
            needed_by=needed_by(version, self.by),
            story=story_of(version.asset, [version]),
            **self._validity(version, paris_day(self.now)),
        )

    def _validity(self, version: Version, today: date) -> dict[str, Any]:
        usable = usable_on(version, today, as_of=self.now)
        return {
            "usable": usable,
            "usable_from": first_usable_day(version),
            "last_day": until_when(version, today, as_of=self.now),
            "reasons": [] if usable else why_not(version, today),
        }


class VersionFile(Page):
    """The bytes of one file, as they were reviewed; only shown where nothing of it can run."""

    roles = PREPARES

    def get(
        self, request: HttpRequest, code: str, number: int, revision: int, position: int
    ) -> FileResponse:
        version = seen_version(self.by, code, number)
        of_revision = version.revisions.filter(number=revision).first()
        kept = of_revision.files.filter(position=position).first() if of_revision else None
        if kept is None:
            raise Http404
        shown = SHOWN.get(kept.format)
        response = FileResponse(
            open_stored(kept.sha256),
            as_attachment=shown is None or "download" in request.GET,
            filename=kept.name,
            content_type=shown or "application/octet-stream",
        )
        response["X-Content-Type-Options"] = "nosniff"
        return response


class VersionTrail(Page):
    """The trail of a version with its hashes and signatures; that it was looked at is recorded."""

    title = _("Audit trail")
    roles = PREPARES
    template_name = "desk/version_trail.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = version_by_id(self.by, pk)
        earlier = look_at_trail(version, by=self.by, now=self.now)
        rows = rows_of(version)
        numbers = events_about(rows)
        events = AuditEvent.objects.filter(
            Q(pk__in=numbers)
            | Q(pk__in=looks_at(version).values("pk"))
            | Q(pk__in=exports_of(version).values("pk"))
        )
        shown = events.select_related("actor").order_by("-seq")
        page = Paginator(shown, TRAIL_PAGE).get_page(request.GET.get("page"))
        return self.page(
            version=version,
            revision=version.current_revision,
            looked_at=earlier.recorded_at if earlier else self.now,
            page_obj=page,
            # One freeze or deposit changes what other teams prepare, too.
            events=in_words(page.object_list, about=None if scope_of(self.by).sees_all else rows),
            signatures=signatures_on(version),
        )
