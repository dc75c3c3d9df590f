"""Every address of the application."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from config.api_urls import Unknown
from config.http.health import Ready, alive
from config.http.metrics import metrics

PAGES = (
    "content.outbox.urls",
    "content.catalogue.urls",
    "content.access.urls",
    "content.assets.urls",
    "content.positive_list.urls",
    "approvals.review.urls",
    "approvals.submissions.urls",
    "approvals.release.urls",
    "approvals.desk.urls",
)


def pages_of(module_name: str) -> Any:
    """Return an app's pages under one namespace: the office's under ``/admin/``, others at root."""
    urls = import_module(module_name)
    office = path(f"admin/{urls.app_name}/", include(urls.urlpatterns))
    return path("", include(([office, *urls.root_urlpatterns], urls.app_name)))


handler400 = "config.http.problems.bad_request"
handler403 = "config.http.errors.denied"
handler404 = "config.http.problems.not_found"
handler500 = "config.http.problems.server_error"

urlpatterns = [
    path("healthz", alive),
    path("readyz", Ready.as_view()),
    path("metrics", metrics),
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}brand/favicon.svg")),
    path("api/v1/", include("config.api_urls")),
    re_path(r"^api/", Unknown.as_view()),
    path("accounts/", include("config.http.account_urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    *[pages_of(module_name) for module_name in PAGES],
    path("admin/", include("config.http.entrance_urls")),
    path("admin/", admin.site.urls),
]
