"""Make an account with a role: the first administrator of a register, or any other."""

from __future__ import annotations

import datetime as dt
import getpass
import os
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from registry import clock
from registry.codes import Role
from registry.management.base import JsonCommand
from registry.models import Grant, User
from registry.queries.divisions import division_by_code


class Command(JsonCommand):
    help = "Make an account with a role in a division; TIANZHANG_PASSWORD, or the password is asked for."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="full name")
        parser.add_argument("--role", default=Role.ADMIN, choices=Role.values)
        parser.add_argument("--division", required=True, metavar="CODE")
        parser.add_argument("--system", default="nbs", choices=["nbs", "mca", "survey"])

    @transaction.atomic
    def answer(self, **options: Any) -> tuple[Any, int]:
        division = division_by_code(options["division"], options["system"])
        if User.objects.filter(username=options["username"]).exists():
            raise CommandError(_("There is already an account %(name)s.") % {"name": options["username"]})
        user = User(username=options["username"], full_name=options["name"], home=division)
        password = os.environ.get("TIANZHANG_PASSWORD") or getpass.getpass(_("Password: "))
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        user.set_password(password)
        user.save()
        valid = DateRange(clock.today() - dt.timedelta(days=1), None)
        Grant.objects.create(user=user, role=options["role"], division=division, valid=valid)
        return {"user": user.username, "role": options["role"], "division": division.name}, 0
