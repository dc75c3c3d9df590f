"""A quick hash for passwords that everybody knows."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class DemonstrationHasher(PBKDF2PasswordHasher):
    """The usual hash with few rounds: the demonstration's password is printed on the screen.

    The number of rounds is part of the stored hash, so that the usual hasher checks it. With the
    usual rounds, the hundreds of signatures of the portfolio would take minutes.
    """

    iterations = 1_000


QUICK = [f"{DemonstrationHasher.__module__}.{DemonstrationHasher.__qualname__}"]
