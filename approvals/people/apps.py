from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "approvals.people"
    label = "people"
    verbose_name = _("People")

    def ready(self) -> None:
        from approvals.people import setup

        post_migrate.connect(setup.install, sender=self)
