"""``export_audit OUT.zip [--asset CODE] [--to SEQ]``: hand the trail to an inspector."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from approvals.audit.actions import take_checkpoint
from approvals.audit.models import AuditHead
from approvals.desk.actions import record_export
from approvals.desk.pack import PackFault, Written, write_pack
from approvals.people.actions import system_actor
from content.assets.models import Asset


class Command(BaseCommand):
    help = "Write an inspection pack with a verifier that needs only Python; it leaves an event."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("out", type=Path, metavar="OUT.zip")
        parser.add_argument(
            "--asset", metavar="CODE", help="its events in full, the others by their hash only"
        )
        parser.add_argument(
            "--to", dest="upto", type=int, metavar="SEQ", help="the last event, to write one again"
        )

    def handle(
        self, *args: Any, out: Path, asset: str | None, upto: int | None, **options: Any
    ) -> None:
        if out.exists():
            raise CommandError(f"{out} is there already: choose another name.")
        if not out.parent.is_dir():
            raise CommandError(f"There is no folder {out.parent}: make it first.")
        found = self._asset(asset) if asset else None
        if upto is None:
            # So that a signature covers all that the pack holds.
            take_checkpoint(by=system_actor(), now=timezone.now())
        last = AuditHead.objects.get(pk=1).seq
        if upto is not None and not 1 <= upto <= last:
            raise CommandError(f"There is no event {upto}: give a number from 1 to {last}.")
        pack = self._write(out, upto or last, found)
        files = len({row["sha256"] for row in pack.files})
        self.stdout.write(
            f"{out}: {pack.full} events in full, {pack.by_hash} by their hash only, "
            f"{pack.signed} checkpoints, {files} files, up to event {pack.upto}."
        )
        self.stdout.write(f"SHA-256 {pack.sha256}")

    def _asset(self, code: str) -> Asset:
        found: Asset | None = Asset.objects.filter(code=code).first()
        if found is None:
            raise CommandError(f"There is no asset {code!r}.")
        return found

    def _write(self, out: Path, upto: int, asset: Asset | None) -> Written:
        """Write under another name, so that no pack is there without its event."""
        part = out.with_name(f"{out.name}.part")
        try:
            pack = write_pack(part, upto=upto, asset=asset)
            record_export(pack, by=system_actor(), now=timezone.now())
            part.rename(out)
        except (OSError, PackFault) as fault:
            raise CommandError(str(fault)) from fault
        finally:
            part.unlink(missing_ok=True)
        return pack
