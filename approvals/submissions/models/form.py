"""What the authority asks for: the questions of its form, and the pieces (data, not code)."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from approvals.audit.models import Recorded, RecordedQuerySet
from approvals.submissions.enums import AnswerKind, AnswerSource, PieceKind
from content.catalogue.enums import VisaCategory
from content.catalogue.models import Jurisdiction


class RuleQuerySet(RecordedQuerySet):
    def locked(self) -> Self:
        """Lock what is asked for: two administrators who change it do so in turn."""
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def active(self) -> Self:
        return self.filter(active=True)


class FormQuestion(Recorded):
    """One question of the authority's form for a category, at its place in the form.

    A question that is no longer asked is retired, never deleted: what was frozen keeps its answer.
    """

    jurisdiction = models.ForeignKey(
        Jurisdiction,
        models.PROTECT,
        related_name="form_questions",
        verbose_name=_("jurisdiction"),
    )
    category = models.CharField(_("category"), max_length=2, choices=VisaCategory)
    key = models.SlugField(_("key"), max_length=60)
    position = models.PositiveSmallIntegerField(_("position"))
    label_fr = models.CharField(_("question in French"), max_length=300)
    label_en = models.CharField(_("question in English"), max_length=300)
    kind = models.CharField(_("kind of answer"), max_length=10, choices=AnswerKind)
    # The authority's own words, in its order.
    choices = models.JSONField(_("choices"), default=list, blank=True)
    required = models.BooleanField(_("required"), default=False)
    # Asked only for these kinds of support; empty: for every support.
    support_kinds = models.JSONField(_("kinds of support concerned"), default=list, blank=True)
    source = models.CharField(
        _("where the answer comes from"), max_length=20, choices=AnswerSource, blank=True
    )
    active = models.BooleanField(_("active"), default=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("question of the authority's form")
        verbose_name_plural = _("questions of the authority's form")
        ordering: ClassVar[list[str]] = ["jurisdiction", "category", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "category", "key"], name="submissions_question_once"
            ),
            models.CheckConstraint(
                condition=~Q(kind=AnswerKind.CHOICE) | ~Q(choices=[]),
                name="submissions_choice_has_choices",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The question in the reader's language."""
        return self.label_en if (get_language() or "").startswith("en") else self.label_fr

    def concerns(self, support_kind: str) -> bool:
        """Whether the question is asked for a kind of support."""
        return not self.support_kinds or support_kind in self.support_kinds


class PieceRule(Recorded):
    """That the authority asks for a piece: for every support, or for one kind of support."""

    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="piece_rules", verbose_name=_("jurisdiction")
    )
    # Blank: both categories.
    category = models.CharField(_("category"), max_length=2, choices=VisaCategory, blank=True)
    support_kind = models.CharField(_("kind of support"), max_length=100, blank=True)
    piece = models.CharField(_("piece"), max_length=20, choices=PieceKind)
    active = models.BooleanField(_("active"), default=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("required piece")
        verbose_name_plural = _("required pieces")
        ordering: ClassVar[list[str]] = ["support_kind", "category", "piece"]
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "category", "support_kind", "piece"],
                name="submissions_piece_rule_once",
            )
        ]

    def __str__(self) -> str:
        return str(self.get_piece_display())

    def concerns(self, category: str, support_kind: str) -> bool:
        """Whether the piece is owed for a category and a kind of support."""
        return self.category in ("", category) and self.support_kind in ("", support_kind)
