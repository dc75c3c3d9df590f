"""Pages of reference data: each does one act."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from config.http.pages import ActPage
from content.catalogue.actions import (
    add_source_document,
    mark_condition_harmless,
    record_authorisation_end,
    record_gp_exception,
)
from content.catalogue.forms import (
    AuthorisationEndForm,
    DocumentForm,
    ExceptionForm,
    HarmlessForm,
)
from content.catalogue.models import PrescriptionCondition, Product, ProductCondition
from content.catalogue.policies import (
    check_can_add_document,
    check_can_keep_reference_data,
    check_can_record_authorisation,
    check_can_record_exception,
)


class OnProduct(ActPage):
    """An act on one product, found by its CIS; leads back to its page."""

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Product:
        found: Product = get_object_or_404(Product, cis=kwargs["cis"])
        return found

    def get_title(self, obj: Product) -> Any:
        return f"{self.title}: {obj.name}"

    def back(self, obj: Product) -> str:
        return reverse("admin:catalogue_product_change", args=[obj.pk])


class AuthorisationEndPage(OnProduct):
    title = _("Record the end of the authorisation")
    button = _("Record the end")
    grave = True
    form_class = AuthorisationEndForm
    done = _("The end of the authorisation is recorded.")

    def check(self, obj: Product, by: Any, now: datetime) -> None:
        check_can_record_authorisation(by)

    def initial(self, obj: Product) -> dict[str, Any]:
        return {"ends_on": obj.authorisation_ends_on}

    def perform(self, obj: Product, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        record_authorisation_end(obj.pk, **cleaned_data, by=by, now=now)
        return self.back(obj)


class ExceptionPage(OnProduct):
    title = _("Record an exception for the public")
    button = _("Record the exception")
    form_class = ExceptionForm
    done = _("The exception is recorded.")

    def check(self, obj: Product, by: Any, now: datetime) -> None:
        check_can_record_exception(by)

    def perform(self, obj: Product, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        record_gp_exception(obj.pk, **cleaned_data, by=by, now=now)
        return self.back(obj)


class DocumentPage(OnProduct):
    title = _("Add a source document")
    button = _("Add the document")
    form_class = DocumentForm
    done = _("The document is added.")

    def check(self, obj: Product, by: Any, now: datetime) -> None:
        check_can_add_document(by)

    def perform(self, obj: Product, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        add_source_document(obj.pk, **cleaned_data, by=by, now=now)
        return self.back(obj)


class HarmlessPage(ActPage):
    title = _("Say whether a condition bars the public")
    button = _("Record it")
    form_class = HarmlessForm
    done = _("It is recorded, and the products that carry the condition are up to date.")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> PrescriptionCondition:
        found: PrescriptionCondition = get_object_or_404(PrescriptionCondition, pk=kwargs["pk"])
        return found

    def get_title(self, obj: PrescriptionCondition) -> Any:
        return f"{self.title}: {obj.label}"

    def check(self, obj: PrescriptionCondition, by: Any, now: datetime) -> None:
        check_can_keep_reference_data(by)

    def consequences(self, obj: PrescriptionCondition) -> list[str]:
        count = ProductCondition.objects.filter(condition=obj).count()
        sentence = ngettext(
            "%(count)d product carries this condition.",
            "%(count)d products carry this condition.",
            count,
        )
        return [sentence % {"count": count}]

    def initial(self, obj: PrescriptionCondition) -> dict[str, Any]:
        return {"harmless": obj.harmless}

    def back(self, obj: PrescriptionCondition) -> str:
        return reverse("admin:catalogue_prescriptioncondition_change", args=[obj.pk])

    def perform(
        self, obj: PrescriptionCondition, cleaned_data: dict[str, Any], by: Any, now: datetime
    ) -> Any:
        mark_condition_harmless(obj.pk, **cleaned_data, by=by, now=now)
        return self.back(obj)
