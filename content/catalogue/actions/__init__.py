"""Every writer of the catalogue."""

from content.catalogue.actions.documents import add_source_document
from content.catalogue.actions.facts import (
    end_gp_exception,
    mark_condition_harmless,
    record_authorisation_end,
    record_gp_exception,
    settle_alert,
)
from content.catalogue.actions.freezes import freeze_product, lift_freeze
from content.catalogue.actions.list_head import bump_list_version, lock_list_head
from content.catalogue.actions.public_database import ImportReport, import_public_database

__all__ = [
    "ImportReport",
    "add_source_document",
    "bump_list_version",
    "end_gp_exception",
    "freeze_product",
    "import_public_database",
    "lift_freeze",
    "lock_list_head",
    "mark_condition_harmless",
    "record_authorisation_end",
    "record_gp_exception",
    "settle_alert",
]
