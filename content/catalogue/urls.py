"""Pages of this app: ``urlpatterns`` live under ``/admin/catalogue/``, the others at the root."""

from django.urls import URLPattern

app_name = "catalogue"
urlpatterns: list[URLPattern] = []
root_urlpatterns: list[URLPattern] = []
