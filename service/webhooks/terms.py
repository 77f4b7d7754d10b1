"""The terms on which messages are sent: the keys of their secrets, and where they may go."""

from dataclasses import dataclass
from functools import cache

from service.settings import Settings
from service.webhooks.addresses import Reachable
from service.webhooks.signing import Keys


@dataclass(frozen=True)
class Terms:
    """What settings say of webhooks, read."""

    keys: Keys
    reachable: Reachable


@cache
def terms(settings: Settings) -> Terms:
    """The terms that settings state. SettingError for nonsense."""
    return Terms(Keys(settings.webhook_keys), Reachable(settings.webhook_private))
