"""Pages of this app: ``urlpatterns`` are under ``/admin/positive_list/``, others at the root."""

from django.urls import URLPattern, path

from content.positive_list import edition_views as editions
from content.positive_list import offline, qr, views

app_name = "positive_list"
urlpatterns: list[URLPattern] = [
    path("", views.OfficeList.as_view(), name="lists"),
    path("positive/", views.OfficeList.as_view(), name="positive"),
    path("negative/", views.NegativeOfficeList.as_view(), name="negative"),
    path("documents/", views.DocumentsOfficeList.as_view(), name="valid_documents"),
    path("editions/", editions.Editions.as_view(), name="editions"),
    path("editions/draft/", editions.DraftEdition.as_view(), name="draft_edition"),
    path("editions/<int:number>/", editions.EditionPage.as_view(), name="edition"),
    path("editions/<int:number>/pdf/", editions.EditionPdf.as_view(), name="edition_pdf"),
    path("editions/<int:number>/readers/", editions.EditionReaders.as_view(), name="readers"),
    path("qr/<str:code>/<int:number>/<str:drawing>/", qr.PrintCode.as_view(), name="qr"),
]
root_urlpatterns: list[URLPattern] = [
    path("field/", views.FieldList.as_view(), name="field"),
    path("field/editions/<int:number>/", editions.FieldEdition.as_view(), name="field_edition"),
    path(
        "field/editions/<int:number>/acknowledge/",
        editions.Acknowledge.as_view(),
        name="acknowledge",
    ),
    path(
        "field/editions/<int:number>/attest/",
        editions.AttestDestruction.as_view(),
        name="attest_destruction",
    ),
    path("field/sw.js", offline.service_worker, name="service_worker"),
    path("field/manifest.webmanifest", offline.manifest, name="manifest"),
    path("field/offline/", offline.OfflineShell.as_view(), name="offline"),
    path("field/today/", offline.ListOfTheDay.as_view(), name="list_of_the_day"),
    path("field/favourites/", offline.Favourites.as_view(), name="favourites"),
    path("a/<str:code>/", views.CheckCode.as_view(), name="check_code"),
    path("a/<str:code>/<int:number>/", views.CheckVersion.as_view(), name="check"),
    path("a/<str:code>/<int:number>/files/<int:position>/", views.PieceFile.as_view(), name="file"),
]
