"""Pages of this app: ``urlpatterns`` live under ``/admin/review/``, the others at the root."""

from django.urls import URLPattern

app_name = "review"
urlpatterns: list[URLPattern] = []
root_urlpatterns: list[URLPattern] = []
