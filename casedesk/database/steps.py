"""Read the migrations of a package for Tortoise's executor.

A migration that only makes tables is run at once: step by step Tortoise renders every model again for each table, which
takes seconds for a desk's fifty tables.
"""

from collections.abc import Iterable

from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.loader import MigrationLoader
from tortoise.migrations.migration import Migration
from tortoise.migrations.operations import CreateModel
from tortoise.migrations.schema_editor import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State


class Steps(MigrationLoader):
    """A loader that knows migrations that only make tables."""

    def load_disk(self) -> None:
        """Load every migration of the package."""
        super().load_disk()
        for key, step in self.disk_migrations.items():
            if step.operations and all(isinstance(operation, CreateModel) for operation in step.operations):
                self.disk_migrations[key] = _AtOnce(step)


def use_steps(executor: MigrationExecutor) -> None:
    """Let `executor` load its migrations through `Steps`."""
    executor.loader = Steps(executor.loader.apps_config, executor.recorder)


class _AtOnce(Migration):
    """The same migration: all models into the state first, then table by table in the order written."""

    def __init__(self, step: Migration) -> None:
        super().__init__(step.name, step.app_label)
        self.operations, self.dependencies = step.operations, step.dependencies
        self.run_before, self.replaces = step.run_before, step.replaces

    async def apply(
        self,
        state: State,
        *,
        dry_run: bool = False,
        schema_editor: BaseSchemaEditor | None = None,
        collect_sql: bool = False,
    ) -> State:
        """Do what Migration.apply does, with one rendering of the models."""
        waiting = _Waiting(state)
        for operation in self.operations:
            operation.state_forward(self.app_label, waiting)
        state.reload_models(waiting.reloads)
        if schema_editor is not None and not dry_run and not collect_sql:
            for operation in self.operations:
                await operation.database_forward(self.app_label, state, state, schema_editor)
        return state


class _Waiting(State):
    """The same state, which remembers what to render instead of rendering it."""

    def __init__(self, state: State) -> None:
        super().__init__(models=state.models, apps=state.apps)
        self.reloads: set[tuple[str, str]] = set()

    def reload_models(self, model_tuples: Iterable[tuple[str, str]]) -> None:
        """Remember `model_tuples`."""
        self.reloads.update(model_tuples)
