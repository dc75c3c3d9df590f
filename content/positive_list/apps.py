from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PositiveListConfig(AppConfig):
    name = "content.positive_list"
    label = "positive_list"
    verbose_name = _("Lists")

    def ready(self) -> None:
        from content.positive_list import receivers  # noqa: F401
