"""Browsers of the cast."""

from collections.abc import Callable

import pytest
from django.test import Client

from approvals.people.models import User

SignIn = Callable[[User], Client]


@pytest.fixture
def signed_in() -> SignIn:
    """Return a browser in which a person is signed in."""

    def sign_in(person: User) -> Client:
        client = Client()
        client.force_login(person, "django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
