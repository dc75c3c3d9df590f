from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models.signals import m2m_changed, post_migrate
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "approvals.people"
    label = "people"
    verbose_name = _("People")

    def ready(self) -> None:
        from approvals.people import setup
        from approvals.people.enums import Role
        from approvals.people.models import User

        unknown = sorted(set(settings.SECOND_FACTOR_ROLES) - set(Role.values))
        if unknown:
            raise ImproperlyConfigured(
                f"SECOND_FACTOR_ROLES holds {', '.join(unknown)}: "
                f"set it to some of {', '.join(sorted(Role.values))}."
            )
        post_migrate.connect(setup.install, sender=self)
        m2m_changed.connect(setup.refuse_roles_outside_acts, sender=User.groups.through)
