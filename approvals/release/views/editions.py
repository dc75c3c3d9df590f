"""The page on which the pharmacist signs an edition."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.people.enums import PHARMACISTS
from approvals.release import actions, policies
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof
from approvals.signatures.pages import SignedActPage
from content.calendar import day_in_words
from content.positive_list.models import Edition


class SignEdition(SignedActPage):
    title = gettext_lazy("Sign the edition")
    button = gettext_lazy("Sign the edition")
    done = gettext_lazy("The edition is signed: the field is told.")
    meaning = Meaning.EDITION
    roles = PHARMACISTS

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Edition:
        editions = Edition.objects.visible_to(self.by).with_page()
        edition: Edition = get_object_or_404(editions, number=kwargs["number"])
        return edition

    def get_title(self, obj: Edition) -> Any:
        return f"{self.title} — {obj}"

    def check(self, obj: Edition, by: Any, now: datetime) -> None:
        policies.check_can_sign_edition(obj, by, now)
        super().check(obj, by, now)

    def consequences(self, obj: Edition) -> list[str]:
        values = {
            "day": day_in_words(obj.day),
            "positive": obj.positive,
            "negative": obj.negative,
            "came": obj.came,
            "went": obj.went,
            "digest": obj.digest,
        }
        return [
            _("The lists of %(day)s: may be used: %(positive)s; no longer: %(negative)s.") % values,
            _("Since the edition before, came: %(came)s; went: %(went)s.") % values,
            _("You sign over the digest %(digest)s: what it names never changes.") % values,
            _(
                "Everybody of the field who belongs to a team is told, and reminded until they"
                " acknowledge it."
            ),
        ]

    def perform(  # type: ignore[override]
        self, obj: Edition, cleaned_data: Any, by: Any, now: datetime, credentials: Proof
    ) -> str:
        done = actions.sign_edition(obj.number, credentials=credentials, by=by, now=now)
        return done.get_absolute_url()
