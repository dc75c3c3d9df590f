"""Every field that a page or the trail names has words in both languages."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.utils.translation import override

from approvals.audit.models import Recorded

INTERNAL = {"id", "sha256", "x", "y", "seq", "hash", "only"}


def test_no_recorded_field_is_called_by_its_english_name_in_french() -> None:
    said = set()
    for model in apps.get_models():
        if issubclass(model, Recorded):
            for field in (*model._meta.concrete_fields, *model._meta.many_to_many):
                if field._verbose_name is None and field.name not in INTERNAL:
                    with override("en"):
                        english = str(field.verbose_name)
                    with override("fr"):
                        if type(field.verbose_name) is str:
                            said.add((model.__name__, english))
    assert said == set()


@pytest.mark.parametrize(("language", "words"), [("fr", "délégation de"), ("en", "lent by")])
def test_the_delegation_list_says_who_lent_to_whom(language: str, words: str) -> None:
    with override(language):
        field = apps.get_model("access.Delegation")._meta.get_field("delegator")
        assert str(field.verbose_name) == words


def test_no_page_of_the_lists_is_titled_by_a_class_and_a_number() -> None:
    assert [m for m in admin.site._registry if m.__str__ is Model.__str__] == []
