"""What a version needs, may include, cites (DOMAIN.md §5)."""

import itertools
from datetime import date, datetime
from typing import Any

import pytest

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.audit.models import AuditEvent
from approvals.people.actions import system_actor
from content.assets.actions import (
    add_dependency,
    remove_dependency,
    set_minimum_components,
)
from content.assets.enums import State
from content.assets.models import Dependency, Version
from content.assets.where_used import used_by, uses
from content.catalogue.enums import DocumentKind
from content.catalogue.models import SourceDocument
from tests.factories import T0, keep
from tests.factories.assets import WAYS, drive, make_asset, make_version
from tests.factories.people import Cast

pytestmark = pytest.mark.django_db


def make_kind(cast: Cast, asset_type: str) -> Version:
    return make_version(make_asset(by=cast.pm, products=[cast.product], asset_type=asset_type))


def make_document(cast: Cast) -> SourceDocument:
    document = SourceDocument(
        product=cast.product,
        kind=DocumentKind.SMPC,
        title="RCP",
        dated=date(2026, 1, 1),
        sha256="a" * 64,
        file_name="rcp.pdf",
        size=1,
        added_by=cast.pm,
        added_at=T0,
    )
    return keep(document, by=system_actor())  # type: ignore[no-any-return]


@pytest.fixture
def act(cast: Cast, now: datetime) -> dict[str, Any]:
    return {"by": cast.pm, "now": now}


class TestAdd:
    def test_a_template_requires_and_may_include_fragments(
        self, cast: Cast, act: dict[str, Any]
    ) -> None:
        template = make_kind(cast, "email_template")
        needed, optional = make_kind(cast, "email_fragment"), make_kind(cast, "email_fragment")
        before = AuditEvent.objects.count()
        row = add_dependency(template.pk, kind="requires", target=needed.pk, **act)
        add_dependency(template.pk, kind="may_include", target=optional.pk, **act)
        assert AuditEvent.objects.count() == before + 2
        assert row.history.get().history_user == cast.pm
        assert [
            (found.kind, found.target_id) for found in template.dependencies.order_by("pk")
        ] == [("requires", needed.pk), ("may_include", optional.pk)]
        assert template.involvements.filter(user=cast.pm, kind="edited").exists()

    def test_a_linked_piece_that_is_no_component_may_be_required_but_not_included(
        self, cast: Cast, act: dict[str, Any]
    ) -> None:
        template, leaflet = make_kind(cast, "email_template"), make_kind(cast, "brochure")
        with pytest.raises(InvalidInput) as refusal:
            add_dependency(template.pk, kind="may_include", target=leaflet.pk, **act)
        assert list(refusal.value.errors) == ["target"]
        assert add_dependency(template.pk, kind="requires", target=leaflet.pk, **act).pk

    def test_cites_a_document_and_nothing_else_does(self, cast: Cast, act: dict[str, Any]) -> None:
        brochure, document = make_kind(cast, "brochure"), make_document(cast)
        other = make_kind(cast, "brochure")
        for wrong in (
            {"kind": "cites", "target": other.pk},
            {"kind": "cites"},
            {"kind": "cites", "document": document.pk, "target": other.pk},
            {"kind": "cites", "document": 123456},
        ):
            with pytest.raises(InvalidInput) as refusal:
                add_dependency(brochure.pk, **wrong, **act)  # type: ignore[arg-type]
            assert list(refusal.value.errors) == ["document"]
        with pytest.raises(InvalidInput) as refusal:
            add_dependency(brochure.pk, kind="requires", document=document.pk, **act)
        assert list(refusal.value.errors) == ["target"]
        assert add_dependency(brochure.pk, kind="cites", document=document.pk, **act).pk
        with pytest.raises(InvalidInput):
            add_dependency(brochure.pk, kind="cites", document=document.pk, **act)

    def test_an_unknown_kind(self, cast: Cast, act: dict[str, Any]) -> None:
        brochure = make_kind(cast, "brochure")
        with pytest.raises(InvalidInput) as refusal:
            add_dependency(brochure.pk, kind="likes", target=brochure.pk, **act)
        assert list(refusal.value.errors) == ["kind"]

    def test_what_one_may_not_see_cannot_be_named(self, cast: Cast, act: dict[str, Any]) -> None:
        template = make_kind(cast, "email_template")
        hidden = make_version(make_asset(by=cast.pm2, products=[cast.other_product]))
        for target in (hidden.pk, 123456):
            with pytest.raises(InvalidInput) as refusal:
                add_dependency(template.pk, kind="requires", target=target, **act)
            assert list(refusal.value.errors) == ["target"]

    def test_once_and_one_version_of_a_component(self, cast: Cast, act: dict[str, Any]) -> None:
        template, fragment = make_kind(cast, "email_template"), make_kind(cast, "email_fragment")
        add_dependency(template.pk, kind="requires", target=fragment.pk, **act)
        with pytest.raises(InvalidInput):
            add_dependency(template.pk, kind="may_include", target=fragment.pk, **act)
        drive(fragment, State.RELEASED)
        second = make_version(fragment.asset)
        with pytest.raises(InvalidInput) as refusal:
            add_dependency(template.pk, kind="requires", target=second.pk, **act)
        assert list(refusal.value.errors) == ["target"]
        # It may replace it, though: that limits nothing.
        assert add_dependency(template.pk, kind="derived_from", target=second.pk, **act).pk

    def test_a_component_that_is_finished_for_good(self, cast: Cast, act: dict[str, Any]) -> None:
        template, fragment = make_kind(cast, "email_template"), make_kind(cast, "email_fragment")
        drive(fragment, State.WITHDRAWN)
        with pytest.raises(InvalidInput) as refusal:
            add_dependency(template.pk, kind="requires", target=fragment.pk, **act)
        assert list(refusal.value.errors) == ["target"]

    @pytest.mark.parametrize("state", list(WAYS))
    def test_only_while_the_version_may_change(
        self, cast: Cast, act: dict[str, Any], state: State
    ) -> None:
        template, fragment = make_kind(cast, "email_template"), make_kind(cast, "email_fragment")
        row = add_dependency(template.pk, kind="requires", target=fragment.pk, **act)
        other = make_kind(cast, "email_fragment")
        drive(template, state)
        tries = (
            lambda: add_dependency(template.pk, kind="requires", target=other.pk, **act),
            lambda: set_minimum_components(template.pk, minimum=1, **act),
            lambda: set_minimum_components(template.pk, minimum=0, **act),
            lambda: remove_dependency(row.pk, reason="essai", **act),
        )
        for attempt in tries:
            if state in {State.DRAFT, State.CHANGES_REQUESTED}:
                attempt()
                continue
            with pytest.raises(StateConflict) as refusal:
                attempt()
            assert refusal.value.code == "not_editable"

    def test_only_the_owner(self, cast: Cast, act: dict[str, Any], now: datetime) -> None:
        template, fragment = make_kind(cast, "email_template"), make_kind(cast, "email_fragment")
        row = add_dependency(template.pk, kind="requires", target=fragment.pk, **act)
        for name, person in cast.everybody().items():
            if name == "pm":
                continue
            for attempt in (
                lambda by: add_dependency(
                    template.pk, kind="requires", target=fragment.pk, by=by, now=now
                ),
                lambda by: remove_dependency(row.pk, by=by, now=now),
                lambda by: set_minimum_components(template.pk, minimum=0, by=by, now=now),
            ):
                with pytest.raises(PolicyDenied) as refusal:
                    attempt(person)
                assert refusal.value.code == "not_owner", name
        assert Dependency.objects.count() == 1


class TestNoCycles:
    def refused(self, dependent: Version, kind: str, target: Version, act: dict[str, Any]) -> bool:
        try:
            add_dependency(dependent.pk, kind=kind, target=target.pk, **act)
        except InvalidInput as refusal:
            return refusal.code == "cycle" and list(refusal.errors) == ["target"]
        return False

    def test_neither_directly_nor_through_others(self, cast: Cast, act: dict[str, Any]) -> None:
        a, b, c = (make_kind(cast, "slide") for _ in range(3))
        add_dependency(a.pk, kind="requires", target=b.pk, **act)
        add_dependency(b.pk, kind="may_include", target=c.pk, **act)
        assert self.refused(b, "requires", a, act)
        assert self.refused(c, "requires", a, act)
        assert self.refused(c, "may_include", b, act)
        assert self.refused(a, "requires", a, act)
        assert not self.refused(a, "requires", c, act)

    def test_not_through_another_version_of_the_asset(
        self, cast: Cast, act: dict[str, Any]
    ) -> None:
        first = make_kind(cast, "slide")
        helper = make_kind(cast, "slide")
        add_dependency(first.pk, kind="requires", target=helper.pk, **act)
        drive(first, State.RELEASED)
        second = make_version(first.asset)
        # Version 1 waits for its successor, which would wait for what version 1 … and so on.
        assert self.refused(helper, "requires", second, act)
        assert self.refused(second, "requires", first, act)
        assert not self.refused(second, "replaces", first, act)

    def test_what_limits_nothing_may_not_loop_between_versions_either(
        self, cast: Cast, act: dict[str, Any]
    ) -> None:
        a, b = make_kind(cast, "brochure"), make_kind(cast, "brochure")
        add_dependency(a.pk, kind="derived_from", target=b.pk, **act)
        assert self.refused(b, "derived_from", a, act)
        # A piece derived from another may still be linked in it.
        assert not self.refused(b, "requires", a, act)


class TestRemove:
    def test_it_leaves_its_history(self, cast: Cast, act: dict[str, Any]) -> None:
        template, fragment = make_kind(cast, "email_template"), make_kind(cast, "email_fragment")
        row = add_dependency(template.pk, kind="requires", target=fragment.pk, **act)
        pk = row.pk
        remove_dependency(pk, **act)
        assert not Dependency.objects.exists()
        assert Dependency.history.filter(id=pk, history_type="-").exists()

    def test_a_reason_is_owed_once_it_was_submitted(self, cast: Cast, act: dict[str, Any]) -> None:
        template, fragment = make_kind(cast, "email_template"), make_kind(cast, "email_fragment")
        row = add_dependency(template.pk, kind="requires", target=fragment.pk, **act)
        drive(template, State.CHANGES_REQUESTED)
        with pytest.raises(InvalidInput) as refusal:
            remove_dependency(row.pk, reason=" ", **act)
        assert list(refusal.value.errors) == ["reason"]
        remove_dependency(row.pk, reason="remplacé", **act)
        assert not Dependency.objects.exists()

    def test_not_below_the_minimum(self, cast: Cast, act: dict[str, Any]) -> None:
        template, fragment = make_kind(cast, "email_template"), make_kind(cast, "email_fragment")
        row = add_dependency(template.pk, kind="may_include", target=fragment.pk, **act)
        set_minimum_components(template.pk, minimum=1, **act)
        with pytest.raises(StateConflict) as refusal:
            remove_dependency(row.pk, **act)
        assert refusal.value.code == "below_minimum"

    @pytest.mark.parametrize("minimum", [-1, 2])
    def test_the_minimum_is_within_what_is_pinned(
        self, cast: Cast, act: dict[str, Any], minimum: int
    ) -> None:
        template, fragment = make_kind(cast, "email_template"), make_kind(cast, "email_fragment")
        add_dependency(template.pk, kind="may_include", target=fragment.pk, **act)
        with pytest.raises(InvalidInput) as refusal:
            set_minimum_components(template.pk, minimum=minimum, **act)
        assert list(refusal.value.errors) == ["minimum"]


class TestWhereUsed:
    def test_both_directions_at_any_depth_within_what_one_sees(
        self, cast: Cast, act: dict[str, Any]
    ) -> None:
        chain = [make_kind(cast, "slide") for _ in range(4)]
        for dependent, target in itertools.pairwise(chain):
            add_dependency(dependent.pk, kind="requires", target=target.pk, **act)
        add_dependency(chain[0].pk, kind="may_include", target=chain[3].pk, **act)
        assert [(link.version.pk, link.depth) for link in uses(chain[0], cast.pm)] == [
            (chain[1].pk, 1),
            (chain[3].pk, 1),
            (chain[2].pk, 2),
        ]
        assert [(link.version.pk, link.depth) for link in used_by(chain[3], cast.pm)] == [
            (chain[0].pk, 1),
            (chain[2].pk, 1),
            (chain[1].pk, 2),
        ]
        assert used_by(chain[3], cast.pm2) == []

    def test_a_level_costs_one_query_however_wide(
        self, cast: Cast, act: dict[str, Any], django_assert_num_queries: Any
    ) -> None:
        fragment = make_kind(cast, "email_fragment")
        for _ in range(3):
            template = make_kind(cast, "email_template")
            add_dependency(template.pk, kind="requires", target=fragment.pk, **act)
        by = cast.regulatory
        used_by(fragment, by)
        # The level, the empty one after it, the person's teams, the versions.
        with django_assert_num_queries(4):
            assert len(used_by(fragment, by)) == 3
