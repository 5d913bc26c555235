"""Run every measure and print what it saw: `make bench`.

CASEDESK_DATABASE (a PostgreSQL server) measures on that engine. The table is also left in .tests/figures-ENGINE.md.
"""

import os
import sys

from tests.bench import acknowledging, completing, filling, paging, starting, suggesting
from tests.bench.figures import Figure, machine, table
from tests.bench.stage import stage
from tests.house.tree import ROOT

MEASURES = {
    "acknowledging": (acknowledging,),
    "starting": (starting,),
    "completing": (completing,),
    "paging": (completing, paging),
    "suggesting": (suggesting,),
    "filling": (filling,),
}
"""Each name with the measures that share one desk."""

USUAL = ("acknowledging", "starting", "paging", "suggesting", "filling")


def main(names: list[str]) -> None:
    """Run the measures named (else all) and print a table."""
    database = os.environ.pop("CASEDESK_DATABASE", "")
    engine = "postgres" if database else "sqlite"
    on = machine(engine)
    seen: list[Figure] = []
    for name in names or USUAL:
        with stage(database) as desk:
            for measure in MEASURES[name]:
                for figure in measure.measure(desk):
                    print(f"{figure.what}: {figure.value}", file=sys.stderr, flush=True)
                    seen.append(figure)
    told = f"{on}\n\n{table(seen)}\n"
    print(told)
    (ROOT / ".tests" / f"figures-{engine}.md").write_text(told, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
