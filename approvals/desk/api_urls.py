"""Addresses of this app under ``/api/v1/``."""

from django.urls import path

from approvals.desk.api import (
    RecordJson,
    RecordPdf,
    Trail,
    VersionDetail,
    VersionHistory,
    VersionSignatures,
)

urlpatterns = [
    path("versions/<int:pk>/", VersionDetail.as_view(), name="version"),
    path("versions/<int:pk>/history/", VersionHistory.as_view(), name="history"),
    path("versions/<int:pk>/signatures/", VersionSignatures.as_view(), name="signatures"),
    path("versions/<int:pk>/record.pdf", RecordPdf.as_view(), name="record_pdf"),
    path("versions/<int:pk>/record.json", RecordJson.as_view(), name="record_json"),
    path("audit/", Trail.as_view(), name="audit"),
]
