"""What people announce, inside the act, to those above them (ARCHITECTURE.md)."""

from django.dispatch import Signal

# person: User, by, now — a role was given to a person, or taken away.
roles_changed = Signal()
