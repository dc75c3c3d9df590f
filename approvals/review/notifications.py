"""What review tells, to whom: mails written with the change, sent after it."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from approvals.people.enums import Role
from approvals.people.models import User
from approvals.review.models import Comment, ReviewCycle, ReviewTask
from content.access.policies import delegates_for
from content.assets.models import Involvement, Version
from content.calendar import day_in_words, paris_day
from content.outbox.actions import tell


def _holders(task: ReviewTask, day: date) -> Iterable[User]:
    """Who may do a task: who holds its role, or is lent it on a day, and did not prepare it."""
    roles = [task.role]
    if task.role == Role.RESPONSIBLE_PHARMACIST:
        roles.append(Role.DEPUTY_PHARMACIST)
    version = task.cycle.version
    products = list(version.asset.asset_products.values_list("product_id", flat=True)) or None
    involved = Involvement.objects.filter(version=version).values("user")
    able = User.objects.holding(*roles).values("pk")
    lent = delegates_for(task.role, day, product_ids=products)
    people = User.objects.filter(Q(pk__in=able) | Q(pk__in=lent))
    return people.exclude(pk__in=involved).order_by("pk")


def tell_task_to_do(task: ReviewTask, *, now: datetime) -> None:
    """Tell those who may decide that a task is open, and until when."""
    for person in _holders(task, paris_day(now)):
        with override(person.language):
            tell(
                person,
                "review.task",
                _("To review: %(version)s") % {"version": task.cycle.version},
                _("%(title)s awaits your verdict by %(day)s.\n%(url)s")
                % {
                    "title": task.cycle.version.asset.title,
                    "day": day_in_words(task.due_on),
                    "url": task.get_absolute_url(),
                },
                key=f"review.task:{task.pk}:{person.pk}",
                now=now,
                link=task.get_absolute_url(),
            )


def tell_changes_to_confirm(task: ReviewTask, *, now: datetime) -> None:
    """Tell who asked for a change that the corrected revision is there to confirm."""
    person = task.verdict.decided_by
    with override(person.language):
        tell(
            person,
            "review.confirm",
            _("Changes to confirm: %(version)s") % {"version": task.cycle.version},
            _("The owner made the changes that you asked for: confirm them.\n%(url)s")
            % {"url": task.get_absolute_url()},
            key=f"review.confirm:{task.pk}:{task.cycle.revision_id}",
            now=now,
            link=task.get_absolute_url(),
        )


def tell_may_reopen(task: ReviewTask, *, now: datetime) -> None:
    """Tell who decided before that the files were corrected, and that they may look again."""
    person = task.verdict.decided_by
    with override(person.language):
        tell(
            person,
            "review.corrected",
            _("Corrected: %(version)s") % {"version": task.cycle.version},
            _(
                "Changes asked by others were made. Your verdict stays unless you take it back"
                " before the last confirmation.\n%(url)s"
            )
            % {"url": task.get_absolute_url()},
            key=f"review.corrected:{task.pk}:{task.cycle.revision_id}",
            now=now,
            link=task.get_absolute_url(),
        )


def _tell_owner(
    version: Version, topic: str, subject: str, body: str, *, key: str, now: datetime
) -> None:
    link = version.get_absolute_url()
    tell(version.asset.owner, topic, subject, body, key=key, now=now, link=link)


def tell_changes_requested(cycle: ReviewCycle, *, now: datetime) -> None:
    """Tell the owner what the reviewers ask for."""
    version = cycle.version
    with override(version.asset.owner.language):
        asked = [
            f"- {text}"
            for verdict in cycle.verdicts.in_force().order_by("pk")
            for text in (verdict.comment, *verdict.changes.values_list("text", flat=True))
            if text
        ]
        _tell_owner(
            version,
            "review.changes",
            _("Changes requested: %(version)s") % {"version": version},
            "\n".join([_("The reviewers ask for changes:"), *asked]),
            key=f"review.changes:{cycle.pk}:{cycle.revision_id}",
            now=now,
        )


def tell_approved(version: Version, *, now: datetime) -> None:
    """Tell the owner that the review passed."""
    with override(version.asset.owner.language):
        _tell_owner(
            version,
            "review.approved",
            _("Approved: %(version)s") % {"version": version},
            _("All reviewers approved %(title)s.") % {"title": version.asset.title},
            key=f"review.approved:{version.pk}:{now.isoformat()}",
            now=now,
        )


def tell_sent_back(version: Version, reason: str, *, now: datetime) -> None:
    """Tell the owner why regulatory sent a version back."""
    with override(version.asset.owner.language):
        _tell_owner(
            version,
            "review.sent_back",
            _("Sent back: %(version)s") % {"version": version},
            _("Regulatory affairs sent it back to be changed: %(reason)s") % {"reason": reason},
            key=f"review.sent_back:{version.pk}:{now.isoformat()}",
            now=now,
        )


def tell_comment(comment: Comment, *, now: datetime) -> None:
    """Tell the owner of a new comment by somebody else."""
    owner = comment.version.asset.owner
    if owner.pk == comment.author_id:
        return
    with override(owner.language):
        tell(
            owner,
            "review.comment",
            _("Comment on %(version)s") % {"version": comment.version},
            _("%(author)s wrote: %(body)s") % {"author": comment.author, "body": comment.body},
            key=f"review.comment:{comment.pk}",
            now=now,
            link=comment.version.get_absolute_url(),
        )
