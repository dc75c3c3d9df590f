"""What each person sees of the whole: office pages under ``/admin/desk/``, homes at the root."""

from django.urls import path

from approvals.desk import views

app_name = "desk"
urlpatterns = [
    path("assets/", views.AssetList.as_view(), name="assets"),
    path("assets/<str:code>/", views.AssetPage.as_view(), name="asset"),
    path("assets/<str:code>/<int:number>/", views.VersionPage.as_view(), name="version"),
    path(
        "assets/<str:code>/<int:number>/files/<int:revision>/<int:position>/",
        views.VersionFile.as_view(),
        name="file",
    ),
    path("trail/", views.TrailPage.as_view(), name="trail"),
    path("trail/export/", views.TrailExport.as_view(), name="trail_export"),
    path("versions/<int:pk>/trail/", views.VersionTrail.as_view(), name="version_trail"),
    path("versions/<int:pk>/record/", views.RecordPage.as_view(), name="record"),
]
root_urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("profile/", views.Profile.as_view(), name="profile"),
    path("profile/language/", views.Language.as_view(), name="language"),
    path("profile/accountability/", views.Accountability.as_view(), name="accountability"),
    path("profile/password/", views.PasswordChange.as_view(), name="password"),
]
