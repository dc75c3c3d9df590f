"""Vocabulary of the lists."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class View(TextChoices):
    POSITIVE = "positive-list", _("positive list")
    NEGATIVE = "negative-list", _("negative list")
    DOCUMENTS = "valid-documents", _("valid documents")


class ChangeKind(TextChoices):
    """What a reader of the feed does with a change."""

    UPSERT = "upsert", _("to keep")
    TOMBSTONE = "tombstone", _("to take out")


class EditionState(TextChoices):
    DRAFT = "draft", pgettext_lazy("edition", "to sign")
    SIGNED = "signed", pgettext_lazy("edition", "signed")


class Choice(TextChoices):
    """What a person may narrow the field's list to."""

    FAVOURITES = "favourites", _("My favourites")
    NEW = "new", _("New since my last visit")
    LEAVING = "leaving", _("Leaves the list within 30 days")
