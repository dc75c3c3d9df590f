"""Pages of this app: ``urlpatterns`` live under ``/admin/review/``, the others at the root."""

from django.urls import path

from approvals.review import views

app_name = "review"
urlpatterns = [
    path("tasks/", views.TaskList.as_view(), name="tasks"),
    path("versions/<int:pk>/submit/", views.SubmitPage.as_view(), name="submit"),
    path("versions/<int:pk>/recall/", views.RecallPage.as_view(), name="recall"),
    path("versions/<int:pk>/send-back/", views.SendBackPage.as_view(), name="send_back"),
    path("versions/<int:pk>/cancel/", views.CancelPage.as_view(), name="cancel"),
    path("versions/<int:pk>/answer/", views.AnswerPage.as_view(), name="answer"),
    path("versions/<int:pk>/carry/", views.CarryPage.as_view(), name="carry"),
    path("versions/<int:pk>/resolve/", views.ResolvePage.as_view(), name="resolve"),
    path("versions/<int:pk>/prechecks/", views.RunPrechecksPage.as_view(), name="prechecks"),
    path("severities/<int:pk>/", views.SeverityPage.as_view(), name="severity"),
    path("versions/<int:pk>/comment/", views.CommentPage.as_view(), name="comment"),
]
root_urlpatterns = [
    path("review/<int:task>/", views.DecisionPage.as_view(), name="task"),
    path("review/<int:task>/files/<int:n>/", views.DocumentPage.as_view(), name="document"),
    path(
        "review/<int:task>/files/<int:n>/pages/<int:page>.png",
        views.DocumentPicture.as_view(),
        name="document_picture",
    ),
]
