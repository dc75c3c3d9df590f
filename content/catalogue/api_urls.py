"""Addresses of this app under ``/api/v1/``."""

from django.urls import path

from content.catalogue.api import ProductDetail, Products

urlpatterns = [
    path("products/", Products.as_view(), name="products"),
    path("products/<str:cis>/", ProductDetail.as_view(), name="product"),
]
