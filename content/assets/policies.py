"""Who may create, edit and upload, and who is too involved to decide (DOMAIN.md §1, §3, §6)."""

from collections.abc import Callable, Collection
from datetime import date, datetime

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, PolicyDenied, Refusal, StateConflict
from approvals.people.enums import OWNERS, Role
from approvals.people.models import User
from approvals.people.policies import check_role
from content.access.policies import belongs_to, check_belongs_to, delegators_of
from content.assets.enums import EDITABLE, IN_PREPARATION, METADATA_FROZEN, Nature
from content.assets.models import Asset, Invitation, Revision, Version
from content.calendar import paris_day

# Editing any of these changes the digest of what is submitted next (DOMAIN.md §2).
REGULATED = frozenset(
    {
        *("title", "asset_type", "nature", "audience", "products", "lead_product", "language"),
        *("collects_personal_data", "third_party", "safety_information", "jurisdiction"),
    }
)


def check_nature_is_theirs(by: User, nature: str) -> None:
    """Refuse an asset of a nature that this person does not prepare (DOMAIN.md §1).

    :raises PolicyDenied: ``role_missing`` unless they prepare assets, ``nature_not_yours``.
    """
    check_role(by, OWNERS)
    if nature == Nature.MEDICAL and not by.holds(Role.MEDICAL_PROJECT_MANAGER):
        raise PolicyDenied(
            "nature_not_yours",
            _("Medical assets are prepared by medical project managers: ask one of them."),
        )
    if nature == Nature.PROMOTIONAL and not by.holds(Role.PRODUCT_MANAGER):
        raise PolicyDenied(
            "nature_not_yours",
            _("Promotional assets are prepared by product managers: ask one of them."),
        )


def check_can_create_asset(
    by: User, *, nature: str, product_ids: Collection[int], team_id: int | None
) -> None:
    """Let those who prepare assets create them for a team of theirs.

    :raises PolicyDenied: ``role_missing``, ``nature_not_yours``, ``not_your_team``.
    """
    check_nature_is_theirs(by, nature)
    check_belongs_to(by, product_ids=product_ids, team_id=team_id)


def can_create_assets(by: User) -> bool:
    """Whether this person creates assets at all."""
    return by.is_active and by.holds(*OWNERS)


def owns(asset: Asset, by: User, day: date | None = None) -> bool:
    """Whether a person owns an asset or, given a day, stands in for its owner on it."""
    if asset.owner_id == by.pk:
        return by.is_active
    if day is None or not by.is_active:
        return False
    products = set(asset.asset_products.values_list("product_id", flat=True))
    return any(
        lender.pk == asset.owner_id
        for role in OWNERS
        for lender in delegators_of(by, role, day, product_ids=products or None)
    )


def is_owner(version: Version, by: User, *, day: date | None = None) -> bool:
    """Whether a person owns a version's asset or, given a day, stands in for its owner."""
    return owns(version.asset, by, day)


def check_owns(asset: Asset, by: User, now: datetime | None = None) -> None:
    """Refuse whoever is not the owner; given ``now``, whoever does not stand in for them either.

    :raises PolicyDenied: ``not_owner``.
    """
    if not owns(asset, by, paris_day(now) if now else None):
        raise PolicyDenied(
            "not_owner",
            _("%(code)s belongs to %(owner)s: ask them, or have it transferred to you.")
            % {"code": asset.code, "owner": asset.owner},
        )


def check_owner(version: Version, by: User, now: datetime | None = None) -> None:
    """:raises PolicyDenied: ``not_owner`` unless owner, or standing in for the owner."""
    check_owns(version.asset, by, now)


def was_ever_submitted(asset: Asset) -> bool:
    """Whether any revision of an asset was ever frozen for review."""
    return Revision.objects.filter(version__asset=asset, frozen_at__isnull=False).exists()


def check_can_edit_asset(
    asset: Asset, by: User, now: datetime, *, fields: Collection[str] = ()
) -> None:
    """Let the owner edit; what a review is reading stays as it is (DOMAIN.md §3).

    :raises PolicyDenied: ``not_owner``.
    :raises StateConflict: ``metadata_frozen``.
    """
    check_owns(asset, by, now)
    if not REGULATED.intersection(fields):
        return
    frozen = asset.versions.filter(state__in=METADATA_FROZEN).first()
    if frozen is not None:
        raise StateConflict(
            "metadata_frozen",
            _(
                "Version %(number)s of %(code)s is “%(state)s”: its regulated data cannot change."
                " Recall it first, or wait until it is released."
            )
            % {
                "number": frozen.number,
                "code": asset.code,
                "state": frozen.get_state_display(),  # type: ignore[attr-defined]
            },
        )


def can_edit_asset(asset: Asset, by: User, now: datetime) -> bool:
    return _may(lambda: check_can_edit_asset(asset, by, now))


def check_can_transfer(asset: Asset, by: User, now: datetime) -> None:
    """Let the owner give an asset to a colleague; an administrator may for one who left.

    :raises PolicyDenied: ``not_owner``.
    """
    if not by.holds(Role.ADMINISTRATOR):
        check_owns(asset, by, now)


def can_transfer(asset: Asset, by: User, now: datetime) -> bool:
    return _may(lambda: check_can_transfer(asset, by, now))


def may_own(asset: Asset, person: User) -> bool:
    """Whether a person could be an asset's owner: their role, its nature, their team."""
    try:
        check_nature_is_theirs(person, asset.nature)
    except PolicyDenied:
        return False
    products = list(asset.asset_products.values_list("product_id", flat=True))
    return belongs_to(person, product_ids=products, team_id=asset.team_id)


def check_editable(version: Version) -> None:
    """Refuse to change what a review reads, or what is finished.

    :raises StateConflict: ``not_editable``.
    """
    if version.state not in EDITABLE:
        raise StateConflict(
            "not_editable",
            _(
                "Version %(number)s of %(code)s is “%(state)s”: its files and dependencies change"
                " only as a draft or when changes were requested."
            )
            % {
                "number": version.number,
                "code": version.asset.code,
                "state": version.get_state_display(),  # type: ignore[attr-defined]
            },
        )


def check_can_edit(version: Version, by: User, now: datetime | None = None) -> None:
    """Let the owner change a version's dependencies while it may change.

    :raises PolicyDenied: ``not_owner``.
    :raises StateConflict: ``not_editable``.
    """
    check_owner(version, by, now)
    check_editable(version)


def can_edit(version: Version, by: User, now: datetime) -> bool:
    return _may(lambda: check_can_edit(version, by, now))


def is_invited(version: Version, by: User) -> bool:
    """Whether a person is an agency that is invited to a version now."""
    if not (by.is_active and by.holds(Role.AGENCY)):
        return False
    return version.invitations.standing().filter(agency=by).exists()


def check_can_invite(
    version: Version, by: User, now: datetime, *, agency: User | None = None
) -> None:
    """Let the owner invite an agency to what is in preparation.

    :raises PolicyDenied: ``not_owner``.
    :raises StateConflict: ``not_in_preparation``, ``already_invited``.
    :raises InvalidInput: field ``agency``, code ``not_an_agency``.
    """
    check_owner(version, by, now)
    if version.state not in IN_PREPARATION:
        raise StateConflict(
            "not_in_preparation",
            _("%(version)s is no longer in preparation: an agency has nothing to do on it.")
            % {"version": version},
        )
    if agency is None:
        return
    if not (agency.is_active and agency.holds(Role.AGENCY)):
        raise InvalidInput.at(
            "agency", _("%(person)s is no agency.") % {"person": agency}, "not_an_agency"
        )
    if is_invited(version, agency):
        raise StateConflict(
            "already_invited", _("%(person)s is invited already.") % {"person": agency}
        )


def can_invite(version: Version, by: User, now: datetime) -> bool:
    return _may(lambda: check_can_invite(version, by, now))


def check_can_withdraw_invitation(invitation: Invitation, by: User, now: datetime) -> None:
    """Let the owner take an invitation back, once.

    :raises PolicyDenied: ``not_owner``.
    :raises StateConflict: ``already_withdrawn``.
    """
    check_owner(invitation.version, by, now)
    if invitation.withdrawn_at is not None:
        raise StateConflict("already_withdrawn", _("This invitation was withdrawn already."))


def check_can_upload(version: Version, by: User, now: datetime) -> None:
    """Let the owner, or an agency invited to it, upload a revision while the version may change.

    :raises PolicyDenied: ``not_owner``.
    :raises StateConflict: ``not_editable``.
    """
    if not is_invited(version, by):
        check_owner(version, by, now)
    check_editable(version)


def can_upload(version: Version, by: User, now: datetime) -> bool:
    return _may(lambda: check_can_upload(version, by, now))


def check_can_create_version(asset: Asset, by: User, now: datetime) -> None:
    """Let the owner open a version where none is open.

    :raises PolicyDenied: ``not_owner``.
    :raises StateConflict: ``open_version``.
    """
    check_owns(asset, by, now)
    open_version = asset.versions.open().first()
    if open_version is not None:
        raise StateConflict(
            "open_version",
            _(
                "Version %(number)s of %(code)s is still open (%(state)s): finish or cancel it"
                " before you begin another."
            )
            % {
                "number": open_version.number,
                "code": asset.code,
                "state": open_version.get_state_display(),
            },
        )


def can_create_version(asset: Asset, by: User, now: datetime) -> bool:
    return _may(lambda: check_can_create_version(asset, by, now))


def involved(version: Version, by: User) -> bool:
    """Whether a person ever owned, edited or uploaded to a version."""
    return version.involvements.filter(user=by).exists()


def check_four_eyes(version: Version, by: User) -> None:
    """Refuse a decision by whoever ever owned, edited or uploaded to the version (invariant 3).

    :raises PolicyDenied: ``four_eyes``.
    """
    kinds = set(version.involvements.filter(user=by).values_list("kind", flat=True))
    if "uploaded" in kinds:
        raise PolicyDenied(
            "four_eyes", _("You uploaded this file: the approval is for somebody else.")
        )
    if kinds:
        raise PolicyDenied(
            "four_eyes", _("You prepared this version: the approval is for somebody else.")
        )


def _may(check: Callable[[], None]) -> bool:
    try:
        check()
    except Refusal:
        return False
    return True


# Acts on a version that its page and its API offer, by the name of their URL verb.
OFFERED: dict[str, Callable[[Version, User, datetime], bool]] = {
    "upload": can_upload,
    "invite": can_invite,
    "edit": lambda version, by, now: can_edit_asset(version.asset, by, now),
    "new_version": lambda version, by, now: can_create_version(version.asset, by, now),
}
