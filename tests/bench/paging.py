"""What a list of 50 of 10,000 cases and the page of one case cost the serving process."""

from collections.abc import Iterator

from tests.bench.completing import LETTERS, send
from tests.bench.figures import Figure
from tests.bench.stage import Stage, cpu_seconds

CASES = 10_000
REQUESTS = 200


def measure(stage: Stage) -> Iterator[Figure]:
    """Yield processor time for each request, on the desk that `completing` left, filled up to 10,000 cases."""
    with stage.serving() as served:
        for first in range(LETTERS, CASES, LETTERS):
            send(served.smtp, LETTERS, first)
        stage.wait_until("SELECT COUNT(*) AS n FROM fates", CASES)
        # What follows the cases (acknowledgements, the outbox) would be counted, too.
        stage.wait_until(_QUIET, 1)
        client = stage.client()
        token = {"authorization": f"Bearer {stage.token}"}
        number = client.get("/api/v1/cases?limit=1", headers=token).json()["items"][0]["number"]
        wanted = {
            f"list of 50 of {CASES:,} cases": ("/console/v/all", {}, "<= 2 ms"),
            "page of a case": (f"/console/c/{number}", {}, "<= 3 ms"),
            f"API: 50 of {CASES:,} cases": ("/api/v1/cases?limit=50", token, ""),
            "API: one case": (f"/api/v1/cases/{number}", token, ""),
        }
        for what, (path, headers, demanded) in wanted.items():
            for _ in range(5):
                answer = client.get(path, headers=headers)
                if answer.status_code != 200:
                    raise RuntimeError(f"{path} was answered {answer.status_code}")
            before = cpu_seconds(served.process.pid)
            for _ in range(REQUESTS):
                client.get(path, headers=headers)
            spent = (cpu_seconds(served.process.pid) - before) / REQUESTS
            yield Figure(f"{what}, processor time", f"{spent * 1000:.1f} ms", demanded)


_QUIET = """
SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM events WHERE pending)
AND NOT EXISTS (SELECT 1 FROM outgoing_mail WHERE state IN ('waiting', 'sending')) THEN 1 ELSE 0 END AS n
"""
