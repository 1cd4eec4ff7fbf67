"""What request handlers work with: the ledger of the halls, and the accounts of people and devices."""

from __future__ import annotations

from dataclasses import dataclass

from shared.backend.access.accounts import Accounts
from shared.backend.halls.ledger import Ledger


@dataclass(frozen=True)
class RequestContext:
    ledger: Ledger
    accounts: Accounts
