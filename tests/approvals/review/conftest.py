"""The cast of every test of review."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Model
from django.urls import resolve

from approvals.audit.models import AuditEvent
from approvals.signatures.models import Signature
from content.assets.models import Version
from tests.factories.people import Cast


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


@pytest.fixture
def footprint(db: None) -> Callable[..., tuple[Any, ...]]:
    """What a refused act must leave as it was: state, trail, signatures."""

    def take(version: Version, *models: type[Model]) -> tuple[Any, ...]:
        kept = Version.objects.get(pk=version.pk)
        return (
            kept.state,
            kept.needs_visa,
            kept.reference_id,
            AuditEvent.objects.count(),
            Signature.objects.count(),
            Version.history.model.objects.count(),  # type: ignore[attr-defined]
            *(model._default_manager.count() for model in models),
        )

    return take


@pytest.fixture(scope="session", autouse=True)
def _addresses() -> None:
    """Load every address once, before the clock of the first test runs."""
    resolve("/")
