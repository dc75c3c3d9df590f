"""Batches: filled, sealed, reopened, cancelled; what each dossier owes."""

from datetime import UTC, date, datetime

import pytest

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.audit.models import AuditEvent
from approvals.people.actions import system_actor
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Signature
from approvals.submissions.actions import (
    add_to_batch,
    cancel_batch,
    create_batch,
    freeze_batch,
    plan,
    remove_from_batch,
    unfreeze_batch,
)
from approvals.submissions.enums import BatchState, DossierState
from approvals.submissions.models import Batch, BatchSeal, Dossier, PlannedDeposit
from content.assets.enums import ReferenceStatus, State
from content.assets.models import Version
from content.catalogue.models import Product, ProductFreeze
from tests.factories import T0, keep
from tests.factories.people import Cast
from tests.factories.submissions import (
    approve,
    freeze,
    make_approved,
    make_batch,
    make_draft,
    pm_window,
    proof_for,
    record_deposit,
    state_of,
    window_of,
)

pytestmark = pytest.mark.django_db
CLOSED = datetime(2026, 4, 24, 22, 0, tzinfo=UTC)


def batch_state(batch: Batch) -> str:
    return str(Batch.objects.values_list("state", flat=True).get(pk=batch.pk))


def the_dossier(version: Version) -> Dossier:
    found: Dossier = Dossier.objects.with_page().get(version=version)
    return found


class TestCreateBatch:
    def test_takes_the_category_of_its_window(self, cast: Cast) -> None:
        batch = create_batch(window=pm_window().pk, by=cast.regulatory, now=T0)
        assert (batch.category, batch.state) == ("PM", BatchState.PREPARING)

    def test_outside_the_windows_it_names_its_category(self, cast: Cast) -> None:
        batch = create_batch(out_of_window="GP", by=cast.regulatory, now=T0)
        assert (batch.category, batch.window) == ("GP", None)

    def test_a_window_in_the_past(self, cast: Cast) -> None:
        with pytest.raises(InvalidInput) as refused:
            create_batch(window=pm_window().pk, by=cast.regulatory, now=CLOSED)
        assert (refused.value.code, list(refused.value.errors)) == ("window_closed", ["window"])

    @pytest.mark.parametrize("given", [{}, {"window": 999_999}, {"out_of_window": "XX"}])
    def test_what_names_no_window(self, cast: Cast, given: dict[str, object]) -> None:
        with pytest.raises(InvalidInput):
            create_batch(**given, by=cast.regulatory, now=T0)  # type: ignore[arg-type]

    @pytest.mark.parametrize("person", ["pm", "medical", "pharmacist", "admin", "inspector"])
    def test_anybody_but_regulatory(self, cast: Cast, person: str) -> None:
        with pytest.raises(PolicyDenied) as refused:
            create_batch(window=pm_window().pk, by=getattr(cast, person), now=T0)
        assert refused.value.code == "role_missing"


class TestAddToBatch:
    def test_opens_the_dossier_of_the_revision(self, cast: Cast) -> None:
        version = make_approved(cast)

        make_batch(cast, version, complete=False)

        dossier = the_dossier(version)
        assert state_of(version) == State.IN_BATCH
        assert dossier.digest == version.current_revision.digest
        assert dossier.reference.value == "26/04/60000001/PM/001"
        assert dossier.support_kind == "brochure"

    def test_one_that_is_not_approved(self, cast: Cast) -> None:
        version = make_draft(cast)
        plan(version.pk, window=pm_window().pk, by=cast.pm, now=T0)
        with pytest.raises(StateConflict) as refused:
            make_batch(cast, version)
        assert refused.value.code == "not_approved"

    def test_one_planned_for_another_window(self, cast: Cast) -> None:
        version = make_approved(cast, window_of(date(2026, 7, 28)))
        with pytest.raises(StateConflict) as refused:
            make_batch(cast, version)
        assert refused.value.code == "not_planned_for_window"

    def test_one_that_was_never_planned(self, cast: Cast) -> None:
        with pytest.raises(StateConflict) as refused:
            make_batch(cast, approve(make_draft(cast)))
        assert refused.value.code == "not_planned_for_window"

    def test_one_that_needs_no_visa(self, cast: Cast) -> None:
        with pytest.raises(StateConflict) as refused:
            make_batch(cast, approve(make_draft(cast, nature="environment")))
        assert refused.value.code == "no_visa_needed"

    def test_a_frozen_batch(self, cast: Cast) -> None:
        batch = freeze(cast, make_batch(cast, make_approved(cast)))
        other = make_approved(cast)
        with pytest.raises(StateConflict) as refused:
            add_to_batch(batch.pk, version=other.pk, by=cast.regulatory, now=T0)
        assert refused.value.code == "batch_not_preparing"

    def test_anybody_but_regulatory(self, cast: Cast) -> None:
        version = make_approved(cast)
        batch = make_batch(cast)
        with pytest.raises(PolicyDenied) as refused:
            add_to_batch(batch.pk, version=version.pk, by=cast.pm, now=T0)
        assert refused.value.code == "role_missing"


class TestRemoveFromBatch:
    def test_gives_the_version_back_with_its_reference(self, cast: Cast) -> None:
        version = make_approved(cast)
        batch = make_batch(cast, version)

        remove_from_batch(batch.pk, version=version.pk, by=cast.regulatory, now=T0)

        assert state_of(version) == State.APPROVED
        assert the_dossier(version).state == DossierState.REMOVED
        assert the_dossier(version).reference.status == ReferenceStatus.RESERVED
        add_to_batch(batch.pk, version=version.pk, by=cast.regulatory, now=T0)
        assert batch.dossiers.filter(version=version).count() == 2

    def test_one_that_is_not_in_it(self, cast: Cast) -> None:
        batch = make_batch(cast)
        with pytest.raises(InvalidInput) as refused:
            remove_from_batch(batch.pk, version=make_approved(cast).pk, by=cast.regulatory, now=T0)
        assert list(refused.value.errors) == ["version"]

    def test_a_frozen_batch(self, cast: Cast) -> None:
        version = make_approved(cast)
        batch = freeze(cast, make_batch(cast, version))
        with pytest.raises(StateConflict) as refused:
            remove_from_batch(batch.pk, version=version.pk, by=cast.regulatory, now=T0)
        assert refused.value.code == "batch_not_preparing"

    def test_anybody_but_regulatory(self, cast: Cast) -> None:
        version = make_approved(cast)
        batch = make_batch(cast, version)
        with pytest.raises(PolicyDenied):
            remove_from_batch(batch.pk, version=version.pk, by=cast.pm, now=T0)


class TestFreeze:
    def test_seals_every_digest_with_one_signature(self, cast: Cast) -> None:
        versions = [make_approved(cast), make_approved(cast)]
        batch = make_batch(cast, *versions)
        events = AuditEvent.objects.count()
        credentials = proof_for(cast.regulatory, Meaning.BATCH_FREEZE)

        freeze_batch(batch.pk, credentials=credentials, by=cast.regulatory, now=T0)

        assert batch_state(batch) == BatchState.FROZEN
        signature = BatchSeal.objects.get(batch=batch).signature
        assert signature.meaning == Meaning.BATCH_FREEZE
        digests = {version.current_revision.digest for version in versions}
        assert {row["digest"] for row in signature.covers} == digests
        assert AuditEvent.objects.count() == events + 1

    def test_a_batch_from_which_all_were_removed(self, cast: Cast) -> None:
        version = make_approved(cast)
        batch = make_batch(cast, version)
        remove_from_batch(batch.pk, version=version.pk, by=cast.regulatory, now=T0)
        with pytest.raises(StateConflict) as refused:
            freeze(cast, batch)
        assert refused.value.code == "batch_empty"

    def test_one_dossier_that_is_not_complete(self, cast: Cast) -> None:
        complete, incomplete = make_approved(cast), make_approved(cast)
        batch = make_batch(cast, complete)
        add_to_batch(batch.pk, version=incomplete.pk, by=cast.regulatory, now=T0)

        with pytest.raises(StateConflict) as refused:
            freeze(cast, batch)

        assert refused.value.code == "batch_incomplete"
        assert the_dossier(incomplete).reference.value in str(refused.value)
        assert the_dossier(complete).reference.value not in str(refused.value)
        assert not Signature.objects.exists()
        assert batch_state(batch) == BatchState.PREPARING

    def test_twice(self, cast: Cast) -> None:
        batch = freeze(cast, make_batch(cast, make_approved(cast)))
        with pytest.raises(StateConflict) as refused:
            freeze(cast, batch)
        assert refused.value.code == "batch_not_preparing"

    def test_a_frozen_product(self, cast: Cast) -> None:
        batch = make_batch(cast, make_approved(cast))
        freeze_product_row(cast)
        with pytest.raises(StateConflict) as refused:
            freeze(cast, batch)
        assert refused.value.code == "product_frozen"

    def test_safety_information_is_never_frozen(self, cast: Cast) -> None:
        batch = make_batch(cast, make_approved(cast, safety_information=True))
        freeze_product_row(cast)
        assert freeze(cast, batch).state == BatchState.FROZEN

    def test_an_authorisation_that_ended(self, cast: Cast) -> None:
        batch = make_batch(cast, make_approved(cast))
        change_product(cast.product, authorisation_ends_on=date(2026, 4, 14))
        with pytest.raises(StateConflict) as refused:
            freeze(cast, batch)
        assert refused.value.code == "authorisation_ended"

    def test_an_authorisation_that_ends_tomorrow(self, cast: Cast) -> None:
        batch = make_batch(cast, make_approved(cast))
        change_product(cast.product, authorisation_ends_on=date(2026, 4, 15))
        assert freeze(cast, batch).state == BatchState.FROZEN

    def test_bytes_that_were_altered(self, cast: Cast) -> None:
        version = make_approved(cast)
        batch = make_batch(cast, version)
        keep_digest(version, "0" * 64)
        with pytest.raises(StateConflict) as refused:
            freeze(cast, batch)
        assert refused.value.code == "digest_changed"

    def test_anybody_but_regulatory(self, cast: Cast) -> None:
        batch = make_batch(cast, make_approved(cast))
        with pytest.raises(PolicyDenied) as refused:
            freeze_batch(
                batch.pk,
                credentials=proof_for(cast.pharmacist, Meaning.BATCH_FREEZE),
                by=cast.pharmacist,
                now=T0,
            )
        assert refused.value.code == "role_missing"

    def test_a_proof_of_somebody_else(self, cast: Cast) -> None:
        batch = make_batch(cast, make_approved(cast))
        with pytest.raises(StateConflict) as refused:
            freeze_batch(
                batch.pk,
                credentials=proof_for(cast.regulatory2, Meaning.BATCH_FREEZE),
                by=cast.regulatory,
                now=T0,
            )
        assert refused.value.code == "proof_invalid"
        assert batch_state(batch) == BatchState.PREPARING


def freeze_product_row(cast: Cast) -> None:
    """Freeze the product as such, without its suspensions, which are release's to test."""
    row = ProductFreeze(
        product=cast.product,
        reason="Réévaluation",
        starts_on=date(2026, 4, 14),
        recorded_by=cast.pharmacist,
        recorded_at=T0,
    )
    keep(row, by=cast.pharmacist)


def change_product(product: Product, **fields: object) -> None:
    for name, value in fields.items():
        setattr(product, name, value)
    keep(product, by=system_actor())


def keep_digest(version: Version, digest: str) -> None:
    revision = version.current_revision
    revision.digest = digest
    keep(revision, by=system_actor())


class TestUnfreeze:
    def unfreeze(self, cast: Cast, batch: Batch, reason: str = "Quittance fausse.") -> Batch:
        return unfreeze_batch(
            batch.pk,
            reason=reason,
            credentials=proof_for(cast.regulatory, Meaning.BATCH_UNFREEZE),
            by=cast.regulatory,
            now=T0,
        )

    def test_reopens_with_its_reason(self, cast: Cast) -> None:
        batch = freeze(cast, make_batch(cast, make_approved(cast)))

        self.unfreeze(cast, batch)

        assert batch_state(batch) == BatchState.PREPARING
        seal = BatchSeal.objects.get(kind="unfreeze")
        assert (seal.reason, seal.signature.meaning) == ("Quittance fausse.", "batch_unfreeze")
        freeze(cast, batch)

    def test_owes_a_reason(self, cast: Cast) -> None:
        batch = freeze(cast, make_batch(cast, make_approved(cast)))
        with pytest.raises(InvalidInput) as refused:
            self.unfreeze(cast, batch, " ")
        assert list(refused.value.errors) == ["reason"]

    def test_one_that_is_not_frozen(self, cast: Cast) -> None:
        with pytest.raises(StateConflict) as refused:
            self.unfreeze(cast, make_batch(cast, make_approved(cast)))
        assert refused.value.code == "batch_not_frozen"

    def test_once_one_dossier_is_deposited(self, cast: Cast) -> None:
        first, second = make_approved(cast), make_approved(cast)
        batch = freeze(cast, make_batch(cast, first, second))
        record_deposit(cast, the_dossier(first))
        assert batch_state(batch) == BatchState.FROZEN

        with pytest.raises(StateConflict) as refused:
            self.unfreeze(cast, batch)

        assert refused.value.code == "already_deposited"


class TestCancel:
    def test_gives_every_version_back_and_keeps_references_while_open(self, cast: Cast) -> None:
        version = make_approved(cast)
        batch = freeze(cast, make_batch(cast, version))

        cancel_batch(batch.pk, reason="Campagne annulée.", by=cast.regulatory, now=T0)

        assert batch_state(batch) == BatchState.CANCELLED
        assert state_of(version) == State.APPROVED
        assert the_dossier(version).reference.status == ReferenceStatus.RESERVED
        assert PlannedDeposit.objects.current().filter(version=version).exists()

    def test_burns_references_once_the_window_closed(self, cast: Cast) -> None:
        version = make_approved(cast)
        batch = make_batch(cast, version)

        cancel_batch(batch.pk, reason="Oubli.", by=cast.regulatory, now=CLOSED)

        assert the_dossier(version).reference.status == ReferenceStatus.BURNT
        assert Version.objects.get(pk=version.pk).reference_id is None

    def test_owes_a_reason(self, cast: Cast) -> None:
        batch = make_batch(cast)
        with pytest.raises(InvalidInput) as refused:
            cancel_batch(batch.pk, reason="", by=cast.regulatory, now=T0)
        assert list(refused.value.errors) == ["reason"]

    def test_once_one_dossier_is_deposited(self, cast: Cast) -> None:
        first, second = make_approved(cast), make_approved(cast)
        batch = freeze(cast, make_batch(cast, first, second))
        record_deposit(cast, the_dossier(first))
        with pytest.raises(StateConflict) as refused:
            cancel_batch(batch.pk, reason="x", by=cast.regulatory, now=T0)
        assert refused.value.code == "already_deposited"

    def test_twice(self, cast: Cast) -> None:
        batch = make_batch(cast)
        cancel_batch(batch.pk, reason="x", by=cast.regulatory, now=T0)
        with pytest.raises(StateConflict) as refused:
            cancel_batch(batch.pk, reason="x", by=cast.regulatory, now=T0)
        assert refused.value.code == "batch_over"

    def test_anybody_but_regulatory(self, cast: Cast) -> None:
        batch = make_batch(cast)
        with pytest.raises(PolicyDenied):
            cancel_batch(batch.pk, reason="x", by=cast.pm, now=T0)
