"""Pages of this app: ``urlpatterns`` live under ``/admin/submissions/``, the others at the root."""

from django.urls import URLPattern, path

from approvals.submissions.pages import (
    batch_list,
    batches,
    calendars,
    decisions,
    dossiers,
    forecast,
    form,
    notices,
    packages,
    planning,
    references,
    windows,
)

app_name = "submissions"
urlpatterns: list[URLPattern] = [
    path("windows/", planning.PlanningPage.as_view(), name="windows"),
    path("windows/past/", windows.PastWindowsPage.as_view(), name="past_windows"),
    path("windows/import/", windows.ImportWindowsPage.as_view(), name="import_windows"),
    path("windows/new/", windows.RecordWindowPage.as_view(), name="record_window"),
    path("windows/<int:pk>/", windows.WindowPage.as_view(), name="window"),
    path("windows/<int:pk>/edit/", windows.EditWindowPage.as_view(), name="edit_window"),
    path("calendar/", calendars.CalendarPage.as_view(), name="calendar"),
    path("calendar/revoke/", calendars.RevokeCalendarPage.as_view(), name="revoke_calendar"),
    path("versions/<int:pk>/plan/", windows.PlanPage.as_view(), name="plan"),
    path("form/", form.FormPage.as_view(), name="form"),
    path("form/new/", form.NewQuestionPage.as_view(), name="new_question"),
    path("form/<int:pk>/", form.QuestionPage.as_view(), name="question"),
    path("form/pieces/new/", form.AddPieceRulePage.as_view(), name="new_piece_rule"),
    path(
        "form/pieces/<int:pk>/remove/",
        form.RemovePieceRulePage.as_view(),
        name="remove_piece_rule",
    ),
    path("references/", references.ReferencesPage.as_view(), name="references"),
    path("forecast/", forecast.ForecastPage.as_view(), name="forecast"),
    path("notices/", notices.NoticesPage.as_view(), name="notices"),
    path("batches/", batch_list.BatchesPage.as_view(), name="batches"),
    path("batches/new/", batches.CreateBatchPage.as_view(), name="create_batch"),
    path("batches/<int:pk>/", batches.BatchPage.as_view(), name="batch"),
    path("batches/<int:pk>/add/", batches.AddPage.as_view(), name="add"),
    path("batches/<int:pk>/freeze/", batches.FreezePage.as_view(), name="freeze"),
    path("batches/<int:pk>/unfreeze/", batches.UnfreezePage.as_view(), name="unfreeze"),
    path("batches/<int:pk>/cancel/", batches.CancelPage.as_view(), name="cancel"),
    path(
        "batches/<int:pk>/package/retry/",
        packages.RetryPackagePage.as_view(),
        name="retry_package",
    ),
    path("dossiers/<int:pk>/", dossiers.DossierFormPage.as_view(), name="dossier"),
    path("dossiers/<int:pk>/piece/", dossiers.PiecePage.as_view(), name="piece"),
    path("pieces/<int:pk>/", dossiers.PieceFile.as_view(), name="piece_file"),
    path("dossiers/<int:pk>/remove/", batches.RemovePage.as_view(), name="remove"),
    path("dossiers/<int:pk>/miss/", dossiers.MissPage.as_view(), name="miss"),
    path("dossiers/<int:pk>/deposit/", dossiers.DepositPage.as_view(), name="deposit"),
    path("clocks/", decisions.ClocksPage.as_view(), name="clocks"),
    path("dossiers/<int:pk>/decisions/", decisions.DecisionsPage.as_view(), name="decisions"),
    path("dossiers/<int:pk>/decide/", decisions.DecidePage.as_view(), name="decide"),
    path("dossiers/<int:pk>/tacit/", decisions.TacitPage.as_view(), name="tacit"),
    path("decisions/<int:pk>/correct/", decisions.CorrectPage.as_view(), name="correct"),
    path("decisions/<int:pk>/letter/", decisions.LetterPage.as_view(), name="letter"),
]
root_urlpatterns: list[URLPattern] = [
    path("plan/", planning.PlanningPage.as_view(), name="planning"),
    path("calendar/<str:key>.ics", calendars.CalendarFeed.as_view(), name="feed"),
]
