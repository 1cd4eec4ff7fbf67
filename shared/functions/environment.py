"""What the functions share: the database and the security configuration, from the settings in their environment."""

from __future__ import annotations

from functools import partial

from shared import settings
from shared.addresses import checked_public_url
from shared.backend.access.security_configuration import SecurityConfiguration, SignOnRules, provider_of
from shared.backend.storage.database import KINDS, Database, Kinds
from shared.backend.storage.postgres_serverless import ServerlessPostgres
from shared.functions import rds
from shared.functions.gateway import GatewayVerifier

REST_WITHIN = 5.0
"""Seconds to go on writing after the answer, such as a hall's holidays, before the function is frozen."""

DATABASE_KINDS: Kinds = {**KINDS, "postgresql": partial(ServerlessPostgres, password=rds.password)}


def database(*, create: bool = False) -> Database:
    """The database of this environment; raises Unfit, NoHallsYet (unless ``create``) or Unreachable."""
    return Database(settings.load().database, create=create, kinds=DATABASE_KINDS)


def security() -> SecurityConfiguration:
    """Https alone, because the gateway speaks nothing else, and sign-on by Cognito if it is set up; raises Unfit."""
    loaded = settings.load()
    provider, pages = provider_of(loaded), checked_public_url(loaded.public_url)
    if provider is None:
        return SecurityConfiguration(only_https=True, pages=pages)
    verifier = GatewayVerifier(provider)
    rules = SignOnRules(provider=provider, verifier=verifier, role_claim=loaded.oidc_role_claim)
    return SecurityConfiguration(only_https=True, sign_on=rules, pages=pages)
