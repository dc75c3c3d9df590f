from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "approvals.audit"
    label = "audit"
    verbose_name = _("Evidence")

    def ready(self) -> None:
        from simple_history.signals import (
            post_create_historical_record,
            pre_create_historical_record,
        )

        from approvals.audit import checks, recording  # noqa: F401

        pre_create_historical_record.connect(recording.stamp_history)
        post_create_historical_record.connect(recording.collect_history)
        post_migrate.connect(install, sender=self)


def install(using: str, **kwargs: Any) -> None:
    """Put the head row and the triggers in place; safe to run again."""
    from django.db import connections

    from approvals.audit import triggers
    from approvals.audit.hashing import GENESIS
    from approvals.audit.models import AuditHead

    AuditHead.objects.using(using).get_or_create(pk=1, defaults={"seq": 0, "hash": GENESIS})
    triggers.install(connections[using])
