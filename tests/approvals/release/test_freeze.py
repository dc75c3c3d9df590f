"""A product freeze: one signed act stops what it must, bars releases, and gives nothing back."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import translation

from approvals.audit import InvalidInput, PolicyDenied, StateConflict, chain
from approvals.audit.models import AuditEvent
from approvals.people.models import User
from approvals.release.actions import unfreeze_product
from approvals.release.models import ProductFreezeAct
from approvals.signatures.enums import Meaning
from content.assets.actions.sweep import follow_the_day
from content.assets.enums import Nature, State
from content.assets.models import Version
from content.assets.validity import usable_on, why_not
from content.calendar import paris_day
from content.catalogue.actions import freeze_product as freeze_by_system
from content.catalogue.models import Product, ProductFreeze
from content.outbox.models import Message
from tests.factories import T0
from tests.factories.clearing import freeze_it, resume_it
from tests.factories.people import Cast
from tests.factories.releases import make_released
from tests.factories.review import proof_of

pytestmark = pytest.mark.django_db
TODAY = paris_day(T0)
DAY = timedelta(days=1)


def state_of(version: Version) -> str:
    return str(Version.objects.get(pk=version.pk).state)


def lift(product: Product, by: User, *, reason: str = "levée", days: int = 0) -> ProductFreezeAct:
    now = T0 + days * DAY
    proof = proof_of(by, Meaning.PRODUCT_UNFREEZE, now=now)
    return unfreeze_product(product.cis, reason=reason, credentials=proof, by=by, now=now)


class TestFreeze:
    def test_one_act_suspends_every_promotional_version(self, cast: Cast) -> None:
        versions = [
            make_released(cast.product),
            make_released(cast.free_product, cast.product),
        ]
        spared = [
            make_released(cast.free_product),
            make_released(cast.product, safety_information=True),
            make_released(cast.product, nature=Nature.MEDICAL),
        ]
        by = cast.pharmacist
        events = AuditEvent.objects.count()
        done = freeze_it(cast.product, by)
        for version in versions:
            assert state_of(version) == State.SUSPENDED
            assert not usable_on(version, TODAY, as_of=T0)
            assert why_not(version, TODAY)[0].code == "freeze"
        for version in spared:
            assert state_of(version) == State.RELEASED
            assert usable_on(version, TODAY, as_of=T0)
        # One event, and one signature that names each digest.
        assert AuditEvent.objects.count() == events + 1
        signed = {row["digest"] for row in done.signature.covers}
        assert {version.current_revision.digest for version in versions} < signed
        assert done.signature.meaning == Meaning.PRODUCT_FREEZE

    def test_the_pharmacist_may_add_non_promotional_versions(self, cast: Cast) -> None:
        chosen = make_released(cast.product, nature=Nature.MEDICAL)
        other = make_released(cast.product, nature=Nature.ENVIRONMENT)
        freeze_it(cast.product, cast.pharmacist, non_promotional=[chosen.pk])
        assert (state_of(chosen), state_of(other)) == (State.SUSPENDED, State.RELEASED)
        assert not usable_on(chosen, TODAY, as_of=T0)

    def test_never_another_product_s_nor_safety_information(self, cast: Cast) -> None:
        for version in (
            make_released(cast.free_product, nature=Nature.MEDICAL),
            make_released(cast.product, nature=Nature.MEDICAL, safety_information=True),
        ):
            with pytest.raises(InvalidInput) as refused:
                freeze_it(cast.product, cast.pharmacist, non_promotional=[version.pk])
            assert set(refused.value.errors) == {"non_promotional"}
        assert not ProductFreeze.objects.exists()

    def test_a_later_day_is_written_at_once_and_followed_on_the_day(
        self, cast: Cast, system: User
    ) -> None:
        version = make_released(cast.product)
        freeze_it(cast.product, cast.pharmacist, effective_on=TODAY + 5 * DAY)
        assert state_of(version) == State.RELEASED
        assert usable_on(version, TODAY + 4 * DAY, as_of=T0)
        assert not usable_on(version, TODAY + 5 * DAY, as_of=T0)
        follow_the_day(by=system, now=T0 + 5 * DAY)
        assert state_of(version) == State.SUSPENDED

    def test_a_freeze_to_come_may_be_brought_forward(self, cast: Cast) -> None:
        version = make_released(cast.product)
        freeze_it(cast.product, cast.pharmacist, effective_on=TODAY + 5 * DAY)
        freeze_it(cast.product, cast.pharmacist)
        assert state_of(version) == State.SUSPENDED
        assert ProductFreeze.objects.count() == 1
        with pytest.raises(StateConflict) as refused:
            freeze_it(cast.product, cast.pharmacist)
        assert refused.value.code == "already_frozen"

    def test_a_past_day_or_no_reason(self, cast: Cast) -> None:
        for given, field in (
            ({"effective_on": TODAY - DAY}, "effective_on"),
            ({"reason": " "}, "reason"),
        ):
            with pytest.raises(InvalidInput) as refused:
                freeze_it(cast.product, cast.pharmacist, **given)  # type: ignore[arg-type]
            assert set(refused.value.errors) == {field}

    @pytest.mark.parametrize("name", ["pm", "regulatory", "medical", "admin", "rep", "inspector"])
    def test_nobody_but_a_pharmacist(self, cast: Cast, name: str) -> None:
        version = make_released(cast.product)
        with pytest.raises(PolicyDenied) as refused:
            freeze_it(cast.product, getattr(cast, name))
        assert refused.value.code == "role_missing"
        assert state_of(version) == State.RELEASED

    def test_the_field_is_told_once_of_all_that_stops(self, cast: Cast) -> None:
        assert cast.rep
        titles = [make_released(cast.product).asset.title for _ in range(2)]
        freeze_it(cast.product, cast.pharmacist, reason="réévaluation")
        mail = Message.objects.get(topic="release.freeze", recipient=cast.rep)
        assert "réévaluation" in mail.body
        assert all(title in mail.body for title in titles)


class TestAutomaticFreeze:
    """The system freezes a product whose authorisation is suspended: nobody signs (§8)."""

    def freeze(self, product: Product, system: User) -> None:
        freeze_by_system(
            product.pk, reason="autorisation suspendue", effective_on=TODAY, by=system, now=T0
        )

    def test_it_tells_the_field_and_the_owners_once_each(self, cast: Cast, system: User) -> None:
        versions = [make_released(cast.product) for _ in range(2)]
        told = {cast.rep, *(version.asset.owner for version in versions)}
        other = make_released(cast.free_product)
        self.freeze(cast.product, system)
        mails = list(Message.objects.filter(topic="release.freeze"))
        assert sorted(mail.recipient_id for mail in mails) == sorted(one.pk for one in told)
        for mail in mails:
            assert cast.product.name in mail.subject
            assert "autorisation suspendue" in mail.body
            assert all(version.asset.title in mail.body for version in versions)
            assert other.asset.code not in mail.body

    def test_it_says_what_the_pharmacist_s_freeze_says(self, cast: Cast, system: User) -> None:
        make_released(cast.product)
        again = make_released(cast.free_product, cast.product)
        assert cast.rep
        with transaction.atomic():
            self.freeze(cast.product, system)
            automatic = Message.objects.get(topic="release.freeze", recipient=cast.rep)
            transaction.set_rollback(True)
        freeze_it(cast.product, cast.pharmacist, reason="autorisation suspendue")
        signed = Message.objects.get(topic="release.freeze", recipient=cast.rep)
        assert (automatic.subject, automatic.body) == (signed.subject, signed.body)
        assert str(again) in signed.body

    def test_the_sweep_finds_nothing_left_to_tell(self, cast: Cast, system: User) -> None:
        version = make_released(cast.product)
        self.freeze(cast.product, system)
        mails = Message.objects.count()
        assert mails
        follow_the_day(by=system, now=T0)
        assert (state_of(version), Message.objects.count()) == (State.SUSPENDED, mails)

    def test_a_refused_act_tells_nobody(
        self, cast: Cast, system: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        version = make_released(cast.product)

        def fail(*args: object, **kwargs: object) -> None:
            raise RuntimeError

        monkeypatch.setattr(chain, "append", fail)
        with pytest.raises(RuntimeError):
            self.freeze(cast.product, system)
        assert state_of(version) == State.RELEASED
        assert not Message.objects.exists()


class TestLift:
    def test_it_removes_the_bar_and_gives_nothing_back(self, cast: Cast) -> None:
        version = make_released(cast.product)
        freeze_it(cast.product, cast.pharmacist)
        done = lift(cast.product, cast.pharmacist, days=2)
        assert done.signature.meaning == Meaning.PRODUCT_UNFREEZE
        assert state_of(version) == State.SUSPENDED
        assert not usable_on(version, TODAY + 2 * DAY, as_of=T0 + 2 * DAY)
        # Nothing bars the product: it is the version's own stop that is told, and its reason.
        with translation.override("en"):
            told = [reason.text for reason in why_not(version, TODAY + 2 * DAY)]
        assert told == ["Suspended since 14 April 2026 by a product freeze: PRAC"]
        resume_it(version, cast.pharmacist, now=T0 + 2 * DAY)
        assert usable_on(version, TODAY + 2 * DAY, as_of=T0 + 2 * DAY)
        assert not usable_on(version, TODAY + DAY, as_of=T0 + 2 * DAY)

    def test_a_freeze_lifted_before_its_day_leaves_what_it_announced(self, cast: Cast) -> None:
        version = make_released(cast.product)
        freeze_it(cast.product, cast.pharmacist, effective_on=TODAY + 5 * DAY)
        lift(cast.product, cast.pharmacist)
        assert not usable_on(version, TODAY + 5 * DAY, as_of=T0)

    def test_what_is_not_frozen(self, cast: Cast) -> None:
        with pytest.raises(StateConflict) as refused:
            lift(cast.product, cast.pharmacist)
        assert refused.value.code == "not_frozen"

    def test_a_reason_is_owed_and_a_pharmacist(self, cast: Cast) -> None:
        freeze_it(cast.product, cast.pharmacist)
        with pytest.raises(InvalidInput):
            lift(cast.product, cast.pharmacist, reason="")
        with pytest.raises(PolicyDenied):
            lift(cast.product, cast.regulatory)
        assert ProductFreeze.objects.not_lifted().exists()


def test_every_sentence_says_what_holds(cast: Cast) -> None:
    """While frozen, the product is named; after the lift, its own suspension is."""
    version = make_released(cast.product)
    freeze_it(cast.product, cast.pharmacist, reason="Réévaluation du PRAC")
    with translation.override("en"):
        texts = [reason.text for reason in why_not(version, TODAY)]
        assert texts == [
            f"Advertising for {cast.product.name} is forbidden since 14 April 2026.",
            "Suspended since 14 April 2026 by a product freeze: Réévaluation du PRAC",
        ]
        lift(cast.product, cast.pharmacist)
        assert [reason.text for reason in why_not(version, TODAY)] == texts[1:]
