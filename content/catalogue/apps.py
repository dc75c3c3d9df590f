from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    name = "content.catalogue"
    label = "catalogue"
    verbose_name = _("Reference data")

    def ready(self) -> None:
        from content.catalogue import setup

        post_migrate.connect(setup.install, sender=self)
