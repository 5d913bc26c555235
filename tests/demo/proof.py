"""Proof that nothing of a case was filled past the abilities: what stands in its tables adds up with its journal.

`python -m tests.demo.proof DATA [CASES] [SEED]` picks cases of a desk at random and prints what does not.
"""

import asyncio
import sys
from pathlib import Path
from random import Random

from casedesk import settings as operator
from casedesk.app import opened
from casedesk.cases import replaying
from casedesk.database import rows

_COUNTS = {
    "messages without an event": (
        "SELECT COUNT(*) AS n FROM messages m WHERE m.case_id = ? AND NOT EXISTS (SELECT 1 FROM events e WHERE "
        "e.case_id = m.case_id AND e.content_hash IS NOT NULL AND e.name IN "
        "('message_received', 'reply_sent', 'note_added', 'call_logged') AND e.created_at = m.created_at)"
    ),
    "replies without a mail": (
        "SELECT COUNT(*) AS n FROM messages m WHERE m.case_id = ? AND m.kind = 'reply' AND NOT EXISTS "
        "(SELECT 1 FROM outgoing_mail o WHERE o.message_id = m.id)"
    ),
    "milestones without a decision": (
        "SELECT COUNT(*) AS n FROM milestones m WHERE m.case_id = ? AND m.kind <> 'next_response' AND NOT EXISTS "
        "(SELECT 1 FROM decisions d WHERE d.case_id = m.case_id AND d.kind = 'milestone' AND d.outcome = m.name)"
    ),
    "missed milestones that nobody was told of": (
        "SELECT COUNT(*) AS n FROM milestones m WHERE m.case_id = ? AND m.state = 'missed' AND NOT EXISTS "
        "(SELECT 1 FROM milestone_steps s WHERE s.milestone_id = m.id AND s.step = 'violation')"
    ),
    "events whose reactions did not run": "SELECT COUNT(*) AS n FROM events WHERE case_id = ? AND pending",
}
_FIRST = "SELECT name FROM events WHERE case_id = ? ORDER BY id LIMIT 1"
_DECIDED = "SELECT kind, COUNT(*) AS n FROM decisions WHERE case_id = ? GROUP BY kind"
_STEPS = (
    "SELECT (SELECT COUNT(*) FROM milestone_steps s JOIN milestones m ON m.id = s.milestone_id WHERE m.case_id = c.id) AS "
    "taken, (SELECT COUNT(*) FROM events e WHERE e.case_id = c.id AND e.name IN "
    "('milestone_met', 'milestone_missed', 'milestone_warned')) AS told FROM cases c WHERE c.id = ?"
)


async def faults_of(case: int) -> list[str]:
    """Return what does not add up in a case of the open desk: none when all was done by abilities."""
    found = [str(fault) for fault in await replaying.replay(case)]
    for name, sql in _COUNTS.items():
        if count := (await rows(sql, case))[0]["n"]:
            found.append(f"case {case}: {count} {name}")
    if (await rows(_FIRST, case))[0]["name"] != "case_created":
        found.append(f"case {case}: its journal does not begin with it")
    decided = {row["kind"]: row["n"] for row in await rows(_DECIDED, case)}
    if (decided.get("entitlement"), decided.get("assignment")) != (1, 1):
        found.append(f"case {case}: decisions are {decided}")
    steps = (await rows(_STEPS, case))[0]
    if steps["taken"] > steps["told"]:  # a success that was met is taken again after a reopening
        found.append(f"case {case}: {steps['taken']} steps of clocks, {steps['told']} told")
    return found


async def _prove(data: Path, count: int, seed: int) -> int:
    async with opened(operator.load(data=data)):
        every = [row["id"] for row in await rows("SELECT id FROM cases ORDER BY id")]
        picked = sorted(Random(seed).sample(every, min(count, len(every))))
        found = [fault for case in picked for fault in await faults_of(case)]
    for fault in found:
        print(fault)
    print(f"{len(picked)} of {len(every)} cases by seed {seed}: {len(found)} faults")
    print("cases:", *picked)
    return 1 if found else 0


if __name__ == "__main__":
    asked = [int(each) for each in sys.argv[2:]]
    sys.exit(asyncio.run(_prove(Path(sys.argv[1]), *[*asked, *(50, 7)[len(asked) :]])))
