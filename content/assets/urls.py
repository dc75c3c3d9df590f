"""Pages of this app: ``urlpatterns`` live under ``/admin/assets/``, the others at the root."""

from django.urls import URLPattern

app_name = "assets"
urlpatterns: list[URLPattern] = []
root_urlpatterns: list[URLPattern] = []
