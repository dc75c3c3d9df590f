"""Addresses of this app under ``/api/v1/``."""

from django.urls import path

from approvals.submissions.api import (
    batches,
    decisions,
    dossiers,
    forecast,
    form,
    notices,
    packages,
    references,
    windows,
)

urlpatterns = [
    path("windows/", windows.Windows.as_view(), name="windows"),
    path("windows/<int:pk>/", windows.WindowDetail.as_view(), name="window"),
    path("windows/<int:pk>/plan/", windows.WindowPlan.as_view(), name="window_plan"),
    path("versions/<int:pk>/plan/", windows.Plan.as_view(), name="plan"),
    path("form-questions/", form.Questions.as_view(), name="form_questions"),
    path("form-questions/<int:pk>/", form.QuestionDetail.as_view(), name="form_question"),
    path("piece-rules/", form.PieceRules.as_view(), name="piece_rules"),
    path("piece-rules/<int:pk>/remove/", form.RemovePieceRule.as_view(), name="remove_piece_rule"),
    path("references/", references.References.as_view(), name="references"),
    path("forecast/", forecast.Forecast.as_view(), name="forecast"),
    path("notices/", notices.Notices.as_view(), name="notices"),
    path("batches/", batches.Batches.as_view(), name="batches"),
    path("batches/<int:pk>/", batches.BatchDetail.as_view(), name="batch"),
    path("batches/<int:pk>/add/", batches.AddToBatch.as_view(), name="add"),
    path("batches/<int:pk>/remove/", batches.RemoveFromBatch.as_view(), name="remove"),
    path("batches/<int:pk>/freeze/", batches.FreezeBatch.as_view(), name="freeze"),
    path("batches/<int:pk>/unfreeze/", batches.UnfreezeBatch.as_view(), name="unfreeze"),
    path("batches/<int:pk>/cancel/", batches.CancelBatch.as_view(), name="cancel"),
    path("batches/<int:pk>/package/", packages.Package.as_view(), name="package"),
    path("dossiers/<int:pk>/", dossiers.DossierDetail.as_view(), name="dossier"),
    path("dossiers/<int:pk>/pieces/", dossiers.Pieces.as_view(), name="pieces"),
    path("dossiers/<int:pk>/deposit/", dossiers.Deposit.as_view(), name="deposit"),
    path("dossiers/<int:pk>/miss/", dossiers.Miss.as_view(), name="miss"),
    path("dossiers/", decisions.Clocks.as_view(), name="dossiers"),
    path("dossiers/<int:pk>/decide/", decisions.Decide.as_view(), name="decide"),
    path("dossiers/<int:pk>/correct/", decisions.Correct.as_view(), name="correct"),
    path("decisions/<int:pk>/letter/", decisions.Letter.as_view(), name="letter"),
]
