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

urlpatterns = [
    path("positive-list/", PositiveList.as_view(), name="positive_list"),
    path("negative-list/", NegativeList.as_view(), name="negative_list"),
    path("valid-documents/", ValidDocuments.as_view(), name="documents_list"),
    path("changes/", Changes.as_view(), name="changes"),
    path("status/<str:code>/", PieceStatus.as_view(), name="status"),
    path("products/<str:cis>/visit-documents/", VisitDocuments.as_view(), name="visit_documents"),
]
