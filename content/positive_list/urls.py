"""Pages of this app: ``urlpatterns`` are under ``/admin/positive_list/``, others at the root."""

from django.urls import URLPattern, path

from content.positive_list import views

app_name = "positive_list"
urlpatterns: list[URLPattern] = [
    path("", views.OfficeList.as_view(), name="lists"),
    path("positive/", views.OfficeList.as_view(), name="positive"),
    path("negative/", views.NegativeOfficeList.as_view(), name="negative"),
    path("documents/", views.DocumentsOfficeList.as_view(), name="valid_documents"),
]
root_urlpatterns: list[URLPattern] = [
    path("field/", views.FieldList.as_view(), name="field"),
    path("a/<str:code>/", views.CheckCode.as_view(), name="check_code"),
    path("a/<str:code>/<int:number>/", views.CheckVersion.as_view(), name="check"),
    path("a/<str:code>/<int:number>/files/<int:position>/", views.PieceFile.as_view(), name="file"),
]
