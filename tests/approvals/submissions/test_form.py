"""The authority's form: its questions in order, what is proposed, refused, and frozen."""

from typing import Any

import pytest
from django.urls import reverse

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.people.actions import system_actor
from approvals.signatures.enums import Meaning
from approvals.submissions import setup
from approvals.submissions.actions import (
    add_piece_rule,
    edit_dossier,
    remove_piece_rule,
    save_question,
    unfreeze_batch,
)
from approvals.submissions.completeness import missing_in
from approvals.submissions.form import form_answers
from approvals.submissions.models import Dossier, FormQuestion, PieceRule
from content.assets.models import Version
from tests.factories import T0, keep
from tests.factories.people import Cast
from tests.factories.submissions import freeze, make_approved, make_batch, proof_for
from tests.security.conftest import client_of

pytestmark = pytest.mark.django_db


def the_dossier(version: Version) -> Dossier:
    found: Dossier = Dossier.objects.with_page().filter(version=version).latest("pk")
    return found


def prepared(cast: Cast) -> Dossier:
    version = make_approved(cast)
    make_batch(cast, version, complete=False)
    return the_dossier(version)


def answered(dossier: Dossier) -> dict[str, str]:
    return {line.key: line.value for line in form_answers(the_dossier(dossier.version))}


def answer(cast: Cast, dossier: Dossier, **form: Any) -> None:
    edit_dossier(dossier.pk, changes={"form": form}, by=cast.regulatory, now=T0)


def change(question: FormQuestion, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(question, name, value)
    keep(question, by=system_actor())


class TestAnswers:
    def test_follow_the_authoritys_order_in_french(self, cast: Cast) -> None:
        dossier = prepared(cast)
        edit_dossier(
            dossier.pk,
            changes={"context": "campaign", "form": {"study_used_before": "no"}},
            by=cast.regulatory,
            now=T0,
        )
        lines = form_answers(the_dossier(dossier.version))
        keys = [line.key for line in lines]
        assert keys[:2] == ["applicant", "filer"]
        assert keys.index("receipt_number") < keys.index("lead_cis") < keys.index("reference")
        told = {line.label: line.value for line in lines}
        assert told["Contexte de la demande"] == "campagne"
        assert told["Code CIS principal"] == "60000001"
        assert told["Référence interne"] == "26/04/60000001/PM/001"
        assert told["Titre du support"] == "Brochure"
        assert told["Une étude citée a-t-elle déjà été utilisée dans une demande antérieure ?"] == (
            "non"
        )

    def test_only_the_public_is_asked_about_pharmacies(self, cast: Cast) -> None:
        assert "free_access" not in answered(prepared(cast))
        asked = FormQuestion.objects.filter(category="GP").values_list("key", flat=True)
        assert "free_access" in asked

    def test_a_proposed_answer_is_corrected_and_given_back(self, cast: Cast) -> None:
        dossier = prepared(cast)
        answer(cast, dossier, title="Brochure du congrès", address="1 rue de la Paix")
        assert answered(dossier)["title"] == "Brochure du congrès"
        answer(cast, dossier, title=" ")
        assert answered(dossier)["title"] == "Brochure"
        assert answered(dossier)["address"] == "1 rue de la Paix"

    def test_an_address_is_typed_once(self, cast: Cast) -> None:
        answer(cast, prepared(cast), address="1 rue de la Paix", product_kind="chimique")
        taken = answered(prepared(cast))
        assert (taken["address"], taken["product_kind"]) == ("1 rue de la Paix", "chimique")

    def test_one_given_before_a_day_was_asked_for_is_told_as_it_was(self, cast: Cast) -> None:
        dossier = prepared(cast)
        answer(cast, dossier, address="1 rue de la Paix")
        question = FormQuestion.objects.get(key="address", category="PM")
        save_question({"kind": "date"}, question_id=question.pk, reason="x", by=cast.admin, now=T0)
        assert answered(dossier)["address"] == "1 rue de la Paix"


class TestRefusals:
    @pytest.mark.parametrize(
        ("form", "field"),
        [
            ({"colour": "blue"}, "form.colour"),
            ({"free_access": "yes"}, "form.free_access"),
            ({"product_kind": "magique"}, "form.product_kind"),
            ({"study_used_before": "perhaps"}, "form.study_used_before"),
            ({"address": 3}, "form.address"),
            ({"address": "x" * 4001}, "form.address"),
            ({"reference": "26/04/60000001/PM/999"}, "form.reference"),
            ({"receipt_number": "12345678901"}, "form.receipt_number"),
        ],
    )
    def test_each_is_said_at_its_field(self, cast: Cast, form: dict[str, Any], field: str) -> None:
        dossier = prepared(cast)
        with pytest.raises(InvalidInput) as refused:
            answer(cast, dossier, **form)
        assert list(refused.value.errors) == [field]
        assert the_dossier(dossier.version).form == {}

    @pytest.mark.parametrize(("kind", "value"), [("date", "14/04/2026"), ("number", "dix")])
    def test_a_day_and_a_number(self, cast: Cast, kind: str, value: str) -> None:
        change(FormQuestion.objects.get(category="PM", key="address"), kind=kind)
        with pytest.raises(InvalidInput) as refused:
            answer(cast, prepared(cast), address=value)
        assert list(refused.value.errors) == ["form.address"]

    def test_a_kind_of_support_that_is_none(self, cast: Cast) -> None:
        dossier = prepared(cast)
        with pytest.raises(InvalidInput) as refused:
            edit_dossier(dossier.pk, changes={"support_kind": "ballon"}, by=cast.regulatory, now=T0)
        assert list(refused.value.errors) == ["support_kind"]


class TestFrozen:
    def test_the_form_stays_as_it_was_signed_for(self, cast: Cast) -> None:
        version = make_approved(cast)
        batch = freeze(cast, make_batch(cast, version))
        before = form_answers(the_dossier(version))

        change(FormQuestion.objects.get(category="PM", key="title"), active=False)
        change(cast.product, atc="X99")
        assert form_answers(the_dossier(version)) == before

        unfreeze_batch(
            batch.pk,
            reason="Quittance fausse.",
            credentials=proof_for(cast.regulatory, Meaning.BATCH_UNFREEZE),
            by=cast.regulatory,
            now=T0,
        )
        told = answered(the_dossier(version))
        assert "title" not in told
        assert told["atc"] == "X99"

    def test_a_question_that_becomes_required_is_owed(self, cast: Cast) -> None:
        version = make_approved(cast)
        make_batch(cast, version)
        change(FormQuestion.objects.get(category="PM", key="product_kind"), required=True)
        assert [item.code for item in missing_in(the_dossier(version))] == ["product_kind"]


def save(cast: Cast, *, question_id: int | None = None, **wanted: Any) -> FormQuestion:
    new = {
        "category": "PM",
        "key": "duration",
        "label_fr": "Durée d’utilisation",
        "label_en": "Duration of use",
        "kind": "text",
        "position": 155,
    }
    given = wanted if question_id else {**new, **wanted}
    reason = given.pop("reason", "Le formulaire de 2027 le demande.")
    return save_question(given, question_id=question_id, reason=reason, by=cast.admin, now=T0)


class TestKeepingTheForm:
    def test_a_new_question_is_asked_at_its_place(self, cast: Cast) -> None:
        dossier = prepared(cast)
        save(cast, required=True)
        keys = [line.key for line in form_answers(the_dossier(dossier.version))]
        assert keys[keys.index("title") + 1] == "duration"
        assert "duration" in [item.code for item in missing_in(the_dossier(dossier.version))]
        answer(cast, dossier, duration="un an")
        assert answered(dossier)["duration"] == "un an"

    def test_a_retired_question_is_asked_no_more_and_keeps_its_history(self, cast: Cast) -> None:
        question = FormQuestion.objects.get(category="PM", key="filer")
        save(cast, question_id=question.pk, active=False)
        assert "filer" not in answered(prepared(cast))
        assert [row.active for row in question.history.order_by("pk")] == [True, False]

    @pytest.mark.parametrize(
        ("wanted", "field"),
        [
            ({"reason": " "}, "reason"),
            ({"key": "Ma clé"}, "key"),
            ({"category": "XX"}, "category"),
            ({"source": "reference"}, "source"),
            ({"label_fr": ""}, "label_fr"),
            ({"kind": "colour"}, "kind"),
            ({"kind": "choice"}, "choices"),
            ({"support_kinds": ["x" * 101]}, "support_kinds"),
            ({"position": -1}, "position"),
        ],
    )
    def test_what_is_no_question(self, cast: Cast, wanted: dict[str, Any], field: str) -> None:
        with pytest.raises(InvalidInput) as refused:
            save(cast, **wanted)
        assert list(refused.value.errors) == [field]

    def test_one_that_exists_is_changed_not_asked_twice(self, cast: Cast) -> None:
        question = save(cast)
        with pytest.raises(StateConflict) as refused:
            save(cast)
        assert refused.value.code == "question_exists"
        with pytest.raises(InvalidInput) as moved:
            save(cast, question_id=question.pk, key="other")
        assert list(moved.value.errors) == ["key"]

    def test_a_piece_is_asked_for_and_asked_for_no_more(self, cast: Cast) -> None:
        version = make_approved(cast)
        make_batch(cast, version)
        ask = {"piece": "script", "category": "PM", "support_kind": "brochure"}
        rule = add_piece_rule(**ask, reason="Exigé.", by=cast.admin, now=T0)
        assert [item.code for item in missing_in(the_dossier(version))] == ["script"]
        with pytest.raises(StateConflict) as twice:
            add_piece_rule(**ask, reason="Exigé.", by=cast.admin, now=T0)
        assert twice.value.code == "piece_asked_already"

        remove_piece_rule(rule.pk, reason="Plus exigé.", by=cast.admin, now=T0)
        assert missing_in(the_dossier(version)) == []
        with pytest.raises(StateConflict) as gone:
            remove_piece_rule(rule.pk, reason="Plus exigé.", by=cast.admin, now=T0)
        assert gone.value.code == "piece_not_asked"
        setup.install()
        assert missing_in(the_dossier(version)) == []

    @pytest.mark.parametrize("person", ["regulatory", "pm", "inspector", "pharmacist"])
    def test_anybody_but_an_administrator(self, cast: Cast, person: str) -> None:
        by = getattr(cast, person)
        with pytest.raises(PolicyDenied) as question:
            save_question({}, reason="x", by=by, now=T0)
        with pytest.raises(PolicyDenied) as piece:
            add_piece_rule(piece="smpc", reason="x", by=by, now=T0)
        rule = PieceRule.objects.earliest("pk")
        with pytest.raises(PolicyDenied) as removal:
            remove_piece_rule(rule.pk, reason="x", by=by, now=T0)
        told = {question.value.code, piece.value.code, removal.value.code}
        assert told == {"role_missing"}

    def test_pages_and_api_do_the_same(self, cast: Cast) -> None:
        admin, regulatory = client_of(cast.admin), client_of(cast.regulatory)
        assert (
            "Numéro de quittance"
            in regulatory.get(
                reverse("submissions:form"), headers={"accept-language": "fr"}
            ).content.decode()
        )
        body = {
            "category": "PM",
            "key": "duration",
            "label_fr": "Durée",
            "label_en": "Duration",
            "kind": "choice",
            "choices": "un an\ndeux ans",
            "position": "155",
            "active": "on",
            "reason": "Nouveau formulaire.",
        }
        assert admin.post(reverse("submissions:new_question"), body).status_code == 302
        question = FormQuestion.objects.get(key="duration")
        assert question.choices == ["un an", "deux ans"]
        assert (
            regulatory.get(reverse("submissions:question", args=[question.pk])).status_code == 403
        )

        address = f"/api/v1/form-questions/{question.pk}/"
        change = {"required": True, "reason": "Obligatoire."}
        changed = admin.patch(address, change, content_type="application/json")
        assert (changed.status_code, changed.json()["required"]) == (200, True)
        denied = regulatory.patch(address, change, content_type="application/json")
        assert (denied.status_code, denied.json()["code"]) == (403, "role_missing")
        rules = admin.get("/api/v1/piece-rules/").json()["results"]
        gone = admin.post(
            f"/api/v1/piece-rules/{rules[0]['id']}/remove/",
            {"reason": "Plus exigé."},
            content_type="application/json",
        )
        assert gone.status_code == 200


def test_installing_again_brings_nothing_back() -> None:
    question = FormQuestion.objects.get(category="PM", key="filer")
    change(question, active=False, label_fr="Mandataire")
    count = FormQuestion.objects.count()
    setup.install()
    question.refresh_from_db()
    assert (question.active, question.label_fr) == (False, "Mandataire")
    assert FormQuestion.objects.count() == count
