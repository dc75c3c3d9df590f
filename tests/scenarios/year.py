"""Three years of the house told as stories: each is a generator that yields when it goes on.

A story does one job at the clock's instant through the actions, tells the almanac what was
decided, and yields the instant of its next job. The agenda runs the earliest first.
"""

import heapq
import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from approvals.audit import StateConflict
from approvals.review import actions as reviewing
from approvals.review.models import Comment
from approvals.signatures.enums import Meaning
from approvals.submissions import actions as submitting
from approvals.submissions.models import Batch, DepositWindow, Dossier
from content.assets import actions as preparing
from content.assets.models import Version
from content.calendar import PARIS
from content.catalogue.models import Product
from tests.scenarios.almanac import Almanac, Listed, months_after
from tests.scenarios.walk import Walk

Story = Iterator[datetime]
Days = tuple[str, date, date, date]
GRANTS = ("granted", "tacit")


def at(day: date, hour: int = 10, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=PARIS)


@dataclass
class Paper:
    """One version on its way: what will happen to it, and what became of it."""

    product: Product
    window: Days
    # What becomes of each of its dossiers, in order.
    fates: list[str]
    # Days between the clearance and the release, then to the first day of use.
    wait: int = 1
    ahead: int = 0
    overlap: int = 0
    before: "Paper | None" = None
    kind: str = "content"
    version: int = 0
    dossier: int = 0

    @property
    def public(self) -> bool:
        return self.window[0] == "GP"


class Year:
    """The agenda, the clock, and the almanac that is told what was decided."""

    def __init__(self, walk: Walk, windows: dict[Days, DepositWindow]) -> None:
        self.walk, self.windows = walk, windows
        self.random = random.Random(2026)
        self.almanac = Almanac()
        self.papers: list[Paper] = []
        self.outcomes: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self._agenda: list[tuple[datetime, int, Story]] = []
        self._serial = itertools.count()

    def begin(self, when: datetime, story: Story) -> None:
        heapq.heappush(self._agenda, (when, next(self._serial), story))

    def live_through(self, day: date, look: Callable[[], None]) -> None:
        """Do the jobs of a day, and look at night and whenever the almanac was told something."""
        self.walk.now = at(day, 0)
        self.almanac.on(day)
        while self._agenda and self._agenda[0][0] <= at(day, 23, 59):
            self.walk.now, _serial, story = heapq.heappop(self._agenda)
            told = self.almanac.told
            upcoming = next(story, None)
            if self.almanac.told != told:
                look()
            if upcoming is not None:
                self.begin(upcoming, story)
        self.walk.now = at(day, 23, 59)
        look()

    def after(self, days: int = 0, *, hours: int = 0) -> datetime:
        return self.walk.now + timedelta(days=days, hours=hours)

    def version(self, paper: Paper) -> Version:
        return Version.objects.select_related("asset", "reference").get(pk=paper.version)

    # Preparation, review, and what a new reference costs.

    def prepare(self, paper: Paper) -> Story:
        """The owner creates, plans, uploads and submits; the four sign some days later."""
        walk = self.walk
        self.papers.append(paper)
        if paper.before is None:
            version = walk.brochure(paper.product, audience="public" if paper.public else "hcp")
        else:
            asset = self.version(paper.before).asset
            version = preparing.create_version(
                asset.pk, files=[], change_kind=paper.kind, by=asset.owner, now=walk.now
            )
        paper.version = version.pk
        walk.plan(version, self.windows[paper.window])
        walk.upload(version)
        walk.submit(version)
        yield self.after(self.random.randint(1, 12))
        # The reasons of a refusal block its successor until the owner has answered them.
        for comment in Comment.objects.concerning(version).blocking():
            owner, author = version.asset.owner, comment.author
            reviewing.resolve(comment.pk, by=owner, now=walk.now)
            reviewing.verify(comment.pk, by=author, now=walk.now)
            self.outcomes["answered"] += 1
        walk.approve(version)

    def again(self, paper: Paper) -> Story:
        """Another window, hence another reference: regulatory alone carries the verdicts."""
        walk, by = self.walk, self.walk.cast.regulatory
        later = [days for days in self.windows if days[0] == paper.window[0]]
        paper.window = next(
            days
            for days in sorted(later, key=lambda days: days[2])
            if days[2] > walk.today + timedelta(days=14)
        )
        version = self.version(paper)
        assert version.reference is None
        reviewing.send_back(version.pk, reason="Nouvelle référence", by=by, now=walk.now)
        walk.plan(version, self.windows[paper.window])
        yield self.after(2)
        walk.upload(version)
        walk.submit(version)
        yield self.after(1)
        signed = walk.signed(by, Meaning.CARRY)
        reviewing.carry(version.pk, reason="Seule la référence change", **signed)
        assert self.version(paper).state == "approved"

    # The authority.

    def period(self, days: Days) -> Story:
        """A window: its batch, the deposits until its last minute, and what missed it."""
        walk, window, closes_on = self.walk, self.windows[days], days[2]
        by = walk.cast.regulatory
        papers = [paper for paper in self.papers if paper.window == days]
        if not papers:
            return
        batch = submitting.create_batch(window=window.pk, by=by, now=walk.now)
        dossiers = [(paper, self._add(batch, paper)) for paper in papers]
        yield self.after(hours=2)
        walk.freeze_batch(batch)
        missed = []
        for paper, dossier in dossiers:
            if paper.fates[0] == "missed":
                missed.append((paper, dossier))
                continue
            yield self.after(hours=self.random.randint(1, 2))
            walk.record_deposit(dossier)
            self._await_answer(paper, days)
        # The last one left in the last minute; its acknowledgement is recorded days later.
        yield at(closes_on + timedelta(days=2))
        for paper, dossier in missed[1:]:
            self._miss(paper, dossier)
        for paper, dossier in missed[:1]:
            walk.record_deposit(dossier, at=at(closes_on, 23, 59))
            paper.fates = [*paper.fates[1:], "granted"][:1]
            self.outcomes["deposited in the last minute"] += 1
            self._await_answer(paper, days)

    def _add(self, batch: Batch, paper: Paper) -> Dossier:
        dossier = self.walk.add(batch, self.version(paper))
        paper.dossier = dossier.pk
        return dossier

    def _miss(self, paper: Paper, dossier: Dossier) -> None:
        by = self.walk.cast.regulatory
        submitting.miss(dossier.pk, reason="Portail fermé", by=by, now=self.walk.now)
        self.outcomes[paper.fates.pop(0)] += 1
        self.begin(self.after(3), self.again(paper))

    def _await_answer(self, paper: Paper, days: Days) -> None:
        evaluated = days[3]
        fate = paper.fates[0]
        days_off = {"tacit": self.random.randint(1, 9), "inadmissible": -50}
        when = evaluated + timedelta(days=days_off.get(fate, -self.random.randint(1, 25)))
        self.begin(at(when, 14), self.answer(paper, evaluated))

    def answer(self, paper: Paper, evaluated: date) -> Story:
        """The authority decides, or its silence is confirmed; then the pharmacist releases."""
        walk, fate = self.walk, paper.fates.pop(0)
        walk.decision(paper.dossier, fate, reason="" if fate in GRANTS else "Motif de l'autorité")
        self.outcomes[fate] += 1
        if fate in ("inadmissible", "withdrawn_by_applicant"):
            self.begin(self.after(4), self.again(paper))
        if fate not in GRANTS:
            return
        start = evaluated if fate == "tacit" else walk.today
        yield self.after(paper.wait)
        while not self._release(paper, start):
            yield self.after(7)

    # The pharmacist.

    def _release(self, paper: Paper, start: date) -> bool:
        walk, today = self.walk, self.walk.today
        first, end = today + timedelta(days=paper.ahead), months_after(start, 24)
        version = self.version(paper)
        done = not self.attempt(
            lambda: walk.release(version, valid_from=first, overlap_days=paper.overlap)
        )
        if done:
            one = Listed(
                version.pk,
                f"{version.asset.code} v{version.number} ({version.reference})",
                version.asset_id,
                version.number,
                paper.product.cis,
                paper.public,
                first,
                end,
                paper.overlap,
            )
            self.almanac.release(one)
            self.outcomes["released"] += 1
        return done

    def attempt(self, job: Callable[[], object]) -> str:
        """Do a job; where the house refuses it, remember and return why."""
        try:
            job()
        except StateConflict as refused:
            self.refusals[refused.code] += 1
            return refused.code
        return ""

    def suspension(self, paper: Paper, days: int, *, announced: int = 0) -> Story:
        walk = self.walk
        version = self.version(paper)
        day = walk.today + timedelta(days=announced)
        if not self.attempt(lambda: walk.suspend(version, effective_on=day)):
            self.almanac.stop(version.pk, day)
            self.outcomes["suspended"] += 1
            yield self.after(announced + days)
            yield from self.resumption(paper)

    def resumption(self, paper: Paper, **more: str) -> Story:
        """The pharmacist resumes; while a product is frozen, a week later again."""
        version, walk = self.version(paper), self.walk
        for _week in range(12):
            why_not = self.attempt(lambda: walk.resume(version, **more))
            if why_not in ("expired", "superseded"):
                return
            if not why_not:
                self.almanac.resume(version.pk, walk.today)
                self.outcomes["resumed"] += 1
                return
            yield self.after(7)

    def withdrawal(self, paper: Paper, *, announced: int = 0, brought_forward: int = 0) -> Story:
        walk, version = self.walk, self.version(paper)
        day = walk.today + timedelta(days=announced)
        if self.attempt(lambda: walk.withdraw(version, effective_on=day)):
            return
        span = self.almanac.stop(version.pk, day)
        self.outcomes["withdrawn"] += 1
        if brought_forward:
            yield self.after(2)
            earlier = day - timedelta(days=brought_forward)
            walk.withdraw(version, effective_on=earlier)
            self.almanac.bring_forward(span, earlier)

    def authority_stops(self, paper: Paper, outcome: str) -> Story:
        walk, version = self.walk, self.version(paper)
        walk.decision(paper.dossier, outcome, reason="Pharmacovigilance")
        self.almanac.stop(version.pk, walk.today)
        self.outcomes[outcome] += 1
        if outcome == "suspended":
            yield self.after(30)
            yield from self.resumption(paper, authority_proof="Courrier ANSM")

    # The products.

    def freeze(self, product: Product, lifted_on: date, *, announced: int = 0) -> Story:
        """A product is frozen, then lifted; what it stopped comes back one by one, or never."""
        walk, almanac = self.walk, self.almanac
        day = walk.today + timedelta(days=announced)
        walk.freeze(product, effective_on=day)
        bar = almanac.bar(product.cis, day)
        stopped = [one for one in almanac.listed.values() if one.cis == product.cis]
        for one in stopped:
            almanac.stop(one.version, day)
        yield at(lifted_on)
        walk.unfreeze(product)
        almanac.lift(bar, walk.today)
        papers = {paper.version: paper for paper in self.papers}
        for one in stopped:
            if self.random.random() < 0.8:
                when = self.after(self.random.randint(0, 30), hours=1)
                self.begin(when, self.resumption(papers[one.version]))
