"""Addresses of this app under ``/api/v1/``."""

from django.urls import path

from content.access.api.delegations import Delegations, Me, Revoke
from content.access.api.teams import (
    AddMember,
    AddProduct,
    RemoveMember,
    RemoveProduct,
    TeamDetail,
    Teams,
)

urlpatterns = [
    path("me/", Me.as_view(), name="me"),
    path("delegations/", Delegations.as_view(), name="delegations"),
    path("delegations/<int:pk>/revoke/", Revoke.as_view(), name="revoke"),
    path("teams/", Teams.as_view(), name="teams"),
    path("teams/<int:pk>/", TeamDetail.as_view(), name="team"),
    path("teams/<int:pk>/add-product/", AddProduct.as_view(), name="add_product"),
    path("teams/<int:pk>/remove-product/", RemoveProduct.as_view(), name="remove_product"),
    path("teams/<int:pk>/add-member/", AddMember.as_view(), name="add_member"),
    path("teams/<int:pk>/remove-member/", RemoveMember.as_view(), name="remove_member"),
]
