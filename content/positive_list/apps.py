from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PositiveListConfig(AppConfig):
    name = "content.positive_list"
    label = "positive_list"
    verbose_name = _("Lists")

    def ready(self) -> None:
        from approvals.audit import triggers
        from content.positive_list import receivers  # noqa: F401

        triggers.append_only_tables.add("positive_list_snapshot")
