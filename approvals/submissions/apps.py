from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class SubmissionsConfig(AppConfig):
    name = "approvals.submissions"
    label = "submissions"
    verbose_name = _("ANSM submissions")

    def ready(self) -> None:
        from approvals.submissions import setup

        post_migrate.connect(setup.install, sender=self)
