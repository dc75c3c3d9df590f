"""``create_person USERNAME --role ROLE…``: somebody who signs in; first of all an administrator."""

import getpass
import os
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from approvals.audit import Refusal
from approvals.people.actions import create_person, grant_role, system_actor
from approvals.people.enums import Role


class Command(BaseCommand):
    help = "Create a person with roles; the password is asked, or read from PERSON_PASSWORD."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", action="append", required=True, choices=Role.values)
        parser.add_argument("--first-name", default="")
        parser.add_argument("--last-name", default="")
        parser.add_argument("--email", default="")

    def handle(self, *args: Any, username: str, role: list[str], **options: Any) -> None:
        password = os.environ.get("PERSON_PASSWORD") or getpass.getpass("Password: ")
        by, now = system_actor(), timezone.now()
        try:
            validate_password(password)
            person = create_person(
                by=by,
                now=now,
                username=username,
                password=password,
                first_name=options["first_name"],
                last_name=options["last_name"],
                email=options["email"],
            )
            for name in role:
                grant_role(person, Role(name), by=by, now=now)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        except Refusal as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{username} can sign in as: {', '.join(role)}.")
