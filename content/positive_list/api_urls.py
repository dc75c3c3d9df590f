"""Addresses of this app under ``/api/v1/``."""

from django.urls import path

from content.positive_list.api import (
    Changes,
    NegativeList,
    PieceStatus,
    PositiveList,
    ValidDocuments,
    VisitDocuments,
)
from content.positive_list.edition_api import (
    Acknowledge,
    AttestDestruction,
    EditionPdf,
    Editions,
)

urlpatterns = [
    path("positive-list/", PositiveList.as_view(), name="positive_list"),
    path("negative-list/", NegativeList.as_view(), name="negative_list"),
    path("valid-documents/", ValidDocuments.as_view(), name="documents_list"),
    path("changes/", Changes.as_view(), name="changes"),
    path("status/<str:code>/", PieceStatus.as_view(), name="status"),
    path("products/<str:cis>/visit-documents/", VisitDocuments.as_view(), name="visit_documents"),
    path("editions/", Editions.as_view(), name="editions"),
    path("editions/<int:number>/acknowledge/", Acknowledge.as_view(), name="acknowledge"),
    path(
        "editions/<int:number>/attest-destruction/",
        AttestDestruction.as_view(),
        name="attest_destruction",
    ),
    path("editions/<int:number>/pdf/", EditionPdf.as_view(), name="edition_pdf"),
]
