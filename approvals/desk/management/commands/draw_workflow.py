"""Draw the lifecycle from the machine itself, or check that the drawing is up to date."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from approvals.desk.workflow import document

PATH = Path(settings.BASE_DIR) / "docs" / "workflow.md"


class Command(BaseCommand):
    help = "Write docs/workflow.md from the state machine; --check compares instead."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare, write nothing")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        text = document()
        if not check:
            PATH.parent.mkdir(exist_ok=True)
            PATH.write_text(text, encoding="utf-8")
            self.stdout.write(f"{PATH.name} written.")
            return
        if not PATH.exists() or PATH.read_text(encoding="utf-8") != text:
            raise CommandError("docs/workflow.md is out of date: run manage.py draw_workflow.")
        self.stdout.write("docs/workflow.md is up to date.")
