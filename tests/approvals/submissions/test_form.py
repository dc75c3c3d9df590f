"""The authority's form: its questions in order, what is proposed, refused, and frozen."""

from typing import Any

import pytest

from approvals.audit import InvalidInput
from approvals.people.actions import system_actor
from approvals.signatures.enums import Meaning
from approvals.submissions import setup
from approvals.submissions.actions import edit_dossier, unfreeze_batch
from approvals.submissions.completeness import missing_in
from approvals.submissions.form import form_answers
from approvals.submissions.models import Dossier, FormQuestion
from content.assets.models import Version
from tests.factories import T0, keep
from tests.factories.people import Cast
from tests.factories.submissions import freeze, make_approved, make_batch, proof_for

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


def test_installing_again_brings_nothing_back() -> None:
    question = FormQuestion.objects.get(category="PM", key="filer")
    change(question, active=False, label_fr="Mandataire")
    count = FormQuestion.objects.count()
    setup.install()
    question.refresh_from_db()
    assert (question.active, question.label_fr) == (False, "Mandataire")
    assert FormQuestion.objects.count() == count
