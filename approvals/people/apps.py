from django.apps import AppConfig
from django.db.models.signals import m2m_changed, post_migrate
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "approvals.people"
    label = "people"
    verbose_name = _("People")

    def ready(self) -> None:
        from approvals.people import setup
        from approvals.people.models import User

        post_migrate.connect(setup.install, sender=self)
        m2m_changed.connect(setup.refuse_roles_outside_acts, sender=User.groups.through)
