"""Write the next migration from what the models say: `python -m casedesk.database.drafting NAME` (`make migration`).

A developer's tool. Running migrations belongs to `migrating`. A migration that has been released is never edited.
"""

import asyncio
import sys
from pathlib import Path

from tortoise import Tortoise
from tortoise.apps import Apps
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.operations import Operation
from tortoise.migrations.schema_generator.operation_generator import OperationGenerator
from tortoise.migrations.schema_generator.state import State
from tortoise.migrations.schema_generator.state_apps import StateApps
from tortoise.migrations.writer import MigrationWriter, format_migration_name

from casedesk.database import APP, tortoise_config
from casedesk.database.steps import Steps
from casedesk.settings import Settings

FIRST = "0001_first"


async def differences() -> list[Operation]:
    """Return the operations that bring the schema of the migrations to that of the models; none when they agree."""
    detector = await _detector()
    await detector.loader.build_graph()
    return _operations(await detector._project_state(), _wished(detector))


async def draft(name: str) -> Path | None:
    """Write the next migration, called `name`, and return its file; None when the models have not changed."""
    detector = await _detector()
    await detector.loader.build_graph()
    leaves = detector._leaf_nodes(APP)
    if not leaves:
        return await draft_first()
    operations = _operations(await detector._project_state(), _wished(detector))
    if not operations:
        return None
    number = max(int(leaf.name.split("_")[0]) for leaf in leaves) + 1
    return _write(format_migration_name(number, name), operations, [(leaf.app_label, leaf.name) for leaf in leaves])


async def draft_first(folder: Path | None = None) -> Path:
    """Write the first migration anew (into `folder` when given): only until the first release, for desks made with the
    earlier one cannot go on from it.
    """
    detector = await _detector()
    return _write(FIRST, _operations(State(models={}, apps=StateApps()), _wished(detector)), [], folder)


async def _detector() -> MigrationAutodetector:
    config = tortoise_config(Settings(database=""), foreign_keys=False)
    context = await Tortoise.init(config=config, init_connections=False)
    assert isinstance(context.apps, Apps)
    detector = MigrationAutodetector(context.apps, config["apps"])
    detector.loader = Steps(config["apps"], detector.loader.recorder)
    return detector


def _wished(detector: MigrationAutodetector) -> State:
    """Return the state of the models, without their docstrings: a better wording is no change of the schema."""
    state = detector._current_state()
    for model in state.models.values():
        model.options.pop("table_description", None)
    return state


def _operations(old: State, new: State) -> list[Operation]:
    return list(OperationGenerator(old, new).generate(app_labels=[APP]))


def _write(
    name: str, operations: list[Operation], dependencies: list[tuple[str, str]], folder: Path | None = None
) -> Path:
    writer = MigrationWriter(
        name,
        APP,
        operations,
        dependencies=dependencies,
        initial=not dependencies,
        migrations_module="casedesk.migrations",
    )
    path = folder / f"{name}.py" if folder else writer.path()
    path.write_text(writer.as_string(), "utf-8")
    return path


def main(arguments: list[str]) -> int:
    """Draft the migration named on the command line (`--first` remakes the first) and say where it stands."""
    if len(arguments) != 1 or not arguments[0].strip():
        print("usage: python -m casedesk.database.drafting NAME | --first", file=sys.stderr)
        return 2
    made = asyncio.run(draft_first() if arguments == ["--first"] else draft(arguments[0]))
    print(made or "the models have not changed")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
