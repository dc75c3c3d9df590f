"""Signing an edition over the API."""

from datetime import datetime
from typing import Any, ClassVar

from rest_framework.request import Request

from approvals.people.models import User
from approvals.release.actions import sign_edition
from approvals.signatures.api import SignedActEndpoint
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof
from config.http.idempotency import Answer
from content.positive_list.edition_api import EditionLine, visible_edition
from content.positive_list.models import Edition


class SignEdition(SignedActEndpoint):
    """Sign an edition of the lists."""

    meaning = Meaning.EDITION
    responses: ClassVar[dict[int, Any]] = {200: EditionLine}

    def get_object(self, request: Request, **kwargs: Any) -> Edition:
        return visible_edition(request, kwargs["number"])

    def perform(  # type: ignore[override]
        self, obj: Edition, data: Any, *, credentials: Proof, by: User, now: datetime
    ) -> Answer:
        done = sign_edition(obj.number, credentials=credentials, by=by, now=now)
        return 200, EditionLine(done).data
