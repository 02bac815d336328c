"""What values come to: those of declarations, settings and expressions, through names and copies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.api.compiler import with_nodes
from wan22dsl.graph.build import declared
from wan22dsl.graph.build.making import new_builder
from wan22dsl.graph.build.settings import Settings
from wan22dsl.graph.build.values import Declared, Env
from wan22dsl.language.program.values import Constant
from wan22dsl.language.syntax.tree import Block, Derived, Param

if TYPE_CHECKING:
    from wan22dsl.editor.view import View
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.values import Value
    from wan22dsl.language.program.module import Declaration, Module
    from wan22dsl.language.types import Type


class Resolver:
    """Works out values of a view, one after the other. What is wrong, or known only when it runs, is None."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._builder: Builder | None = None

    def constant(self, declaration: Declaration) -> Constant | None:
        """The value of a `param` or a `let`."""
        found = self._declared(declaration)
        return found if isinstance(found, Constant) else None

    def block(self, declaration: Declaration) -> Declared | None:
        """An asset, a pass or a pipeline with all of its settings."""
        found = self._declared(declaration)
        return found if isinstance(found, Declared) else None

    def setting(self, block: Declared, name: str, around: Declared | None = None) -> Value | None:
        """A setting of a block; of a pass also one of the pipeline around it."""

        def look(b: Builder) -> Value | None:
            blocks = (block,) if around is None else (block, around)
            if not any(name in each.settings for each in blocks):
                return None
            return Settings(b, blocks).look(name)

        return self._safely(look)

    def expression(self, module: Module, expression: Any, want: Type | None = None) -> Value | None:
        """An expression of a file, outside of all blocks."""
        return self._safely(
            lambda b: b.evaluate(expression, Env(module), Settings(b, ()), want=want)
        )

    def _declared(self, declaration: Declaration) -> Value | None:
        module = declaration.module
        named = module.names.get(declaration.name) if module is not None else None
        if module is None or not isinstance(named, (Block, Derived, Param)):
            return None
        if named.name.start != declaration.start:
            return None
        return self._safely(lambda b: declared.value(b, module, named, Settings(b, ())))

    def _safely(self, look: Any) -> Value | None:
        """What a look gives; None where it is too deep or too much. Findings are not kept."""
        try:
            found: Value | None = look(self._made())
        except RecursionError:
            self._builder = None
            return None
        return found

    def _made(self) -> Builder:
        if self._builder is None:
            view = self._view
            assert view.program is not None and view.catalogue is not None
            catalogue = next((graph.catalogue for graph in view.graphs.values()), None)
            if catalogue is None:
                catalogue = with_nodes(view.catalogue, view.program)[0]
            self._builder = new_builder(view.program, catalogue, lenient=True, abstract=True)
        return self._builder


def of(view: View) -> Resolver | None:
    """The resolver of a view; None for what is no `.wan` file."""
    if view.program is None or view.catalogue is None:
        return None
    found: Resolver | None = view.kept.get("resolver")
    if found is None:
        found = view.kept["resolver"] = Resolver(view)
    return found
