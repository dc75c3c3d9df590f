"""Pages of this app: ``urlpatterns`` live under ``/admin/review/``, the others at the root."""

from django.urls import path

from approvals.review import views

app_name = "review"
urlpatterns = [
    path("routes/", views.RouteList.as_view(), name="routes"),
    path("routes/new/", views.NewRoute.as_view(), name="new_route"),
    path("routes/<int:pk>/", views.RoutePage.as_view(), name="route"),
    path("routes/<int:pk>/edit/", views.RouteEditor.as_view(), name="change_route"),
    path("routes/<int:pk>/copy/", views.CopyRoute.as_view(), name="copy_route"),
    path("tasks/", views.TaskList.as_view(), name="tasks"),
    path("tasks/load/", views.LoadPage.as_view(), name="load"),
    path("tasks/<int:task>/claim/", views.ClaimPage.as_view(), name="claim"),
    path("tasks/<int:task>/unclaim/", views.UnclaimPage.as_view(), name="unclaim"),
    path("tasks/<int:task>/assign/", views.AssignPage.as_view(), name="assign"),
    path("reminders/", views.RemindersPage.as_view(), name="reminders"),
    path("figures/", views.FiguresPage.as_view(), name="figures"),
    path("leads/", views.LeadList.as_view(), name="leads"),
    path("leads/new/", views.NameLeadPage.as_view(), name="name_lead"),
    path("leads/<int:lead>/end/", views.EndLeadPage.as_view(), name="end_lead"),
    path("versions/<int:pk>/submit/", views.SubmitPage.as_view(), name="submit"),
    path("versions/<int:pk>/recall/", views.RecallPage.as_view(), name="recall"),
    path("versions/<int:pk>/send-back/", views.SendBackPage.as_view(), name="send_back"),
    path("versions/<int:pk>/cancel/", views.CancelPage.as_view(), name="cancel"),
    path("versions/<int:pk>/answer/", views.AnswerPage.as_view(), name="answer"),
    path("versions/<int:pk>/carry/", views.CarryPage.as_view(), name="carry"),
    path("versions/<int:pk>/resolve/", views.ResolvePage.as_view(), name="resolve"),
    path("versions/<int:pk>/prechecks/", views.RunPrechecksPage.as_view(), name="prechecks"),
    path(
        "minor-modifications/new/",
        views.NewMinorModification.as_view(),
        name="new_minor_modification",
    ),
    path(
        "minor-modifications/<int:pk>/",
        views.MinorModification.as_view(),
        name="minor_modification",
    ),
    path("severities/<int:pk>/", views.SeverityPage.as_view(), name="severity"),
    path("versions/<int:pk>/comment/", views.CommentPage.as_view(), name="comment"),
]
root_urlpatterns = [
    path("invitations/", views.InvitationList.as_view(), name="invitations"),
    path("invitations/<int:pk>/", views.InvitationPage.as_view(), name="invitation"),
    path(
        "invitations/<int:pk>/files/<int:n>/",
        views.InvitationFile.as_view(),
        name="invitation_file",
    ),
    path(
        "invitations/<int:pk>/upload/", views.InvitationUpload.as_view(), name="invitation_upload"
    ),
    path(
        "invitations/<int:pk>/comment/",
        views.InvitationComment.as_view(),
        name="invitation_comment",
    ),
    path("review/<int:task>/", views.DecisionPage.as_view(), name="task"),
    path("review/<int:task>/reopen/", views.ReopenPage.as_view(), name="reopen"),
    path("review/<int:task>/comments/", views.NewComment.as_view(), name="new_comment"),
    path("review/<int:task>/comments/<int:comment>/reply/", views.Reply.as_view(), name="reply"),
    path(
        "review/<int:task>/comments/<int:comment>/resolve/",
        views.Resolve.as_view(),
        name="resolve_comment",
    ),
    path(
        "review/<int:task>/comments/<int:comment>/verify/",
        views.Verify.as_view(),
        name="verify_comment",
    ),
    path("review/<int:task>/files/<int:n>/", views.DocumentPage.as_view(), name="document"),
    path(
        "review/<int:task>/files/<int:n>/pages/<int:page>.png",
        views.DocumentPicture.as_view(),
        name="document_picture",
    ),
    path(
        "review/<int:task>/earlier/<int:revision>/files/<int:n>/",
        views.EarlierDocument.as_view(),
        name="earlier_document",
    ),
    path(
        "review/<int:task>/earlier/<int:revision>/files/<int:n>/pages/<int:page>.png",
        views.DocumentPicture.as_view(),
        name="earlier_picture",
    ),
    path("review/<int:task>/beside/<int:document>/", views.BesideDocument.as_view(), name="beside"),
    path(
        "review/<int:task>/beside/<int:document>/pages/<int:page>.png",
        views.BesidePicture.as_view(),
        name="beside_picture",
    ),
]
