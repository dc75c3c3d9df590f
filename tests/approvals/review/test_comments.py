"""Comments: anchored, threaded, resolved by the owner, verified by the author."""

from datetime import datetime
from typing import Any

import pytest

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.audit.models import AuditEvent
from approvals.review import policies
from approvals.review.actions import comment, reply, resolve, verify
from approvals.review.models import Comment
from content.assets.enums import State
from content.outbox.models import Message
from tests.factories.assets import (
    drive,
    make_asset,
    make_html,
    make_pdf,
    make_version,
    make_zip,
)
from tests.factories.people import Cast
from tests.factories.review import draft, in_review

pytestmark = pytest.mark.django_db
ANCHOR = {"page": 1, "x": 0.1, "y": 0.2, "width": 0.3, "height": 0.05}


def said(cast: Cast, now: datetime, **fields: Any) -> Comment:
    given = {"body": "À sourcer.", "severity": "blocking", "by": cast.medical, **fields}
    return comment(in_review(cast).version_id, now=now, **given)


def test_it_is_kept_where_it_was_made(cast: Cast, now: datetime) -> None:
    kept = said(cast, now, anchor=ANCHOR)
    assert (kept.file, kept.anchor) == (1, ANCHOR)
    assert kept.revision == kept.version.current_revision
    assert (kept.author, kept.created_at) == (cast.medical, now)
    event = AuditEvent.objects.in_order().last()
    assert event is not None
    assert event.kind == "comment"
    assert kept.history.count() == 1


def test_the_owner_is_told(cast: Cast, now: datetime) -> None:
    said(cast, now)
    assert Message.objects.get(topic="review.comment").recipient == cast.pm


@pytest.mark.parametrize(
    "change",
    [
        {"x": -0.1},
        {"y": 1.2},
        {"x": 0.8},
        {"height": 0.9},
        {"width": 0},
        {"page": 0},
        {"page": "two"},
        {"page": 10**9},
        {"page": 2},
        {"page": float("inf")},
        {"x": None},
        {"y": "NaN"},
        {"width": "Infinity"},
    ],
)
def test_outside_the_page_is_refused(cast: Cast, now: datetime, change: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        said(cast, now, anchor={**ANCHOR, **change})
    assert (refusal.value.code, list(refusal.value.errors)) == ("outside_page", ["anchor"])
    assert not Comment.objects.exists()


def test_the_whole_page_is_inside(cast: Cast, now: datetime) -> None:
    kept = said(cast, now, anchor={"page": 1, "x": 0, "y": 0, "width": 1, "height": 1})
    assert kept.page == 1


class TestWhereItPoints:
    """A rectangle of a page, a slide of a package or a line of a source: one place of a file."""

    def on(self, cast: Cast, now: datetime, asset_type: str, files: Any, **anchor: Any) -> Comment:
        asset = make_asset(by=cast.pm, products=[cast.product], asset_type=asset_type)
        version = make_version(asset, files=files)
        return comment(
            version.pk, body="x", severity="question", anchor=anchor, by=cast.medical, now=now
        )

    def test_a_slide(self, cast: Cast, now: datetime) -> None:
        package = make_zip({"index.html": b"<p>", "b.html": b"<p>"})
        kept = self.on(cast, now, "slide", [package], slide="b.html")
        assert (kept.file, kept.anchor) == (1, {"slide": "b.html"})
        with pytest.raises(InvalidInput) as refusal:
            self.on(cast, now, "slide", [make_zip()], slide="c.html")
        assert refusal.value.code == "no_such_place"

    def test_a_line_of_a_source(self, cast: Cast, now: datetime) -> None:
        source = make_html("<p>Un</p>\n<p>Deux</p>")
        kept = self.on(cast, now, "email_template", [source], line=2)
        assert (kept.file, kept.anchor) == (1, {"line": 2})
        for line in (0, 3, "2"):
            with pytest.raises(InvalidInput) as refusal:
                self.on(cast, now, "email_template", [make_html("a\nb")], line=line)
            assert refusal.value.code == "no_such_place"

    def test_a_file_by_its_position(self, cast: Cast, now: datetime) -> None:
        files = [make_pdf("A", name="a.pdf"), make_pdf("B", name="b.pdf", pages=3)]
        kept = self.on(cast, now, "brochure", files, **{**ANCHOR, "page": 3, "file": 2})
        assert (kept.file, kept.anchor) == (2, {**ANCHOR, "page": 3})
        for anchor, code in (
            ({**ANCHOR, "page": 3}, "outside_page"),
            ({**ANCHOR, "file": 3}, "no_such_file"),
            ({"line": 1}, "no_such_file"),
            ({"slide": "x", "line": 1}, "outside_page"),
            ({"x": 1}, "outside_page"),
        ):
            with pytest.raises(InvalidInput) as refusal:
                self.on(cast, now, "brochure", [make_pdf("C")], **anchor)
            assert refusal.value.code == code

    def test_an_earlier_revision_is_named(self, cast: Cast, now: datetime) -> None:
        kept = said(cast, now, revision=1)
        assert kept.revision is not None
        assert kept.revision.number == 1
        with pytest.raises(InvalidInput) as refusal:
            said(cast, now, revision=2)
        assert list(refusal.value.errors) == ["revision"]


def test_what_is_missing_or_unknown_is_refused(cast: Cast, now: datetime) -> None:
    for field, value in (("body", "  "), ("severity", "fatal"), ("anchor", {"page": 1})):
        with pytest.raises(InvalidInput) as refusal:
            said(cast, now, **{field: value})
        assert list(refusal.value.errors) == [field]


def test_who_only_reads_does_not_comment(cast: Cast, now: datetime) -> None:
    for person in (cast.inspector, cast.rep, cast.admin):
        with pytest.raises(PolicyDenied) as refusal:
            said(cast, now, by=person)
        assert refusal.value.code == "role_missing"


def test_what_is_finished_is_not_commented(cast: Cast, now: datetime) -> None:
    version = drive(draft(cast), State.CANCELLED)
    with pytest.raises(StateConflict) as refusal:
        comment(version.pk, body="x", severity="question", by=cast.medical, now=now)
    assert refusal.value.code == "wrong_state"
    assert not policies.can_comment(version, cast.medical, now)


def test_a_thread(cast: Cast, now: datetime) -> None:
    kept = said(cast, now)
    reply(kept.pk, body="Source ajoutée.", by=cast.pm, now=now)
    reply(kept.pk, body="Merci.", by=cast.medical, now=now)
    assert [answer.body for answer in kept.replies.all()] == ["Source ajoutée.", "Merci."]
    with pytest.raises(InvalidInput):
        reply(kept.pk, body=" ", by=cast.pm, now=now)
    with pytest.raises(PolicyDenied):
        reply(kept.pk, body="x", by=cast.inspector, now=now)


class TestResolveAndVerify:
    def test_in_order_and_once_each(self, cast: Cast, now: datetime) -> None:
        kept = said(cast, now)
        with pytest.raises(StateConflict) as early:
            verify(kept.pk, by=cast.medical, now=now)
        assert early.value.code == "not_resolved"
        assert resolve(kept.pk, by=cast.pm, now=now).resolved_by == cast.pm
        with pytest.raises(StateConflict) as twice:
            resolve(kept.pk, by=cast.pm, now=now)
        assert twice.value.code == "already_resolved"
        assert verify(kept.pk, by=cast.medical, now=now).verified_at == now
        with pytest.raises(StateConflict) as again:
            verify(kept.pk, by=cast.medical, now=now)
        assert again.value.code == "already_verified"

    def test_the_owner_resolves_and_the_author_verifies(self, cast: Cast, now: datetime) -> None:
        kept = said(cast, now)
        with pytest.raises(PolicyDenied) as owner:
            resolve(kept.pk, by=cast.medical, now=now)
        assert owner.value.code == "not_owner"
        resolve(kept.pk, by=cast.pm, now=now)
        for person in (cast.pm, cast.medical2):
            with pytest.raises(PolicyDenied) as author:
                verify(kept.pk, by=person, now=now)
            assert author.value.code == "not_author"


def test_what_is_open_is_carried_forward_to_the_next_version(cast: Cast, now: datetime) -> None:
    first = draft(cast)
    kept = comment(first.pk, body="Faux.", severity="blocking", by=cast.medical, now=now)
    settled = comment(first.pk, body="Vu.", severity="question", by=cast.medical, now=now)
    resolve(settled.pk, by=cast.pm, now=now)
    drive(first, State.REFUSED)
    second = make_version(first.asset)
    assert list(Comment.objects.concerning(second)) == [kept]
    assert Comment.objects.concerning(second).blocking().exists()
    resolve(kept.pk, by=cast.pm, now=now)
    assert not Comment.objects.concerning(second).exists()
