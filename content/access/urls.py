"""Pages of this app: ``urlpatterns`` live under ``/admin/access/``, the others at the root."""

from django.urls import URLPattern, path

from content.access import views

app_name = "access"
urlpatterns: list[URLPattern] = [
    path("teams/new/", views.NewTeamPage.as_view(), name="new_team"),
    path("teams/<int:pk>/add-product/", views.AddProductPage.as_view(), name="add_product"),
    path("teams/<int:pk>/add-member/", views.AddMemberPage.as_view(), name="add_member"),
    path(
        "teams/products/<int:pk>/remove/", views.RemoveProductPage.as_view(), name="remove_product"
    ),
    path("teams/members/<int:pk>/remove/", views.RemoveMemberPage.as_view(), name="remove_member"),
    path("delegations/new/", views.DelegatePage.as_view(), name="delegate"),
    path("delegations/<int:pk>/revoke/", views.RevokePage.as_view(), name="revoke"),
]
root_urlpatterns: list[URLPattern] = []
