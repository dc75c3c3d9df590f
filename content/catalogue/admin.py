"""Reference data: lists and pages that write nothing, with links to the acts."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from config.http.admin import ReadOnlyAdmin, ReadOnlyTabularInline
from content.catalogue.models import (
    GpException,
    ImportRun,
    Jurisdiction,
    PrescriptionCondition,
    Presentation,
    Product,
    ProductAlert,
    ProductCondition,
    ProductFreeze,
    ProductQuerySet,
    SourceDocument,
    VisaRule,
)
from content.catalogue.policies import (
    can_add_document,
    can_keep_reference_data,
    can_record_authorisation,
    can_record_exception,
)


class PresentationInline(ReadOnlyTabularInline):
    model = Presentation
    fields: ClassVar[list[str]] = ["cip13", "label", "status", "reimbursement_rate", "price"]


class ConditionInline(ReadOnlyTabularInline):
    model = ProductCondition
    fields: ClassVar[list[str]] = ["condition"]


class FreezeInline(ReadOnlyTabularInline):
    model = ProductFreeze
    fields: ClassVar[list[str]] = ["reason", "starts_on", "recorded_by", "lifted_on", "lifted_by"]


class ExceptionInline(ReadOnlyTabularInline):
    model = GpException
    fields: ClassVar[list[str]] = ["legal_basis", "reason", "starts_on", "ends_on", "recorded_by"]


class DocumentInline(ReadOnlyTabularInline):
    model = SourceDocument
    fields: ClassVar[list[str]] = ["kind", "title", "dated", "file_name", "added_by"]


class VisaRuleInline(ReadOnlyTabularInline):
    model = VisaRule


@admin.register(Product)
class ProductAdmin(ReadOnlyAdmin):
    list_display = ("cis", "name", "holder", "authorisation_status", "prescription_class")
    list_filter = (
        "authorisation_status",
        "prescription_only",
        "reimbursed",
        "restricted",
        "in_public_database",
    )
    search_fields = ("search_text",)
    search_help_text = _("Name, substance, holder or CIS")
    exclude = ("search_text",)
    inlines = (
        PresentationInline,
        ConditionInline,
        FreezeInline,
        ExceptionInline,
        DocumentInline,
    )

    actions_detail = ("end_authorisation", "add_exception", "add_document", "see_documents")

    def has_authorisation_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can_record_authorisation(request.user)  # type: ignore[arg-type]

    def has_exception_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can_record_exception(request.user)  # type: ignore[arg-type]

    def has_document_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can_add_document(request.user)  # type: ignore[arg-type]

    @action(
        description=_("End of authorisation"),
        url_path="end-authorisation",
        permissions=["authorisation"],
    )
    def end_authorisation(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return self._to("authorisation", object_id)

    @action(
        description=_("Exception for the public"),
        url_path="add-exception",
        permissions=["exception"],
    )
    def add_exception(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return self._to("exception", object_id)

    @action(description=_("Source document"), url_path="add-document", permissions=["document"])
    def add_document(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return self._to("document", object_id)

    @action(description=_("All source documents"), url_path="documents", permissions=["view"])
    def see_documents(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return self._to("documents", object_id)

    def _to(self, page: str, product_id: int) -> HttpResponse:
        product = get_object_or_404(Product, pk=product_id)
        return redirect(f"catalogue:{page}", cis=product.cis)

    def get_search_results(
        self, request: HttpRequest, queryset: ProductQuerySet, search_term: str
    ) -> tuple[ProductQuerySet, bool]:
        # The stored text is searched without accents: the term must lose its own.
        for word in search_term.split():
            queryset = queryset.matching(word)
        return queryset, False


@admin.register(PrescriptionCondition)
class PrescriptionConditionAdmin(ReadOnlyAdmin):
    list_display = ("label", "harmless")
    list_filter = ("harmless",)
    search_fields = ("label",)
    actions_detail = ("say_whether_harmless",)

    def has_keep_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can_keep_reference_data(request.user)  # type: ignore[arg-type]

    @action(description=_("Harmless or not"), url_path="harmless", permissions=["keep"])
    def say_whether_harmless(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect("catalogue:harmless", pk=object_id)


@admin.register(ProductFreeze)
class ProductFreezeAdmin(ReadOnlyAdmin):
    list_display = ("product", "starts_on", "recorded_by", "lifted_on", "lifted_by")
    list_filter = ("starts_on", "lifted_on")
    list_select_related = ("product", "recorded_by", "lifted_by")
    search_fields = ("product__search_text", "reason")


@admin.register(GpException)
class GpExceptionAdmin(ReadOnlyAdmin):
    list_display = ("product", "legal_basis", "starts_on", "ends_on", "recorded_by")
    list_select_related = ("product", "recorded_by")
    search_fields = ("product__search_text", "legal_basis")


@admin.register(SourceDocument)
class SourceDocumentAdmin(ReadOnlyAdmin):
    list_display = ("product", "kind", "title", "dated", "added_by")
    list_filter = ("kind",)
    list_select_related = ("product", "added_by")
    search_fields = ("product__search_text", "title")


@admin.register(ProductAlert)
class ProductAlertAdmin(ReadOnlyAdmin):
    list_display = ("product", "kind", "noticed_at", "outcome", "settled_by")
    list_filter = ("kind", "outcome")
    list_select_related = ("product", "settled_by")
    search_fields = ("product__search_text",)


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    list_display = ("recorded_at", "added", "changed", "vanished", "skipped", "recorded_by")
    list_select_related = ("recorded_by",)


@admin.register(Jurisdiction)
class JurisdictionAdmin(ReadOnlyAdmin):
    list_display = ("code", "name_fr", "name_en", "authority", "field_use")
    inlines = (VisaRuleInline,)
