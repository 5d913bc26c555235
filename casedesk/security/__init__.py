"""Keys, hashes and limits: what signing in and unguessable links stand on; who may do what is `permissions`."""

from casedesk.security import passwords, tokens
from casedesk.settings import Settings


def configure(settings: Settings) -> None:
    """Take the signing key and the cost of password hashes from `settings`; call once before serving anything.

    Raises Unusable when neither a setting nor the key file gives a key.
    """
    tokens.use_key(settings.signing_key())
    passwords.use_costs(memory_kib=settings.argon2_kib, rounds=settings.argon2_rounds)
