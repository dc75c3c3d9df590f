from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "approvals.desk"
    label = "desk"
    verbose_name = _("Desk")

    def ready(self) -> None:
        from axes.signals import user_locked_out

        # The jobs too, so that a dispatch finds them in whatever process it runs.
        from approvals.desk import field_words, receivers, setup, tasks  # noqa: F401

        # Every app's models are there by now.
        field_words.name_fields()
        # The desk has no model, so no signal of its own: it follows the last app that has.
        post_migrate.connect(setup.install, sender=apps.get_app_config("release"))
        user_locked_out.connect(receivers.alert)
