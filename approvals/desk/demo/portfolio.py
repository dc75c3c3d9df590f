"""The portfolio: which assets there are, and in which state each is shown.

The first entries cover every state of the lifecycle; ``count`` beyond them adds more of what a
house has most: released brochures.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from approvals.desk.demo.stories import (
    Entry,
    Story,
    decided,
    deposited,
    prepared,
    released,
    suspended,
    withdrawn,
)
from approvals.desk.demo.windows import closed_before, open_today
from approvals.desk.demo.world import Piece, World, at
from approvals.submissions.models import DepositWindow
from content.access.models import TeamProduct
from content.assets.models import Version
from content.calendar import add_months
from content.catalogue.enums import AuthorisationStatus
from content.catalogue.models import Product
from content.catalogue.policies import public_allowed

# What the stories below make without being asked for more.
BASE = 27
REFUSAL = "L'allégation « mieux toléré » n'est étayée par aucune étude citée."
SAFETY = "Une donnée de tolérance doit être ajoutée à la page 2."
OUTDATED = "Le prix indiqué n'est plus le bon."
CORRECTION = "Le tableau de posologie ne correspond pas au RCP : corrigez la ligne 3."
ANNOTATION = "Citer l'étude à l'appui de cette phrase."
REPLY = "La référence est en cours de vérification, je l'ajoute à la prochaine révision."
# Where the front page says what is to be remembered: fractions of the page.
REMEMBERED = {"file": 1, "page": 1, "x": 0.09, "y": 0.3, "width": 0.6, "height": 0.06}


@dataclass
class Shelf:
    """The products the stories are about."""

    cardio: list[Product]
    breath: list[Product]
    public: dict[str, Product] = field(default_factory=dict)


def choose_products(world: World) -> Shelf:
    """Choose marketed products of each team; one of each that the public may hear about.

    A real medicine is chosen wherever the real database was imported.
    """
    shelf: dict[str, list[Product]] = {}
    public: dict[str, Product] = {}
    for name, team in world.teams.items():
        ids = TeamProduct.objects.filter(team=team).values("product")
        standing = Product.objects.filter(
            pk__in=ids,
            authorisation_status=AuthorisationStatus.ACTIVE,
            authorisation_ends_on__isnull=True,
            freezes__isnull=True,
            marketing_status__startswith="Commercialis",
        ).order_by("cis")
        prescribed = list(standing.filter(prescription_only=True)[:6])
        shelf[name] = prescribed or list(standing[:6])
        free = standing.filter(prescription_only=False, reimbursed=False, restricted=False)
        for product in free[:20]:
            if public_allowed(product, world.today):
                public[name] = product
                break
    return Shelf(shelf["Cardiology"], shelf["Respiratory"], public)


def portfolio(world: World, count: int) -> list[Story]:
    """Return the stories of ``count`` assets, or of ``BASE`` where that is more."""
    shelf = choose_products(world)
    for product in shelf.cardio[:4] + shelf.breath[:3]:
        world.keep_smpc(product)
    cardio = [shelf.cardio[k % len(shelf.cardio)] for k in range(4)]
    breath = [shelf.breath[k % len(shelf.breath)] for k in range(3)]
    stories: list[Story] = []
    old = closed_before(world, "PM", world.days(-80))
    recent = closed_before(world, "PM", world.days(-32))
    if recent.pk == old.pk:
        # The published windows are far apart: a made-up one shows fresh grants.
        recent = world.window("PM", world.days(-50), world.days(-36))
    today = open_today(world, "PM")
    open_today(world, "GP")
    first, later = _granted_long_ago(world, old, cardio, breath)
    second = _granted_lately(world, recent, cardio, breath, first[0])
    current = _in_the_present_window(cardio, breath)
    extra = [
        Entry(
            Piece(
                f"{cardio[k % 4].name.split()[0].title()}, fiche pratique n° {k + 1}",
                product=cardio[k % 4],
            ),
            decided("granted", old.closes_on + timedelta(days=30), then=released()),
        )
        for k in range(max(0, count - BASE))
    ]
    stories += _campaign(world, first + later + extra, old)
    stories += _campaign(world, second, recent)
    stories += _present(world, current, today)
    stories += _for_the_public(world, shelf)
    stories += list(_without_visa(world))
    return stories


def _granted_long_ago(
    world: World, window: DepositWindow, cardio: list[Product], breath: list[Product]
) -> tuple[list[Entry], list[Entry]]:
    day = window.closes_on + timedelta(days=28)
    tacit = window.evaluation_ends_on + timedelta(days=1)
    heart = [
        Entry(
            Piece("Protéger le cœur, jour après jour", product=cardio[0]),
            decided("granted", day, then=released()),
        ),
        Entry(
            Piece("Adapter la dose en pratique", "dosing_card", product=cardio[1]),
            decided("tacit", tacit, then=released()),
        ),
        Entry(
            Piece("Les chiffres de l'étude CŒUR-10", "reprint", product=cardio[0]),
            decided("granted", day, then=released(then=withdrawn(OUTDATED))),
        ),
        Entry(
            Piece("Mieux toléré que jamais", "poster", product=cardio[2]),
            decided("refused", day, REFUSAL),
        ),
    ]
    breathing = [
        Entry(
            Piece("Respirer sans y penser", owner="pm2", product=breath[0]),
            decided("granted", day, then=released()),
        ),
        Entry(
            Piece("Le bon geste d'inhalation", "dosing_card", "pm2", product=breath[0]),
            decided("granted", day, then=released(then=suspended(SAFETY))),
        ),
        Entry(
            Piece("Panneau du congrès de pneumologie", "stand_panel", "pm2", product=breath[1]),
            decided("tacit", tacit, then=released(after=2)),
        ),
    ]
    return heart, breathing


def _granted_lately(
    world: World,
    window: DepositWindow,
    cardio: list[Product],
    breath: list[Product],
    before: Entry,
) -> list[Entry]:
    day = min(window.closes_on + timedelta(days=20), world.days(-6))
    return [
        Entry(
            None,
            decided("granted", day, then=released()),
            after=before,
            summary="Mise à jour des données de tolérance.",
        ),
        Entry(
            Piece("Première ligne : ce que disent les recommandations", product=cardio[3]),
            decided("granted", day),
        ),
        Entry(
            Piece("Le dossier de l'inhalateur", "special_issue", "pm2", product=breath[2]),
            decided("granted", day),
        ),
        Entry(Piece("Une lettre aux pharmaciens", "invitation", product=cardio[1])),
    ]


def _in_the_present_window(cardio: list[Product], breath: list[Product]) -> list[Entry]:
    return [
        Entry(Piece("Observance : les mots qui aident", product=cardio[0])),
        Entry(Piece("Insuffisance cardiaque : l'essentiel", "press_insertion", product=cardio[1])),
        Entry(Piece("Asthme : relire l'ordonnance", owner="pm2", product=breath[0])),
        Entry(Piece("Trois patients, trois parcours", "reprint", product=cardio[2])),
        Entry(Piece("Nouveau conditionnement", "banner", "pm2", product=breath[1])),
    ]


def _campaign(world: World, entries: list[Entry], window: DepositWindow) -> list[Story]:
    """Everything deposited together in a window of the past."""
    start = window.closes_on - timedelta(days=34)
    deposit_on = max(window.closes_on - timedelta(days=2), window.opens_on)
    stories = [
        prepared(world, entry, window, start + timedelta(days=number % 4), deposit_on)
        for number, entry in enumerate(entries)
    ]
    filled = max(deposit_on - timedelta(days=4), start + timedelta(days=16))
    return [*stories, deposited(world, entries, window, filled, deposit_on)]


def _present(world: World, entries: list[Entry], window: DepositWindow) -> list[Story]:
    """The window of today: one deposited, two in the batch, two approved; others on their way."""
    deposit_on = max(window.opens_on, world.days(-1))
    start = world.days(-24)
    stories = [
        prepared(world, entry, window, start + timedelta(days=number), deposit_on)
        for number, entry in enumerate(entries)
    ]
    sent, waiting = entries[:1], entries[1:3]
    stories.append(deposited(world, sent, window, world.days(-5), deposit_on))
    stories.append(_waiting_in_batch(world, waiting, window))
    stories += _under_way(world, window)
    return stories


def _waiting_in_batch(world: World, entries: list[Entry], window: DepositWindow) -> Story:
    yield at(world.days(-3), 10, 30)
    batch = world.batch(window)
    for number, entry in enumerate(entries):
        assert entry.version is not None
        dossier = world.add(batch, entry.version)
        if number == 0:
            world.complete(dossier)


def _under_way(world: World, window: DepositWindow) -> Iterator[Story]:
    """Assets that are still being written or read."""
    shelf = choose_products(world)
    product = shelf.cardio[0]
    steps: tuple[tuple[str, str], ...] = (
        ("Journée mondiale du cœur", "draft"),
        ("Questions de patients", "planned"),
        ("Nouvelle présentation orale", "submitted"),
        ("Sujet âgé : points de vigilance", "half_read"),
        ("Comparer sans se tromper", "before_the_pharmacist"),
        ("Posologies simplifiées", "changes_requested"),
        ("Le programme de l'été", "cancelled"),
    )
    for number, (title, step) in enumerate(steps):
        yield _on_its_way(world, Piece(title, product=product), window, step, number)


def _on_its_way(world: World, piece: Piece, window: DepositWindow, step: str, number: int) -> Story:
    start = world.days(-12 + number)
    yield at(start, 10, 5)
    version = world.create(piece)
    if step == "draft":
        world.invite(version, "agency")
        return
    yield at(start, 10, 20)
    world.plan(version, window, window.closes_on)
    if step == "planned":
        return
    yield at(start + timedelta(days=1), 16, 40)
    world.upload(version)
    if step == "cancelled":
        yield at(start + timedelta(days=2), 9, 0)
        world.cancel(version, "L'opération est reportée à l'an prochain.")
        return
    if step == "submitted":
        world.upload(version, note="Tolérance comparable à celle du placebo.")
    yield at(start + timedelta(days=1), 17, 0)
    world.submit(version)
    yield at(start + timedelta(days=3), 11, 0)
    if step == "submitted":
        comment = world.comment(version, "medical", ANNOTATION, REMEMBERED)
        yield at(start + timedelta(days=3), 15, 0)
        world.reply(comment, "pm", REPLY)
    elif step == "half_read":
        world.approve(version, only=["medical"])
    elif step == "before_the_pharmacist":
        world.approve(version)
    elif step == "changes_requested":
        world.require_changes(version, "medical", CORRECTION)
        world.comment(version, "medical", CORRECTION, REMEMBERED, severity="blocking")


def _for_the_public(world: World, shelf: Shelf) -> list[Story]:
    """One leaflet for the general public, where a team has a product it may hear about."""
    for name, product in sorted(shelf.public.items()):
        owner = "pm" if name == "Cardiology" else "pm2"
        window = closed_before(world, "GP", world.days(-76))
        tacit = window.evaluation_ends_on + timedelta(days=1)
        piece = Piece(
            "Bien se soigner au quotidien", "poster", owner, audience="public", product=product
        )
        return _campaign(world, [Entry(piece, decided("tacit", tacit, then=released()))], window)
    return []


def _without_visa(world: World) -> Iterator[Story]:
    """Environment, medical and institutional: no window, no dossier."""
    long_ago = add_months(world.today, -25)
    heart = "Cardiology"
    plan: tuple[tuple[Piece, date, bool], ...] = (
        (
            Piece("Comprendre l'hypertension", nature="environment", team=heart),
            world.days(-60),
            True,
        ),
        (
            Piece("Données à long terme : tiré à part", "reprint", "mpm", "medical", team=heart),
            world.days(-45),
            True,
        ),
        (
            Piece(
                "Diapositives scientifiques", "speaker_brief", "mpm", "medical", team="Respiratory"
            ),
            long_ago,
            True,
        ),
        (
            Piece(
                "Notre engagement pour le souffle",
                owner="pm2",
                nature="institutional",
                team="Respiratory",
            ),
            world.days(-20),
            False,
        ),
    )
    for piece, start, release in plan:
        yield _unregulated(world, piece, start, release=release)


def _unregulated(world: World, piece: Piece, start: date, *, release: bool) -> Story:
    yield at(start, 9, 50)
    version: Version = world.create(piece)
    yield at(start, 10, 15)
    world.upload(version)
    yield at(start, 10, 30)
    world.submit(version)
    yield at(start + timedelta(days=4), 15, 0)
    world.approve(version)
    yield at(start + timedelta(days=5), 15, 30)
    world.approve(version)
    if release:
        yield at(start + timedelta(days=6), 9, 30)
        world.release(version)
