"""Every page that takes an id or a code denies those who do not see the thing (SECURITY.md, a03).

The addresses are generated from the URLconf: a page that is in neither list fails. The API's are
in ``tests/test_matrix.py``.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from approvals.audit.models import AuditEvent
from approvals.people.models import User
from content.assets.models import Version
from tests.factories.people import Cast
from tests.security.conftest import Things, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.long]

# Neither of Respiratory, nor of the field, nor agencies or administrators see it (DOMAIN.md §1).
OUTSIDERS = ("pm2", "rep", "rep2", "msl", "agency", "admin")
# Facts that are open to the office: medicines, windows, and the administrator's own teams.
NOT_IN_PREPARATION = (
    *("products/", "conditions/", "windows/", "teams/", "delegations/"),
    # The administrator's own data (tests of review).
    *("review/routes/", "review/leads/", "submissions/form/", "outbox/webhooks/"),
    *("severities/", "people/"),
    *("review/routes/", "review/leads/"),
    *("severities/", "minor-modifications/", "people/"),
    # The editions of the lists: what a reader sees of one is tested with them.
    "positive_list/editions/",
    # What an import said of a medicine.
    "catalogue/alerts/",
)
# Rows that every role of the office may read.
REFERENCE_DATA = {
    "assets.assettype",
    "review.route",
    "review.routestage",
    "review.checklistitem",
    "review.precheckkind",
    "review.minormodificationcategory",
    "submissions.depositwindow",
    "submissions.piecerule",
    "submissions.formquestion",
    "release.productfreezeact",
    # What changed about a medicine, and the delays: which versions it concerns is not in them.
    "release.impactlist",
    "release.impactterm",
    # Who signed which edition of the lists, of the whole house.
    "release.editionact",
}
OF_PREPARATION = [
    model
    for model in admin.site._registry
    if model._meta.app_label in {"assets", "review", "submissions", "release", "signatures"}
    and model._meta.label_lower not in REFERENCE_DATA
]


def page_routes(patterns: Any = None, prefix: str = "") -> Iterator[str]:
    """Yield every address outside the API and the admin's own that takes a parameter."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin" and not route.startswith("api/"):
                yield from page_routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and "<" in route:
            yield route


def address(route: str, keys: dict[str, str]) -> str:
    """Return a route's address about the given things."""
    parts: list[str] = []
    places: list[str] = []
    for part in route.split("/"):
        places.append(part)
        if not part.startswith("<"):
            parts.append(part)
            continue
        parameter, _closing, rest = part[1:].partition(">")
        parts.append((keys.get(parameter.rpartition(":")[2]) or keys[places[-2]]) + rest)
    return "/" + "/".join(parts)


ROUTES = sorted(
    route
    for route in set(page_routes())
    if not any(part in route for part in NOT_IN_PREPARATION) and not route.startswith("admin/r/")
)


def is_denied(response: Any) -> bool:
    """Whether an answer tells and does nothing: 403, 404, or the way back to an entrance."""
    if response.status_code in {403, 404, 405}:
        return True
    return response.status_code == 302 and (
        response.headers["Location"].startswith("/admin/login/")
        or response.headers["Location"] == "/admin/"
    )


def test_the_list_sees_the_pages() -> None:
    assert "admin/desk/assets/<str:code>/<int:number>/" in ROUTES
    assert "review/<int:task>/files/<int:n>/" in ROUTES
    assert len(ROUTES) > 30


def test_a03_no_page_shows_or_does_anything_to_an_outsider(things: Things, cast: Cast) -> None:
    before = AuditEvent.objects.count()
    wrong = []
    for username in OUTSIDERS:
        client = client_of(User.objects.get(username=username))
        for route in ROUTES:
            path = address(route, things.keys)
            for method in ("get", "post"):
                response = getattr(client, method)(path)
                if not is_denied(response):
                    wrong.append(f"{username} {method} {path}: {response.status_code}")
    assert not wrong, "\n".join(wrong)
    assert AuditEvent.objects.count() == before


def test_who_prepares_it_opens_the_same_pages(things: Things, cast: Cast) -> None:
    client = client_of(cast.pm)
    for route in ("admin/desk/assets/<str:code>/", "admin/desk/assets/<str:code>/<int:number>/"):
        assert client.get(address(route, things.keys)).status_code == 200
    assert client.get(address("review/<int:task>/files/<int:n>/", things.keys)).status_code == 200


@pytest.mark.parametrize("model", OF_PREPARATION, ids=lambda model: model._meta.label_lower)
def test_a03_no_row_of_the_admin_is_shown_to_an_outsider(model: Any, things: Things) -> None:
    base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    row = model._default_manager.first()
    for username in OUTSIDERS:
        client = client_of(User.objects.get(username=username))
        listed = client.get(base)
        assert is_denied(listed) or not listed.context["cl"].result_count, username
        if row is None:
            continue
        kept = model.history.filter(**{model._meta.pk.attname: row.pk}).first()
        for path in ("change/", "history/", f"history/{kept.history_id}/", "delete/"):
            response = client.get(f"{base}{row.pk}/{path}")
            assert is_denied(response), (username, path, response.status_code)


def test_a03_the_admin_leads_nowhere_by_number(things: Things, cast: Cast) -> None:
    from django.contrib.contenttypes.models import ContentType

    kind = ContentType.objects.get_for_model(Version)
    response = client_of(cast.pm2).get(f"/admin/r/{kind.pk}/{things.version.pk}/")
    assert response.status_code == 404


def test_a03_marketing_sees_no_medical_asset(medical: Version, cast: Cast) -> None:
    keys = {"code": medical.asset.code, "number": "1", "versions": str(medical.pk)}
    page = f"/admin/desk/assets/{medical.asset.code}/1/"
    assert client_of(cast.mpm).get(page).status_code == 200
    for person in (cast.pm, cast.pm2, cast.rep, cast.admin, cast.agency):
        client = client_of(person)
        paths = [page, f"/admin/desk/assets/{medical.asset.code}/"]
        paths += [f"/api/v1/assets/{keys['code']}/", f"/api/v1/versions/{medical.pk}/"]
        paths += [f"/api/v1/versions/{medical.pk}/files/1/", page + "files/1/1/"]
        for path in paths:
            assert client.get(path).status_code in {403, 404}, (person.username, path)
        listed = client.get("/api/v1/assets/").json()["results"]
        assert medical.asset.code not in {line["code"] for line in listed}


def test_what_uses_a_component_is_named_only_to_those_who_see_it(cast: Cast) -> None:
    from content.assets.actions import add_dependency
    from tests.factories import T0
    from tests.factories.assets import make_asset, make_version

    fragment = make_version(
        make_asset(by=cast.pm, products=[cast.product], asset_type="email_fragment")
    )
    template = make_asset(
        by=cast.mpm,
        products=[cast.product],
        asset_type="email_template",
        nature="medical",
        title="Étude confidentielle",
    )
    user = make_version(template, subject="Objet")
    add_dependency(user.pk, kind="requires", target=fragment.pk, by=cast.mpm, now=T0)
    page = f"/admin/desk/assets/{fragment.asset.code}/1/"
    assert "Étude confidentielle" in client_of(cast.mpm).get(page).content.decode()
    for path in (page, f"/admin/desk/assets/{fragment.asset.code}/"):
        assert "Étude confidentielle" not in client_of(cast.pm).get(path).content.decode()


def test_the_inspector_writes_nothing(things: Things, cast: Cast) -> None:
    client: Client = client_of(cast.inspector)
    before = AuditEvent.objects.count()
    # To have the record written is to look: all it leaves is the event that says so.
    for route in (route for route in ROUTES if not route.endswith("/record/")):
        response = client.post(address(route, things.keys), {"password": "imprimatur-demo"})
        assert response.status_code in {403, 404, 405, 409}, (route, response.status_code)
    offered = client.get(f"/api/v1/versions/{things.version.pk}/").json()["allowed_actions"]
    assert offered == []
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("username", ["rep", "msl", "agency", "admin"])
@pytest.mark.parametrize("list_name", ["assets", "tasks", "batches"])
def test_who_prepares_nothing_finds_nothing_in_preparation(
    things: Things, username: str, list_name: str
) -> None:
    response = client_of(User.objects.get(username=username)).get(f"/api/v1/{list_name}/")
    assert response.status_code == 403 or response.json()["results"] == []
