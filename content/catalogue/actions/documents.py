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

MEGABYTE = 1024 * 1024


@act("add_source_document", roles=DOCUMENT_ROLES)
def add_source_document(
    product_id: int, *, kind: str, dated: date, title: str, file: Any, by: User, now: datetime
) -> SourceDocument:
    """Keep an SmPC, an opinion, a price or a publication of a product, under its SHA-256.

    ``file`` is an open binary file with a ``name`` and a ``size``.

    :raises PolicyDenied: ``role_missing``.
    :raises InvalidInput: fields ``kind``, ``title``, ``dated`` if in the future, ``file`` if
        empty, too large or no PDF.
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
    product = Product.objects.get(pk=product_id)
    # Before the commit: a file that no row names is an orphan; a row without its file cannot be.
    stored = files.keep(file)
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
