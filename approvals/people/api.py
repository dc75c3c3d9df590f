"""Sign in and out of the API, and accept the accountability statement."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth import authenticate, logout
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.people.actions import (
    WrongCredentials,
    accept_accountability,
    give_token,
    record_failed_sign_in,
    record_sign_in,
    record_sign_out,
    revoke_token,
    spend_factor,
    system_actor,
)
from approvals.people.models import ApiToken, User
from approvals.people.policies import check_password_is_own, check_second_factor_registered
from config.http.api import ActEndpoint, Shape, UtcDateTimeField
from config.http.idempotency import Answer
from config.http.problems import problem


class CredentialsShape(Shape):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=4096, trim_whitespace=False)
    otp = serializers.CharField(max_length=64, required=False, allow_blank=True)
    read_only = serializers.BooleanField(default=False)


class TokenShape(serializers.Serializer[Any]):
    token = serializers.CharField()
    expires_at = UtcDateTimeField()


class AccountabilityShape(serializers.Serializer[Any]):
    accountability_accepted = serializers.BooleanField()


class Token(ActEndpoint):
    """Exchange a username and password for a token, told once; the attempt is counted."""

    authentication_classes: ClassVar[list[Any]] = []
    permission_classes: ClassVar[list[Any]] = [AllowAny]
    serializer_class = CredentialsShape
    responses: ClassVar[dict[int, Any]] = {200: TokenShape}

    def act(self, request: Request, **kwargs: Any) -> Response:
        given = self.validated(request)
        person = authenticate(
            request._request, username=given["username"], password=given["password"]
        )
        now = timezone.now()
        if not isinstance(person, User):
            record_failed_sign_in(given["username"], by=system_actor(), now=now, way="api")
            return _refused()
        check_password_is_own(person)
        check_second_factor_registered(person)
        factor = ""
        if person.second_factor_since:
            try:
                otp = given.get("otp", "")
                factor = str(spend_factor(person, otp=otp, now=now, request=request._request).type)
            except WrongCredentials as error:
                return _second_factor_refused(person, error, now)
        token, text = give_token(by=person, now=now, read_only=given["read_only"])
        record_sign_in(by=person, now=now, way="api", factor=factor)
        user_logged_in.send(sender=User, request=request._request, user=person)
        body = {"token": text, "expires_at": token.expiry}
        return Response(TokenShape(body).data)


def _refused() -> Response:
    # The same words whether the person is unknown, locked out, deactivated or mistyped.
    response = problem(
        401, "wrong_credentials", _("This username and password do not open a session.")
    )
    response["WWW-Authenticate"] = "Token"
    return response


def _second_factor_refused(person: User, error: WrongCredentials, now: datetime) -> Response:
    record_failed_sign_in(
        person.username, by=system_actor(), now=now, way="api", failure=error.code
    )
    response = problem(401, error.code, str(error.message))
    response["WWW-Authenticate"] = "Token"
    return response


class Logout(ActEndpoint):
    """End the token (or the session) that this call is made with."""

    permission_classes: ClassVar[list[Any]] = [IsAuthenticated]
    responses: ClassVar[dict[int, Any]] = {204: None}

    def act(self, request: Request, **kwargs: Any) -> Response:
        self.validated(request)
        person = request.user
        record_sign_out(by=person, now=timezone.now(), way="api")
        if isinstance(request.auth, ApiToken):
            revoke_token(request.auth, by=person, now=timezone.now())
            user_logged_out.send(sender=User, request=request._request, user=person)
        else:
            logout(request._request)
        return Response(status=204)


class Accountability(ActEndpoint):
    """Accept that one's electronic signature binds as one's handwritten one does."""

    responses: ClassVar[dict[int, Any]] = {200: AccountabilityShape}

    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        person = accept_accountability(by=by, now=now)
        return 200, {"accountability_accepted": person.accountability_accepted_at is not None}
