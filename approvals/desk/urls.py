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
    path("people/new/", views.NewPerson.as_view(), name="new_person"),
    path("people/<int:pk>/deactivate/", views.Deactivate.as_view(), name="deactivate"),
    path("people/<int:pk>/reactivate/", views.Reactivate.as_view(), name="reactivate"),
    path("people/<int:pk>/unlock/", views.Unlock.as_view(), name="unlock"),
    path("people/<int:pk>/password/", views.PasswordReset.as_view(), name="password_reset"),
    path("people/<int:pk>/factors/", views.FactorsReset.as_view(), name="factors_reset"),
    path("people/<int:pk>/roles/give/", views.RoleGive.as_view(), name="role_give"),
    path("people/<int:pk>/roles/take/", views.RoleTake.as_view(), name="role_take"),
    path("trail/", views.TrailPage.as_view(), name="trail"),
    path("trail/export/", views.TrailExport.as_view(), name="trail_export"),
    path("public-database/alerts/", views.Alerts.as_view(), name="alerts"),
    path("public-database/imports/", views.Imports.as_view(), name="imports"),
    path("versions/<int:pk>/trail/", views.VersionTrail.as_view(), name="version_trail"),
    path("versions/<int:pk>/record/", views.RecordPage.as_view(), name="record"),
]
root_urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("profile/", views.Profile.as_view(), name="profile"),
    path("profile/language/", views.Language.as_view(), name="language"),
    path("profile/accountability/", views.Accountability.as_view(), name="accountability"),
    path("profile/password/", views.PasswordChange.as_view(), name="password"),
    path("profile/factors/", views.Factors.as_view(), name="factors"),
    path("profile/factors/application/", views.FactorTotp.as_view(), name="factor_totp"),
    path("profile/factors/key/", views.FactorKey.as_view(), name="factor_key"),
    path("profile/factors/challenge/", views.FactorChallenge.as_view(), name="factor_challenge"),
    path("profile/factors/codes/", views.FactorCodes.as_view(), name="factor_codes"),
    path("profile/factors/codes/new/", views.FactorCodesRenew.as_view(), name="factor_codes_renew"),
    path("profile/factors/<int:pk>/remove/", views.FactorRemove.as_view(), name="factor_remove"),
]
