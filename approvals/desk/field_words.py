"""What people call the fields that were given no words of their own.

Django makes such a name of the field's: English on every page, the trail and the lists included.
A migration need not follow: Django writes down only the words that a model gives itself.
"""

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OURS = ("approvals.", "content.")
WORDS: dict[str, Promise] = {
    "added by": _("added by"),
    "answered by": _("answered by"),
    "answered in": _("answered in"),
    "asset": _("asset"),
    "author": _("author"),
    "batch": _("batch"),
    "cancelled by": _("cancelled by"),
    "carried by": _("carried by"),
    "carry": _("carry"),
    "comment": _("comment"),
    "condition": _("condition"),
    "corrects": _("corrects"),
    "created at": _("created at"),
    "created by": _("created by"),
    "cycle": _("cycle"),
    "decided by": _("decided by"),
    "delegate": _("lent to"),
    "delegator": _("lent by"),
    "dependent": _("dependent"),
    "deposit proof": _("proof of the deposit"),
    "deposit signature": _("signature of the deposit"),
    "deposited by": _("deposited by"),
    "document": _("document"),
    "dossier": _("dossier"),
    "from revision": _("from revision"),
    "height": _("height"),
    "impact": _("impact list"),
    "import key": _("import key"),
    "jurisdiction": _("jurisdiction"),
    "kind": _("kind"),
    "lifted by": _("lifted by"),
    "on behalf of": _("on behalf of"),
    "opened by": _("opened by"),
    "planned by": _("planned by"),
    "previous": _("one before"),
    "product": _("product"),
    "products": _("products"),
    "recorded by": _("recorded by"),
    "reference": _("reference"),
    "released by": _("released by"),
    "requested by": _("requested by"),
    "reserved by": _("reserved by"),
    "resolved by": _("resolved by"),
    "revision": _("revision"),
    "revoked by": _("revoked by"),
    "route": _("route"),
    "run": _("run of the pre-checks"),
    "sealed by": _("sealed by"),
    "seal": _("freeze"),
    "search text": _("text searched"),
    "settled by": _("settled by"),
    "signature": _("signature"),
    "signer": _("signer"),
    "stage": _("stage"),
    "superseded by": _("superseded by"),
    "target": _("needed version"),
    "task": _("task"),
    "to revision": _("to revision"),
    "uploaded by": _("uploaded by"),
    "user": _("person"),
    "verdict": _("verdict"),
    "verified by": _("verified by"),
    "version": _("version"),
    "visa": _("visa"),
    "width": _("width"),
    "window": _("window"),
    "withdrawn by": _("withdrawn by"),
}


def name_fields() -> None:
    """Give every field of ours that has no words those of ``WORDS``."""
    for model in apps.get_models():
        if model.__module__.startswith(OURS):
            for field in (*model._meta.concrete_fields, *model._meta.many_to_many):
                if field._verbose_name is None and field.verbose_name in WORDS:  # type: ignore[attr-defined]
                    field.verbose_name = WORDS[str(field.verbose_name)]  # type: ignore[assignment]
