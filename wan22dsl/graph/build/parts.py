"""The parts of a builder that call each other, as it calls them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Env, Thunk, Value
    from wan22dsl.language.syntax.tree import Name, Nested
    from wan22dsl.language.types import Type


class Parts(NamedTuple):
    """What calls each other while a build goes on. Every file calls these through its builder.

    `evaluate` gives what an expression stands for, `named` what a name does, and `force` the value of a
    `let`; `fit` makes a value one of a wanted type; `give` runs what is a flow, a pass or a pipeline.
    """

    evaluate: Callable[..., Value]
    named: Callable[..., Value]
    force: Callable[..., Value]
    fit: Callable[..., Value]
    give: Callable[..., Value]


class Evaluate(Protocol):
    """See `evaluate.value`."""

    def __call__(
        self,
        expression: Nested,
        env: Env,
        settings: Settings,
        *,
        want: Type | None = None,
        at: str = "",
    ) -> Value: ...


class Named(Protocol):
    """See `evaluate.named`."""

    def __call__(
        self, node: Name, env: Env, settings: Settings, *, want: Type | None = None
    ) -> Value: ...


class Force(Protocol):
    """See `evaluate.force`."""

    def __call__(self, thunk: Thunk, settings: Settings) -> Value: ...


class Fit(Protocol):
    """See `fitting.fit`."""

    def __call__(
        self,
        value: Value,
        want: Type,
        at_node: Nested,
        env: Env,
        settings: Settings,
        at: str = "",
    ) -> Value: ...


class Give(Protocol):
    """See `flows.give`."""

    def __call__(
        self,
        value: Value,
        node: Nested,
        env: Env,
        settings: Settings,
        want: Type | None = None,
    ) -> Value: ...
