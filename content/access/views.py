"""Pages of teams and delegations: each does one act."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.audit import InvalidInput, PolicyDenied
from approvals.people.models import User
from config.http.pages import ActPage
from content.access import actions
from content.access.forms import DelegationForm, MemberForm, ProductForm, ReasonForm, TeamForm
from content.access.models import Delegation, Membership, Team, TeamProduct
from content.access.policies import DELEGABLE, check_can_manage_teams, check_can_revoke
from content.catalogue.models import Product


def product_of(cis: str, field: str) -> Product:
    """Return the product of a CIS code that somebody typed.

    :raises InvalidInput: at ``field``.
    """
    product: Product | None = Product.objects.filter(cis=cis).first()
    if product is None:
        raise InvalidInput.at(
            field, gettext("No product has the CIS code %(cis)s: check it.") % {"cis": cis}
        )
    return product


class TeamAct(ActPage):
    """An act of the administrator on a team; leads back to the team."""

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Any:
        return get_object_or_404(Team, pk=kwargs["pk"])

    def check(self, obj: Any, by: Any, now: datetime) -> None:
        check_can_manage_teams(by)

    def back(self, obj: Any) -> str:
        return reverse("admin:access_team_change", args=[obj.pk])


class NewTeamPage(TeamAct):
    title = _("New team")
    button = _("Make the team")
    form_class = TeamForm
    done = _("The team is made: add its products and members.")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Any:
        return None

    def back(self, obj: Any) -> str:
        return reverse("admin:access_team_changelist")

    def perform(self, obj: Any, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        team = actions.create_team(cleaned_data["name"], by=by, now=now)
        return reverse("admin:access_team_change", args=[team.pk])


class AddProductPage(TeamAct):
    title = _("Add a product to the team")
    button = _("Add the product")
    form_class = ProductForm
    done = _("The team presents the product from now on.")

    def perform(self, obj: Team, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        product = product_of(cleaned_data["cis"], "cis")
        actions.add_product_to_team(obj.pk, product.pk, by=by, now=now)
        return self.back(obj)


class AddMemberPage(TeamAct):
    title = _("Add a member to the team")
    button = _("Add the member")
    form_class = MemberForm
    done = _("The person belongs to the team from now on.")

    def perform(self, obj: Team, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        actions.add_member(obj.pk, cleaned_data["person"].pk, by=by, now=now)
        return self.back(obj)


class RemoveProductPage(TeamAct):
    title = _("Take a product out of the team")
    button = _("Take it out")
    grave = True
    form_class = ReasonForm
    done = _("The team no longer presents the product.")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> TeamProduct:
        rows = TeamProduct.objects.select_related("team", "product")
        found: TeamProduct = get_object_or_404(rows, pk=kwargs["pk"])
        return found

    def back(self, obj: TeamProduct) -> str:
        return super().back(obj.team)

    def consequences(self, obj: TeamProduct) -> list[str]:
        names = {"team": obj.team, "product": obj.product}
        return [gettext("Team %(team)s no longer sees what is made for %(product)s.") % names]

    def perform(
        self, obj: TeamProduct, cleaned_data: dict[str, Any], by: Any, now: datetime
    ) -> Any:
        actions.remove_product_from_team(
            obj.team_id, obj.product_id, reason=cleaned_data["reason"], by=by, now=now
        )
        return self.back(obj)


class RemoveMemberPage(TeamAct):
    title = _("Take a person out of the team")
    button = _("Take them out")
    grave = True
    form_class = ReasonForm
    done = _("The person no longer belongs to the team.")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Membership:
        rows = Membership.objects.select_related("team", "user")
        found: Membership = get_object_or_404(rows, pk=kwargs["pk"])
        return found

    def back(self, obj: Membership) -> str:
        return super().back(obj.team)

    def consequences(self, obj: Membership) -> list[str]:
        names = {"team": obj.team, "person": obj.user}
        return [gettext("%(person)s no longer sees what team %(team)s sees.") % names]

    def perform(self, obj: Membership, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        actions.remove_member(
            obj.team_id, obj.user_id, reason=cleaned_data["reason"], by=by, now=now
        )
        return self.back(obj)


class DelegatePage(ActPage):
    title = _("Lend my roles")
    button = _("Give the delegation")
    form_class = DelegationForm
    done = _("The delegation is recorded.")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Any:
        return None

    def check(self, obj: Any, by: User, now: datetime) -> None:
        if not by.holds(*DELEGABLE):
            raise PolicyDenied("role_not_delegable", gettext("You hold no role that can be lent."))

    def form_kwargs(self, obj: Any) -> dict[str, Any]:
        return {"by": self.by}

    def back(self, obj: Any) -> str:
        return reverse("admin:access_delegation_changelist")

    def perform(self, obj: Any, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        given = dict(cleaned_data)
        to = given.pop("delegate")
        products = [product_of(cis, "products") for cis in given.pop("products").split()]
        actions.delegate(to.pk, **given, product_ids=[row.pk for row in products], by=by, now=now)
        return self.back(obj)


class RevokePage(ActPage):
    title = _("Revoke a delegation")
    button = _("Revoke it")
    grave = True
    form_class = ReasonForm
    done = _("The delegation is revoked.")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Delegation:
        found: Delegation = get_object_or_404(Delegation, pk=kwargs["pk"])
        return found

    def check(self, obj: Delegation, by: Any, now: datetime) -> None:
        check_can_revoke(by, obj)

    def back(self, obj: Delegation) -> str:
        return reverse("admin:access_delegation_change", args=[obj.pk])

    def perform(self, obj: Delegation, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        actions.revoke_delegation(obj.pk, reason=cleaned_data["reason"], by=by, now=now)
        return self.back(obj)
