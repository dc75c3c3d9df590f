"""The OpenAPI document: complete, without a warning, in English."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import translation


@pytest.mark.slow  # draws the whole interface
def test_it_is_written_without_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "schema.yml"
    with translation.override("fr"):
        call_command(
            "spectacular", "--file", str(path), "--validate", "--fail-on-warn", "--lang", "en"
        )
    assert "/api/v1/versions/{id}/" in path.read_text(encoding="utf-8")
