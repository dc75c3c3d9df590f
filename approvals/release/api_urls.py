"""Addresses of this app under ``/api/v1/``."""

from django.urls import path

from approvals.release.api import Freeze, Release, Resume, Suspend, Unfreeze, Withdraw

urlpatterns = [
    path("versions/<int:version_id>/release/", Release.as_view(), name="release"),
    path("versions/<int:version_id>/suspend/", Suspend.as_view(), name="suspend"),
    path("versions/<int:version_id>/resume/", Resume.as_view(), name="resume"),
    path("versions/<int:version_id>/withdraw/", Withdraw.as_view(), name="withdraw"),
    path("products/<str:cis>/freeze/", Freeze.as_view(), name="freeze"),
    path("products/<str:cis>/unfreeze/", Unfreeze.as_view(), name="unfreeze"),
]
