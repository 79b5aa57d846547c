from __future__ import annotations

import getpass
import os
import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Actor, User
from accounts.operations import create_user


class Command(BaseCommand):
    help = (
        "Create the first administrator from ADMIN_EMAIL and ADMIN_PASSWORD, or ask for them on the terminal. "
        "Does nothing when there is one."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(is_superuser=True, is_active=True).exists():
            return
        email, password = os.environ.get("ADMIN_EMAIL", ""), os.environ.get("ADMIN_PASSWORD", "")
        if email and password:
            try:
                self.create(
                    email=email, full_name=os.environ.get("ADMIN_NAME", "") or email, password=password
                )
            except CommandError as error:
                raise CommandError(f"ADMIN_EMAIL or ADMIN_PASSWORD cannot be used. {error}") from error
        elif sys.stdin.isatty():
            self.ask()
        else:
            raise CommandError(
                "There is no administrator yet. Set ADMIN_EMAIL and ADMIN_PASSWORD for the first start, "
                "or start from a terminal, which asks for them."
            )

    def ask(self) -> None:
        self.stdout.write("There is no administrator yet. Who will it be?")
        while True:
            email = input("  Email: ")
            full_name = input("  Name: ")
            password = getpass.getpass("  Password (not shown): ")
            if password != getpass.getpass("  Password again: "):
                self.stdout.write("The two passwords differ. Please type all of it again.")
                continue
            try:
                self.create(email=email, full_name=full_name, password=password)
            except CommandError as error:
                self.stdout.write(f"{error}\nPlease try again.")
            else:
                return

    def create(self, *, email: str, full_name: str, password: str) -> None:
        try:
            create_user(
                email=email,
                full_name=full_name,
                password=password,
                roles=[Role.ADMINISTRATOR],
                by=Actor.system(),
                now=timezone.now(),
            )
        except ValidationError as error:
            raise CommandError(
                "\n".join(f"{field}: {' '.join(texts)}" for field, texts in error.message_dict.items())
            ) from error
        self.stdout.write("The administrator was created.")
