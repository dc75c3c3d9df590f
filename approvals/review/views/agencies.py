"""An agency's pages: its invitations, and of each version the files, remarks and the upload."""

from datetime import datetime
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.people.enums import Role
from approvals.people.models import User
from approvals.review import actions
from approvals.review.forms import CommentForm
from approvals.review.models import Comment
from approvals.review.policies import can_comment, check_can_comment
from approvals.review.queries import prechecks_of
from config.http.pages import ActPage, Page
from content.assets.enums import State
from content.assets.files import download
from content.assets.models import Invitation, Version
from content.assets.policies import can_upload
from content.assets.views import Upload


def invitation_of(by: Any, pk: int) -> Invitation:
    """Return an agency's own invitation that stands.

    :raises Http404: if there is none.
    """
    seen = Invitation.objects.visible_to(by).with_page()
    invitation: Invitation | None = seen.filter(agency=by, pk=pk).first()
    if invitation is None:
        raise Http404
    return invitation


def next_step_of(version: Version) -> str:
    """Say in one sentence what the agency does next."""
    if version.state == State.CHANGES_REQUESTED:
        return _("Upload the corrected files.")
    if version.state == State.DRAFT:
        return _("Upload the files, or corrected ones.")
    if version.state == State.IN_REVIEW:
        return _("It is in review: nothing to upload for now.")
    return _("Nothing is left to do.")


class InvitationList(Page):
    """Answer: to what am I invited, where does it stand, what do I do next?"""

    title = gettext_lazy("Your invitations")
    roles = (Role.AGENCY,)
    template_name = "review/invitations.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = Invitation.objects.visible_to(self.by).with_page().order_by("-invited_at", "-pk")
        lines = [
            (row, next_step_of(row.version), can_upload(row.version, self.by, self.now))
            for row in rows
        ]
        # What waits for the agency comes first.
        return self.page(lines=sorted(lines, key=lambda line: not line[2]))


class InvitationPage(Page):
    """One version as its agency sees it: files, remarks, what to do next."""

    roles = (Role.AGENCY,)
    template_name = "review/invitation.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        invitation = invitation_of(self.by, pk)
        version = invitation.version
        revision = version.current_revision
        comments = Comment.objects.told_to(self.by, version)
        return self.page(
            title=version.asset.title,
            invitation=invitation,
            version=version,
            revision=revision,
            files=revision.files.order_by("position") if revision else [],
            comments=comments.select_related("author").prefetch_related("replies__author"),
            prechecks=prechecks_of(revision) if revision else None,
            next_step=next_step_of(version),
            uploads=can_upload(version, self.by, self.now),
            remarks=can_comment(version, self.by, self.now),
        )


class InvitationFile(Page):
    """The bytes of one file of the version's current revision."""

    roles = (Role.AGENCY,)

    def get(self, request: HttpRequest, pk: int, n: int) -> FileResponse:
        revision = invitation_of(self.by, pk).version.current_revision
        kept = revision.files.filter(position=n).first() if revision else None
        if kept is None:
            raise Http404
        return download(kept)


class InvitationUpload(Upload):
    """Upload corrected files as the agency that was invited."""

    roles = (Role.AGENCY,)

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Version:
        return invitation_of(self.by, kwargs["pk"]).version

    def back(self, obj: Version) -> str:
        return reverse("review:invitation", args=[self.kwargs["pk"]])

    def perform(self, obj: Version, cleaned_data: dict[str, Any], by: User, now: datetime) -> str:
        super().perform(obj, cleaned_data, by, now)
        return self.back(obj)


class InvitationComment(ActPage):
    """Write a remark as the agency that was invited."""

    title = gettext_lazy("Write a comment")
    button = gettext_lazy("Keep the comment")
    done = gettext_lazy("Your comment is kept; the owner is told.")
    form_class = CommentForm
    roles = (Role.AGENCY,)

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Version:
        return invitation_of(self.by, kwargs["pk"]).version

    def check(self, obj: Version, by: Any, now: datetime) -> None:
        check_can_comment(obj, by, now)

    def back(self, obj: Version) -> str:
        return reverse("review:invitation", args=[self.kwargs["pk"]])

    def perform(self, obj: Version, cleaned_data: dict[str, Any], by: Any, now: datetime) -> str:
        actions.comment(obj.pk, by=by, now=now, **cleaned_data)
        return self.back(obj)
