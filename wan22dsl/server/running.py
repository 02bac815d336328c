"""One prompt as ComfyUI runs it: in its order, from its cache, and with all ways in which it can end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from wan22dsl.server import ends, log_lines
from wan22dsl.server.arriving import call_of, samplers
from wan22dsl.server.calls import Bench, Call, NodeFault, Work
from wan22dsl.server.ends import Died, Interrupted, Restarted
from wan22dsl.server.execution import Kept
from wan22dsl.server.faults import Node
from wan22dsl.server.loops import written_out
from wan22dsl.server.measured import NodeRun
from wan22dsl.server.memory import DoesNotFit, out_of_memory_text
from wan22dsl.server.nodes import work_of
from wan22dsl.server.order import MissingNode, Order
from wan22dsl.server.saving import Save, save, save_s
from wan22dsl.server.shapes import Shapes
from wan22dsl.server.signatures import NEVER, signatures

if TYPE_CHECKING:
    from wan22dsl.server.flow import Flow
    from wan22dsl.server.jobs import Job
    from wan22dsl.server.progress import Progress
    from wan22dsl.server.state import State


#: Why the simulated card throttles, in the words of NVML.
_THROTTLED = "too hot (hardware limit)"


class Run:
    """One prompt, from its first message to its last but two."""

    def __init__(self, state: State, job: Job, progress: Progress) -> None:
        self._state = state
        self._job = job
        self._execution = state.execution
        self.progress = progress
        self._signatures: dict[str, str] = {}
        self._executed: list[str] = []
        self.measured: list[NodeRun] = []
        self._given: dict[str, tuple[Flow, ...]] = {}
        self._loops = written_out(job.prompt, state.settings.catalogue, state.log)
        self._prompt = self._loops.prompt
        self.progress.show(self._loops.shown, self._loops.start)
        self._shapes = Shapes(self._prompt, state.settings.catalogue, state.folders, state.log)
        self._bench = Bench(state.settings.card, state.memory, state.log, state.folders)
        self._pace = self._disturbed()

    async def all(self) -> bool:
        """Runs the prompt; False when a node failed or someone stopped it. Raises Died."""
        self.progress.tell("execution_start", {})
        prompt = self._prompt
        try:
            self._signatures = signatures(prompt, self._state.folders_content)
        except (KeyError, TypeError, AttributeError) as error:
            raise Died from error
        self._execution.keep_only(set(self._signatures.values()))
        cached = [node for node in prompt if self._is_kept(node)]
        self.progress.tell("execution_cached", {"nodes": cached})
        order = Order(prompt, self._is_output, self._is_kept, self._loops.after)
        try:
            for output in self._job.outputs:
                if output not in self._loops.bodies:  # there its EndLoop asks for it
                    order.add(output)
        except MissingNode as error:
            raise Died from error
        return await self._nodes(order)

    async def _nodes(self, order: Order) -> bool:
        while order:
            node = order.next()
            if node is None:
                # ComfyUI reports this one and goes on to call the prompt a success.
                self._tell("execution_error", order.in_circle(), ends.of_circle(self._prompt))
                return True
            try:
                await self._node(node)
            except Interrupted:
                self._tell("execution_interrupted", node, {}, to_all=True)
                self._state.log.add("Processing interrupted")
                return False
            except NodeFault as fault:
                self._state.log.add(f"!!! Exception during processing !!! {fault}")
                self._tell("execution_error", node, ends.of_fault(self._prompt, node, fault))
                return False
            order.done(node)
            await asyncio.sleep(0)
        self.progress.tell("execution_success", {})
        return True

    async def _node(self, node: str) -> None:
        kept = self._execution.kept(self._signatures[node])
        if kept is not None:
            self.progress.output(node, kept.shown)
            self.progress.finish(node)
            return
        self._execution.node = node if self._execution.client_id is not None else None
        self.progress.begin(node)
        self._execution.check()
        start_s = self._state.clock.at_s
        await self._suffer(node)
        call, work = self._worked(node)
        factor = self._factor(node)
        if factor != 1.0:
            work = work.slower(factor)
        await self._pass_time(node, work)
        shown = await self._saved(call, factor)
        self._measure(node, start_s, work)
        self._state.memory.rest()
        self._execution.keep(self._signatures[node], Kept(work.outputs, shown))
        self._given[node] = work.outputs
        if shown is not None:
            self.progress.output(node, shown)
        self.progress.finish(node)
        self._executed.append(node)

    def _disturbed(self) -> float:
        """How many times as long as the cost model says this prompt takes."""
        state, disturbances = self._state, self._state.settings.disturbances
        if disturbances is None:
            return 1.0
        number = state.prompts_run
        state.prompts_run += 1
        state.clock.health = {}
        if disturbances.is_throttled(number):
            state.clock.health["throttled"] = [_THROTTLED]
        if disturbances.others_bytes is not None:
            state.clock.health["others_bytes"] = disturbances.others_bytes
        return disturbances.factor(number)

    def _factor(self, node: str) -> float:
        """How many times as long as the cost model says a node takes."""
        disturbances = self._state.settings.disturbances
        if disturbances is None:
            return 1.0
        return self._pace * disturbances.slowdown(self._described(node))

    def _measure(self, node: str, start_s: float, work: Work) -> None:
        clock, steps_s = self._state.clock, (work.step_s,) * work.steps
        kind, used = self._prompt[node]["class_type"], self._state.memory.used_bytes
        self.measured.append(NodeRun(node, kind, start_s, clock.at_s - start_s, steps_s, used))

    def _worked(self, node: str) -> tuple[Call, Work]:
        """What a node does. Whatever goes wrong in it, ComfyUI tells as the node's own error."""
        entry = self._prompt[node]
        node_class = self._state.settings.catalogue.get(entry["class_type"])
        assert node_class is not None
        try:
            slots = range(len(node_class.outputs))
            shapes = tuple(self._shapes.of(node, slot) for slot in slots)
            saved = self._shapes.saved(node)
            call = call_of(node_class, entry["inputs"], self._outputs_of, shapes, saved)
            return call, work_of(call, self._bench)
        except DoesNotFit as error:
            raise self._out_of_memory(error.wanted_bytes) from error
        except NodeFault:
            raise
        except Exception as error:
            raise NodeFault(type(error).__name__, f"{error}\n") from error

    async def _saved(self, call: Call, factor: float) -> dict[str, Any] | None:
        """Writes the files of a saver, which takes `factor` times as long as usual."""
        about = self._job.extra_data.get("extra_pnginfo")
        extra = about if isinstance(about, dict) else {}
        folders, prefix = self._state.folders, self._execution.temp_prefix
        try:
            work = Save(call, self._job.prompt, extra, folders, prefix)
            # Encoding takes a while, in which the server goes on answering.
            shown = await asyncio.to_thread(save, work)
            seconds = save_s(call)
        except NodeFault:
            raise
        except Exception as error:
            raise NodeFault(type(error).__name__, f"{error}\n") from error
        await self._state.clock.wait(seconds * factor)
        return shown

    async def _pass_time(self, node: str, work: Work) -> None:
        clock = self._state.clock
        await clock.wait(work.before_s)
        for step in range(work.steps):
            await clock.wait(work.step_s)
            await asyncio.sleep(0)
            self._execution.check()
            preview = self._state.preview() if self._previews() else None
            self.progress.step(node, step + 1, work.steps, preview)
        await clock.wait(work.after_s)

    def _previews(self) -> bool:
        asked = self._job.extra_data.get("preview_method", "none")
        return self._state.settings.previews or asked not in ("none", "default")

    async def _suffer(self, node: str) -> None:
        """What was asked to go wrong here, goes wrong."""
        fault = self._state.faults.at_node(self._described(node))
        if fault is None:
            return
        if fault.kind == "die":
            raise Died
        if fault.kind == "restart":
            self._state.down_s = fault.seconds
            raise Restarted
        if fault.kind == "sage":
            self._state.log.add(log_lines.attention_failed("an injected fault"))
            return
        await self._state.clock.wait(1.0)
        if fault.kind == "oom":
            raise self._out_of_memory(20 * 2**30)
        raise NodeFault("RuntimeError", f"an injected fault: {fault.text}\n")

    def _described(self, node: str) -> Node:
        entry = self._prompt[node]
        meta = entry.get("_meta")
        title = meta.get("title", "") if isinstance(meta, dict) else ""
        shown = self._loops.shown.get(node, node)
        return Node(shown, entry["class_type"], str(title), samplers(self._prompt))

    def _outputs_of(self, node: str) -> tuple[Flow, ...]:
        """What a node gave, in this prompt or in the one before."""
        given = self._given.get(node)
        if given is not None:
            return given
        kept = self._execution.kept(self._signatures[node])
        return kept.outputs if kept is not None else ()

    def _is_kept(self, node: str) -> bool:
        return self._execution.kept(self._signatures.get(node, NEVER)) is not None

    def _is_output(self, node: str) -> bool:
        found = self._state.settings.catalogue.get(self._prompt[node]["class_type"])
        return found is not None and found.is_output

    def _out_of_memory(self, wanted_bytes: int) -> NodeFault:
        memory = self._state.memory
        text = out_of_memory_text(self._state.settings.card, wanted_bytes, memory.free_bytes)
        memory.free()
        self._state.log.add("Got an OOM, unloading all loaded models.")
        return NodeFault("torch.OutOfMemoryError", text)

    def _tell(self, kind: str, node: str, about: dict[str, Any], *, to_all: bool = False) -> None:
        real = self._loops.start.get(node, node)  # of a copy in a loop, ComfyUI names the StartLoop
        data = {
            "node_id": real,
            "node_type": self._prompt[real]["class_type"],
            "executed": list(self._executed),
            **about,
        }
        self.progress.tell(kind, data, to_all=to_all)

    def shown(self) -> dict[str, Any]:
        """What the history says of the outputs: also of those that had run before."""
        return {node: kept.shown for node, kept in self._with_something() if kept.shown is not None}

    def meta(self) -> dict[str, Any]:
        """What the history says of the nodes with an output."""
        return {
            node: {
                "node_id": node,
                "display_node": self._loops.shown.get(node, node),
                "parent_node": self._loops.start.get(node),
                "real_node_id": self._loops.start.get(node, node),
            }
            for node in self.shown()
        }

    def _with_something(self) -> list[tuple[str, Kept]]:
        found = []
        for node, signature in self._signatures.items():
            kept = self._execution.kept(signature)
            if kept is not None:
                found.append((node, kept))
        return found
