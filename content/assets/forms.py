"""What the pages of assets ask for. Shape only: the actions check the values."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.people.enums import Role
from approvals.people.models import User
from content.access.models import Team
from content.access.policies import products_of
from content.assets.enums import Audience, ChangeKind, FileFormat, Nature
from content.assets.models import AssetType
from content.assets.policies import REGULATED
from content.catalogue.models import Jurisdiction

ACCEPT = ".pdf,.html,.htm,.zip,.png,.jpg,.jpeg,.mp4,.mp3"


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """One or several files; their content is for the action to judge."""

    def __init__(self, **kwargs: Any) -> None:
        widget = ManyFilesInput(attrs={"accept": ACCEPT})
        super().__init__(widget=widget, allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = data if isinstance(data, list | tuple) else [data]
        cleaned = [super(ManyFilesField, self).clean(file, initial) for file in given]
        return [file for file in cleaned if file]


class CodeChoiceField(forms.ModelChoiceField):
    """A choice among rows that gives back their code."""

    def __init__(self, queryset: Any, **kwargs: Any) -> None:
        super().__init__(queryset, to_field_name="code", **kwargs)

    def clean(self, value: Any) -> Any:
        row = super().clean(value)
        return row.code if row else None


class ProductsField(forms.ModelMultipleChoiceField):
    """Products of one's teams; gives back their CIS codes."""

    def clean(self, value: Any) -> Any:
        return [product.cis for product in super().clean(value)]


class LeadProductField(forms.ModelChoiceField):
    def clean(self, value: Any) -> Any:
        product = super().clean(value)
        return product.cis if product else None


class TeamField(forms.ModelChoiceField):
    def clean(self, value: Any) -> Any:
        team = super().clean(value)
        return team.pk if team else None


def natures_of(person: User) -> list[tuple[str, Any]]:
    """Return the natures that a person prepares (DOMAIN.md §1)."""
    barred = set()
    if not person.holds(Role.PRODUCT_MANAGER):
        barred.add(Nature.PROMOTIONAL)
    if not person.holds(Role.MEDICAL_PROJECT_MANAGER):
        barred.add(Nature.MEDICAL)
    return [(nature.value, nature.label) for nature in Nature if nature not in barred]


class AssetForm(forms.Form):
    """What identifies an asset."""

    title = forms.CharField(label=_("Title"), max_length=200)
    asset_type = CodeChoiceField(AssetType.objects.none(), label=_("Type"))
    nature = forms.ChoiceField(label=_("Nature"))
    audience = forms.ChoiceField(label=_("Audience"), choices=Audience.choices)
    products = ProductsField(
        None,
        label=_("Products"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        to_field_name="cis",
        help_text=_("The products of your teams. A promotional asset names at least one."),
    )
    lead_product = LeadProductField(
        None,
        label=_("Lead product"),
        required=False,
        to_field_name="cis",
        help_text=_("Where there are several: the reference carries its CIS."),
    )
    team = TeamField(
        Team.objects.none(),
        label=_("Team"),
        required=False,
        help_text=_("Only where no product is named."),
    )
    jurisdiction = CodeChoiceField(Jurisdiction.objects.none(), label=_("Jurisdiction"))
    language = forms.CharField(
        label=_("Language"), max_length=5, help_text=_("Two letters, such as fr.")
    )
    department = forms.CharField(label=_("Department"), max_length=100, required=False)
    third_party = forms.CharField(
        label=_("Third party named"),
        max_length=200,
        required=False,
        help_text=_("Somebody outside who is named: legal then signs too."),
    )
    collects_personal_data = forms.BooleanField(
        label=_("Collects personal data or e-mail addresses"),
        required=False,
        help_text=_("The data protection officer then signs too."),
    )
    safety_information = forms.BooleanField(
        label=_("Safety information"),
        required=False,
        help_text=_("A product freeze never takes it out of use."),
    )

    def __init__(self, *args: Any, person: User, frozen: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["asset_type"].queryset = AssetType.objects.order_by("name_fr")
        fields["nature"].choices = natures_of(person)
        products = products_of(person).order_by("name", "pk").distinct()
        fields["products"].queryset = fields["lead_product"].queryset = products
        fields["team"].queryset = Team.objects.filter(memberships__user=person)
        fields["jurisdiction"].queryset = Jurisdiction.objects.order_by("code")
        for name in REGULATED if frozen else ():
            fields[name].disabled = True


class EditForm(AssetForm):
    """The same, with why once anything was submitted."""

    reason = forms.CharField(
        label=_("Reason for the change"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, submitted: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if submitted:
            self.fields["reason"].required = True
        else:
            del self.fields["reason"]


class RevisionForm(forms.Form):
    """A revision's files and what they are."""

    files = ManyFilesField(label=_("Files"))
    prepared_on = forms.DateField(
        label=_("Prepared on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The date of preparation or last revision printed on the material."),
    )
    change_summary = forms.CharField(
        label=_("What changed"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    field_order: ClassVar[list[str]] = [
        *("files", "prepared_on", "subject", "change_kind", "change_summary")
    ]

    def __init__(self, *args: Any, asset_type: AssetType, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accepted = ", ".join(FileFormat(code).label for code in asset_type.formats)
        self.fields["files"].help_text = _("%(type)s: %(formats)s.") % {
            "type": asset_type,
            "formats": accepted,
        }


class VersionForm(RevisionForm):
    """A version's first revision, its kind of change and, for an e-mail, its subject."""

    change_kind = forms.ChoiceField(
        label=_("Kind of change"),
        choices=ChangeKind.choices,
        help_text=_(
            "Renewal: the whole review, a new reference and a dossier that names the old one."
            " Minor modification, on the authority's list: regulatory affairs and the pharmacist"
            " each sign that the visa stands; same reference, same end, no dossier. Both need an"
            " earlier version that was cleared."
        ),
    )
    subject = forms.CharField(label=_("Subject of the e-mail"), max_length=300, required=False)

    def __init__(self, *args: Any, first: bool, asset_type: AssetType, **kwargs: Any) -> None:
        super().__init__(*args, asset_type=asset_type, **kwargs)
        # A reference is reserved for a version and printed on it: the version may come first.
        self.fields["files"].required = self.fields["prepared_on"].required = False
        self.fields["files"].help_text += " " + gettext(
            "Leave empty if the material does not show its reference yet: plan the deposit first,"
            " then upload it."
        )
        if first:
            del self.fields["change_kind"]
            del self.fields["change_summary"]
        if not asset_type.is_email:
            del self.fields["subject"]


class InviteForm(forms.Form):
    """Which agency is invited."""

    agency = forms.ModelChoiceField(label=_("Agency"), queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agencies = User.objects.holding(Role.AGENCY).order_by("username")
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]


class WithdrawalForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000
    )
