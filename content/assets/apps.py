from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssetsConfig(AppConfig):
    name = "content.assets"
    label = "assets"
    verbose_name = _("Assets")

    def ready(self) -> None:
        from content.assets import receivers  # noqa: F401
