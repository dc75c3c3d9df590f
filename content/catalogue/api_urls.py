"""Addresses of this app under ``/api/v1/``."""

from django.urls import path

from content.catalogue.api import (
    Alerts,
    Authorisation,
    DocumentFile,
    Documents,
    Exceptions,
    ProductDetail,
    Products,
    SettleAlert,
)

urlpatterns = [
    path("products/", Products.as_view(), name="products"),
    path("products/<str:cis>/", ProductDetail.as_view(), name="product"),
    path("products/<str:cis>/authorisation/", Authorisation.as_view(), name="authorisation"),
    path("products/<str:cis>/exceptions/", Exceptions.as_view(), name="exceptions"),
    path("products/<str:cis>/documents/", Documents.as_view(), name="documents"),
    path(
        "products/<str:cis>/documents/<int:pk>/file/", DocumentFile.as_view(), name="document-file"
    ),
    path("product-alerts/", Alerts.as_view(), name="product-alerts"),
    path("product-alerts/<int:pk>/settle/", SettleAlert.as_view(), name="settle-alert"),
]
