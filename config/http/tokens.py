"""Who a token is: one look at the token that was given."""

from typing import Any

from django.utils import timezone
from knox.auth import TokenAuthentication


class GivenToken(TokenAuthentication):
    """Knox's, without its look at every other token of the person, which it deletes when expired.

    An expired token is refused; the sweep forgets it (``forget_expired_tokens``). Nothing is kept
    between requests: a revoked token is refused at the next one.
    """

    def _cleanup_token(self, auth_token: Any) -> bool:
        return auth_token.expiry is not None and auth_token.expiry < timezone.now()
