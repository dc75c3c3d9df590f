"""Pages of this app: ``urlpatterns`` live under ``/admin/submissions/``, the others at the root."""

from django.urls import URLPattern

app_name = "submissions"
urlpatterns: list[URLPattern] = []
root_urlpatterns: list[URLPattern] = []
