"""Pages of this app: ``urlpatterns`` are under ``/admin/positive_list/``, others at the root."""

from django.urls import URLPattern

app_name = "positive_list"
urlpatterns: list[URLPattern] = []
root_urlpatterns: list[URLPattern] = []
