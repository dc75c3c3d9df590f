"""The form of a route: its case, and rows of stages and tasks that buttons add and take out."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.people.enums import Role
from approvals.people.models import User
from approvals.review.enums import ROUTE_ROLES, Condition
from approvals.review.policies.routes import MOST_DAYS
from approvals.review.routing import RouteData
from content.assets.enums import Audience, Nature
from content.assets.models import AssetType
from content.catalogue.models import Jurisdiction

ANY = [("", _("all"))]
FIRST_DAYS = 5
Rows = list[list[dict[str, Any]]]
_CELL = re.compile(r"^s(\d{1,3})t(\d{1,3})_(role|days|condition|na)$")
_STAGE = re.compile(r"^s(\d{1,3})$")


def rows_of(data: Mapping[str, Any]) -> Rows:
    """Return the stages and tasks that a posted form holds, in their order."""
    stages: dict[int, dict[int, dict[str, Any]]] = {}
    for name in data:
        if stage := _STAGE.match(name):
            stages.setdefault(int(stage[1]), {})
        elif cell := _CELL.match(name):
            task = stages.setdefault(int(cell[1]), {}).setdefault(int(cell[2]), {})
            task[cell[3]] = data[name]
    return [[stages[i][j] for j in sorted(stages[i])] for i in sorted(stages)]


def rearranged(rows: Rows, do: str) -> Rows:
    """Return the rows after a button: ``add_stage``, ``add_task:1``, ``remove_task:1.2``…"""
    verb, _colon, place = do.partition(":")
    stage, _point, task = place.partition(".")
    if verb == "add_stage":
        return [*rows, [_blank()]]
    if not (stage.isdecimal() and 1 <= int(stage) <= len(rows)):
        return rows
    at = int(stage) - 1
    if verb == "add_task":
        return [*rows[:at], [*rows[at], _blank()], *rows[at + 1 :]]
    if verb == "remove_stage":
        return [*rows[:at], *rows[at + 1 :]]
    if verb == "remove_task" and task.isdecimal() and 1 <= int(task) <= len(rows[at]):
        left = [row for n, row in enumerate(rows[at], start=1) if n != int(task)]
        return [*rows[:at], left, *rows[at + 1 :]]
    return rows


def _blank() -> dict[str, Any]:
    return {"role": "", "days": FIRST_DAYS, "condition": Condition.ALWAYS.value}


def cells(rows: Rows) -> dict[str, Any]:
    """Return rows as the values of the form's fields."""
    return {
        f"s{i}t{j}_{name}": value
        for i, stage in enumerate(rows, start=1)
        for j, task in enumerate(stage, start=1)
        for name, value in task.items()
    }


def rows_of_route(data: RouteData) -> Rows:
    """Return a route's stages as rows of the form."""
    return [
        [
            {
                "role": task.role,
                "days": task.due_days,
                "condition": task.condition,
                "na": task.may_be_not_applicable,
            }
            for task in stage
        ]
        for stage in data.stages
    ]


class CaseForm(forms.Form):
    """What a route is chosen by."""

    jurisdiction = forms.ChoiceField(label=_("Jurisdiction"))
    nature = forms.ChoiceField(label=_("Nature"), required=False)
    audience = forms.ChoiceField(label=_("Audience"), required=False)
    asset_type = forms.ChoiceField(label=_("Type"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        codes = Jurisdiction.objects.order_by("code").values_list("code", flat=True)
        fields["jurisdiction"].choices = [(code, code) for code in codes]
        fields["nature"].choices = [*ANY, *Nature.choices]
        fields["audience"].choices = [*ANY, *Audience.choices]
        types = AssetType.objects.order_by("code")
        fields["asset_type"].choices = [*ANY, *((kind.code, str(kind)) for kind in types)]


class AskedCaseForm(CaseForm):
    """A whole case, to ask which route it would take."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = True
            chooser: Any = field
            chooser.choices = [choice for choice in chooser.choices if choice[0]]


class RouteForm(CaseForm):
    """A route; ``rows`` says how many stages and tasks are shown."""

    name = forms.CharField(label=_("Name"), max_length=100)
    for_components = forms.BooleanField(label=_("For components"), required=False)
    active = forms.BooleanField(label=_("Active"), required=False)
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}), max_length=5000
    )
    field_order = ("name", "jurisdiction", "nature", "audience", "asset_type")

    def __init__(self, *args: Any, rows: Rows, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown = rows
        for i, stage in enumerate(rows, start=1):
            for j in range(1, len(stage) + 1):
                self._add_task(f"s{i}t{j}")

    def _add_task(self, place: str) -> None:
        roles = [("", "—"), *((role.value, role.label) for role in ROUTE_ROLES)]
        self.fields[f"{place}_role"] = forms.ChoiceField(label=_("Role"), choices=roles)
        self.fields[f"{place}_days"] = forms.IntegerField(
            label=_("Working days"), min_value=1, max_value=MOST_DAYS
        )
        self.fields[f"{place}_condition"] = forms.ChoiceField(
            label=_("Condition"), choices=Condition.choices
        )
        self.fields[f"{place}_na"] = forms.BooleanField(
            label=_("May be not applicable"), required=False
        )

    def head(self) -> list[forms.BoundField]:
        """Return the fields above the stages."""
        named = ("name", "jurisdiction", "nature", "audience", "asset_type")
        return [self[name] for name in (*named, "for_components", "active")]

    def stages(self) -> list[list[list[forms.BoundField]]]:
        """Return the fields of each task of each stage."""
        return [
            [
                [self[f"s{i}t{j}_{name}"] for name in ("role", "days", "condition", "na")]
                for j in range(1, len(stage) + 1)
            ]
            for i, stage in enumerate(self.shown, start=1)
        ]

    def wanted(self, cleaned: Mapping[str, Any]) -> RouteData:
        """Return the route as the action takes it."""
        stages = [
            [
                {
                    "role": cleaned[f"s{i}t{j}_role"],
                    "due_days": cleaned[f"s{i}t{j}_days"],
                    "condition": cleaned[f"s{i}t{j}_condition"],
                    "may_be_not_applicable": cleaned[f"s{i}t{j}_na"],
                }
                for j in range(1, len(stage) + 1)
            ]
            for i, stage in enumerate(self.shown, start=1)
        ]
        named = ("name", "jurisdiction", "nature", "audience", "asset_type")
        given = {name: cleaned[name] for name in (*named, "for_components", "active")}
        return RouteData.given({**given, "stages": stages})


class LeadForm(forms.Form):
    """Whom an administrator makes the lead of a role."""

    role = forms.ChoiceField(
        label=_("Role"), choices=[(role.value, role.label) for role in ROUTE_ROLES]
    )
    person = forms.ModelChoiceField(label=_("Person"), queryset=User.objects.none())
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}), max_length=5000
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        able = User.objects.holding(*ROUTE_ROLES, Role.DEPUTY_PHARMACIST)
        self.fields["person"].queryset = able.order_by("username")  # type: ignore[attr-defined]
