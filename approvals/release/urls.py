"""Pages of this app: ``urlpatterns`` live under ``/admin/release/``, the others at the root."""

from django.urls import URLPattern

app_name = "release"
urlpatterns: list[URLPattern] = []
root_urlpatterns: list[URLPattern] = []
