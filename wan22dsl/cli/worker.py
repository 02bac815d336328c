"""`wan worker`: runs the jobs of batches on the ComfyUI server next to it."""

from __future__ import annotations

from wan22dsl.cli import streams
from wan22dsl.cli.declare import Argument, Command, Option

SCHEDULER = Argument(
    "scheduler", "SCHEDULER", "Address of the Dask scheduler, such as tcp://10.0.0.1:8786"
)
SERVER = Option(
    "server",
    ("--server",),
    "ComfyUI server that runs the jobs",
    "URL",
    default="http://127.0.0.1:8188",
)
NAME = Option(
    "name", ("--name",), "What the fleet calls the server (default: its host and port)", "NAME"
)
MODELS = Option("models", ("--models",), "ComfyUI's models folder: check files in it", "DIR")
FOLDER = Option(
    "folder",
    ("--folder",),
    "Folder for records and outputs until the batch has them",
    "DIR",
    default="wan_worker",
)


def run(scheduler: str, server: str, name: str | None, models: str | None, folder: str) -> int:
    """Run the jobs of batches on the ComfyUI server of this machine.

    It joins a Dask scheduler, and `wan batch` gives it jobs, one at a time. A run goes on if the batch or the
    scheduler is gone; records are in the folder before anything is sent, so that `wan batch --resume` takes
    over what was begun. With access to the scheduler one can run any program on this machine: keep it on a
    network of your own, or use TLS in Dask's configuration. Ctrl-C stops the run and ends the worker. It
    needs the extra `fleet`: pip install "wan22dsl[fleet]".
    """
    from wan22dsl.api.working import worker
    from wan22dsl.cli.stopping import stoppable

    with stoppable():
        worker(
            scheduler, server, name=name or "", models=models or "", folder=folder, say=streams.say
        )
    return 0


COMMAND = Command(run, (SCHEDULER, SERVER, NAME, MODELS, FOLDER))
