"""What the functions stand on: the settings of their environment, and the one database."""

from __future__ import annotations

from functools import partial

from shared import settings
from shared.addresses import public
from shared.backend.access.access_policy import AccessPolicy, SignOnRules, provider_of
from shared.backend.storage.database import KINDS, Database, Kinds
from shared.backend.storage.postgres_serverless import ServerlessPostgres
from shared.functions import rds
from shared.functions.gateway import GatewayVerifier

LAST_WORDS = 5.0
"""Seconds for what is still written when an answer is there, such as a hall's holidays, before a function is frozen."""

OURS: Kinds = {**KINDS, "postgresql": partial(ServerlessPostgres, password=rds.password)}


def database(*, create: bool = False) -> Database:
    """The database of this environment; raises Unfit or Unreachable."""
    return Database(settings.load().database, create=create, kinds=OURS)


def policy() -> AccessPolicy:
    """How one comes in here: by https alone, for the gateway speaks nothing else, and by Cognito if there is one."""
    chosen = settings.load()
    provider, pages = provider_of(chosen), public(chosen.public_url)
    if provider is None:
        return AccessPolicy(only_https=True, pages=pages)
    verifier = GatewayVerifier(provider)
    rules = SignOnRules(provider=provider, verifier=verifier, role_claim=chosen.oidc_role_claim)
    return AccessPolicy(only_https=True, sign_on=rules, pages=pages)
