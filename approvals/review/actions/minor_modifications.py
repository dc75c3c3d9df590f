"""The authority's list of minor modifications, kept as data (DOMAIN.md §3)."""

import re
from datetime import datetime

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, act
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.people.policies import check_role
from approvals.review.models import MinorModificationCategory

LONGEST = 300


@act("set_minor_modification", roles=[Role.ADMINISTRATOR])
def set_minor_modification(
    code: str,
    *,
    label_fr: str,
    label_en: str,
    active: bool,
    reason: str,
    by: User,
    now: datetime,
) -> MinorModificationCategory:
    """Add a category of minor modification, or reword, close or reopen one.

    What was carried under it keeps it: a category that is closed is only offered no more.

    :raises PolicyDenied: ``role_missing``.
    :raises InvalidInput: naming each field that is blank, too long or no code.
    """
    check_role(by, [Role.ADMINISTRATOR])
    given = {"label_fr": label_fr.strip(), "label_en": label_en.strip(), "reason": reason.strip()}
    faults = {
        name: [_("Fill this in, in at most 300 characters.")]
        for name, text in given.items()
        if not text or (len(text) > LONGEST and name != "reason")
    }
    if not re.fullmatch(r"[a-z0-9_]{2,40}", code):
        faults["code"] = [_("A code is made of small letters, digits and “_”, 40 at most.")]
    if faults:
        raise InvalidInput(faults)
    rows = MinorModificationCategory.objects.select_for_update(of=("self",))
    category = rows.filter(code=code).first() or MinorModificationCategory(code=code)
    category.label_fr = given["label_fr"]
    category.label_en = given["label_en"]
    category.active = active
    category.save()
    return category  # type: ignore[no-any-return]
