from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SignaturesConfig(AppConfig):
    name = "approvals.signatures"
    label = "signatures"
    verbose_name = _("Electronic signatures")

    def ready(self) -> None:
        from approvals.audit import triggers

        triggers.append_only_tables.add("signatures_signature")
