"""Run every measure and print what it saw: `make bench`."""

import platform

from tests.bench import acknowledging

MEASURES = (acknowledging,)


def main() -> None:
    """Print a line or more for each measure."""
    print(f"Python {platform.python_version()}, {platform.machine()}")
    for measure in MEASURES:
        for line in measure.measure():
            print(f"{measure.NAME}: {line}", flush=True)


if __name__ == "__main__":
    main()
