"""What an outsider tries to reach: things of Cardiology that ``pm`` prepares."""

from dataclasses import dataclass, field

import pytest
from django.test import Client

from approvals.people.enums import Role
from approvals.people.models import User
from approvals.review.actions import comment, name_lead
from content.assets.actions import invite
from content.assets.models import Version
from content.outbox.models import Message
from tests.factories import T0
from tests.factories.assets import make_asset, make_version
from tests.factories.clearing import make_ready, release_it
from tests.factories.impacts import impact_on
from tests.factories.people import Cast, make_person
from tests.factories.review import give, in_review, task_of
from tests.factories.submissions import make_deposited, record_decision


@dataclass
class Things:
    """Rows to ask for, by the place that a parameter has in an address."""

    version: Version
    keys: dict[str, str] = field(default_factory=dict)


def client_of(person: User, **options: bool) -> Client:
    client = Client(**options)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def things(cast: Cast) -> Things:
    """A version in review with a remark and a verdict, a deposited dossier, a release."""
    cast.everybody()
    cycle = in_review(cast, nature="environment")
    version = cycle.version
    remark = comment(version.pk, body="Secret", severity="question", by=cast.medical, now=T0)
    give(task_of(cycle, "medical_reviewer"), cast.medical)
    dossier = make_deposited(cast)
    release_it(make_ready(cast), cast.pharmacist)
    lead = name_lead(cast.dpo, "dpo", reason="?", by=cast.admin, now=T0)
    # Of another agency than the one that is tried.
    other = make_person(Role.AGENCY)
    draft_of = make_version(make_asset(by=cast.pm, products=[cast.product]))
    invitation = invite(draft_of.pk, other, by=cast.pm, now=T0)
    impact = impact_on(cast.product, cast.regulatory, version)
    keys = {
        "page": "1",
        "comment": str(remark.pk),
        "earlier": str(cycle.revision_id),
        "beside": "1",
        "token": "forged",
        "calendar": "forged",
        "key": "forged",
        "name": "index.html",
        "invitations": str(invitation.pk),
        "invitation": str(invitation.pk),
        "leads": str(lead.pk),
        "role-leads": str(lead.pk),
        "notifications": str(Message.objects.told_to(cast.medical).earliest("pk").pk),
        "routes": str(cycle.route_id),
        "teams": str(cast.cardiology.pk),
        "code": version.asset.code,
        "number": str(version.number),
        "versions": str(version.pk),
        "review": str(task_of(cycle, "regulatory_reviewer").pk),
        "impacts": str(impact.pk),
        "impact": str(impact.pk),
        "kind": "smpc",
        "drawing": "svg",
        "tasks": str(task_of(cycle, "regulatory_reviewer").pk),
        "batches": str(dossier.batch_id),
        "dossiers": str(dossier.pk),
        "decisions": str(record_decision(cast, make_deposited(cast)).pk),
        "pieces": str(dossier.pieces.order_by("pk")[0].pk),
        "factors": "999999",
        "files": "1",
        "revision": "1",
        "position": "1",
        "n": "1",
    }
    return Things(version, keys)


@pytest.fixture
def medical(cast: Cast) -> Version:
    """A medical asset of Cardiology in preparation, which marketing never sees."""
    asset = make_asset(by=cast.mpm, products=[cast.product], nature="medical")
    return make_version(asset)
