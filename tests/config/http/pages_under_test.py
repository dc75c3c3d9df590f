"""Two pages whose act refuses on demand, and their addresses."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import path

from approvals.audit import InvalidInput, PolicyDenied, StateConflict, act, current_act
from approvals.people.enums import EVERYONE, Role
from approvals.people.models import User
from approvals.signatures.actions import sign
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof
from approvals.signatures.pages import SignedActPage
from config.http.pages import ActPage
from config.urls import handler403, handler404, handler500  # noqa: F401
from config.urls import urlpatterns as real


class WordForm(forms.Form):
    word = forms.CharField(label="Word")


@act("say", roles=EVERYONE)
def say(word: str, *, by: User, now: datetime) -> None:
    """Note a word, or refuse it in the way it names."""
    current_act().note(word=word)
    refusals: dict[str, Exception] = {
        "invalid": InvalidInput.at("word", "This word is not said."),
        "elsewhere": InvalidInput.at("absent", "Not this."),
        "denied": PolicyDenied("no", "Not you."),
        "conflict": StateConflict("late", "Too late."),
    }
    if word in refusals:
        raise refusals[word]


@act("say_signed", roles=EVERYONE)
def say_signed(word: str, *, credentials: Proof, by: User, now: datetime) -> None:
    """Sign a word."""
    say(word, by=by, now=now)
    covers = [("word", word, "0" * 64)]
    sign(credentials, by=by, now=now, meaning=Meaning.EDITION, role=Role.INSPECTOR, covers=covers)


class Say(ActPage):
    title = "Say"
    form_class = WordForm
    done = "Said."

    def get_object(self, request: HttpRequest, **kwargs: Any) -> User:
        return self.by

    def check(self, obj: User, by: User, now: datetime) -> None:
        if by.username == "medical2":
            raise PolicyDenied("mute", "You may not say anything.")

    def consequences(self, obj: User) -> list[str]:
        return ["A word will be said."]

    def perform(self, obj: User, cleaned_data: dict[str, Any], by: User, now: datetime) -> str:
        say(cleaned_data["word"], by=by, now=now)
        return "/profile/"


class SaySigned(SignedActPage):
    title = "Say and sign"
    form_class = WordForm
    meaning = Meaning.EDITION

    def get_object(self, request: HttpRequest, **kwargs: Any) -> User:
        return self.by

    def perform(  # type: ignore[override]
        self,
        obj: User,
        cleaned_data: dict[str, Any],
        by: User,
        now: datetime,
        credentials: Proof,
    ) -> str:
        say_signed(cleaned_data["word"], credentials=credentials, by=by, now=now)
        return "/profile/"


urlpatterns = [
    path("say/", Say.as_view()),
    path("admin/say/", Say.as_view()),
    path("sign/", SaySigned.as_view()),
    *real,
]
