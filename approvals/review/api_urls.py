"""Addresses of this app under ``/api/v1/``."""

from django.urls import path

from approvals.review.api import (
    comments,
    figures,
    minor_modifications,
    pool,
    prechecks,
    reminders,
    revisions,
    routes,
    tasks,
    versions,
)

urlpatterns = [
    path("routes/", routes.Routes.as_view(), name="routes"),
    path("routes/<int:pk>/", routes.RouteDetail.as_view(), name="route"),
    path("routes/preview/", routes.RoutePreview.as_view(), name="route_preview"),
    path("routes/which/", routes.WhichRoute.as_view(), name="route_which"),
    path("tasks/", tasks.Tasks.as_view(), name="tasks"),
    path("tasks/<int:task>/", tasks.Task.as_view(), name="task"),
    path("tasks/<int:task>/claim/", tasks.Claim.as_view(), name="claim"),
    path("tasks/<int:task>/unclaim/", pool.Unclaim.as_view(), name="unclaim"),
    path("tasks/<int:task>/candidates/", pool.Candidates.as_view(), name="candidates"),
    path("tasks/load/", pool.Load.as_view(), name="load"),
    path(
        "minor-modifications/",
        minor_modifications.MinorModifications.as_view(),
        name="minor_modifications",
    ),
    path("reminders/", reminders.Reminders.as_view(), name="reminders"),
    path("figures/", figures.FiguresView.as_view(), name="figures"),
    path("role-leads/", pool.RoleLeads.as_view(), name="role_leads"),
    path("role-leads/<int:pk>/end/", pool.EndLead.as_view(), name="end_lead"),
    path("tasks/<int:task>/reassign/", tasks.Reassign.as_view(), name="reassign"),
    path("tasks/<int:task>/reopen/", tasks.Reopen.as_view(), name="reopen"),
    path("tasks/<int:task>/decide/", tasks.Decide.as_view(), name="decide"),
    # Here and not with assets: the answers to a review come with the corrected files.
    path("versions/<int:pk>/revisions/", revisions.Revisions.as_view(), name="revisions"),
    path("versions/<int:version>/submit/", versions.Submit.as_view(), name="submit"),
    path("versions/<int:version>/recall/", versions.Recall.as_view(), name="recall"),
    path("versions/<int:version>/send-back/", versions.SendBack.as_view(), name="send_back"),
    path("versions/<int:version>/cancel/", versions.Cancel.as_view(), name="cancel"),
    path("assets/<str:code>/cancel/", versions.CancelAsset.as_view(), name="cancel_asset"),
    path("versions/<int:version>/carry/", versions.Carry.as_view(), name="carry"),
    path("versions/<int:version>/comments/", comments.Comments.as_view(), name="comments"),
    path(
        "versions/<int:version>/prechecks/",
        prechecks.VersionPrechecks.as_view(),
        name="prechecks",
    ),
    path("comments/<int:comment>/resolve/", comments.Resolve.as_view(), name="resolve"),
    path("comments/<int:comment>/verify/", comments.Verify.as_view(), name="verify"),
    path("comments/<int:comment>/reply/", comments.Reply.as_view(), name="reply"),
]
