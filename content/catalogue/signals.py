"""What the catalogue announces, inside the act, to those above it (ARCHITECTURE.md)."""

from django.dispatch import Signal

# Facts of products that limit usability changed: authorisation, prescription, restriction,
# reimbursement, exceptions, freezes.
# Sent with ``product_ids`` (set of int), ``by`` (User), ``now`` (aware instant); the sender is
# the ``Product`` class. The list head is locked before it is sent.
products_changed = Signal()

# A newer source of a product was kept, or the public database now says something else of it.
# Sent with ``changes`` (list of ``SourceChange``), ``by`` (User), ``now`` (aware instant); the
# sender is the ``Product`` class (ADR 0034).
source_changed = Signal()
