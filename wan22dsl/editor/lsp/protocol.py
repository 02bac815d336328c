"""Messages in the order in which they come, and answers: what pygls does, with a queue before it.

A request that the client takes back while it waits is dropped, and what follows from changes is done once
there are no more messages: who types fast is not answered for each key. A fault of ours is one line for the
user, and never the end.
"""

from __future__ import annotations

import asyncio
import json
import os
import traceback
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol, lsp_method

from wan22dsl import __version__
from wan22dsl.about import REPOSITORY
from wan22dsl.editor.library import SCHEME
from wan22dsl.editor.lsp.client_process import is_alive
from wan22dsl.errors import WanError
from wan22dsl.escapes import one_line
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from concurrent.futures import Future

_Codes = types.ErrorCodes
_LspCodes = types.LSPErrorCodes


class Json(NamedTuple):
    """A result that is JSON already: quicker than through types, where there is much of it."""

    value: Any


class WanProtocol(LanguageServerProtocol):
    """The protocol of one client."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        #: The options that the client gave when it began.
        self.initial: dict[str, Any] = {}
        self._waiting: deque[dict[str, Any]] = deque()
        self._taken_back: set[Any] = set()
        self._methods: dict[Any, str] = {}
        #: Whether the client has initialized the session.
        self.is_begun = False
        self._is_scheduled = False
        #: Whether the client takes requests.
        self.is_ready = False
        #: The process of the client. One that is not there when the session begins is that of another
        #: machine, or outside of a container.
        self.client_pid: int | None = None
        #: What is done once no message waits.
        self.when_idle: list[Callable[[], None]] = []
        #: The exit code, when the client has ended the session.
        self.exit_code: int | None = None
        self.when_ended: Callable[[], None] = lambda: None
        super().__init__(*args, **kwargs)  # it looks at every attribute

    # The texts of documents are ours: pygls would keep them a second time, and split them at each change.
    lsp_text_document__did_open = None  # type: ignore[assignment]
    lsp_text_document__did_change = None  # type: ignore[assignment]
    lsp_text_document__did_close = None  # type: ignore[assignment]

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(
        self, params: types.InitializeParams
    ) -> Generator[Any, Any, types.InitializeResult]:
        """Answers the first message, with what pygls does not announce."""
        options = params.initialization_options
        self.initial = options if isinstance(options, dict) else {}
        result = yield from super().lsp_initialize(params)
        if result.capabilities.workspace is not None:
            content = types.TextDocumentContentOptions([SCHEME])
            result.capabilities.workspace.text_document_content = content
        return result

    # --- the queue ---

    @property
    def is_idle(self) -> bool:
        """Whether everything that came is answered, or being worked at."""
        return not self._waiting and not self._is_scheduled

    def receive(self, body: bytes) -> None:
        """Takes a message; it is worked at when those before it are. Within the event loop."""
        try:
            message = json.loads(body)
        except (ValueError, RecursionError) as error:
            self._refuse(None, _Codes.ParseError, f"the message is not JSON: {error}")
            return
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
            identity = message.get("id") if isinstance(message, dict) else None
            self._refuse(identity, _Codes.InvalidRequest, "the message is not JSON-RPC 2.0")
            return
        if message.get("method") == types.CANCEL_REQUEST:
            self._take_back(message.get("params"))
            return
        self._waiting.append(message)
        self.schedule()

    def schedule(self) -> None:
        """Has what follows from changes done, soon."""
        if not self._is_scheduled:
            self._is_scheduled = True
            asyncio.get_running_loop().call_soon(self._work)

    def _take_back(self, params: Any) -> None:
        number = params.get("id") if isinstance(params, dict) else None
        if any(each.get("id") == number and "method" in each for each in self._waiting):
            self._taken_back.add(number)
        elif number in self._request_futures:
            self._handle_cancel_notification(number)

    def _work(self) -> None:
        """Works at the first message that waits; at nothing when all are done."""
        self._is_scheduled = False
        if not self._waiting:
            for follow in self.when_idle:
                try:
                    follow()
                except Exception as error:
                    self._log_fault(error, "what follows from a change")
            return
        message = self._waiting.popleft()
        try:
            self._handle(message)
        except Exception as error:
            said = self._log_fault(error, str(message.get("method", "an answer")))
            if "method" in message and "id" in message:
                self._refuse(message["id"], _Codes.InternalError, said)
        # Once more than there are messages: then nothing waits, unless something came meanwhile.
        self.schedule()

    def _handle(self, message: dict[str, Any]) -> None:
        method, number = message.get("method"), message.get("id")
        is_request = "id" in message and method is not None
        if number in self._taken_back and is_request:
            self._taken_back.discard(number)
            self._refuse(number, _LspCodes.RequestCancelled, "the request was cancelled")
            return
        if method == types.EXIT:
            self.exit_code = 0 if self._shutdown else 1
            self.when_ended()
            return
        refused = self._why_not(method) if method is not None else None
        if refused is not None:
            if is_request:
                self._refuse(number, *refused)
            return
        try:
            structured = self.structure_message(message)
        except JsonRpcException as error:
            said = f"{method}: the params are not those of LSP 3.17"
            self.log(types.MessageType.Warning, said)
            self._traced(error)
            if is_request:
                self._refuse(number, _Codes.InvalidParams, said)
            return
        if method == types.INITIALIZE:
            pid = message["params"].get("processId")
            self.client_pid = pid if isinstance(pid, int) and is_alive(pid) else None
        if method == types.INITIALIZED:
            self.is_ready = True
        if is_request:
            self._methods[number] = str(method)
        self.handle_message(structured)

    def _why_not(self, method: str) -> tuple[Any, str] | None:
        """Why a message is out of place now."""
        if method == types.INITIALIZE:
            if self.is_begun:
                return _Codes.InvalidRequest, "the session is initialized already"
            self.is_begun = True
        elif not self.is_begun:
            return _Codes.ServerNotInitialized, "the session is not initialized"
        elif self._shutdown:
            return _Codes.InvalidRequest, "the session is shut down"
        return None

    # --- answers ---

    def _refuse(self, number: Any, code: Any, said: str) -> None:
        error = {"code": int(code), "message": one_line(said)}
        self._send_data({"jsonrpc": "2.0", "id": number, "error": error})

    def _send_handler_result(self, future: Future[Any], *, msg_id: Any) -> None:
        self._request_futures.pop(msg_id, None)
        method = self._methods.pop(msg_id, "a request")
        if future.cancelled():
            self._refuse(msg_id, _LspCodes.RequestCancelled, "the request was cancelled")
            return
        error = future.exception()
        if error is None:
            try:
                self._answer(msg_id, future.result())
            except (TypeError, ValueError, AttributeError, LookupError) as wrong:
                self._refuse(msg_id, _Codes.InternalError, self._log_fault(wrong, method))
        elif isinstance(error, JsonRpcException):
            self._refuse(msg_id, error.code, error.message)
        elif isinstance(error, WanError):
            self._refuse(msg_id, _LspCodes.RequestFailed, str(error))
        else:
            self._refuse(msg_id, _Codes.InternalError, self._log_fault(error, method))

    def _answer(self, number: Any, result: Any) -> None:
        if isinstance(result, Json):
            self._result_types.pop(number, None)
            self._send_data({"jsonrpc": "2.0", "id": number, "result": result.value})
        else:
            self._send_response(number, result=result)

    def send(self, method: str, params: Any) -> None:
        """Sends a notification whose params are JSON already."""
        self._send_data({"jsonrpc": "2.0", "method": method, "params": params})

    def _check_handler_result(self, future: Future[Any]) -> None:
        if not future.cancelled() and (error := future.exception()) is not None:
            self._log_fault(error, "a notification")

    def _send_data(self, data: Any) -> None:
        """Sends a message. Raises for what JSON cannot hold; when the client is gone the session ends."""
        if self.writer is None:
            return
        value = data if isinstance(data, dict) else self._converter.unstructure(data)
        body = json.dumps(value).encode("ascii")
        head = b"Content-Length: %d\r\n\r\n" % len(body) if self._include_headers else b""
        try:
            self.writer.write(head + body)
        except (OSError, ValueError):
            self.exit_code = 1 if self.exit_code is None else self.exit_code
            self.when_ended()

    # --- faults ---

    def log(self, kind: types.MessageType, said: str) -> None:
        """Writes into the log of the client."""
        self.notify(types.WINDOW_LOG_MESSAGE, types.LogMessageParams(kind, said))

    def _log_fault(self, error: BaseException, doing: str) -> str:
        """Logs a fault of ours, and gives the line that a user may see."""
        frames = traceback.extract_tb(error.__traceback__)
        where = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
        what = f"{type(error).__name__}{where}: {one_line(str(error))}"
        said = (
            f"internal error in wan22dsl {__version__}, at {doing}: {what}. "
            f"Please report it at {REPOSITORY}/issues, with the file."
        )
        self.log(types.MessageType.Error, f"{said} WAN_TRACEBACK=1 shows the traceback.")
        self._traced(error)
        return said

    def _traced(self, error: BaseException) -> None:
        if os.environ.get("WAN_TRACEBACK"):
            self.log(types.MessageType.Error, "".join(traceback.format_exception(error)))
