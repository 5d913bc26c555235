"""Why a customer is entitled or not, as codes with figures, and the English sentence of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class ReasonCode(StrEnum):
    """What was looked at; together with `held` it makes a sentence."""

    ACCOUNT_KNOWN = "account_known"
    HAS_CANDIDATES = "has_candidates"
    IN_PERIOD = "in_period"
    CONTRACT_IN_PERIOD = "contract_in_period"
    IN_GRACE = "in_grace"
    ASSET_NOT_NAMED = "asset_not_named"
    COVERS_ASSET = "covers_asset"
    CONTACT_NAMED = "contact_named"
    CONTACT_OF_ACCOUNT = "contact_of_account"
    INCIDENTS_LEFT = "incidents_left"
    ASSET_OF_ACCOUNT = "asset_of_account"
    UNDER_WARRANTY = "under_warranty"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing looked at and whether it held; `params` are plain values, dates as ISO text."""

    code: ReasonCode
    held: bool
    params: Mapping[str, str | int] = field(default_factory=dict)


SENTENCES: Mapping[tuple[ReasonCode, bool], str] = MappingProxyType(
    {
        (ReasonCode.ACCOUNT_KNOWN, True): "The customer belongs to %(account)s.",
        (ReasonCode.ACCOUNT_KNOWN, False): "Nobody knows which account this sender belongs to.",
        (ReasonCode.HAS_CANDIDATES, False): "%(account)s has no contract, entitlement or warranty.",
        (ReasonCode.IN_PERIOD, True): "The %(level)s entitlement runs from %(from)s to %(until)s.",
        (ReasonCode.IN_PERIOD, False): "The %(level)s entitlement is valid only from %(from)s to %(until)s.",
        (ReasonCode.CONTRACT_IN_PERIOD, True): "The contract %(contract)s runs from %(from)s to %(until)s.",
        (ReasonCode.CONTRACT_IN_PERIOD, False): "The contract %(contract)s is valid only from %(from)s to %(until)s.",
        (ReasonCode.IN_GRACE, True): "It ended on %(ended)s and is served for %(days)s days of grace.",
        (ReasonCode.IN_GRACE, False): "It ended on %(ended)s, and the %(days)s days of grace are over.",
        (ReasonCode.ASSET_NOT_NAMED, False): "It covers one product only, and the case names none.",
        (ReasonCode.COVERS_ASSET, True): "It covers the product this case is about.",
        (ReasonCode.COVERS_ASSET, False): "It covers another product than %(serial)s.",
        (ReasonCode.CONTACT_NAMED, True): "This contact is named in the contract.",
        (ReasonCode.CONTACT_NAMED, False): "This contact is not one of the named contacts.",
        (ReasonCode.CONTACT_OF_ACCOUNT, True): "Every contact of %(account)s may ask.",
        (ReasonCode.CONTACT_OF_ACCOUNT, False): "This contact belongs to another account than %(account)s.",
        (ReasonCode.INCIDENTS_LEFT, True): "%(left)s of %(allowed)s incidents are left.",
        (ReasonCode.INCIDENTS_LEFT, False): "All %(allowed)s incidents are used up.",
        (ReasonCode.ASSET_OF_ACCOUNT, True): "%(serial)s is registered to this account.",
        (ReasonCode.ASSET_OF_ACCOUNT, False): "%(serial)s is registered to another account.",
        (ReasonCode.UNDER_WARRANTY, True): "%(serial)s is under warranty until %(until)s.",
        (ReasonCode.UNDER_WARRANTY, False): "The warranty of %(serial)s ended on %(until)s.",
    }
)
"""One sentence for each code and whether it held: the source texts of translations; figures as %(name)s."""
