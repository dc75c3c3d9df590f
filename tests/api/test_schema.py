"""The API holds to its own description, whatever is sent (Schemathesis, SECURITY.md attack 13)."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from approvals.people.actions import give_token
from approvals.people.models import User
from config.wsgi import application
from tests.factories import T0
from tests.factories.people import Cast
from tests.test_matrix import things

# Loaded at import: the lazy fixture breaks on pytest 9.2 (ARCHITECTURE.md, traps).
api = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", application)
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
# Who has most to do with a thing; ``pm`` with the rest.
WHO = {
    "batches": "regulatory",
    "dossiers": "regulatory",
    "windows": "regulatory",
    "tasks": "medical",
    "products": "pharmacist",
    "delegations": "pharmacist",
}
OPEN = {"/api/v1/auth/token/", "/api/v1/schema/"}
bounded = settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.long]


@pytest.fixture(autouse=True)
def _keep_the_connection() -> Iterator[None]:
    """Calls go through WSGI itself, which would close the test's connection after each."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def places(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, str]]:
    """The same things for every test of this module: each test undoes only its own."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield things(Cast())
        transaction.set_rollback(True)


@api.parametrize()
@bounded
def test_a13_a_call_is_answered_as_described(case: Any, places: dict[str, str]) -> None:
    part = case.path.split("/")[3]
    for name in case.path_parameters or {}:
        # About things that exist: what is made up is 404 before anything is looked at.
        case.path_parameters[name] = places.get(part if name == "id" else name, "1")
    person = User.objects.get(username=WHO.get(part, "pm"))
    for signed_in in (False, True):
        with transaction.atomic():
            key = give_token(by=person, now=T0)[1] if signed_in else "nobody"
            response = case.call(headers={"Authorization": f"Token {key}"})
            transaction.set_rollback(True)
        case.validate_response(response, checks=CHECKS)
        if not signed_in and case.path not in OPEN:
            assert response.status_code in {401, 405}
