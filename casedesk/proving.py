"""`casedesk verify`: proves that what was promised holds; counts what it looked at and names each fault in one line.

Ledger: every accepted message is in the spool with the right hash and chain, and has one fate. Cases: folding the journal
gives the row. Index and database agree. Outbox: states and dates fit together. Files: a row if and only if there are bytes.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from casedesk.cases import attaching, replaying
from casedesk.cases.models import Attachment, Case, Message
from casedesk.database import rows
from casedesk.mail.models import OutgoingMail
from casedesk.records import NEVER
from intake.models import Fate
from intake.spool import Spool
from knowledge.index import SolutionIndex

STEP = 500


@dataclass(slots=True)
class Proof:
    """What was looked at, by name, and one sentence for each fault."""

    counts: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


Progress = Callable[[str, int, int], None]


async def prove(spool: Spool, index: SolutionIndex, progress: Progress) -> Proof:
    """Look at everything and return the proof; changes nothing. `progress` is told what, how many done, of how many."""
    proof = Proof()
    await _ledger(proof, spool)
    await _cases(proof, progress)
    await _outbox(proof)
    await _files(proof)
    faults = await index.compare()
    proof.faults += [f"index: {fault}" for fault in faults]
    proof.counts["solutions"] = int((await rows("SELECT COUNT(*) AS n FROM solutions"))[0]["n"])
    return proof


async def _ledger(proof: Proof, spool: Spool) -> None:
    verdict = await spool.verify()
    proof.counts["arrivals"] = verdict.arrivals
    proof.faults += [f"spool: {fault}" for fault in verdict.faults]
    newest = int((await rows("SELECT MAX(arrival) AS n FROM fates"))[0]["n"] or 0)
    after, fates = 0, 0
    while True:
        arrivals = await spool.list_on(after, STEP)
        if not arrivals:
            break
        known = {
            row.arrival: row for row in await Fate.filter(arrival__gte=arrivals[0].id, arrival__lte=arrivals[-1].id)
        }
        for arrival in arrivals:
            row = known.pop(arrival.id, None)
            if row is None and arrival.id <= newest:
                proof.faults.append(f"ledger: arrival {arrival.id} has no fate")
            elif row is not None and row.raw_sha256 != arrival.raw_sha256:
                proof.faults.append(f"ledger: arrival {arrival.id} has another hash than its fate says")
            elif row is not None and row.fate in ("created", "appended") and row.case_id is None:
                proof.faults.append(f"ledger: arrival {arrival.id} is {row.fate} but names no case")
            fates += row is not None
        proof.faults += [f"ledger: the fate of arrival {number} has no arrival" for number in known]
        after = arrivals[-1].id
    proof.counts["fates"] = fates
    proof.counts["pending"] = verdict.arrivals - fates
    beyond = await rows("SELECT COUNT(*) AS n FROM fates WHERE arrival > ?", after)
    if beyond[0]["n"]:
        proof.faults.append(f"ledger: {beyond[0]['n']} fates have no arrival")


async def _cases(proof: Proof, progress: Progress) -> None:
    total = await Case.all().count()
    after, done = 0, 0
    while True:
        ids = [row["id"] for row in await rows("SELECT id FROM cases WHERE id > ? ORDER BY id LIMIT ?", after, STEP)]
        if not ids:
            break
        for case_id in ids:
            proof.faults += await replaying.replay(case_id)
        after, done = ids[-1], done + len(ids)
        progress("cases", done, total)
    proof.counts["cases"] = done
    proof.counts["events"] = int((await rows("SELECT COUNT(*) AS n FROM events"))[0]["n"])


async def _outbox(proof: Proof) -> None:
    proof.counts["outgoing"] = await OutgoingMail.all().count()
    for mail in await OutgoingMail.filter(state="sent", sent_at__isnull=True).only("id"):
        proof.faults.append(f"outbox: mail {mail.id} is sent but has no time")
    for mail in await OutgoingMail.filter(state="waiting", next_try_at__gte=NEVER).only("id"):
        proof.faults.append(f"outbox: mail {mail.id} waits for ever")
    unsent = await rows(
        "SELECT m.id FROM messages m WHERE m.kind = 'reply' AND NOT EXISTS "
        "(SELECT 1 FROM outgoing_mail o WHERE o.message_id = m.id)"
    )
    proof.faults += [f"outbox: reply {row['id']} has no mail" for row in unsent]


async def _files(proof: Proof) -> None:
    wanted = {row["sha256"] for row in await rows("SELECT DISTINCT sha256 FROM attachments")}
    stored = await asyncio.to_thread(attaching.store().hashes)
    proof.counts["attachments"] = await Attachment.all().count()
    proof.counts["messages"] = await Message.all().count()
    proof.faults += [f"files: {sha256} is named by a row but not there" for sha256 in sorted(wanted - stored)]
