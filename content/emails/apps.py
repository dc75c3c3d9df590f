from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EmailsConfig(AppConfig):
    name = "content.emails"
    label = "emails"
    verbose_name = _("Approved e-mails")
