from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ReleaseConfig(AppConfig):
    name = "approvals.release"
    label = "release"
    verbose_name = _("Release")

    def ready(self) -> None:
        from approvals.release import receivers, setup  # noqa: F401

        post_migrate.connect(setup.install, sender=self)
