"""Addresses of this app under ``/api/v1/``."""

from django.urls import path

from content.assets.api import assets, comparison, invitations, versions

urlpatterns = [
    path("assets/", assets.Assets.as_view(), name="assets"),
    path("assets/<str:code>/", assets.AssetDetail.as_view(), name="asset"),
    path("assets/<str:code>/transfer/", assets.Transfer.as_view(), name="transfer"),
    path("assets/<str:code>/versions/", versions.Versions.as_view(), name="versions"),
    path("versions/<int:pk>/dependencies/", versions.Dependencies.as_view(), name="dependencies"),
    path(
        "versions/<int:pk>/dependencies/<int:dependency>/",
        versions.DependencyDetail.as_view(),
        name="dependency",
    ),
    path(
        "versions/<int:pk>/minimum-components/",
        versions.MinimumComponents.as_view(),
        name="minimum_components",
    ),
    path("versions/<int:pk>/files/<int:n>/", versions.FileDownload.as_view(), name="file"),
    path(
        "versions/<int:pk>/files/<int:n>/pages/<int:page>.png",
        versions.FilePage.as_view(),
        name="file_page",
    ),
    path("versions/<int:pk>/compare/", comparison.Compare.as_view(), name="compare"),
    path("versions/<int:pk>/invite/", invitations.Invite.as_view(), name="invite"),
    path("invitations/", invitations.Invitations.as_view(), name="invitations"),
    path("invitations/<int:pk>/", invitations.InvitationDetail.as_view(), name="invitation"),
    path(
        "invitations/<int:pk>/withdraw/",
        invitations.WithdrawInvitation.as_view(),
        name="withdraw_invitation",
    ),
    path("versions/<int:pk>/where-used/", versions.WhereUsed.as_view(), name="where_used"),
]
