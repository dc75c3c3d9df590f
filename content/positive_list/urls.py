"""Pages of this app: ``urlpatterns`` are under ``/admin/positive_list/``, others at the root."""

from django.urls import URLPattern, path

from content.positive_list import offline, qr, views

app_name = "positive_list"
urlpatterns: list[URLPattern] = [
    path("", views.OfficeList.as_view(), name="lists"),
    path("positive/", views.OfficeList.as_view(), name="positive"),
    path("negative/", views.NegativeOfficeList.as_view(), name="negative"),
    path("documents/", views.DocumentsOfficeList.as_view(), name="valid_documents"),
    path("qr/<str:code>/<int:number>/<str:drawing>/", qr.PrintCode.as_view(), name="qr"),
]
root_urlpatterns: list[URLPattern] = [
    path("field/", views.FieldList.as_view(), name="field"),
    path("field/sw.js", offline.service_worker, name="service_worker"),
    path("field/manifest.webmanifest", offline.manifest, name="manifest"),
    path("field/offline/", offline.OfflineShell.as_view(), name="offline"),
    path("field/today/", offline.ListOfTheDay.as_view(), name="list_of_the_day"),
    path("field/favourites/", offline.Favourites.as_view(), name="favourites"),
    path("a/<str:code>/", views.CheckCode.as_view(), name="check_code"),
    path("a/<str:code>/<int:number>/", views.CheckVersion.as_view(), name="check"),
    path("a/<str:code>/<int:number>/files/<int:position>/", views.PieceFile.as_view(), name="file"),
]
