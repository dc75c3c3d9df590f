"""Pages on which assets are created and edited, versions opened and files uploaded."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from approvals.people.enums import OWNERS
from approvals.people.models import User
from approvals.people.policies import check_role
from config.http.pages import ActPage
from content.assets.actions import (
    create_asset,
    create_version,
    edit_asset,
    inspected_for_asset,
    inspected_for_version,
    invite,
    upload_revision,
    withdraw_invitation,
)
from content.assets.actions.assets import identity_of
from content.assets.enums import METADATA_FROZEN
from content.assets.forms import (
    AssetForm,
    EditForm,
    InviteForm,
    RevisionForm,
    VersionForm,
    WithdrawalForm,
)
from content.assets.models import Asset, Invitation, Version
from content.assets.policies import (
    check_can_create_version,
    check_can_edit_asset,
    check_can_invite,
    check_can_upload,
    check_can_withdraw_invitation,
    was_ever_submitted,
)
from content.assets.previews import framed, opened


@require_safe
def sealed(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """Show an e-mail, or one piece of a slide, to the frame whose address names who sees it."""
    return framed(request, opened(token), name)


class CreateAsset(ActPage):
    """A new asset; its first version comes next."""

    title = _("New asset")
    back_label = _("Assets")
    button = _("Create the asset")
    form_class = AssetForm

    def get_object(self, request: HttpRequest, **kwargs: Any) -> None:
        return None

    def check(self, obj: None, by: User, now: datetime) -> None:
        check_role(by, OWNERS)

    def initial(self, obj: None) -> dict[str, Any]:
        return {"jurisdiction": "FR", "language": "fr"}

    def form_kwargs(self, obj: None) -> dict[str, Any]:
        return {"person": self.by}

    def back(self, obj: None) -> str:
        return reverse("desk:assets")

    def perform(self, obj: None, cleaned_data: dict[str, Any], by: User, now: datetime) -> str:
        asset = create_asset(by=by, now=now, **cleaned_data)
        return reverse("assets:new_version", args=[asset.code])


class _OfAnAsset(ActPage):
    """An act on an asset that one may see, named by its code."""

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Asset:
        seen: Any = Asset.objects.visible_to(self.by).with_page()
        asset: Asset = get_object_or_404(seen, code=kwargs["code"])
        return asset


class EditAsset(_OfAnAsset):
    """Change what identifies an asset, as far as no review reads it."""

    title = _("Edit the asset")
    button = _("Save the changes")
    form_class = EditForm
    done = _("The changes are saved.")

    def check(self, obj: Asset, by: User, now: datetime) -> None:
        check_can_edit_asset(obj, by, now)

    def get_title(self, obj: Asset) -> str:
        return gettext("Edit %(asset)s") % {"asset": obj}

    def initial(self, obj: Asset) -> dict[str, Any]:
        return identity_of(obj)

    def form_kwargs(self, obj: Asset) -> dict[str, Any]:
        return {
            "person": obj.owner,
            "frozen": obj.versions.filter(state__in=METADATA_FROZEN).exists(),
            "submitted": was_ever_submitted(obj),
        }

    def consequences(self, obj: Asset) -> list[str]:
        frozen = obj.versions.filter(state__in=METADATA_FROZEN).first()
        if frozen is None:
            return []
        return [
            gettext(
                "Version %(number)d is “%(state)s”: only the team and the department can change"
                " now."
            )
            % {"number": frozen.number, "state": frozen.get_state_display()}
        ]

    def perform(self, obj: Asset, cleaned_data: dict[str, Any], by: User, now: datetime) -> str:
        changes = dict(cleaned_data)
        reason = changes.pop("reason", "")
        edit_asset(obj.pk, changes=changes, reason=reason, by=by, now=now)
        return obj.get_absolute_url()


class NewVersion(_OfAnAsset):
    """Open the next version of an asset with its files."""

    title = _("New version")
    button = _("Open the version")
    form_class = VersionForm

    def check(self, obj: Asset, by: User, now: datetime) -> None:
        check_can_create_version(obj, by, now)

    def get_title(self, obj: Asset) -> str:
        return gettext("New version of %(asset)s") % {"asset": obj}

    def form_kwargs(self, obj: Asset) -> dict[str, Any]:
        return {"asset_type": obj.asset_type, "first": not obj.versions.exists()}

    def prepared(self, obj: Asset, cleaned_data: dict[str, Any]) -> dict[str, Any]:
        files = inspected_for_asset(obj.pk, cleaned_data["files"], by=self.by, now=self.now)
        return {**cleaned_data, "files": files}

    def perform(self, obj: Asset, cleaned_data: dict[str, Any], by: User, now: datetime) -> str:
        version = create_version(obj.pk, by=by, now=now, **cleaned_data)
        return version.get_absolute_url()


class Upload(ActPage):
    """Add a corrected revision to a version that may change."""

    title = _("Upload a revision")
    button = _("Upload the revision")
    form_class = RevisionForm
    done = _("The new revision is kept; the earlier ones stay as they are.")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Version:
        seen: Any = Version.objects.visible_to(self.by).with_asset()
        version: Version = get_object_or_404(seen, pk=kwargs["version"])
        return version

    def check(self, obj: Version, by: User, now: datetime) -> None:
        check_can_upload(obj, by, now)

    def get_title(self, obj: Version) -> str:
        return gettext("Upload a revision of %(version)s") % {"version": obj}

    def form_kwargs(self, obj: Version) -> dict[str, Any]:
        return {"asset_type": obj.asset.asset_type}

    def prepared(self, obj: Version, cleaned_data: dict[str, Any]) -> dict[str, Any]:
        files = inspected_for_version(obj.pk, cleaned_data["files"], by=self.by, now=self.now)
        return {**cleaned_data, "files": files}

    def perform(self, obj: Version, cleaned_data: dict[str, Any], by: User, now: datetime) -> str:
        upload_revision(obj.pk, by=by, now=now, **cleaned_data)
        return obj.get_absolute_url()


class InvitePage(ActPage):
    """Invite an agency to work on a version."""

    title = _("Invite an agency")
    button = _("Invite the agency")
    form_class = InviteForm
    done = _("The agency is invited, and told.")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Version:
        seen: Any = Version.objects.visible_to(self.by).with_asset()
        version: Version = get_object_or_404(seen, pk=kwargs["version"])
        return version

    def check(self, obj: Version, by: User, now: datetime) -> None:
        check_can_invite(obj, by, now)

    def consequences(self, obj: Version) -> list[str]:
        return [
            gettext(
                "The agency sees the files, the pre-checks and the comments of this version,"
                " uploads files and comments; it sees nothing else."
            ),
            gettext("Who uploads to a version never decides on it."),
        ]

    def perform(self, obj: Version, cleaned_data: dict[str, Any], by: User, now: datetime) -> str:
        invite(obj.pk, cleaned_data["agency"], by=by, now=now)
        return obj.get_absolute_url()


class WithdrawInvitationPage(ActPage):
    """Take an agency's invitation back."""

    title = _("Withdraw the invitation")
    button = _("Withdraw it")
    form_class = WithdrawalForm
    grave = True
    done = _("The invitation is withdrawn.")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Invitation:
        versions = Version.objects.visible_to(self.by)
        seen: Any = Invitation.objects.with_page().filter(version__in=versions)
        invitation: Invitation = get_object_or_404(seen, pk=kwargs["invitation"])
        return invitation

    def check(self, obj: Invitation, by: User, now: datetime) -> None:
        check_can_withdraw_invitation(obj, by, now)

    def back(self, obj: Invitation) -> str:
        return obj.version.get_absolute_url()

    def consequences(self, obj: Invitation) -> list[str]:
        names = {"agency": obj.agency, "version": obj.version}
        return [gettext("%(agency)s sees nothing of %(version)s any more.") % names]

    def perform(
        self, obj: Invitation, cleaned_data: dict[str, Any], by: User, now: datetime
    ) -> str:
        withdraw_invitation(obj.pk, reason=cleaned_data["reason"], by=by, now=now)
        return self.back(obj)
