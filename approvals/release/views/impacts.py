"""Pages of impact lists: what waits, one list, and the signed decision on one version."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.people.enums import OWNERS, PHARMACISTS, READERS_OF_ALL
from approvals.release import actions, policies
from approvals.release.enums import ImpactOutcome
from approvals.release.forms import day_field
from approvals.release.impacts import Concerned, lines_of, outcomes_for, to_decide
from approvals.release.models import ImpactList, ImpactTerm
from approvals.review.figures import Table, as_csv
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof
from approvals.signatures.pages import SignedActPage
from config.http.pages import ActPage, Page
from content.assets.models import Version
from content.calendar import day_in_words, paris_day

READERS = (*OWNERS, *READERS_OF_ALL)
SHOWN = 200
# What a person has to know before choosing, besides the names of the outcomes.
HELP = gettext_lazy(
    "Keep: the reason is owed. Minor modification or new version: the owner is told and owes"
    " version n+1. Withdraw: you sign the withdrawal next."
)


class Impacts(Page):
    """The lists in which something waits, the nearest deadline first; all of them on demand."""

    title = gettext_lazy("Changes to decide on")
    roles = READERS
    template_name = "release/impacts.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        everything = request.GET.get("show") == "all"
        impacts = ImpactList.objects.visible_to(self.by).with_page()
        if not everything:
            impacts = impacts.waiting()
        if request.GET.get("format") == "csv":
            return csv_answer(_lists_table(impacts.order_by("deadline", "pk")), "impacts")
        rows = [(impact, to_decide(impact).count()) for impact in impacts[:SHOWN]]
        if everything:
            rows.sort(key=lambda row: not row[1])
        return self.page(
            rows=rows,
            everything=everything,
            today=paris_day(self.now),
            terms=ImpactTerm.objects.order_by("pk"),
            may_set=policies.can_set_terms(self.by),
        )


class Impact(Page):
    """What one change makes wrong: each version, the decision on it, what is still owed."""

    roles = READERS
    template_name = "release/impact.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        impacts = ImpactList.objects.visible_to(self.by).with_page()
        impact = get_object_or_404(impacts, pk=pk)
        lines = lines_of(impact, self.by)
        if request.GET.get("format") == "csv":
            return csv_answer(_table(lines), f"impact-{impact.pk}")
        offered = {
            line.version.pk
            for line in lines
            if line.waits and policies.can_decide_impact(impact, line.version, self.by, self.now)
        }
        return self.page(
            title=str(impact),
            impact=impact,
            lines=lines,
            offered=offered,
            waiting=sum(line.waits for line in lines),
            changed=changed_in_words(impact),
            may_withdraw=self.by.holds(*PHARMACISTS),
            today=paris_day(self.now),
            may_set=policies.can_set_terms(self.by),
        )


def csv_answer(table: Table, name: str) -> HttpResponse:
    """Return a table as a file to keep."""
    answer = HttpResponse(as_csv(table), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer["Cache-Control"] = "private, no-cache"
    return answer


def _lists_table(impacts: Any) -> Table:
    heads = ["product", "name", "source", "dated", "previous", "before", "after"]
    rows = [
        [
            impact.product.cis,
            impact.product.name,
            str(impact.get_kind_display()),
            impact.document.dated.isoformat() if impact.document else "",
            impact.previous.dated.isoformat() if impact.previous else "",
            impact.before,
            impact.after,
            impact.opened_at.isoformat(),
            impact.deadline.isoformat(),
            str(to_decide(impact).count()),
        ]
        for impact in impacts
    ]
    return Table("impacts", "", [*heads, "opened_at", "deadline", "waiting"], rows)


def _table(lines: list[Concerned]) -> Table:
    heads = ["version", "title", "owner", "state", "outcome", "reason", "decided_by", "decided_at"]
    rows = []
    for line in lines:
        decision = line.decision
        version = line.version
        rows.append(
            [
                str(version),
                version.asset.title,
                str(version.asset.owner),
                str(version.get_state_display()),
                str(decision.get_outcome_display()) if decision else "",
                decision.reason if decision else "",
                str(decision.decided_by) if decision else "",
                decision.decided_at.isoformat() if decision else "",
            ]
        )
    return Table("impact", "", heads, rows)


class DecideForm(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("What becomes of it"), widget=forms.RadioSelect, help_text=HELP
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Owed to keep it; the owner reads it."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, outcomes: list[ImpactOutcome], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = [(one.value, one.label) for one in outcomes]  # type: ignore[attr-defined]


class DecideImpact(SignedActPage):
    """The signed decision of the pharmacist on one version."""

    title = gettext_lazy("Decide what becomes of it")
    button = gettext_lazy("Sign the decision")
    done = gettext_lazy("Your decision is recorded.")
    consequences_title = gettext_lazy("What changed")
    meaning = Meaning.IMPACT_DECISION
    form_class = DecideForm
    roles = PHARMACISTS

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Version:
        impacts = ImpactList.objects.visible_to(request.user).with_page()
        self.impact: ImpactList = get_object_or_404(impacts, pk=kwargs["impact"])
        versions = Version.objects.visible_to(request.user).with_asset()
        version: Version = get_object_or_404(versions, pk=kwargs["version_id"])
        return version

    def get_title(self, obj: Version) -> Any:
        return f"{self.title} — {obj}"

    def back(self, obj: Version) -> str:
        return self.impact.get_absolute_url()

    def check(self, obj: Version, by: Any, now: datetime) -> None:
        policies.check_can_decide_impact(self.impact, obj, by, now)
        super().check(obj, by, now)

    def consequences(self, obj: Version) -> list[str]:
        return [
            *changed_in_words(self.impact),
            _("%(version)s, “%(title)s”, repeats the earlier one.")
            % {"version": obj, "title": obj.asset.title},
            _("Decide by %(day)s.") % {"day": day_in_words(self.impact.deadline)},
        ]

    def form_kwargs(self, obj: Version) -> dict[str, Any]:
        return {"outcomes": outcomes_for(obj)}

    def perform(  # type: ignore[override]
        self, obj: Version, cleaned_data: Any, by: Any, now: datetime, credentials: Proof
    ) -> str:
        decision = actions.decide_impact(
            self.impact.pk, obj.pk, **cleaned_data, credentials=credentials, by=by, now=now
        )
        if decision.outcome == ImpactOutcome.WITHDRAW:
            return reverse("release:withdraw", args=[obj.pk])
        return self.impact.get_absolute_url()


def changed_in_words(impact: ImpactList) -> list[str]:
    """Say what changed: the newer document and the one before it, or the database's words."""
    values = {"source": impact.get_kind_display(), "product": impact.product.name}
    if impact.document and impact.previous:
        return [
            _("%(product)s has a newer source (%(source)s): “%(title)s”, dated %(day)s.")
            % {
                **values,
                "title": impact.document.title,
                "day": day_in_words(impact.document.dated),
            },
            _("It replaces “%(title)s”, dated %(day)s.")
            % {"title": impact.previous.title, "day": day_in_words(impact.previous.dated)},
        ]
    return [
        _("The public database changed %(source)s of %(product)s, from “%(old)s” to “%(new)s”.")
        % {**values, "old": impact.before or "—", "new": impact.after or "—"}
    ]


class DeadlineForm(forms.Form):
    deadline = day_field(gettext_lazy("Decide by"), "")
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deadline"].required = True


class ImpactDeadline(ActPage):
    title = gettext_lazy("Move the deadline")
    button = gettext_lazy("Move the deadline")
    done = gettext_lazy("The deadline is moved.")
    form_class = DeadlineForm
    roles = READERS

    def get_object(self, request: HttpRequest, **kwargs: Any) -> ImpactList:
        impacts = ImpactList.objects.visible_to(request.user).with_page()
        impact: ImpactList = get_object_or_404(impacts, pk=kwargs["impact"])
        return impact

    def get_title(self, obj: ImpactList) -> Any:
        return f"{self.title} — {obj}"

    def check(self, obj: ImpactList, by: Any, now: datetime) -> None:
        policies.check_can_set_terms(by)

    def initial(self, obj: ImpactList) -> dict[str, Any]:
        return {"deadline": obj.deadline}

    def perform(self, obj: ImpactList, cleaned_data: Any, by: Any, now: datetime) -> str:
        actions.move_impact_deadline(obj.pk, **cleaned_data, by=by, now=now)
        return obj.get_absolute_url()


class TermForm(forms.Form):
    days = forms.IntegerField(
        label=gettext_lazy("Calendar days to decide"), min_value=1, max_value=365
    )


class ImpactTermPage(ActPage):
    title = gettext_lazy("Time to decide")
    button = gettext_lazy("Keep this delay")
    done = gettext_lazy("The delay is kept: it holds for the lists to come.")
    form_class = TermForm
    roles = READERS_OF_ALL

    def get_object(self, request: HttpRequest, **kwargs: Any) -> ImpactTerm:
        term: ImpactTerm = get_object_or_404(ImpactTerm, kind=kwargs["kind"])
        return term

    def get_title(self, obj: ImpactTerm) -> Any:
        return f"{self.title} — {obj}"

    def check(self, obj: ImpactTerm, by: Any, now: datetime) -> None:
        policies.check_can_set_terms(by)

    def back(self, obj: ImpactTerm) -> str:
        return reverse("release:impacts")

    def initial(self, obj: ImpactTerm) -> dict[str, Any]:
        return {"days": obj.days}

    def perform(self, obj: ImpactTerm, cleaned_data: Any, by: Any, now: datetime) -> str:
        actions.set_impact_term(obj.kind, **cleaned_data, by=by, now=now)
        return reverse("release:impacts")
