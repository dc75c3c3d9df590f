from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ReviewConfig(AppConfig):
    name = "approvals.review"
    label = "review"
    verbose_name = _("Review")

    def ready(self) -> None:
        from approvals.audit import triggers
        from approvals.review import receivers, setup  # noqa: F401

        triggers.append_only_tables.add("review_precheckresult")

        post_migrate.connect(setup.install, sender=self)
