"""The authority's list of minor modifications: an administrator keeps it, with a reason."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.people.enums import Role
from approvals.review import actions
from approvals.review.models import MinorModificationCategory
from config.http.pages import ActPage


class CategoryForm(forms.Form):
    label_fr = forms.CharField(label=gettext_lazy("Label in French"), max_length=300)
    label_en = forms.CharField(label=gettext_lazy("Label in English"), max_length=300)
    active = forms.BooleanField(
        label=gettext_lazy("Offered to those who sign a carry"), required=False, initial=True
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )


class NewCategoryForm(CategoryForm):
    code = forms.CharField(
        label=gettext_lazy("Code of the category"),
        help_text=gettext_lazy("Small letters, digits and “_”; it never changes."),
        max_length=40,
    )
    field_order = ("code",)


class NewMinorModification(ActPage):
    title = gettext_lazy("Add a category of minor modification")
    button = gettext_lazy("Add the category")
    done = gettext_lazy("The category is added.")
    form_class: type[forms.BaseForm] = NewCategoryForm
    roles = (Role.ADMINISTRATOR,)

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Any:
        return None

    def consequences(self, obj: Any) -> list[str]:
        return [
            _(
                "Under a category, regulatory affairs and the pharmacist carry the visa of the"
                " version before: same reference, same end, no dossier."
            )
        ]

    def back(self, obj: Any) -> str:
        return reverse("admin:review_minormodificationcategory_changelist")

    def perform(self, obj: Any, cleaned_data: dict[str, Any], by: Any, now: datetime) -> str:
        actions.set_minor_modification(by=by, now=now, **cleaned_data)
        return self.back(obj)


class MinorModification(NewMinorModification):
    title = gettext_lazy("Change a category of minor modification")
    button = gettext_lazy("Record the change")
    done = gettext_lazy("The category is changed.")
    form_class = CategoryForm

    def get_object(self, request: HttpRequest, **kwargs: Any) -> MinorModificationCategory:
        rows = MinorModificationCategory.objects.all()
        category: MinorModificationCategory = get_object_or_404(rows, pk=kwargs["pk"])
        return category

    def consequences(self, obj: Any) -> list[str]:
        return [*super().consequences(obj), _("What was carried under it stays as it was signed.")]

    def initial(self, obj: MinorModificationCategory) -> dict[str, Any]:
        return {name: getattr(obj, name) for name in ("label_fr", "label_en", "active")}

    def perform(self, obj: Any, cleaned_data: dict[str, Any], by: Any, now: datetime) -> str:
        return super().perform(obj, {**cleaned_data, "code": obj.code}, by, now)
