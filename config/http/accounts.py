"""Sign-in by allauth; accounts are made by an administrator only."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Sign-up stays closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
