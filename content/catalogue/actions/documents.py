"""Keep the dated source documents of a product: what ``cites`` points to."""

from datetime import date, datetime
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, act
from approvals.people.models import User
from content import files
from content.calendar import paris_day
from content.catalogue.enums import DocumentKind
from content.catalogue.models import Product, SourceDocument
from content.catalogue.policies import DOCUMENT_ROLES, check_can_add_document
from content.catalogue.signals import source_changed
from content.catalogue.source_changes import REPLACING, SourceChange

MEGABYTE = 1024 * 1024


@act("add_source_document", roles=DOCUMENT_ROLES)
def add_source_document(
    product_id: int, *, kind: str, dated: date, title: str, file: Any, by: User, now: datetime
) -> SourceDocument:
    """Keep an SmPC, an opinion, a price or a publication of a product, under its SHA-256.

    ``file`` is an open binary file with a ``name`` and a ``size``.

    One dated after all others of its kind opens the impact list of what cites them (§8).

    :raises PolicyDenied: ``role_missing``.
    :raises InvalidInput: fields ``kind``, ``title``, ``dated`` if in the future, ``file`` if
        empty, too large, no PDF, or already kept with the same kind and date.
    """
    check_can_add_document(by)
    title = title.strip()
    if kind not in DocumentKind.values:
        raise InvalidInput.at("kind", _("Choose what kind of document this is."))
    if not title or len(title) > 300:
        raise InvalidInput.at("title", _("Give a title of at most 300 characters."))
    if dated > paris_day(now):
        raise InvalidInput.at("dated", _("A document cannot be dated in the future."))
    name = _pdf_name(file)
    # Two newer documents at once: the second is compared with the first.
    product = Product.objects.locked().get(pk=product_id)
    kept = SourceDocument.objects.filter(product=product, kind=kind)
    # Before the commit: a file that no row names is an orphan; a row without its file cannot be.
    stored = files.keep(file)
    if kept.filter(dated=dated, sha256=stored.sha256).exists():
        raise InvalidInput.at(
            "file",
            _("This very document is already kept for this product: nothing more is to do."),
            code="already_kept",
        )
    previous = kept.order_by("-dated", "-pk").first()
    document = SourceDocument(
        product=product,
        kind=kind,
        title=title,
        dated=dated,
        sha256=stored.sha256,
        file_name=name,
        size=stored.size,
        added_by=by,
        added_at=now,
    )
    document.save()
    if kind in REPLACING and previous is not None and dated > previous.dated:
        change = SourceChange(product, kind, document=document, previous=previous)
        source_changed.send(Product, changes=[change], by=by, now=now)
    return document


def _pdf_name(file: Any) -> str:
    if not file.size:
        raise InvalidInput.at("file", _("This file is empty: choose the document."))
    if file.size > settings.UPLOAD_MAX_MB * MEGABYTE:
        raise InvalidInput.at(
            "file",
            _("This file is larger than %(limit)d MB: make it smaller.")
            % {"limit": settings.UPLOAD_MAX_MB},
        )
    file.seek(0)
    if not file.read(5).startswith(b"%PDF-"):
        raise InvalidInput.at("file", _("This file is not a PDF: give the document as a PDF."))
    return PurePath(str(file.name).replace("\\", "/")).name[-200:]
