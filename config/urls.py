"""Every address of the application."""

from django.contrib import admin
from django.urls import include, path

handler400 = "config.http.problems.bad_request"
handler404 = "config.http.problems.not_found"
handler500 = "config.http.problems.server_error"

urlpatterns = [
    path("api/v1/", include("config.api_urls")),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.account.urls")),
]
