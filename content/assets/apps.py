from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AssetsConfig(AppConfig):
    name = "content.assets"
    label = "assets"
    verbose_name = _("Assets")

    def ready(self) -> None:
        from content.assets import receivers, setup  # noqa: F401

        post_migrate.connect(setup.install, sender=self)
