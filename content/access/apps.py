from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "content.access"
    label = "access"
    verbose_name = _("Teams and access")

    def ready(self) -> None:
        from content.access import receivers  # noqa: F401
