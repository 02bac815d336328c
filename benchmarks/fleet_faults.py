"""Batches on simulated servers to which everything happens that can happen, and laws that hold all the same.

Servers are killed, frozen and started anew, drivers are killed, frozen, stopped by Ctrl-C and resumed; disks
are full, sockets drop, answers are slow, torn or errors, cards run out of memory, clocks are wrong by hours.
All of it follows from a seed, but what happens first is up to the machine.

`python -m benchmarks fleet_faults` runs a few; with numbers others:
`python -m benchmarks.fleet_faults BATCHES JOBS SERVERS HOSTS SEED AT_ONCE`.
"""

from __future__ import annotations

import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.fleet_laws import Found
from benchmarks.fleet_processes import Driver, DriverPlan, Host, Place, free_ports

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Two families of jobs, and chains: a row may begin with the last frame of another.
TEXT = """\
wan 1
use wan22

param prompt: text = "A lighthouse at dusk"
param seed: int = 42
param first: image = "first.png"

pass high {
    model   = wan22.t2v_high
    sampler = euler/simple
    cfg     = 1.0
    steps   = 0..2 of 4
}
pass low = high(model = wan22.t2v_low, steps = 2..4 of 4)
pass high_i = high(model = wan22.i2v_high)
pass low_i = high(model = wan22.i2v_low, steps = 2..4 of 4)

pipeline clip {
    prompt = prompt
    size   = 64x64
    length = 5f
    seed   = seed
    flow   = high -> low -> save("clip")
}

pipeline next {
    image  = first
    prompt = prompt
    size   = 64x64
    length = 5f
    seed   = seed
    flow   = high_i -> low_i -> save("next")
}
"""

CARDS = ("RTX 4090", "RTX 5090", "RTX 3090", "H100")

#: What may go wrong on a server by itself. The first kinds are of single requests, the last ones of the card.
FAULTS = (
    "drop socket after 7 messages 3 times",
    "drop socket at execution_success 2 times",
    "slow / by 300ms 20 times",
    "slow /history by 1s 4 times",
    "slow /prompt by 2s",
    "fail / with 503 6 times",
    "fail /prompt with 500 2 times",
    "fail /prompt with 502",
    "fail /history 3 times",
    "fail /queue with 503 2 times",
    "fail /view with 503 2 times",
    "fail /userdata with 500 2 times",
    "truncate /view at 100 bytes 2 times",
    "truncate /view quietly",
    "truncate /prompt",
    "truncate /object_info",
    "restart at high.sampler for 1s",
    "restart at low.sampler for 100ms",
    "oom at low.sampler",
    "oom at high.sampler 2 times",
    "oom at low.sampler until freed",
    "error at low.sampler",
    "error at high*.sampler 3 times",
    "reject low.sampler",
    "busy with 2 prompts",
)

#: What is done to processes, and how often of all that is done.
DEEDS = {
    "kill server": 4,
    "freeze server": 4,
    "kill driver": 3,
    "freeze driver": 1,
    "stop driver": 1,
    "fill disk": 2,
}

#: A batch is resumed so often, and one that takes so long hangs.
_MOST_DRIVERS, _PATIENCE_S = 40, 600.0

#: What fits on a disk that is full: some of what is there is longer, so nothing is added to it.
_FULL_BYTES = 700


class Trial(NamedTuple):
    """A batch to be tried. `speed` is that of the cards' time; `hosts` processes have the servers."""

    seed: int
    jobs: int = 12
    servers: int = 5
    hosts: int = 3
    deeds: int = 6
    speed: float = 60.0
    gone_s: float = 6.0

    @property
    def lasting_s(self) -> tuple[float, ...]:
        """How long what is done may last: too short to be noticed, up to so long that runs are given up."""
        return (0.05, 0.5, 2.0, self.gone_s + 3.0)


class Tried(NamedTuple):
    """What became of it. `broken` are the laws that do not hold; `deeds` what was done to it."""

    seed: int
    broken: tuple[str, ...]
    deeds: Counter[str]
    drivers: int
    done: int
    aside: int
    attempts: int
    lost: int
    adopted: int
    made: int
    seconds: float

    @property
    def words(self) -> str:
        """For people."""
        deeds = ", ".join(f"{count} x {name}" for name, count in sorted(self.deeds.items()))
        return (
            f"seed {self.seed}: {self.done} done, {self.aside} set aside; {self.attempts} attempts "
            f"({self.lost} lost, {self.adopted} adopted), {self.drivers} drivers, {self.seconds:.1f} s; "
            f"{deeds or 'nothing was done to it'}"
        )


class Deed(NamedTuple):
    """Something that is done when the batch has so many lines; `lasts_s` until it is put right."""

    lines: int
    kind: str
    host: int
    lasts_s: float


def rows(chance: random.Random, count: int) -> str:
    """The rows of a batch: some are like others, follow others, or begin with the last frame of others."""
    lines = ["id,pipeline,prompt,seed,after,priority,first"]
    for number in range(count):
        id, seed = f"j{number}", chance.choice((number, number, number, 1))
        after = first = ""
        pipeline = "clip"
        if number and chance.random() < 0.2:
            pipeline, first = "next", f"last frame of j{chance.randrange(number)}"
        elif number and chance.random() < 0.1:
            after = f"j{chance.randrange(number)}"
        priority = chance.choice(("", "", "", "5"))
        lines.append(f"{id},{pipeline},Scene {seed},{seed},{after},{priority},{first}")
    return "\n".join(lines) + "\n"


def servers(chance: random.Random, trial: Trial) -> list[Host]:
    """The servers, in their processes. Some have faults, some clocks that are wrong by hours."""
    ports = free_ports(trial.servers)
    skews_s = [chance.choice((0.0, 0.0, 7200.0, -90_000.0)) for _ in range(trial.hosts)]
    groups: list[list[Place]] = [[] for _ in range(trial.hosts)]
    for number, port in enumerate(ports):
        faults = tuple(chance.sample(FAULTS, chance.choice((0, 0, 1, 2))))
        if number > trial.servers // 2 and chance.random() < 0.1:
            faults = (*faults, "error at high.sampler always")
        group = number % trial.hosts
        card = CARDS[number % len(CARDS)]
        groups[group].append(Place(f"gpu-{number:02}", port, card, faults, skews_s[group]))
    return [Host(places, trial.speed) for places in groups if places]


@contextmanager
def running(hosts: list[Host]) -> Iterator[list[Host]]:
    """The servers, until they are not needed any more."""
    try:
        for host in hosts:
            host.begin()
        for host in hosts:
            host.ready()
        yield hosts
    finally:
        for host in hosts:
            host.kill()


def tried(trial: Trial, folder: Path) -> Tried:
    """Tries a batch in a folder that is empty."""
    chance = random.Random(trial.seed)
    (folder / "jobs.wan").write_text(TEXT, encoding="utf-8")
    (folder / "first.png").write_bytes(_picture())
    (folder / "rows.csv").write_text(rows(chance, trial.jobs), encoding="utf-8")
    began_s = time.monotonic()
    with running(servers(chance, trial)) as hosts:
        world = _World(trial, folder, hosts, chance)
        code = world.drive()
        found = Found(folder / "b")
        found.check(code)
        made = found.check_servers(place for host in hosts for place in host.places)
    broken = [*world.broken, *found.broken, *_reported(folder)]
    lost = sum(line["how"] == "lost" for line in found.ends)
    return Tried(
        trial.seed,
        tuple(broken),
        world.done,
        world.drivers,
        len(found.done),
        len(found.aside),
        sum(line["line"] == "placed" for line in found.lines),
        lost,
        sum(line["adopted"] for line in found.ends),
        made,
        time.monotonic() - began_s,
    )


class _World:
    """A batch that is driven to its end while things are done to it."""

    def __init__(
        self, trial: Trial, folder: Path, hosts: list[Host], chance: random.Random
    ) -> None:
        self._trial, self._folder, self._hosts, self._chance = trial, folder, hosts, chance
        self._deeds = self._planned()
        self._undo: list[tuple[float, str, int]] = []
        self._lines = folder / "b" / "batch.jsonl"
        self._driver: Driver | None = None
        self._until_s = time.monotonic() + _PATIENCE_S + trial.jobs
        self.done: Counter[str] = Counter()
        self.drivers = 0
        self.broken: list[str] = []

    def _planned(self) -> list[Deed]:
        """What is done, in the order in which it is done: some when the batch has hardly begun."""
        trial, chance = self._trial, self._chance
        kinds = chance.choices(list(DEEDS), list(DEEDS.values()), k=trial.deeds)
        most = trial.servers + 2 * trial.jobs
        return sorted(
            Deed(
                chance.randrange(1, most),
                kind,
                chance.randrange(len(self._hosts)),
                chance.choice(trial.lasting_s),
            )
            for kind in kinds
        )

    def drive(self) -> int:
        """Drives it to its end; the exit code of the last driver. All servers are well then."""
        code = self._driven(resumes=False)
        while code not in (0, 1) and self.drivers < _MOST_DRIVERS:
            code = self._driven(resumes=(self._lines.parent / "batch.json").exists())
        self._heal()
        if (self._lines.parent / "batch.json").exists() and Found(self._lines.parent).unsettled:
            # A server was away when all else was done: when it is back, it is asked.
            self.done["asked later"] += 1
            code = self._driven(resumes=True)
        return code

    def _driven(self, *, resumes: bool) -> int:
        """One driver, from its start to its end, whatever that is."""
        self.drivers += 1
        urls = [place.url for host in self._hosts for place in host.places]
        words = ["batch"]
        words += [word for url in urls for word in ("--server", url)]
        words += ["--out", "b", "--wait", "120"]
        words += ["--resume"] if resumes else ["jobs.wan", "--each", "rows.csv"]
        skew_s = self._chance.choice((0.0, 0.0, -5000.0, 100_000.0))
        self._driver = driver = Driver(
            DriverPlan(tuple(words), self._folder, skew_s, self._trial.gone_s)
        )
        before = dict(self.done)
        while (code := driver.exit_code) is None:
            self._put_right()
            self._do_next()
            if time.monotonic() > self._until_s:
                driver.signal(signal.SIGKILL)
                raise AssertionError(f"seed {self._trial.seed} hangs:\n{driver.said[-3000:]}")
            time.sleep(0.01)
        if code == 1 and not self._lines.exists():
            raise AssertionError(f"seed {self._trial.seed} does not begin:\n{driver.said}")
        self._judge(
            code, driver, {name for name in self.done if self.done[name] != before.get(name)}
        )
        return code

    def _judge(self, code: int, driver: Driver, deeds: set[str]) -> None:
        """Whether a driver ended as it may, for what was done to it."""
        if driver.left():
            self.broken.append("a driver has left a process")
        said = driver.said
        if "Traceback" in said or "internal error" in said:
            self.broken.append(f"a driver has failed: {said[-1500:]}")
        may = {0, 1, 2}
        if "kill driver" in deeds:
            may.add(-signal.SIGKILL)
        if "stop driver" in deeds:
            may.add(130)
        if code not in may:
            self.broken.append(f"a driver ended with {code} after {sorted(deeds)}: {said[-1500:]}")
        if code == 2 and not said.strip():
            self.broken.append("a driver ended with 2 and did not say why")

    # --- what is done ---

    def _progress(self) -> int:
        try:
            return self._lines.read_bytes().count(b"\n")
        except OSError:
            return 0

    def _do_next(self) -> None:
        if self._deeds and self._progress() >= self._deeds[0].lines:
            self._do(self._deeds.pop(0))

    def _do(self, deed: Deed) -> None:
        host, driver = self._hosts[deed.host], self._driver
        assert driver is not None
        if deed.kind in ("kill server", "freeze server") and (not host.is_up or host.is_frozen):
            return
        until_s = time.monotonic() + deed.lasts_s
        self.done[deed.kind] += 1
        if deed.kind == "kill server":
            host.kill()
        elif deed.kind == "freeze server":
            host.freeze()
        elif deed.kind == "kill driver":
            driver.signal(signal.SIGKILL)
            return
        elif deed.kind == "stop driver":
            driver.signal(signal.SIGINT)
            return
        elif deed.kind == "freeze driver":
            driver.signal(signal.SIGSTOP)
        else:
            driver.fill_disk(_FULL_BYTES)
        self._undo.append((until_s, deed.kind, deed.host))

    def _put_right(self, *, all: bool = False) -> None:
        now_s = time.monotonic()
        for undo in [each for each in self._undo if all or each[0] <= now_s]:
            self._undo.remove(undo)
            _, kind, number = undo
            host, driver = self._hosts[number], self._driver
            assert driver is not None
            if kind == "kill server":
                host.begin()
            elif kind == "freeze server":
                host.thaw()
            elif kind == "freeze driver":
                driver.signal(signal.SIGCONT)
            else:
                driver.fill_disk(-1)

    def _heal(self) -> None:
        """All servers are well again; what was not done until now is not done."""
        self._deeds.clear()
        self._put_right(all=True)
        for host in self._hosts:
            host.ready()


def _reported(folder: Path) -> list[str]:
    """What is wrong with `wan report` of it."""
    shown = Driver(DriverPlan(("report", "b", "-o", "b.md"), folder))
    if shown.wait() or "Traceback" in shown.said or not (folder / "b.md").is_file():
        return [f"wan report ends with {shown.exit_code}: {shown.said[-500:]}"]
    return []


def _picture() -> bytes:
    from wan22dsl.server.media.drawing import Clip
    from wan22dsl.server.media.pictures import png

    return png(Clip(64, 64, 1, 16.0, "0badcafe"), 0, {})


def tried_all(trials: list[Trial], keep: Path | None = None, *, at_once: int = 1) -> list[Tried]:
    """Tries so many at once, and prints what became of each. What broke is kept in a folder."""
    found = []
    with ThreadPoolExecutor(at_once) as pool:
        for each in pool.map(partial(_tried, keep=keep), trials):
            found.append(each)
            print(each.words, flush=True)
            for law in each.broken:
                print(f"    BROKEN: {law}", flush=True)
    return found


def _tried(trial: Trial, keep: Path | None) -> Tried:
    with tempfile.TemporaryDirectory(prefix="wan-trial-") as folder:
        found = tried(trial, Path(folder))
        if found.broken and keep is not None:
            shutil.copytree(folder, keep / f"seed-{trial.seed}", dirs_exist_ok=True)
        return found


def main(
    batches: int = 5,
    jobs: int = 12,
    servers: int = 5,
    hosts: int = 3,
    seed: int = 0,
    at_once: int = 2,
) -> int:
    """Prints what became of each batch, and of all; 1 if a law does not hold."""
    trials = [
        Trial(number, jobs, servers, hosts, max(6, jobs // 10))
        for number in range(seed, seed + batches)
    ]
    found = tried_all(trials, at_once=at_once)
    deeds: Counter[str] = sum((each.deeds for each in found), Counter())
    print(
        f"{batches} batches of {jobs} jobs on {servers} servers in {hosts} processes: "
        f"{sum(each.done for each in found)} jobs done, {sum(each.aside for each in found)} set aside, "
        f"{sum(each.attempts for each in found)} attempts, {sum(each.lost for each in found)} of them lost, "
        f"{sum(each.adopted for each in found)} adopted; {sum(each.drivers for each in found)} drivers; "
        f"{', '.join(f'{count} x {name}' for name, count in sorted(deeds.items()))}; "
        f"median {median(each.seconds for each in found):.1f} s; "
        f"{sum(bool(each.broken) for each in found)} batches break a law"
    )
    return int(any(each.broken for each in found))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
