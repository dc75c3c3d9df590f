"""Pages of this app: ``urlpatterns`` live under ``/admin/release/``, the others at the root."""

from django.urls import URLPattern, path

from approvals.release import views

app_name = "release"
urlpatterns: list[URLPattern] = [
    path("", views.Queue.as_view(), name="queue"),
    path("versions/<int:version_id>/release/", views.Release.as_view(), name="release"),
    path("versions/<int:version_id>/suspend/", views.Suspend.as_view(), name="suspend"),
    path("versions/<int:version_id>/resume/", views.Resume.as_view(), name="resume"),
    path("versions/<int:version_id>/withdraw/", views.Withdraw.as_view(), name="withdraw"),
    path("products/<str:cis>/freeze/", views.FreezeProduct.as_view(), name="freeze_product"),
    path("products/<str:cis>/unfreeze/", views.UnfreezeProduct.as_view(), name="unfreeze_product"),
    path("products/<str:cis>/suspended/", views.StoppedByFreeze.as_view(), name="stopped"),
    path("impacts/", views.Impacts.as_view(), name="impacts"),
    path("impacts/<int:pk>/", views.Impact.as_view(), name="impact"),
    path("impacts/<int:impact>/deadline/", views.ImpactDeadline.as_view(), name="deadline"),
    path(
        "impacts/<int:impact>/versions/<int:version_id>/",
        views.DecideImpact.as_view(),
        name="decide_impact",
    ),
    path("editions/<int:number>/sign/", views.SignEdition.as_view(), name="sign_edition"),
    path("impact-terms/<str:kind>/", views.ImpactTermPage.as_view(), name="term"),
]
root_urlpatterns: list[URLPattern] = []
