"""What somebody or something may be called: all of it is seen, and nothing passes for another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from shared.access.contacts import Contact, KeepContact
from shared.access.devices import ConfirmPairing, RenameDevice
from shared.backend.access.logins import is_of_one_script
from shared.backend.halls import care
from shared.backend.storage import tables
from shared.hall.errors import Invalid, LoginTaken
from shared.hall.forms import is_name
from shared.hall.hours import Day
from shared.hall.messages import Message
from shared.hall.readable import readable
from shared.hall.roles import Role
from shared.hall.set_up import DefineHall, DefinePoint, DefinePrecedence, DefineService
from shared.hall.words import in_language
