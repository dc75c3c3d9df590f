"""Pages of this app: ``urlpatterns`` live under ``/admin/catalogue/``, the others at the root."""

from django.urls import URLPattern, path

from content.catalogue import views

app_name = "catalogue"
urlpatterns: list[URLPattern] = [
    path(
        "products/<str:cis>/authorisation/",
        views.AuthorisationEndPage.as_view(),
        name="authorisation",
    ),
    path("products/<str:cis>/exceptions/new/", views.ExceptionPage.as_view(), name="exception"),
    path("products/<str:cis>/documents/", views.Documents.as_view(), name="documents"),
    path(
        "products/<str:cis>/documents/<int:pk>/",
        views.DocumentFile.as_view(),
        name="document_file",
    ),
    path("alerts/<int:pk>/", views.AlertPage.as_view(), name="alert"),
    path("products/<str:cis>/documents/new/", views.DocumentPage.as_view(), name="document"),
    path("conditions/<int:pk>/harmless/", views.HarmlessPage.as_view(), name="harmless"),
]
root_urlpatterns: list[URLPattern] = []
