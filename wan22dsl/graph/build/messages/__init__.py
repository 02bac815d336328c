"""What can be wrong when a graph is built from a program, worded in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.lazy import offered

if TYPE_CHECKING:
    from wan22dsl.graph.build.messages.benches import (
        BENCH_NUMBER,
        CELL_WITH_ERRORS,
        DETERMINISTIC_BENCH,
        FEW_REPEATS,
        MANY_CELLS,
        NO_BASELINE,
        ONE_CELL,
        OTHER_CARDS,
        PROFILE_TWICE,
        QUALITY_WITH_SEEDS,
        SAME_CELLS,
        TOO_MANY_CASES,
        VARY_EMPTY,
        VARY_NO_LIST,
    )
    from wan22dsl.graph.build.messages.calls import (
        BAD_ANNOTATION,
        CANNOT_TAKE,
        CHOOSE_OUTPUT,
        GIVES_NOTHING,
        MISSING_ARGUMENT,
        NO_FLOW_TARGET,
        NO_PLACE,
        NOT_A_PATCH,
        NOT_CALLABLE,
        UNKNOWN_ARGUMENT,
        UNKNOWN_OUTPUTS,
        WAITS,
    )
    from wan22dsl.graph.build.messages.loras import (
        DISTILLED_REPLACED,
        LORA_FILES,
        NO_FILE_FOR_EXPERT,
    )
    from wan22dsl.graph.build.messages.pipelines import (
        BAD_CONDITIONING,
        BAD_ENGINE,
        BAD_STEPS,
        CIRCULAR_SETTING,
        HIDDEN_SETTING,
        INPUT_FILE,
        MISSING_SETTING,
        NO_FAMILY,
        NO_LIMIT,
        NO_SHIFT_AT_BOUNDARY,
        NO_SUCH_PIPELINE,
        ONE_NAME,
        PARTLY_HIDDEN_SETTING,
        TOO_DEEP,
        TOO_MUCH,
        UNREAD_SETTING,
        UNREADABLE_INPUT,
        UPSIDE_DOWN,
    )
    from wan22dsl.graph.build.messages.values import (
        BAD_ARITHMETIC,
        BAD_NUMBER,
        CHANGES_NOTHING,
        GIVEN_FOR_NOTHING,
        NO_MEMBER,
        NO_RATE,
        NODE_DIFFERS,
        NODE_TWICE,
        NOT_A_CHOICE,
        NOT_ACCEPTED,
        NOT_GIVEN,
        NOT_GIVEN_NOTE,
        RANDOM_SEED,
        TOO_LARGE,
        UNKNOWN_FACT,
        WRONG_TYPE,
    )

__all__ = [
    "BAD_ANNOTATION",
    "BAD_ARITHMETIC",
    "BAD_CONDITIONING",
    "BAD_ENGINE",
    "BAD_NUMBER",
    "BAD_STEPS",
    "BENCH_NUMBER",
    "CANNOT_TAKE",
    "CELL_WITH_ERRORS",
    "CHANGES_NOTHING",
    "CHOOSE_OUTPUT",
    "CIRCULAR_SETTING",
    "DETERMINISTIC_BENCH",
    "DISTILLED_REPLACED",
    "FEW_REPEATS",
    "GIVEN_FOR_NOTHING",
    "GIVES_NOTHING",
    "HIDDEN_SETTING",
    "INPUT_FILE",
    "LORA_FILES",
    "MANY_CELLS",
    "MISSING_ARGUMENT",
    "MISSING_SETTING",
    "NODE_DIFFERS",
    "NODE_TWICE",
    "NOT_ACCEPTED",
    "NOT_A_CHOICE",
    "NOT_A_PATCH",
    "NOT_CALLABLE",
    "NOT_GIVEN",
    "NOT_GIVEN_NOTE",
    "NO_BASELINE",
    "NO_FAMILY",
    "NO_FILE_FOR_EXPERT",
    "NO_FLOW_TARGET",
    "NO_LIMIT",
    "NO_MEMBER",
    "NO_PLACE",
    "NO_RATE",
    "NO_SHIFT_AT_BOUNDARY",
    "NO_SUCH_PIPELINE",
    "ONE_CELL",
    "ONE_NAME",
    "OTHER_CARDS",
    "PARTLY_HIDDEN_SETTING",
    "PROFILE_TWICE",
    "QUALITY_WITH_SEEDS",
    "RANDOM_SEED",
    "SAME_CELLS",
    "TOO_DEEP",
    "TOO_LARGE",
    "TOO_MANY_CASES",
    "TOO_MUCH",
    "UNKNOWN_ARGUMENT",
    "UNKNOWN_FACT",
    "UNKNOWN_OUTPUTS",
    "UNREADABLE_INPUT",
    "UNREAD_SETTING",
    "UPSIDE_DOWN",
    "VARY_EMPTY",
    "VARY_NO_LIST",
    "WAITS",
    "WRONG_TYPE",
]

#: Module → the messages that it has; a file without mistakes needs none of them.
_HOMES = {
    "benches": "BENCH_NUMBER CELL_WITH_ERRORS DETERMINISTIC_BENCH FEW_REPEATS MANY_CELLS NO_BASELINE "
    "ONE_CELL OTHER_CARDS PROFILE_TWICE QUALITY_WITH_SEEDS SAME_CELLS TOO_MANY_CASES VARY_EMPTY VARY_NO_LIST",
    "calls": "BAD_ANNOTATION CANNOT_TAKE CHOOSE_OUTPUT GIVES_NOTHING MISSING_ARGUMENT NOT_A_PATCH "
    "NOT_CALLABLE NO_FLOW_TARGET NO_PLACE UNKNOWN_ARGUMENT UNKNOWN_OUTPUTS WAITS",
    "loras": "DISTILLED_REPLACED LORA_FILES NO_FILE_FOR_EXPERT",
    "pipelines": "BAD_CONDITIONING BAD_ENGINE BAD_STEPS CIRCULAR_SETTING HIDDEN_SETTING INPUT_FILE "
    "MISSING_SETTING NO_FAMILY NO_LIMIT NO_SHIFT_AT_BOUNDARY NO_SUCH_PIPELINE ONE_NAME PARTLY_HIDDEN_SETTING "
    "TOO_DEEP TOO_MUCH UNREADABLE_INPUT UNREAD_SETTING UPSIDE_DOWN",
    "values": "BAD_ARITHMETIC BAD_NUMBER CHANGES_NOTHING GIVEN_FOR_NOTHING NODE_DIFFERS NODE_TWICE "
    "NOT_ACCEPTED NOT_A_CHOICE NOT_GIVEN NOT_GIVEN_NOTE NO_MEMBER NO_RATE RANDOM_SEED TOO_LARGE "
    "UNKNOWN_FACT WRONG_TYPE",
}


def __getattr__(name: str) -> Any:
    """Imports a message when it is first used."""
    return offered(__name__, _HOMES, name)
