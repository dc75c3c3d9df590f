"""Routes as data: what is refused, what a change touches, which one a case takes."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.audit.models import AuditEvent
from approvals.people.enums import Role
from approvals.review.actions import save_route
from approvals.review.effects import case_of_codes, choice_for, effects_of
from approvals.review.enums import Condition
from approvals.review.models import ReviewCycle, Route
from approvals.review.policies.routes import check_route
from approvals.review.queries import route_history
from approvals.review.routing import RouteData, TaskData, candidates, case_of, fitting
from content.assets.enums import Audience, Nature
from content.assets.models import AssetType
from tests.factories import T0
from tests.factories.people import Cast
from tests.factories.review import draft, give, in_review, task_of
from tests.security.conftest import client_of

MEDICAL = TaskData(Role.MEDICAL_REVIEWER, 5)
REGULATORY = TaskData(Role.REGULATORY_REVIEWER, 5)
PHARMACIST = TaskData(Role.RESPONSIBLE_PHARMACIST, 2)


def wanted(**fields: Any) -> RouteData:
    """A route for French brochures for the public."""
    given = {
        "name": "Brochures publiques",
        "jurisdiction": "FR",
        "nature": "promotional",
        "audience": "public",
        "asset_type": "brochure",
        "stages": ((MEDICAL, REGULATORY), (PHARMACIST,)),
    }
    return RouteData(**{**given, **fields})  # type: ignore[arg-type]


def french() -> Route:
    route: Route = Route.objects.with_stages().get(jurisdiction__code="FR", nature="promotional")
    return route


def save(data: RouteData, by: Any, route: Route | None = None, reason: str = "Essai") -> Route:
    return save_route(data, route_id=route.pk if route else None, reason=reason, by=by, now=T0)


def test_a_route_is_made_with_one_event_and_its_history(cast: Cast) -> None:
    admin = cast.admin
    events = AuditEvent.objects.count()
    route = save(wanted(), admin)
    assert AuditEvent.objects.count() == events + 1
    assert AuditEvent.objects.in_order().last().kind == "save_route"  # type: ignore[union-attr]
    assert RouteData.of(Route.objects.with_stages().get(pk=route.pk)) == wanted()
    assert route.history.get().history_user == admin  # type: ignore[attr-defined]
    (made,) = route_history(route)
    assert len(made["lines"]) == 4


def test_a_change_leaves_a_running_cycle_as_it_began(cast: Cast) -> None:
    cycle = in_review(cast)
    before = (cycle.stages, cycle.required_roles)
    route = french()
    legal = TaskData(Role.LEGAL_REVIEWER, 4, Condition.ALWAYS, may_be_not_applicable=True)
    changed = replace(RouteData.of(route), stages=((REGULATORY,), (legal,), (PHARMACIST,)))
    save(changed, cast.admin, route)
    kept = ReviewCycle.objects.get(pk=cycle.pk)
    assert (kept.stages, kept.required_roles) == before
    for role, person in (
        ("medical_reviewer", cast.medical),
        ("regulatory_reviewer", cast.regulatory),
        ("compliance_reviewer", cast.compliance),
    ):
        give(task_of(cycle, role), person)
    assert task_of(cycle, "responsible_pharmacist").stage == 2
    later = in_review(cast)
    assert [[task["role"] for task in stage] for stage in later.stages] == [
        ["regulatory_reviewer"],
        ["legal_reviewer"],
        ["responsible_pharmacist"],
    ]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"stages": ()}, "route_without_stage"),
        ({"stages": ((REGULATORY,), (), (PHARMACIST,))}, "stage_without_task"),
        ({"stages": ((REGULATORY, REGULATORY), (PHARMACIST,))}, "role_twice"),
        ({"stages": ((REGULATORY, TaskData("agency", 5)), (PHARMACIST,))}, "unknown_role"),
        ({"stages": ((REGULATORY, TaskData("dpo", 0)), (PHARMACIST,))}, "days_out_of_range"),
        ({"stages": ((MEDICAL,), (PHARMACIST,))}, "regulatory_missing"),
        (
            {"stages": ((replace(REGULATORY, condition="third_party"),), (PHARMACIST,))},
            "regulatory_missing",
        ),
        ({"stages": ((REGULATORY,),)}, "pharmacist_missing"),
        ({"stages": ((PHARMACIST,), (REGULATORY,))}, "pharmacist_not_last"),
        (
            {"stages": ((REGULATORY,), (replace(PHARMACIST, may_be_not_applicable=True),))},
            "pharmacist_not_last",
        ),
        ({"stages": ((REGULATORY,),) * 11}, "too_many_stages"),
        ({"name": ""}, "name_missing"),
        ({"jurisdiction": "XX"}, "unknown_value"),
        ({"nature": "odd"}, "unknown_value"),
        ({"asset_type": "odd"}, "unknown_value"),
        ({"for_components": True}, "type_is_no_component"),
        ({"asset_type": "email_fragment"}, "type_is_a_component"),
    ],
)
def test_a_route_that_cannot_be_walked_is_refused(
    cast: Cast, fields: dict[str, Any], code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_route(wanted(**fields), candidates())
    assert refused.value.code == code


def test_two_active_routes_for_one_case_are_refused_and_nothing_is_written(cast: Cast) -> None:
    save(wanted(), cast.admin)
    events, routes = AuditEvent.objects.count(), Route.objects.count()
    with pytest.raises(StateConflict) as refused:
        save(wanted(name="Autre"), cast.admin)
    assert refused.value.code == "case_taken"
    assert (AuditEvent.objects.count(), Route.objects.count()) == (events, routes)
    assert not save(wanted(name="Autre", active=False), cast.admin).active


def test_a_change_owes_its_reason(cast: Cast) -> None:
    with pytest.raises(InvalidInput) as refused:
        save(wanted(), cast.admin, reason="  ")
    assert "reason" in refused.value.errors


@pytest.mark.parametrize("who", ["pm", "regulatory", "pharmacist", "inspector", "agency"])
def test_only_an_administrator_changes_routes(cast: Cast, who: str) -> None:
    with pytest.raises(PolicyDenied) as refused:
        save(wanted(), getattr(cast, who))
    assert refused.value.code == "role_missing"


def test_the_preview_chooses_as_submission_does(cast: Cast) -> None:
    """The same winner in SQL and for a draft, for every case there may be."""
    save(wanted(), cast.admin)
    save(wanted(name="Public", nature="", asset_type=""), cast.admin)
    save(wanted(name="Brochures", nature="", audience=""), cast.admin)
    asset = draft(cast).asset
    among = candidates()
    types = list(AssetType.objects.filter(code__in=("brochure", "poster", "email_fragment")))
    for nature, audience, kind in product(Nature.values, Audience.values, types):
        asset.nature, asset.audience, asset.asset_type = nature, audience, kind
        kept = Route.objects.fitting(asset).values_list("pk", flat=True)
        assert list(kept) == [one.pk for one in fitting(case_of(asset), among)]


def test_effects_name_who_takes_it_who_changes_and_who_has_none(cast: Cast) -> None:
    version = draft(cast)
    in_review(cast)
    new = effects_of(wanted(audience=""), None)
    assert (
        [one.version for one in new.takes] == [str(version)] == [one.version for one in new.changes]
    )
    assert new.changes[0].before.startswith("Promotionnel")
    assert not new.without
    route = french()
    off = effects_of(replace(RouteData.of(route), active=False), route)
    # The French route for all other natures takes what no other route names.
    assert [one.after for one in off.changes] == ["Non promotionnel (FR)"]
    assert not off.takes
    general = Route.objects.with_stages().get(jurisdiction__code="FR", name__startswith="Non")
    save(replace(RouteData.of(general), active=False), cast.admin, general)
    none = effects_of(replace(RouteData.of(route), active=False), route)
    assert [one.version for one in none.without] == [str(version)]


def test_which_route_and_why(cast: Cast) -> None:
    save(wanted(), cast.admin)
    choice = choice_for(case_of_codes("FR", "promotional", "public", "brochure"))
    assert choice.route is not None
    assert choice.route.data.name == "Brochures publiques"
    assert len(choice.others) == 2
    assert choice_for(case_of_codes("XX", "promotional", "hcp", "brochure")).route is None


def posted(data: RouteData, **more: str) -> dict[str, Any]:
    """What a browser sends of the form."""
    sent: dict[str, Any] = {
        "name": data.name,
        "jurisdiction": data.jurisdiction,
        "nature": data.nature,
        "audience": data.audience,
        "asset_type": data.asset_type,
        "active": "on",
        "reason": "Essai",
    }
    for i, stage in enumerate(data.stages, start=1):
        sent[f"s{i}"] = "1"
        for j, task in enumerate(stage, start=1):
            place = f"s{i}t{j}"
            sent |= {f"{place}_role": str(task.role), f"{place}_days": task.due_days}
            sent[f"{place}_condition"] = str(task.condition)
    return {**sent, **more}


def test_the_editor_works_without_scripts(cast: Cast) -> None:
    version = draft(cast)
    admin = client_of(cast.admin)
    new = "/admin/review/routes/new/"
    assert admin.get(new).status_code == 200
    data = wanted(audience="hcp")
    routes = Route.objects.count()
    for do, shown in (
        ("add_task:1", 's1t3_role"'),
        ("add_stage", 's3t1_role"'),
        ("remove_task:1.2", 's1t1_role"'),
    ):
        answer = admin.post(new, posted(data, do=do))
        assert answer.status_code == 200
        assert shown in answer.content.decode()
    left = admin.post(new, posted(data, do="remove_stage:2")).content.decode()
    assert 's2t1_role"' not in left
    assert 's1t2_role"' in left
    preview = admin.post(new, posted(data, do="preview", reason=""))
    assert str(version) in preview.content.decode()
    assert Route.objects.count() == routes
    saved = admin.post(new, posted(data, do="save"))
    assert saved.status_code == 302
    assert Route.objects.count() == routes + 1
    assert admin.get(saved["Location"]).status_code == 200
    wrong = admin.post(saved["Location"] + "edit/", posted(replace(data, stages=()), do="save"))
    assert wrong.status_code == 400
    copied = admin.get(saved["Location"] + "copy/").content.decode()
    assert "(cop" in copied
    listed = admin.get(
        "/admin/review/routes/?jurisdiction=FR&nature=promotional&audience=hcp&asset_type=brochure"
    )
    assert "Brochures publiques" in listed.content.decode()


def test_the_inspector_reads_routes_and_changes_none(cast: Cast) -> None:
    inspector, route = client_of(cast.inspector), french()
    assert inspector.get("/admin/review/routes/").status_code == 200
    assert inspector.get(f"/admin/review/routes/{route.pk}/").status_code == 200
    for address in ("new/", f"{route.pk}/edit/", f"{route.pk}/copy/"):
        for do in ("save", "preview", "add_stage"):
            refused = inspector.post(f"/admin/review/routes/{address}", posted(wanted(), do=do))
            assert refused.status_code == 403
    assert client_of(cast.regulatory).get("/admin/review/routes/").status_code == 403


def test_the_api_makes_changes_previews_and_chooses(cast: Cast) -> None:
    admin = client_of(cast.admin)
    options: Any = {"content_type": "application/json"}
    body = {
        "name": "Affiches",
        "jurisdiction": "FR",
        "asset_type": "poster",
        "stages": [
            [{"role": "regulatory_reviewer", "due_days": 5}],
            [{"role": "responsible_pharmacist", "due_days": 2}],
        ],
    }
    preview = admin.post("/api/v1/routes/preview/", body, **options)
    assert preview.status_code == 200
    assert preview.json() == {
        "takes": [],
        "changes": [],
        "without": [],
    }
    made = admin.post("/api/v1/routes/", body | {"reason": "Affiches"}, **options)
    assert made.status_code == 201
    path = f"/api/v1/routes/{made.json()['id']}/"
    off = admin.patch(path, {"active": False, "reason": "Plus d’affiches"}, **options)
    assert off.status_code == 200
    assert not off.json()["active"]
    assert off.json()["stages"] == made.json()["stages"]
    bad = admin.patch(path, {"stages": [], "reason": "Essai"}, **options)
    assert (bad.status_code, bad.json()["code"]) == (400, "route_without_stage")
    taken = admin.post(
        "/api/v1/routes/",
        body | {"asset_type": "", "nature": "promotional", "reason": "?"},
        **options,
    )
    assert (taken.status_code, taken.json()["code"]) == (409, "case_taken")
    which = "/api/v1/routes/which/?nature=promotional&audience=hcp&asset_type=poster"
    assert admin.get(which).json()["name"] == "Promotionnel (FR)"
    assert admin.get("/api/v1/routes/which/?nature=odd").status_code == 400
    assert client_of(cast.pm).get(path).status_code == 404
    denied = client_of(cast.pm).post("/api/v1/routes/", body | {"reason": "?"}, **options)
    assert (denied.status_code, denied.json()["code"]) == (403, "role_missing")


def test_the_list_asks_as_much_however_many_routes(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    for audience in ("hcp", "public", "internal"):
        save(wanted(name=audience, audience=audience), cast.admin)
    admin = client_of(cast.admin)
    with django_assert_max_num_queries(16):
        admin.get("/admin/review/routes/")
