"""The pharmacist's pages: what waits, and one signed act each."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from approvals.audit import Refusal
from approvals.people.enums import PHARMACISTS
from approvals.release import actions, forms, policies
from approvals.release.queries import (
    awaiting_release,
    lapsing_before,
    made_unusable_by,
    open_freezes,
    products_to_freeze,
    reached_by_freeze,
    stopped_by_freeze_of,
    suspended,
)
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof
from approvals.signatures.pages import SignedActPage
from config.http.pages import Page
from content.assets.models import Version
from content.calendar import day_in_words, paris_day
from content.catalogue.models import Product

# "What lapses soon": the longest of the notices but one (DOMAIN.md §8).
LAPSING_WITHIN = timedelta(days=90)
SHOWN = 20


def named(versions: list[Version]) -> list[str]:
    """Return one sentence a version, the first ones only."""
    lines = [f"{version} — {version.asset.title}" for version in versions[:SHOWN]]
    left = len(versions) - SHOWN
    if left > 0:
        lines.append(ngettext("and %(n)s more", "and %(n)s more", left) % {"n": left})
    return lines


class Queue(Page):
    """What waits for the pharmacist's release, what is suspended, what lapses soon."""

    title = gettext_lazy("To release")
    roles = PHARMACISTS
    template_name = "release/queue.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        horizon = paris_day(self.now) + LAPSING_WITHIN
        return self.page(
            waiting=awaiting_release(self.by),
            suspended=suspended(self.by),
            lapsing=lapsing_before(self.by, horizon, self.now)[:50],
            freezes=open_freezes(),
            products=products_to_freeze(paris_day(self.now)),
        )


class VersionActPage(SignedActPage):
    """A signed act on a version: only who may see it in preparation reaches the page.

    ``does`` is the action, which takes the form's fields by name.
    """

    does: Callable[..., object]

    def perform(  # type: ignore[override]
        self, obj: Version, cleaned_data: Any, by: Any, now: datetime, credentials: Proof
    ) -> str:
        self.does(obj.pk, **cleaned_data, credentials=credentials, by=by, now=now)
        return obj.get_absolute_url()

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Version:
        versions = Version.objects.visible_to(request.user).with_asset()
        version: Version = get_object_or_404(versions, pk=kwargs["version_id"])
        return version

    def consequences_of_stopping(self, version: Version) -> list[str]:
        """Say what stops with it: dependents, any depth, by name."""
        lost = made_unusable_by([version.pk], paris_day(self.now))
        if not lost:
            return []
        count = len(lost)
        sentence = ngettext(
            "%(n)s version that needs it will no longer be usable from that day on:",
            "%(n)s versions that need it will no longer be usable from that day on:",
            count,
        )
        return [sentence % {"n": count}, *named(lost)]


class Release(VersionActPage):
    does = staticmethod(actions.release)
    title = gettext_lazy("Release (bon à diffuser)")
    button = gettext_lazy("Sign the release")
    done = gettext_lazy("It is released: the field may use it from its first day of use on.")
    meaning = Meaning.RELEASE
    form_class = forms.ReleaseForm

    def check(self, obj: Version, by: Any, now: datetime) -> None:
        policies.check_can_release(obj, by, now)
        super().check(obj, by, now)

    def consequences(self, obj: Version) -> list[str]:
        first, end = policies.days_of_use(obj, valid_from=None, now=self.now)
        sentences = [
            _("%(version)s may be used from %(first)s to %(last)s included.")
            % {
                "version": obj,
                "first": day_in_words(first),
                "last": day_in_words(end - timedelta(days=1)),
            }
        ]
        earlier = Version.objects.in_use_before(obj).with_asset()
        sentences += [
            _("It replaces %(version)s, at once or after the overlap.") % {"version": version}
            for version in earlier
        ]
        return sentences


class Suspend(VersionActPage):
    does = staticmethod(actions.suspend)
    title = gettext_lazy("Suspend")
    button = gettext_lazy("Sign the suspension")
    done = gettext_lazy("It is suspended; the field is told.")
    grave = True
    meaning = Meaning.SUSPENSION
    form_class = forms.StopForm

    def check(self, obj: Version, by: Any, now: datetime) -> None:
        policies.check_can_suspend(obj, by, now)
        super().check(obj, by, now)

    def consequences(self, obj: Version) -> list[str]:
        return [
            _("%(version)s will not be usable until it is resumed.") % {"version": obj},
            *self.consequences_of_stopping(obj),
        ]


class Resume(VersionActPage):
    does = staticmethod(actions.resume)
    title = gettext_lazy("Resume")
    button = gettext_lazy("Sign the resumption")
    done = gettext_lazy("The suspension is over; the field is told of what was released.")
    meaning = Meaning.RESUMPTION

    def check(self, obj: Version, by: Any, now: datetime) -> None:
        policies.check_can_resume(obj, by, now)
        super().check(obj, by, now)

    def get_form_class(self, obj: Version) -> Any:
        stopped = policies.stopped_by_authority(obj)
        self.form_class = forms.ResumeAfterAuthorityForm if stopped else forms.ResumeForm
        return super().get_form_class(obj)

    def consequences(self, obj: Version) -> list[str]:
        if obj.released_at is None:
            return [_("Its visa stands again: %(version)s may be released.") % {"version": obj}]
        end = obj.expires_on
        last = day_in_words(end - timedelta(days=1)) if end else ""
        return [
            _("%(version)s may be used again from today on, to %(last)s at the latest.")
            % {"version": obj, "last": last}
        ]


class Withdraw(VersionActPage):
    does = staticmethod(actions.withdraw)
    title = gettext_lazy("Withdraw")
    button = gettext_lazy("Sign the withdrawal")
    done = gettext_lazy("Its withdrawal is recorded; the field is told.")
    grave = True
    meaning = Meaning.WITHDRAWAL
    form_class = forms.StopForm

    def check(self, obj: Version, by: Any, now: datetime) -> None:
        policies.check_can_withdraw(obj, by, now)
        super().check(obj, by, now)

    def consequences(self, obj: Version) -> list[str]:
        return [
            _("%(version)s will never be usable again: only a new version can replace it.")
            % {"version": obj},
            *self.consequences_of_stopping(obj),
        ]


class ProductActPage(SignedActPage):
    """A signed act on a product."""

    roles = PHARMACISTS

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Product:
        product: Product = get_object_or_404(Product, cis=kwargs["cis"])
        return product

    def back(self, obj: Any) -> str:
        return reverse("release:queue")


class StoppedByFreeze(Page):
    """What a freeze of a product stopped and is still stopped: each comes back by its resume."""

    roles = PHARMACISTS
    template_name = "release/stopped.html"

    def get(self, request: HttpRequest, cis: str) -> HttpResponse:
        product = get_object_or_404(Product, cis=cis)
        freeze = open_freezes().filter(product=product).first()
        rows = [
            (version, self._why_not(version)) for version in stopped_by_freeze_of(product, self.by)
        ]
        title = _("Stopped by the freeze: %(product)s") % {"product": product.name}
        return self.page(title=title, product=product, freeze=freeze, rows=rows)

    def _why_not(self, version: Version) -> str:
        """Return why a version cannot be resumed by this person today, or nothing."""
        try:
            policies.check_can_resume(version, self.by, self.now)
        except Refusal as refusal:
            return refusal.message
        return ""


class FreezeProduct(ProductActPage):
    title = gettext_lazy("Freeze a product")
    button = gettext_lazy("Sign the freeze")
    done = gettext_lazy("The product is frozen; the field is told.")
    grave = True
    meaning = Meaning.PRODUCT_FREEZE
    form_class = forms.FreezeForm

    def check(self, obj: Product, by: Any, now: datetime) -> None:
        policies.check_can_freeze_product(obj, by, now)
        super().check(obj, by, now)

    def form_kwargs(self, obj: Product) -> dict[str, Any]:
        _by_law, by_choice = reached_by_freeze(obj)
        choices = [(version.pk, f"{version} — {version.asset.title}") for version in by_choice]
        return {"choices": choices}

    def consequences(self, obj: Product) -> list[str]:
        by_law, _by_choice = reached_by_freeze(obj)
        sentences = [
            _("No promotional version of %(product)s can be released or deposited meanwhile.")
            % {"product": obj.name}
        ]
        if by_law:
            sentence = ngettext(
                "%(n)s released version will be suspended, until each is resumed:",
                "%(n)s released versions will be suspended, until each is resumed:",
                len(by_law),
            )
            sentences += [sentence % {"n": len(by_law)}, *named(by_law)]
        return sentences

    def perform(  # type: ignore[override]
        self, obj: Product, cleaned_data: Any, by: Any, now: datetime, credentials: Proof
    ) -> str:
        actions.freeze_product(obj.cis, **cleaned_data, credentials=credentials, by=by, now=now)
        return reverse("release:stopped", args=[obj.cis])


class UnfreezeProduct(ProductActPage):
    title = gettext_lazy("Lift a freeze")
    button = gettext_lazy("Sign the lift")
    done = gettext_lazy("The bar is lifted: resume each version that may come back.")
    meaning = Meaning.PRODUCT_UNFREEZE
    form_class = forms.LiftForm

    def check(self, obj: Product, by: Any, now: datetime) -> None:
        policies.check_can_unfreeze_product(obj, by, now)
        super().check(obj, by, now)

    def consequences(self, obj: Product) -> list[str]:
        stopped = stopped_by_freeze_of(obj, self.by)
        return [
            _("Only the bar on %(product)s is removed.") % {"product": obj.name},
            _("Each suspended version comes back by its own signed resumption."),
            *named(stopped),
        ]

    def perform(  # type: ignore[override]
        self, obj: Product, cleaned_data: Any, by: Any, now: datetime, credentials: Proof
    ) -> str:
        actions.unfreeze_product(obj.cis, **cleaned_data, credentials=credentials, by=by, now=now)
        return reverse("release:stopped", args=[obj.cis])
