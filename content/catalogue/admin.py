"""Reference data, read-only: products and what bars them, jurisdictions."""

from typing import ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from config.http.admin import ReadOnlyAdmin, ReadOnlyTabularInline
from content.catalogue.models import (
    GpException,
    Jurisdiction,
    PrescriptionCondition,
    Presentation,
    Product,
    ProductCondition,
    ProductFreeze,
    ProductQuerySet,
    SourceDocument,
    VisaRule,
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


@admin.register(Jurisdiction)
class JurisdictionAdmin(ReadOnlyAdmin):
    list_display = ("code", "name_fr", "name_en", "authority", "field_use")
    inlines = (VisaRuleInline,)
