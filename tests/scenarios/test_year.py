"""A full year, and the two years of its visas: the list is compared with the almanac, day by day.

120 versions in the windows of 2026, planned, reviewed, deposited, decided; renewed in 2028. The
sweep runs now and then only: no answer waits for it. Two questions are asked of every day: at the
moment, and on the last day as known at the end of that day; of every fifth one, also as known then.
"""

import io
import json
import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from approvals.people.actions import system_actor
from approvals.submissions.actions import burn_lapsed_references, record_window
from approvals.submissions.models import DepositWindow, Dossier
from content.assets import document_text, inspection, pdf_probe, text_reader
from content.assets.actions.sweep import follow_the_day
from content.assets.models import Version
from content.assets.validity.answers import known_when
from content.catalogue.actions import record_authorisation_end
from content.catalogue.models import Product
from content.positive_list import queries
from tests.factories import keep
from tests.factories.catalogue import TeamProduct, import_rate, make_product
from tests.factories.people import Cast
from tests.scenarios.almanac import Span
from tests.scenarios.walk import Walk
from tests.scenarios.year import Days, Paper, Year, at

# Minutes of processor: three years of a house.
pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.django_db]

# Category, opening, closing, end of the evaluation: worked out by hand for each.
PUBLISHED: list[Days] = [
    ("PM", date(2026, 1, 12), date(2026, 1, 30), date(2026, 3, 31)),
    ("PM", date(2026, 4, 7), date(2026, 4, 24), date(2026, 6, 25)),
    ("PM", date(2026, 7, 8), date(2026, 7, 28), date(2026, 9, 29)),
    ("PM", date(2026, 9, 30), date(2026, 10, 16), date(2026, 12, 17)),
    ("GP", date(2026, 2, 17), date(2026, 2, 27), date(2026, 4, 28)),
    ("GP", date(2026, 3, 11), date(2026, 3, 20), date(2026, 5, 21)),
    ("GP", date(2026, 4, 28), date(2026, 5, 7), date(2026, 7, 8)),
    ("GP", date(2026, 6, 26), date(2026, 7, 7), date(2026, 9, 8)),
    ("GP", date(2026, 8, 26), date(2026, 9, 4), date(2026, 11, 5)),
    ("GP", date(2026, 9, 17), date(2026, 9, 25), date(2026, 11, 26)),
]
# Made up for what missed 2026, and for the renewals; one evaluation ends on 29 February.
LATER: list[Days] = [
    ("PM", date(2027, 1, 11), date(2027, 1, 29), date(2027, 3, 30)),
    ("PM", date(2027, 4, 5), date(2027, 4, 23), date(2027, 6, 24)),
    ("GP", date(2027, 1, 25), date(2027, 2, 5), date(2027, 4, 6)),
    ("GP", date(2027, 4, 12), date(2027, 4, 23), date(2027, 6, 24)),
    ("PM", date(2027, 9, 27), date(2027, 10, 15), date(2027, 12, 16)),
    ("PM", date(2027, 12, 13), date(2027, 12, 30), date(2028, 2, 29)),
    ("GP", date(2027, 12, 6), date(2027, 12, 17), date(2028, 2, 18)),
    ("PM", date(2028, 4, 3), date(2028, 4, 21), date(2028, 6, 22)),
    ("GP", date(2028, 4, 10), date(2028, 4, 21), date(2028, 6, 22)),
]
FIRST, LAST = date(2026, 1, 1), date(2028, 12, 31)
SWEPT_EVERY = 23
VERSIONS, SUCCESSORS, RENEWALS = 120, 10, 24


@pytest.fixture(autouse=True)
def _read_in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the year's own PDFs without a child process each: it starts in a tenth of a second."""

    def read(_script: str, kind: str, *, file: Any, cpu_seconds: int) -> bytes:
        file.seek(0)
        return json.dumps(text_reader.READERS[kind](file.read())).encode()

    def probe(file: Any) -> str:
        file.seek(0)
        said = pdf_probe.examine(io.BytesIO(file.read()))
        return "" if said == "ok" else said

    monkeypatch.setattr(document_text, "answer_of", read)
    monkeypatch.setattr(inspection, "probe", probe)


def test_the_list_is_the_almanac_s_on_every_day_of_three_years(cast: Cast) -> None:
    year = open_the_house(cast)
    expected: dict[date, set[int]] = {}
    day = at(PUBLISHED[0][1], 9).date() - timedelta(days=60)
    while day <= LAST:
        year.live_through(day, lambda: compare(year, "at the moment"))
        if (day - FIRST).days % SWEPT_EVERY == 0:
            sweep(year)
        if day >= FIRST:
            expected[day] = year.almanac.on(day)
        if day == date(2027, 8, 1):
            renew(year)
        day += timedelta(days=1)

    for day, versions in expected.items():
        then = known_when(day, as_of=None, now=year.walk.now)
        tell(year, day, versions, listed(year, day, then), "as known at its end")
        if day.toordinal() % 5 == 0:
            tell(year, day, versions, listed(year, day, year.walk.now), "as known now")
        usable = {pk for pk, one in year.almanac.listed.items() if year.almanac.usable(one, day)}
        tell(year, day, usable, versions, "in the almanac itself")
    assert_that_it_was_a_year(year, expected)


def sweep(year: Year) -> None:
    """What of the sweep concerns use and references; its mails are not the year's matter."""
    follow_the_day(by=system_actor(), now=year.walk.now)
    burn_lapsed_references(by=system_actor(), now=year.walk.now)


def compare(year: Year, how: str) -> None:
    day = year.walk.today
    tell(year, day, year.almanac.on(day), listed(year, day, year.walk.now), how)


def listed(year: Year, day: date, as_of: Any) -> set[int]:
    page = queries.positive(queries.scope_for(year.walk.cast.inspector), day=day, as_of=as_of)
    return {row.version for row in page.rows}


def tell(year: Year, day: date, expected: set[int], got: set[int], how: str) -> None:
    """Say which version differs, on which day, asked how and when."""
    for pk in sorted(expected ^ got):
        one = year.almanac.listed[pk]
        raise AssertionError(
            f"{one.name} on {day}, {how} (asked at {year.walk.now}): "
            f"expected {'usable' if pk in expected else 'not usable'}, "
            f"got {'usable' if pk in got else 'not usable'}; {one}"
        )


def assert_that_it_was_a_year(year: Year, expected: dict[date, set[int]]) -> None:
    """Hold that everything that was meant to happen did."""
    assert len(expected) == 1096
    assert Version.objects.count() == VERSIONS
    assert len({paper.version for paper in year.papers}) == VERSIONS
    least = {
        "granted": 40,
        "tacit": 30,
        "refused": 5,
        "missed": 4,
        "inadmissible": 3,
        "withdrawn_by_applicant": 2,
        "deposited in the last minute": 2,
        "released": 85,
        "suspended": 8,
        "resumed": 20,
        "withdrawn": 5,
        "withdrawn_by_authority": 1,
    }
    assert {name: year.outcomes[name] for name, n in least.items() if year.outcomes[name] < n} == {}
    # Refused while the house barred it, and done once it no longer did.
    assert {"product_frozen", "never_usable"} <= set(year.refusals)
    assert not Dossier.objects.undecided().exists()
    replaced = [one for one in year.almanac.listed.values() if one.number > 1 and one.came]
    assert len(replaced) >= 20
    # The visa that began on 29 February 2028 ends on 28 February 2030.
    ends = {one.end for one in year.almanac.listed.values()}
    assert date(2030, 2, 28) in ends
    reference_values = list(Version.objects.values_list("reference__value", flat=True))
    given = [value for value in reference_values if value]
    assert len(set(given)) == len(given)


# What is going to happen.


def open_the_house(cast: Cast) -> Year:
    cast.everybody()
    walk = Walk(cast, at(date(2025, 10, 1)))
    windows = {days: window_of(walk, days) for days in [*PUBLISHED, *LATER]}
    for days, window in windows.items():
        assert window.evaluation_ends_on == days[3]
    year = Year(walk, windows)
    for days in windows:
        year.begin(at(days[2] - timedelta(days=3), 9), year.period(days))
    prescribed = [cast.product, *(in_cardiology(cast, make_product()) for _ in range(3))]
    free = [
        cast.free_product,
        in_cardiology(cast, make_product(prescription_only=False)),
    ]
    plan_first_versions(year, prescribed, free)
    bar_products(year, prescribed, free)
    return year


def window_of(walk: Walk, days: Days) -> DepositWindow:
    category, opens_on, closes_on, _evaluated = days
    found = DepositWindow.objects.filter(
        category=category, opens_on=opens_on, closes_on=closes_on
    ).first()
    if found is not None:
        return found
    assert days in LATER
    by = walk.cast.regulatory
    return record_window(
        category=category, opens_on=opens_on, closes_on=closes_on, by=by, now=walk.now
    )


def in_cardiology(cast: Cast, product: Product) -> Product:
    keep(TeamProduct(team=cast.cardiology, product=product), by=cast.admin)
    return product


def plan_first_versions(year: Year, prescribed: list[Product], free: list[Product]) -> None:
    """First versions in every window of 2026, and second ones of some that were released."""
    draw = year.random
    count = VERSIONS - SUCCESSORS - RENEWALS
    for number in range(count):
        days = PUBLISHED[number % len(PUBLISHED)]
        products = free if days[0] == "GP" else prescribed
        paper = Paper(
            products[number // len(PUBLISHED) % len(products)],
            days,
            fates_of(draw, number),
            wait=draw.choice([0, 1, 3, 8]),
            ahead=draw.choice([0, 0, 0, 5, 40]),
        )
        start = days[1] - timedelta(days=draw.randint(25, 50))
        year.begin(at(start, 9), year.prepare(paper))
        event = life_of(year, paper, number)
        if event is not None:
            year.begin(at(days[3] + timedelta(days=75 + number), 16), once_released(year, event))
        if number % 10 in (1, 5) and number < 5 * SUCCESSORS:
            year.begin(
                at(date(2026, 7, 27) + timedelta(days=number // 3)), succeed(year, paper, number)
            )


def fates_of(draw: random.Random, number: int) -> list[str]:
    """What becomes of a version's dossiers: every eighth or so does not come through at once."""
    first = draw.choice(["granted", "granted", "tacit"])
    special = {
        3: ["missed", first],
        7: ["refused"],
        12: ["inadmissible", first],
        14: ["missed", first],
        17: ["withdrawn_by_applicant", first],
    }
    return special.get(number % 20, [first])


def life_of(year: Year, paper: Paper, number: int) -> Callable[[], Any] | None:
    """What happens to some once they are released."""
    lives: dict[int, Callable[[], Any]] = {
        0: lambda: year.suspension(paper, days=20),
        1: lambda: year.suspension(paper, days=0),
        2: lambda: year.withdrawal(paper),
        4: lambda: year.withdrawal(paper, announced=12),
        6: lambda: year.withdrawal(paper, announced=12, brought_forward=6),
        8: lambda: year.suspension(paper, days=15, announced=9),
        9: lambda: year.authority_stops(paper, "suspended"),
    }
    if number == 29:
        return lambda: year.authority_stops(paper, "withdrawn_by_authority")
    return lives.get(number % 15)


def once_released(year: Year, event: Callable[[], Any]) -> Any:
    yield from event()


def succeed(year: Year, before: Paper, number: int) -> Any:
    """A second version while the first is in use, or not."""
    days = PUBLISHED[3] if not before.public else PUBLISHED[9]
    paper = Paper(
        before.product,
        days,
        ["refused"] if number == 11 else ["granted"],
        ahead=10,
        overlap=[0, 30, 90][number % 3],
        before=before,
    )
    yield from year.prepare(paper)


def renew(year: Year) -> None:
    """In 2027 begin the renewals of what ends in 2028, in time or with a gap."""
    listed_ones = sorted(year.almanac.listed.values(), key=lambda one: (one.end, one.version))
    papers = {paper.version: paper for paper in year.papers}
    begun = 0
    for one in listed_ones:
        latest = max(o.number for o in listed_ones if o.asset == one.asset)
        usable = year.almanac.usable(one, date(2027, 8, 1)) and one.number == latest
        product_lasts = one.cis not in {
            cis
            for cis, spans in year.almanac.bars.items()
            if any(span.first > date(2027, 8, 1) for span in spans)
        }
        if begun == RENEWALS or not usable or not product_lasts:
            continue
        begin_renewal(year, papers[one.version], one.end, begun)
        begun += 1
    assert begun == RENEWALS


def begin_renewal(year: Year, before: Paper, end: date, number: int) -> None:
    in_time = [
        days
        for days in LATER
        if days[0] == before.window[0] and date(2027, 9, 15) < days[1] and days[3] < end
    ]
    too_late = [days for days in LATER if days[0] == before.window[0] and days[3] >= end]
    days = max(in_time, default=None, key=lambda days: days[3]) or too_late[0]
    paper = Paper(
        before.product,
        days,
        [["tacit"], ["granted"]][number % 2],
        wait=number % 4,
        ahead=[0, 6][number % 2],
        overlap=[0, 0, 20][number % 3],
        before=before,
        kind="renewal",
    )
    year.begin(at(days[1] - timedelta(days=30), 9), year.prepare(paper))


def bar_products(year: Year, prescribed: list[Product], free: list[Product]) -> None:
    """Two freezes, an authorisation that ends and is corrected, a product that is reimbursed."""
    year.begin(at(date(2026, 8, 3), 15), year.freeze(prescribed[1], lifted_on=date(2026, 10, 12)))
    year.begin(at(date(2027, 5, 10)), year.freeze(free[0], lifted_on=date(2027, 6, 1), announced=7))
    year.begin(at(date(2027, 6, 20)), authorisation_ends(year, prescribed[3]))
    year.begin(at(date(2026, 11, 10)), reimbursed(year, free[1]))


def authorisation_ends(year: Year, product: Product) -> Any:
    """Recorded for 1 July, corrected on the 12th: the days from then on come back."""
    by = year.walk.cast.regulatory

    def record(day: date) -> Span:
        record_authorisation_end(product.pk, ends_on=day, reason="JO", by=by, now=year.walk.now)
        return year.almanac.bar(product.cis, day)

    wrong = record(date(2027, 7, 1))
    yield at(date(2027, 7, 12))
    record(date(2028, 1, 1))
    year.almanac.lift(wrong, year.walk.today)


def reimbursed(year: Year, product: Product) -> Any:
    """An import says that a product is reimbursed, another that it no longer is."""
    import_rate(product, "65%", now=year.walk.now)
    span = year.almanac.bar(product.cis, year.walk.today, public=True)
    yield at(date(2026, 12, 20))
    import_rate(product, "", now=year.walk.now)
    year.almanac.lift(span, year.walk.today)
