"""Who bought from Halden Instruments: accounts, their people and their devices, made of the files and a seed alone.

Pure: the same seed gives the same customers; dates are days from today. Writing them to a desk is `company`.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from casedesk.demo.plot import Customer
from casedesk.demo.reading import read

PEOPLE = 480
DEVICES = 1_900
FIRST_SERIAL = 11_873

WARRANTIES = ((91, 900, 60), (3, 90, 15), (-700, -20, 25))
"""Days until a warranty ends, from and to, and how many in a hundred have it so."""

_EVERYBODY_HAS = ("AG-200", "FJ-P4", "FJ-P4", "CH-C9", "KV-F80", "CH-C5")
_DEVICES = {"AG-200": 18, "AG-100": 8, "FJ-P4": 40, "FJ-P2": 14, "CH-C9": 7, "CH-C5": 4, "KV-F80": 6, "VG-M1": 3}
_CONTRACTS = {"premier": 24, "standard": 46, "warranty": 18, "none": 6, "ended": 6}
_ROLES = ("Laboratory manager", "Technician", "Purchasing", "Quality", "Facility manager", "Night shift", "Accounting")
_NUMBERS = {
    "America/Denver": "+1 303 555 ", "America/Chicago": "+1 312 555 ", "America/New_York": "+1 212 555 ",
    "America/Los_Angeles": "+1 213 555 ", "Europe/Paris": "+33 4 67 55 ", "Europe/Berlin": "+49 3641 55 ",
    "Europe/London": "+44 20 7946 ", "Europe/Madrid": "+34 93 255 ", "Europe/Stockholm": "+46 19 555 ",
    "Asia/Tokyo": "+81 6 6355 ", "Europe/Rome": "+39 045 855 ",
}  # fmt: skip
_MEDICAL_WORDS = ("hospital", "hôpital", "klinik", "infirmary", "blood", "vaccine", "مستشفى", "病院", "szpital")
_ENDED_LAST_WEEK = ("warranty", "CH-C9")
"""The contract and the product of the device whose warranty ended a few days ago."""
_FIRST_HAS = 472
"""Days of warranty that are left to the gateway a newcomer meets first."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A person of a customer."""

    name: str
    email: str
    language: str
    role: str
    phone: str


@dataclass(frozen=True, slots=True)
class Device:
    """Something installed at a customer; its warranty ends `days` from today."""

    sku: str
    serial: str
    site: str
    days: int


@dataclass(frozen=True, slots=True)
class Buyer:
    """An account: `contract` is premier, standard, warranty (devices alone), ended or none; `pack` allowed and used."""

    name: str
    domain: str
    region: str
    zone: str
    contract: str
    sites: tuple[str, ...]
    people: tuple[Contact, ...]
    devices: tuple[Device, ...]
    named: bool = False
    pack: tuple[int, int] | None = None


def population(seed: int) -> list[Buyer]:
    """Return the accounts: those written by hand, then the others, country by country."""
    chance = Random(f"{seed}:population")
    told = read("company.toml")
    written = [(account, _written_people(account)) for account in told["account"]]
    found = list(_found(chance, PEOPLE - sum(len(people) for _, people in written)))
    stems = {product["sku"]: product["serial"] for product in told["product"]}
    installer = _Installer(Random(f"{seed}:devices"), stems)
    everybody = [*written, *found]
    counts = _shared_out(chance, DEVICES - 7 * len(everybody), len(everybody))
    return [
        Buyer(
            name=account["name"], domain=account["domain"], region=account["region"], zone=account["zone"],
            contract=account["contract"], sites=tuple(account["sites"]), people=tuple(people),
            devices=tuple(installer.install(account, count + 7)), named=bool(account.get("named")),
            pack=tuple(account["pack"]) if "pack" in account else None,
        )
        for (account, people), count in zip(everybody, counts, strict=True)
    ]  # fmt: skip


def is_medical(name: str) -> bool:
    """Say whether an account of this name is served by Halden Medical."""
    return any(word in name.casefold() for word in _MEDICAL_WORDS)


def customers(buyers: Sequence[Buyer]) -> list[Customer]:
    """Return the people who write."""
    found = []
    for buyer in buyers:
        devices: dict[str, list[str]] = {}
        for device in buyer.devices:
            devices.setdefault(device.sku, []).append(device.serial)
        # A pack of incidents is for the thread that tells of it, so that what is left of it stays told.
        weight = 0 if buyer.pack else {"premier": 3, "standard": 2, "warranty": 2}.get(buyer.contract, 1)
        for person in buyer.people:
            found.append(
                Customer(
                    person.email,
                    person.name,
                    person.language,
                    buyer.sites,
                    devices,
                    buyer.zone,
                    buyer.contract,
                    weight,
                    is_medical(buyer.name) and buyer.contract == "premier",
                )
            )
    return found


def _written_people(account: Mapping[str, Any]) -> list[Contact]:
    return [
        Contact(
            name, f"{local}@{account['domain']}", language, role, _phone(account["zone"], f"{local}{account['domain']}")
        )
        for name, local, language, role in account["people"]
    ]


def _found(chance: Random, people: int) -> Iterator[tuple[dict[str, Any], list[Contact]]]:
    places = read("places.toml")["place"]
    total = sum(place["accounts"] for place in places)
    counts = _shared_out(chance, people, total)
    domains: set[str] = set()
    for place in places:
        cities, families = list(place["cities"]), list(place["family"])
        chance.shuffle(cities)
        chance.shuffle(families)
        for number in range(place["accounts"]):
            city, family = cities[number % len(cities)], families[number % len(families)]
            kind, _, local = place["kinds"][number % len(place["kinds"])].partition("=")
            name = kind.format(city=city, family=_spoken(family))
            account = {
                "name": name, "domain": _domain(local or name, domains), "region": place["region"],
                "zone": chance.choice(place["zones"]), "contract": _one_of(chance, _CONTRACTS),
                "sites": chance.sample(place["sites"], min(2, len(place["sites"]))),
            }  # fmt: skip
            yield account, _colleagues(chance, place, account, counts.pop())


def _colleagues(chance: Random, place: Mapping[str, Any], account: Mapping[str, Any], count: int) -> list[Contact]:
    found: dict[str, Contact] = {}
    while len(found) < count:
        given, family = chance.choice(place["given"]), chance.choice(place["family"])
        last_first = place["language"] == "ja"
        name = f"{_spoken(family)} {_spoken(given)}" if last_first else f"{_spoken(given)} {_spoken(family)}"
        email = f"{_letters(given)}.{_letters(family)}@{account['domain']}"
        role, phone = _ROLES[len(found) % len(_ROLES)], _phone(account["zone"], email)
        found.setdefault(email, Contact(name, email, place["language"], role, phone))
    return list(found.values())


class _Installer:
    """Gives each device its serial, its site and its warranty."""

    def __init__(self, chance: Random, stems: Mapping[str, str]) -> None:
        self.chance, self.stems, self.next = chance, stems, FIRST_SERIAL

    def install(self, account: Mapping[str, Any], count: int) -> Iterator[Device]:
        """Return `count` devices of an account."""
        more = self.chance.choices(list(_DEVICES), list(_DEVICES.values()), k=count - len(_EVERYBODY_HAS))
        for sku in (*_EVERYBODY_HAS, *more):
            is_first = self.next == FIRST_SERIAL
            year = 24 if is_first else self.chance.randint(22, 26)
            serial = f"{self.stems[sku]}-{year}-{self.next}"
            self.next += self.chance.randint(3, 40)
            first, last, _ = self.chance.choices(WARRANTIES, [share for _, _, share in WARRANTIES])[0]
            days = -5 if (account["contract"], sku) == _ENDED_LAST_WEEK else self.chance.randint(first, last)
            days = _FIRST_HAS if is_first else days
            yield Device(sku, serial, self.chance.choice(account["sites"]), days)


def _phone(zone: str, whose: str) -> str:
    """Return a number of the zone, the same each time; in the United States one of those that are kept for stories."""
    stem = _NUMBERS.get(zone, "+33 4 67 55 ")
    last = Random(whose).randrange(100) if "555" in stem else Random(whose).randrange(1000, 10_000)
    return f"{stem}01{last:02d}" if "555" in stem else f"{stem}{last}"


def _shared_out(chance: Random, total: int, among: int) -> list[int]:
    """Return `among` numbers that differ by one at most and sum up to `total`, in any order."""
    each, left = divmod(total, among)
    counts = [each + (place < left) for place in range(among)]
    chance.shuffle(counts)
    return counts


def _one_of(chance: Random, weights: Mapping[str, int]) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]


def _spoken(name: str) -> str:
    return name.partition("=")[0]


def _letters(name: str) -> str:
    """Return a name as a mail address writes it."""
    plain = unicodedata.normalize("NFKD", name.partition("=")[2] or name)
    plain = plain.replace("ø", "o").replace("Ø", "o").replace("ł", "l").replace("ß", "ss").replace("ı", "i")
    return re.sub(r"[^a-z0-9]+", "", plain.encode("ascii", "ignore").decode().lower())


def _domain(name: str, taken: set[str]) -> str:
    plain = "-".join(filter(None, (_letters(word) for word in name.replace("-", " ").split())))
    found, number = f"{plain}.example", 2
    while found in taken:
        found, number = f"{plain}{number}.example", number + 1
    taken.add(found)
    return found
