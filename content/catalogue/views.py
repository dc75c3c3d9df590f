"""Pages of reference data: each does one act."""

from datetime import datetime
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from config.http.pages import ActPage, Page
from content.calendar import day_in_words, paris_day
from content.catalogue.actions import (
    add_source_document,
    mark_condition_harmless,
    record_authorisation_end,
    record_gp_exception,
    settle_alert,
)
from content.catalogue.documents import download
from content.catalogue.enums import AlertKind, DocumentKind
from content.catalogue.forms import (
    AlertForm,
    AuthorisationEndForm,
    DocumentForm,
    ExceptionForm,
    HarmlessForm,
)
from content.catalogue.models import (
    PrescriptionCondition,
    Product,
    ProductAlert,
    ProductCondition,
    SourceDocument,
)
from content.catalogue.policies import (
    can_add_document,
    check_can_add_document,
    check_can_keep_reference_data,
    check_can_record_authorisation,
    check_can_record_exception,
    check_can_settle_alert,
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


class Documents(Page):
    """The dated source documents of a product, kind by kind, the current one marked."""

    template_name = "catalogue/documents.html"

    def get(self, request: HttpRequest, cis: str) -> HttpResponse:
        product = get_object_or_404(Product, cis=cis)
        kept = SourceDocument.objects.filter(product=product).select_related("added_by")
        current = set(kept.current().values_list("pk", flat=True))
        documents = list(kept)
        kinds = [
            (kind, kind.label, [one for one in documents if one.kind == kind])
            for kind in DocumentKind
        ]
        return self.page(
            title=gettext("Source documents: %(product)s") % {"product": product.name},
            product=product,
            kinds=kinds,
            current=current,
            publication=DocumentKind.PUBLICATION,
            may_add=can_add_document(self.by),
        )


class DocumentFile(Page):
    """One source document, as the file that was kept."""

    def get(self, request: HttpRequest, cis: str, pk: int) -> FileResponse:
        return download(get_object_or_404(SourceDocument, product__cis=cis, pk=pk))


class DocumentPage(OnProduct):
    title = _("Add a source document")
    button = _("Add the document")
    form_class = DocumentForm
    done = _("The document is added.")

    def back(self, obj: Product) -> str:
        return reverse("catalogue:documents", args=[obj.cis])

    def initial(self, obj: Product) -> dict[str, Any]:
        return {"kind": self.request.GET.get("kind", "")}

    def consequences(self, obj: Product) -> list[str]:
        return [
            gettext(
                "An SmPC, an opinion, a price or a reimbursement newer than the one before opens"
                " the list of the versions that cite it: the pharmacist decides on each."
            )
        ]

    def check(self, obj: Product, by: Any, now: datetime) -> None:
        check_can_add_document(by)

    def perform(self, obj: Product, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        add_source_document(obj.pk, **cleaned_data, by=by, now=now)
        return self.back(obj)


class AlertPage(ActPage):
    """Regulatory affairs confirm what an import met."""

    title = _("Confirm what the import met")
    button = _("Record it")
    form_class = AlertForm
    done = _("It is recorded.")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> ProductAlert:
        alerts = ProductAlert.objects.select_related("product")
        found: ProductAlert = get_object_or_404(alerts, pk=kwargs["pk"])
        return found

    def get_title(self, obj: ProductAlert) -> Any:
        return f"{self.title} — {obj.product.name}"

    def check(self, obj: ProductAlert, by: Any, now: datetime) -> None:
        check_can_settle_alert(obj, by)

    def consequences(self, obj: ProductAlert) -> list[str]:
        day = day_in_words(paris_day(obj.noticed_at))
        if obj.kind == AlertKind.VANISHED:
            sentence = gettext(
                "On %(day)s %(product)s was no longer in the public database. Nothing was stopped:"
                " only the end that you record stops its material, from its date on."
            )
        else:
            sentence = gettext(
                "On %(day)s the public database gave the authorisation of %(product)s as ended: its"
                " material stopped that day. The official date replaces that day."
            )
        return [sentence % {"day": day, "product": obj.product.name}]

    def form_kwargs(self, obj: ProductAlert) -> dict[str, Any]:
        return {"kind": obj.kind}

    def back(self, obj: ProductAlert) -> str:
        return reverse("desk:alerts")

    def perform(
        self, obj: ProductAlert, cleaned_data: dict[str, Any], by: Any, now: datetime
    ) -> Any:
        settle_alert(obj.pk, **cleaned_data, by=by, now=now)
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
