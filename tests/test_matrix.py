"""Route × role × method of the API (SECURITY.md, attack 2): a route that is not here fails.

Each route names who reads it; whoever does not see the thing is told 404 or 403 on every method,
and an empty write does nothing for anybody but where it says so.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from approvals.audit.models import AuditEvent
from approvals.desk.record import making
from approvals.people.actions import give_token, system_actor
from approvals.people.models import User
from approvals.review.actions import comment, name_lead
from approvals.submissions.models import FormQuestion, PieceRule
from approvals.submissions.tasks import make_package
from content.assets.actions import invite
from content.catalogue.enums import AlertKind
from content.catalogue.models import ProductAlert
from content.outbox.models import Message
from content.positive_list import edition_print
from content.positive_list.tasks import make_edition as make_edition_pdf
from tests.factories import T0, keep
from tests.factories.editions import make_edition
from tests.factories.impacts import impact_on
from tests.factories.outbox import make_webhook
from tests.factories.packages import package_of, print_quickly
from tests.factories.people import Cast
from tests.factories.review import in_review, task_of
from tests.factories.submissions import make_deposited, record_decision

OWNERS = {"pm", "mpm"}
REVIEWERS = {"medical", "regulatory", "compliance", "legal", "dpo", "director"}
PHARMACISTS = {"pharmacist", "pharmacist2"}
# Who sees an asset of Cardiology in preparation (DOMAIN.md §1).
SEES = OWNERS | REVIEWERS | PHARMACISTS | {"inspector"}
OFFICE = SEES | {"pm2", "admin"}
FIELD = {"rep", "rep2", "msl"}
ALL = OFFICE | FIELD | {"agency"}
TRAIL = PHARMACISTS | {"inspector", "admin"}
NOBODY: set[str] = set()
# The agency is invited to the very version that the table asks about.
INVITED = SEES | {"agency"}
READ_ROUTES = {"admin", "inspector"}


class Rule(NamedTuple):
    """Who reads (GET), which writes there are, who sees the thing, whose empty write works."""

    reads: set[str] | None = None
    writes: tuple[str, ...] = ()
    sees: set[str] = ALL
    empty_works: set[str] = NOBODY


POST = ("post",)
ACT = Rule(None, POST, SEES)
TABLE: dict[str, Rule] = {
    "auth/logout/": Rule(None, POST, ALL, ALL),
    "me/": Rule(ALL),
    "me/accountability/": Rule(None, POST, ALL, ALL),
    "me/preferences/": Rule(ALL, ("patch",), ALL, ALL),
    "notifications/": Rule(ALL),
    "notifications/read-all/": Rule(None, POST, ALL, ALL),
    "notifications/<int:pk>/read/": Rule(None, POST, {"medical"}, {"medical"}),
    "products/": Rule(ALL),
    "products/<str:cis>/": Rule(ALL),
    "delegations/": Rule(ALL, POST),
    "delegations/<int:pk>/revoke/": Rule(None, POST, PHARMACISTS | {"admin", "inspector"}),
    "teams/": Rule(ALL, POST),
    "teams/<int:pk>/": Rule(OFFICE),
    "teams/<int:pk>/add-product/": Rule(None, POST, OFFICE),
    "teams/<int:pk>/remove-product/": Rule(None, POST, OFFICE),
    "teams/<int:pk>/add-member/": Rule(None, POST, OFFICE),
    "teams/<int:pk>/remove-member/": Rule(None, POST, OFFICE),
    "products/<str:cis>/authorisation/": Rule(None, POST),
    "products/<str:cis>/exceptions/": Rule(None, POST),
    "products/<str:cis>/documents/": Rule(OFFICE, POST, OFFICE),
    "products/<str:cis>/documents/<int:pk>/file/": Rule(OFFICE, (), OFFICE),
    "product-alerts/": Rule(ALL),
    "product-alerts/<int:pk>/settle/": Rule(None, POST, OFFICE),
    "editions/": Rule(ALL, POST, ALL, PHARMACISTS | {"regulatory"}),
    "editions/<int:number>/sign/": Rule(None, POST, ALL - {"agency"}),
    "editions/<int:number>/acknowledge/": Rule(None, POST, ALL - {"agency"}, FIELD),
    "editions/<int:number>/attest-destruction/": Rule(None, POST, ALL - {"agency"}),
    "editions/<int:number>/pdf/": Rule(REVIEWERS | PHARMACISTS | {"inspector"}),
    "impacts/": Rule(ALL),
    "impacts/<int:pk>/": Rule(SEES, (), SEES),
    "impacts/<int:pk>/decide/": ACT,
    "impacts/<int:pk>/deadline/": ACT,
    "impact-terms/": Rule(ALL),
    "impact-terms/<str:kind>/": Rule(None, POST, OFFICE),
    "products/<str:cis>/freeze/": Rule(None, POST),
    "products/<str:cis>/unfreeze/": Rule(None, POST),
    "products/<str:cis>/visit-documents/": Rule(ALL - {"pm2", "rep2", "admin", "agency"}),
    "assets/": Rule(ALL, POST),
    "assets/<str:code>/": Rule(SEES, ("patch",), SEES, {"pm"}),
    "assets/<str:code>/cancel/": ACT,
    "assets/<str:code>/transfer/": ACT,
    "assets/<str:code>/versions/": Rule(SEES, POST, SEES),
    "versions/<int:pk>/": Rule(SEES),
    "versions/<int:pk>/revisions/": Rule(None, POST, INVITED),
    "versions/<int:pk>/invite/": ACT,
    "invitations/": Rule(ALL),
    "invitations/<int:pk>/": Rule(INVITED),
    "invitations/<int:pk>/withdraw/": Rule(None, POST, INVITED),
    "versions/<int:pk>/dependencies/": Rule(SEES, POST, SEES),
    "versions/<int:pk>/dependencies/<int:dependency>/": Rule(None, ("delete",), NOBODY),
    "versions/<int:pk>/minimum-components/": ACT,
    "versions/<int:pk>/files/<int:n>/": Rule(INVITED),
    "versions/<int:pk>/files/<int:n>/pages/<int:page>.png": Rule(INVITED),
    "versions/<int:pk>/where-used/": Rule(SEES),
    "versions/<int:pk>/compare/": Rule(SEES),
    "versions/<int:pk>/history/": Rule(SEES),
    "versions/<int:pk>/signatures/": Rule(SEES),
    "versions/<int:pk>/record.pdf": Rule(SEES),
    "versions/<int:pk>/record.json": Rule(SEES),
    "versions/<int:pk>/plan/": ACT,
    "versions/<int:version>/submit/": ACT,
    "versions/<int:version>/recall/": ACT,
    "versions/<int:version>/send-back/": ACT,
    "versions/<int:version>/cancel/": ACT,
    "versions/<int:version>/carry/": ACT,
    "versions/<int:version>/comments/": Rule(INVITED, POST, INVITED),
    "versions/<int:version>/prechecks/": Rule(INVITED, POST, INVITED),
    "versions/<int:version_id>/release/": ACT,
    "versions/<int:version_id>/suspend/": ACT,
    "versions/<int:version_id>/resume/": ACT,
    "versions/<int:version_id>/withdraw/": ACT,
    "comments/<int:comment>/resolve/": Rule(None, POST, INVITED, {"pm"}),
    "comments/<int:comment>/verify/": Rule(None, POST, INVITED),
    "comments/<int:comment>/reply/": Rule(None, POST, INVITED),
    "minor-modifications/": Rule(ALL, POST),
    "routes/": Rule(ALL, POST),
    "routes/<int:pk>/": Rule(READ_ROUTES, ("patch",), READ_ROUTES),
    "routes/preview/": Rule(None, POST),
    "routes/which/": Rule(READ_ROUTES),
    "tasks/": Rule(ALL),
    "tasks/<int:task>/": Rule(SEES),
    "tasks/<int:task>/claim/": Rule(None, POST, SEES, {"medical"}),
    "tasks/<int:task>/unclaim/": ACT,
    "tasks/<int:task>/candidates/": Rule({"medical"}, (), SEES),
    "tasks/load/": Rule({"dpo"}),
    "reminders/": Rule(ALL, ("patch",), ALL, {"admin"}),
    "figures/": Rule(OFFICE),
    "role-leads/": Rule(ALL, POST),
    "role-leads/<int:pk>/end/": Rule(None, POST, READ_ROUTES),
    "tasks/<int:task>/reassign/": ACT,
    "tasks/<int:task>/reopen/": ACT,
    "tasks/<int:task>/decide/": ACT,
    "forecast/": Rule(SEES | {"pm2"}),
    "notices/": Rule(ALL, ("patch",), ALL, {"admin"}),
    "windows/": Rule(ALL, POST),
    "windows/<int:pk>/": Rule(OFFICE, ("patch",), OFFICE),
    "windows/<int:pk>/plan/": Rule(OFFICE),
    "form-questions/": Rule({"admin", "regulatory", "inspector"}, POST),
    "form-questions/<int:pk>/": Rule(None, ("patch",), {"admin", "regulatory", "inspector"}),
    "piece-rules/": Rule({"admin", "regulatory", "inspector"}, POST),
    "piece-rules/<int:pk>/remove/": Rule(None, POST, {"admin", "regulatory", "inspector"}),
    "references/": Rule(
        OWNERS | {"pm2", "medical", "regulatory", "compliance"} | PHARMACISTS | {"inspector"}
    ),
    "batches/": Rule(ALL, POST),
    "batches/<int:pk>/": Rule(SEES),
    "batches/<int:pk>/add/": ACT,
    "batches/<int:pk>/remove/": ACT,
    "batches/<int:pk>/freeze/": ACT,
    "batches/<int:pk>/unfreeze/": ACT,
    "batches/<int:pk>/cancel/": ACT,
    "batches/<int:pk>/package/": Rule(PHARMACISTS | {"regulatory", "inspector"}, POST, SEES),
    "dossiers/<int:pk>/": Rule(SEES, ("patch",), SEES, {"regulatory"}),
    "dossiers/<int:pk>/pieces/": ACT,
    "dossiers/<int:pk>/deposit/": ACT,
    "dossiers/<int:pk>/miss/": ACT,
    "dossiers/": Rule(ALL),
    "dossiers/<int:pk>/decide/": ACT,
    "dossiers/<int:pk>/correct/": ACT,
    "decisions/<int:pk>/letter/": ACT,
    "positive-list/": Rule(ALL),
    "negative-list/": Rule(ALL),
    "valid-documents/": Rule(ALL),
    "status/<str:code>/": Rule(SEES),
    "changes/": Rule(ALL),
    "audit/": Rule(TRAIL),
    "webhooks/": Rule(ALL, POST),
    "webhooks/<int:pk>/": Rule(READ_ROUTES, ("patch",), READ_ROUTES, {"admin"}),
    "webhooks/<int:pk>/deliveries/": Rule(READ_ROUTES),
    "webhooks/<int:pk>/rotate/": Rule(None, POST, READ_ROUTES, {"admin"}),
    "webhooks/<int:pk>/test/": Rule(None, POST, READ_ROUTES, {"admin"}),
    "webhooks/<int:pk>/resend/": Rule(None, POST, READ_ROUTES),
}
# Open to all, by name: test_routes.py says why.
OPEN = {"auth/token/", "schema/"}
UNKNOWN = "^.*$"


def api_routes(patterns: Any = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (route as written, view class) of every address under ``/api/v1/``."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from api_routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and route.startswith("api/v1/"):
            yield route.removeprefix("api/v1/"), pattern.callback.cls  # type: ignore[attr-defined]


ROUTES = dict(api_routes())


def test_every_route_is_in_the_table_and_the_table_names_no_other() -> None:
    assert set(ROUTES) - OPEN - {UNKNOWN} == set(TABLE)


def test_every_route_has_the_methods_of_the_table() -> None:
    for route, rule in TABLE.items():
        view = ROUTES[route]()
        view.request = None
        methods = {method.lower() for method in view.allowed_methods} - {"options", "head"}
        reads = {"get"} if rule.reads is not None else set()
        assert methods == reads | set(rule.writes), route


def things(cast: Cast) -> dict[str, str]:
    """Make things of Cardiology that ``pm`` prepares, by the name of a parameter."""
    cast.everybody()
    cycle = in_review(cast, nature="environment")
    version = cycle.version
    remark = comment(version.pk, body="?", severity="question", by=cast.medical, now=T0)
    dossier = make_deposited(cast)
    window = dossier.batch.window
    invitation = invite(version.pk, cast.agency, by=cast.pm, now=T0)
    lead = name_lead(cast.dpo, "dpo", reason="?", by=cast.admin, now=T0)
    assert window is not None
    make_package(package_of(dossier.batch).pk)
    impact = impact_on(cast.product, cast.regulatory, version)
    alert = ProductAlert(product=cast.product, kind=AlertKind.VANISHED, noticed_at=T0)
    keep(alert, by=system_actor())
    return {
        "cis": cast.product.cis,
        "code": version.asset.code,
        "version": str(version.pk),
        "version_id": str(version.pk),
        "task": str(task_of(cycle, "medical_reviewer").pk),
        "comment": str(remark.pk),
        "dependency": "999999",
        "n": "1",
        "page": "1",
        "versions": str(version.pk),
        "teams": str(cast.cardiology.pk),
        "invitations": str(invitation.pk),
        "role-leads": str(lead.pk),
        "notifications": str(Message.objects.told_to(cast.medical).earliest("pk").pk),
        "routes": str(cycle.route_id),
        "windows": str(window.pk),
        "documents": str(impact.document_id),
        "product-alerts": str(alert.pk),
        "number": str(make_edition(cast).number),
        "impacts": str(impact.pk),
        "kind": "smpc",
        "batches": str(dossier.batch_id),
        "form-questions": str(FormQuestion.objects.earliest("pk").pk),
        "piece-rules": str(PieceRule.objects.earliest("pk").pk),
        "dossiers": str(dossier.pk),
        "decisions": str(record_decision(cast, make_deposited(cast)).pk),
        "webhooks": str(make_webhook().pk),
        "delegations": str(cast.pharmacist2.delegations_received.get().pk),
    }


@pytest.fixture
def places(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    # Who may have a record or a package matters here, not its typesetting (tests of each).
    print_quickly(monkeypatch)
    monkeypatch.setattr(making, "printed", lambda *args, **kwargs: b"%PDF-")
    monkeypatch.setattr(edition_print, "printed_edition", lambda *args: b"%PDF-")
    made = things(cast)
    make_edition_pdf(int(made["number"]))
    return made


def address(route: str, places: dict[str, str]) -> str:
    """Return a route's address about the things of ``places``."""
    parts = []
    for part in route.split("/"):
        if not part.startswith("<"):
            parts.append(part)
            continue
        parameter, _closing, rest = part[1:].partition(">")
        name = parameter.rpartition(":")[2]
        parts.append(places[parts[-1] if name == "pk" else name] + rest)
    return "/api/v1/" + "/".join(parts)


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.long
def test_a02_each_role_reads_and_writes_what_the_table_says(places: dict[str, str]) -> None:
    wrong: list[str] = []
    for username in sorted(ALL):
        _token, key = give_token(by=User.objects.get(username=username), now=T0)
        client = Client(headers={"Authorization": f"Token {key}"})
        for route, rule in TABLE.items():
            path = address(route, places)
            for method in ("get", *rule.writes):
                if method == "get" and rule.reads is None:
                    continue
                status = _status(client, method, path)
                if not _as_ruled(rule, username, method, status):
                    wrong.append(f"{username} {method} {route}: {status}")
    assert not wrong, "\n".join(wrong)


def _status(client: Client, method: str, path: str) -> int:
    with transaction.atomic():
        events = AuditEvent.objects.count()
        options: dict[str, Any] = {}
        if method != "get":
            options = {"data": {}, "content_type": "application/json"}
        status = int(getattr(client, method)(path, **options).status_code)
        assert status < 300 or AuditEvent.objects.count() == events
        transaction.set_rollback(True)
    return status


def _as_ruled(rule: Rule, username: str, method: str, status: int) -> bool:
    if method == "get":
        assert rule.reads is not None
        return status == 200 if username in rule.reads else status in {403, 404}
    if username not in rule.sees:
        return status in {403, 404}
    if username in rule.empty_works:
        return status in {200, 201, 202, 204}
    return status in {400, 403, 404, 409}
