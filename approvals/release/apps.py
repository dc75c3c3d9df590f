from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReleaseConfig(AppConfig):
    name = "approvals.release"
    label = "release"
    verbose_name = _("Release")

    def ready(self) -> None:
        from approvals.release import receivers  # noqa: F401
