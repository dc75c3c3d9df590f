"""The pharmacist's signed acts over the API: one action each, under the same rules as the pages."""

from datetime import datetime
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request

from approvals.people.models import User
from approvals.release.actions import (
    freeze_product,
    release,
    resume,
    suspend,
    unfreeze_product,
    withdraw,
)
from approvals.release.models import ProductFreezeAct, ReleaseAct
from approvals.signatures.api import SignedActEndpoint
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof
from config.http.api import Shape, UtcDateTimeField
from config.http.idempotency import Answer
from content.assets.models import Revision, Version
from content.catalogue.models import Product


class ReleaseShape(Shape):
    valid_from = serializers.DateField(required=False, allow_null=True)
    overlap_days = serializers.IntegerField(required=False, default=0)


class StopShape(Shape):
    reason = serializers.CharField(max_length=4000)
    effective_on = serializers.DateField(required=False, allow_null=True)


class ResumeShape(Shape):
    reason = serializers.CharField(max_length=4000)
    effective_on = serializers.DateField(required=False, allow_null=True)
    authority_proof = serializers.CharField(max_length=300, required=False, allow_blank=True)


class FreezeShape(Shape):
    reason = serializers.CharField(max_length=4000)
    effective_on = serializers.DateField(required=False, allow_null=True)
    non_promotional = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, default=list
    )


class ReasonShape(Shape):
    reason = serializers.CharField(max_length=4000)


class ActShape(serializers.Serializer[Any]):
    """A signed act on a version, and where it left the version."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    version = serializers.IntegerField(source="version_id")
    state = serializers.CharField(source="version.state")
    valid_from = serializers.DateField(source="version.valid_from")
    expires_on = serializers.DateField(source="version.expires_on")
    effective_on = serializers.DateField()
    digest = serializers.CharField()
    signature = serializers.IntegerField(source="signature_id")
    made_at = UtcDateTimeField()


class FreezeActShape(serializers.Serializer[Any]):
    """A signed act on a product, and the versions that it stopped."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    product = serializers.CharField(source="freeze.product.cis")
    effective_on = serializers.DateField()
    versions = serializers.SerializerMethodField()
    signature = serializers.IntegerField(source="signature_id")
    made_at = UtcDateTimeField()

    def get_versions(self, done: ProductFreezeAct) -> list[int]:
        signed = [row["id"] for row in done.signature.covers if row["label"] == "assets.revision"]
        revisions = Revision.objects.filter(pk__in=signed).order_by("version_id")
        return list(revisions.values_list("version_id", flat=True))


class VersionAct(SignedActEndpoint):
    """A signed act on one version."""

    responses = {200: ActShape}

    def get_object(self, request: Request, **kwargs: Any) -> Version:
        versions = Version.objects.visible_to(request.user)
        version: Version = get_object_or_404(versions, pk=kwargs["version_id"])
        return version

    def answer(self, done: ReleaseAct) -> Answer:
        return 200, dict(ActShape(done).data)


class Release(VersionAct):
    """Give the bon à diffuser."""

    serializer_class = ReleaseShape
    meaning = Meaning.RELEASE

    def perform(
        self, obj: Version, data: Any, *, credentials: Proof, by: User, now: datetime
    ) -> Answer:
        return self.answer(release(obj.pk, **data, credentials=credentials, by=by, now=now))


class Suspend(VersionAct):
    """Stop the use of a released version until it is resumed."""

    serializer_class = StopShape
    meaning = Meaning.SUSPENSION

    def perform(
        self, obj: Version, data: Any, *, credentials: Proof, by: User, now: datetime
    ) -> Answer:
        return self.answer(suspend(obj.pk, **data, credentials=credentials, by=by, now=now))


class Resume(VersionAct):
    """Let a suspended version be used again."""

    serializer_class = ResumeShape
    meaning = Meaning.RESUMPTION

    def perform(
        self, obj: Version, data: Any, *, credentials: Proof, by: User, now: datetime
    ) -> Answer:
        return self.answer(resume(obj.pk, **data, credentials=credentials, by=by, now=now))


class Withdraw(VersionAct):
    """End the use of a version for ever."""

    serializer_class = StopShape
    meaning = Meaning.WITHDRAWAL

    def perform(
        self, obj: Version, data: Any, *, credentials: Proof, by: User, now: datetime
    ) -> Answer:
        return self.answer(withdraw(obj.pk, **data, credentials=credentials, by=by, now=now))


class ProductAct(SignedActEndpoint):
    """A signed act on a product; only the office knows these addresses."""

    responses = {200: FreezeActShape}

    def get_object(self, request: Request, **kwargs: Any) -> Product:
        if not request.user.is_office:
            raise Http404
        product: Product = get_object_or_404(Product, cis=kwargs["cis"])
        return product


class Freeze(ProductAct):
    """Forbid advertising for a product and suspend its released versions."""

    serializer_class = FreezeShape
    meaning = Meaning.PRODUCT_FREEZE

    def perform(
        self, obj: Product, data: Any, *, credentials: Proof, by: User, now: datetime
    ) -> Answer:
        done = freeze_product(obj.cis, **data, credentials=credentials, by=by, now=now)
        return 200, dict(FreezeActShape(done).data)


class Unfreeze(ProductAct):
    """Remove the bar on a product; each version comes back by its own resume."""

    serializer_class = ReasonShape
    meaning = Meaning.PRODUCT_UNFREEZE

    def perform(
        self, obj: Product, data: Any, *, credentials: Proof, by: User, now: datetime
    ) -> Answer:
        done = unfreeze_product(obj.cis, **data, credentials=credentials, by=by, now=now)
        return 200, dict(FreezeActShape(done).data)
