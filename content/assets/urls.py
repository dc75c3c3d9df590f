"""Pages of this app: ``urlpatterns`` live under ``/admin/assets/``, the others at the root."""

from django.urls import URLPattern, path, register_converter
from django.urls.converters import StringConverter

from content.assets import views


class AssetCode(StringConverter):
    """An asset's code, so that a version's id never passes for one."""

    regex = r"[A-Z]{2,10}-[0-9]{4}-[0-9]{6,}"


register_converter(AssetCode, "asset_code")

app_name = "assets"
urlpatterns: list[URLPattern] = [
    path("new/", views.CreateAsset.as_view(), name="create"),
    path("of/<asset_code:code>/edit/", views.EditAsset.as_view(), name="edit"),
    path("of/<asset_code:code>/new-version/", views.NewVersion.as_view(), name="new_version"),
    path("versions/<int:version>/upload/", views.Upload.as_view(), name="upload"),
    path("versions/<int:version>/invite/", views.InvitePage.as_view(), name="invite"),
    path(
        "invitations/<int:invitation>/withdraw/",
        views.WithdrawInvitationPage.as_view(),
        name="withdraw_invitation",
    ),
]
root_urlpatterns: list[URLPattern] = [
    path("sealed/<str:token>/<path:name>", views.sealed, name="sealed"),
]
