"""Addresses of this app under ``/api/v1/``."""

from django.urls import path

from approvals.release.api.acts import Freeze, Release, Resume, Suspend, Unfreeze, Withdraw
from approvals.release.api.editions import SignEdition
from approvals.release.api.impacts import (
    Deadline,
    Decide,
    ImpactDetail,
    Impacts,
    Term,
    Terms,
)

urlpatterns = [
    path("versions/<int:version_id>/release/", Release.as_view(), name="release"),
    path("versions/<int:version_id>/suspend/", Suspend.as_view(), name="suspend"),
    path("versions/<int:version_id>/resume/", Resume.as_view(), name="resume"),
    path("versions/<int:version_id>/withdraw/", Withdraw.as_view(), name="withdraw"),
    path("products/<str:cis>/freeze/", Freeze.as_view(), name="freeze"),
    path("products/<str:cis>/unfreeze/", Unfreeze.as_view(), name="unfreeze"),
    path("impacts/", Impacts.as_view(), name="impacts"),
    path("impacts/<int:pk>/", ImpactDetail.as_view(), name="impact"),
    path("impacts/<int:pk>/decide/", Decide.as_view(), name="decide-impact"),
    path("impacts/<int:pk>/deadline/", Deadline.as_view(), name="impact-deadline"),
    path("editions/<int:number>/sign/", SignEdition.as_view(), name="sign-edition"),
    path("impact-terms/", Terms.as_view(), name="impact-terms"),
    path("impact-terms/<str:kind>/", Term.as_view(), name="impact-term"),
]
