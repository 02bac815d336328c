"""The driver and the cards of this machine, as NVIDIA's library (NVML) reports them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from wan22dsl import digest
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

#: Why NVML says that clocks are lowered (nvmlClocksEventReasons); idle and those of the user are left out.
REASONS = {
    0x4: "power limit",
    0x8: "hardware slowdown",
    0x20: "too hot (software limit)",
    0x40: "too hot (hardware limit)",
    0x80: "power brake",
}

_COMPUTE_MODES = {0: "default", 1: "exclusive thread", 2: "prohibited", 3: "exclusive process"}
_DRIVER_MODELS = {0: "WDDM", 1: "WDM (TCC)", 2: "MCDM"}
_MIB = 1024**2


class Now(NamedTuple):
    """A card at this moment: nothing of it is part of what a machine is."""

    used_bytes: int | None = None
    busy_percent: int | None = None
    temperature_c: int | None = None
    power_w: float | None = None
    clock_mhz: int | None = None
    performance_state: int | None = None
    pcie_generation: int | None = None
    pcie_width: int | None = None
    throttled: tuple[str, ...] = ()
    #: What each process holds on the card, in bytes; None where the driver does not say it (Windows).
    programs_bytes: tuple[int | None, ...] = ()


class Card(NamedTuple):
    """A card. None: the driver does not say it. `id` is a hash of its UUID."""

    name: str
    id: str = ""
    memory_bytes: int | None = None
    compute_capability: str = ""
    pcie_generation_max: int | None = None
    pcie_width_max: int | None = None
    power_limit_w: float | None = None
    power_limit_default_w: float | None = None
    power_limit_max_w: float | None = None
    clock_max_mhz: int | None = None
    memory_clock_max_mhz: int | None = None
    slowdown_c: int | None = None
    ecc: bool | None = None
    mig: bool | None = None
    persistence: bool | None = None
    compute_mode: str = ""
    driver_model: str = ""
    now: Now = Now()


class Driver(NamedTuple):
    """The driver, and the newest CUDA that it can run."""

    version: str = ""
    cuda: str = ""


class Cards(NamedTuple):
    """What NVML reports. `missing` says why there is nothing."""

    driver: Driver | None = None
    cards: tuple[Card, ...] = ()
    missing: str = ""


def read(nvml: Any = None) -> Cards:
    """The driver and its cards; `nvml` is used in place of the module `pynvml`."""
    if nvml is None:
        try:
            import pynvml
        except Exception as error:
            return Cards(missing=f"NVIDIA's library is not installed ({type(error).__name__})")
        nvml = pynvml
    try:
        nvml.nvmlInit()
    except Exception as error:  # NVMLError, or whatever a broken driver library raises
        return Cards(missing=f"NVML does not start: {_short(error)}")
    try:
        driver = Driver(_text(_ask(nvml.nvmlSystemGetDriverVersion)), _cuda(nvml))
        count = _ask(nvml.nvmlDeviceGetCount) or 0
        handles = [_ask(nvml.nvmlDeviceGetHandleByIndex, index) for index in range(count)]
        cards = tuple(_card(nvml, handle) for handle in handles if handle is not None)
        return Cards(driver, cards, "" if cards else "NVML lists no card")
    finally:
        with suppress(Exception):
            nvml.nvmlShutdown()


def _card(nvml: Any, card: Any) -> Card:
    def ask(name: str, *about: Any) -> Any:
        question = getattr(nvml, name, None)
        return None if question is None else _ask(question, card, *about)

    memory = ask("nvmlDeviceGetMemoryInfo")
    limits = ask("nvmlDeviceGetPowerManagementLimitConstraints")
    capability = ask("nvmlDeviceGetCudaComputeCapability")
    uuid = _text(ask("nvmlDeviceGetUUID"))
    return Card(
        name=_text(ask("nvmlDeviceGetName")) or "a card without a name",
        id=digest.of("card", uuid)[:16] if uuid else "",
        memory_bytes=None if memory is None else int(memory.total),
        compute_capability="" if capability is None else "{}.{}".format(*capability),
        pcie_generation_max=ask("nvmlDeviceGetMaxPcieLinkGeneration"),
        pcie_width_max=ask("nvmlDeviceGetMaxPcieLinkWidth"),
        power_limit_w=_watts(ask("nvmlDeviceGetPowerManagementLimit")),
        power_limit_default_w=_watts(ask("nvmlDeviceGetPowerManagementDefaultLimit")),
        power_limit_max_w=_watts(limits[1]) if limits else None,
        clock_max_mhz=ask("nvmlDeviceGetMaxClockInfo", nvml.NVML_CLOCK_SM),
        memory_clock_max_mhz=ask("nvmlDeviceGetMaxClockInfo", nvml.NVML_CLOCK_MEM),
        slowdown_c=ask(
            "nvmlDeviceGetTemperatureThreshold", nvml.NVML_TEMPERATURE_THRESHOLD_SLOWDOWN
        ),
        ecc=_on(ask("nvmlDeviceGetEccMode")),
        mig=_on(ask("nvmlDeviceGetMigMode")),
        persistence=_on(ask("nvmlDeviceGetPersistenceMode")),
        compute_mode=_COMPUTE_MODES.get(ask("nvmlDeviceGetComputeMode"), ""),
        driver_model=_DRIVER_MODELS.get(ask("nvmlDeviceGetCurrentDriverModel"), ""),
        now=_now(nvml, ask, memory),
    )


def _now(nvml: Any, ask: Callable[..., Any], memory: Any) -> Now:
    busy = ask("nvmlDeviceGetUtilizationRates")
    reasons = ask("nvmlDeviceGetCurrentClocksThrottleReasons") or 0
    programs: dict[int, int | None] = {}
    for kind in ("Compute", "Graphics"):
        for item in ask(f"nvmlDeviceGet{kind}RunningProcesses") or ():
            held = item.usedGpuMemory
            programs[item.pid] = (
                None if held is None else max(int(held), programs.get(item.pid) or 0)
            )
    return Now(
        used_bytes=None if memory is None else int(memory.used),
        busy_percent=None if busy is None else int(busy.gpu),
        temperature_c=ask("nvmlDeviceGetTemperature", nvml.NVML_TEMPERATURE_GPU),
        power_w=_watts(ask("nvmlDeviceGetPowerUsage")),
        clock_mhz=ask("nvmlDeviceGetClockInfo", nvml.NVML_CLOCK_SM),
        performance_state=ask("nvmlDeviceGetPerformanceState"),
        pcie_generation=ask("nvmlDeviceGetCurrPcieLinkGeneration"),
        pcie_width=ask("nvmlDeviceGetCurrPcieLinkWidth"),
        throttled=tuple(text for bit, text in REASONS.items() if reasons & bit),
        programs_bytes=tuple(programs[pid] for pid in sorted(programs)),
    )


def _cuda(nvml: Any) -> str:
    version = _ask(nvml.nvmlSystemGetCudaDriverVersion)  # 12080 is 12.8
    return f"{version // 1000}.{version % 1000 // 10}" if isinstance(version, int) else ""


def _ask(question: Callable[..., Any], *about: Any) -> Any:
    try:
        return question(*about)
    except Exception:  # not every card and driver answers every question
        return None


def _text(value: Any) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")
    return text[:120]


def _watts(milliwatts: Any) -> float | None:
    return None if milliwatts is None else round(milliwatts / 1000, 1)


def _on(mode: Any) -> bool | None:
    """A mode that is on or off; where NVML gives the current and the pending one, the current one."""
    if isinstance(mode, list | tuple):
        mode = mode[0]
    return None if mode is None else bool(mode)


def _short(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:120]
