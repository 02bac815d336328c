"""What a simulated server writes has the frames, size and rate that `wan describe` states."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.checked import examples
from tests.conftest import ROOT
from tests.examples.test_examples import DECLARED, EACH, WHOLE, Example, _compile
from tests.server.written import model_files, written
from wan22dsl.api import compiler
from wan22dsl.graph.analysis import analyse
from wan22dsl.server.embedded import EmbeddedServer
from wan22dsl.server.media.drawing import Clip
from wan22dsl.server.media.video import video
from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wan22dsl.graph.model import Graph

EXAMPLES = ROOT / "examples"


def pipelines() -> list[tuple[Path, str]]:
    return [(file, name) for file, name, _ in examples()]


def compiled(
    source: Path | Source, name: str | None = None, **values: Any
) -> tuple[Graph, dict[str, Any]]:
    result = compiler.compile(source, pipeline=name, values=values)
    assert result.graph is not None and result.prompt is not None, result.diagnostics
    return result.graph.graph, result.prompt


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    models: dict[str, list[str]] = {}
    declared: list[Graph] = []
    for example in WHOLE:
        result = _compile(example)
        assert result.graph is not None
        graph = result.graph.graph
        for folder, files in model_files(graph).items():
            models.setdefault(folder, []).extend(files)
        if any(node.class_name in DECLARED for node in graph.nodes.values()):
            declared.append(graph)
    models.setdefault("upscale_models", []).extend(UPSCALERS)
    with EmbeddedServer(speed=math.inf, models=models) as running:
        for graph in declared:  # no server has these classes
            running.stand_in_for(graph)
        yield running


def holds(server: EmbeddedServer, graph: Graph, prompt: dict[str, Any]) -> int:
    """Compares what is described with what is written; gives how many outputs were compared."""
    files = written(server, graph, prompt)
    described = {output.node: output for output in analyse(graph).outputs}
    for node, file in files.items():
        reported = described[node]
        if reported.frames is not None:
            assert file.frames == reported.frames, node
        if reported.width_px is not None:
            assert (file.width, file.height) == (reported.width_px, reported.height_px), node
        if reported.fps is not None and file.fps is not None:
            assert file.fps == pytest.approx(reported.fps, rel=0.05), node
    return len(files)


@EACH
def test_an_example_is_written_as_it_is_described(server: EmbeddedServer, example: Example) -> None:
    result = _compile(example)
    assert result.graph is not None and result.prompt is not None
    assert holds(server, result.graph.graph, result.prompt)


# --- video to video: the video is beside the file, so what comes out of it is known ---

#: Nodes that load a video, and the input that names it.
LOADED_BY = {"file", "video"}


def with_videos() -> list[tuple[Path, str]]:
    """The pipelines of the examples that load a video."""
    found = []
    for file, name in pipelines():
        result = compiler.compile(file, pipeline=name)
        nodes = () if result.graph is None else result.graph.graph.nodes.values()
        if any(str(node.inputs.get(key)).endswith(".mp4") for node in nodes for key in LOADED_BY):
            found.append((file, name))
    return found


def put_video(
    file: Path, frames: int = 41, rate: int = 24, size: tuple[int, int] = (64, 48)
) -> None:
    clip = Clip(*size, frames, float(rate), "0f")
    file.write_bytes(video(clip, "mp4", {}))


@pytest.mark.parametrize(
    ("file", "name"), with_videos(), ids=lambda each: getattr(each, "stem", each)
)
@pytest.mark.parametrize(("frames", "rate"), [(41, 24), (100, 16)])
def test_an_example_with_its_video_beside_it_is_written_as_it_is_described(
    server: EmbeddedServer, tmp_path: Path, file: Path, name: str, frames: int, rate: int
) -> None:
    text = file.read_text(encoding="utf-8")
    (tmp_path / file.name).write_text(text, encoding="utf-8")
    for named in set(re.findall(r'"([\w.]+\.mp4)"', text)):
        put_video(tmp_path / named, frames, rate)
    result = compiler.compile(tmp_path / file.name, pipeline=name)
    assert result.graph is not None and result.prompt is not None, result.diagnostics
    graph = result.graph.graph
    assert any(node.own_files for node in graph.nodes.values())
    for output in analyse(graph).outputs:
        assert output.width_px and output.fps, output
        # how many frames the first clip leaves to the second comes out when it runs
        assert output.frames or file.stem == "animate", output
    assert holds(server, graph, result.prompt)


#: Flows of a video, most of them through a pass that samples it on; some of a control video.
VIDEO_TO_VIDEO = {
    "sampled on": 'video_frames("clip.mp4").frames -> refine -> save("p")',
    "by its name": '"clip.mp4" -> refine -> save("p")',
    "at another rate": 'video_frames("clip.mp4", fps = 16fps).frames -> refine -> save("p")',
    "cut": 'video_frames("clip.mp4").frames -> take(17f) -> refine -> save("p")',
    "skipped": 'video_frames("clip.mp4").frames -> skip(5f) -> refine -> save("p")',
    "resized": 'video_frames("clip.mp4").frames -> resize(96x64) -> refine -> save("p")',
    "scaled": 'video_frames("clip.mp4").frames -> refine -> scale(by = 2.0) -> save("p")',
    "interpolated before": 'video_frames("clip.mp4").frames -> rife -> refine -> save("p")',
    "interpolated": 'video_frames("clip.mp4").frames -> refine -> rife(times = 3) -> save("p")',
    "twice": 'video_frames("clip.mp4").frames -> refine -> scale(by = 2.0) -> refine -> save("p")',
    "encoded": 'video_frames("clip.mp4").frames -> encode_frames -> refine -> save("p")',
    "joined": 'video_frames("clip.mp4").frames -> refine -> join(first) -> save("p")',
    "as pictures": 'video_frames("clip.mp4").frames -> refine -> save_frames("p")',
    "as WebP": 'video_frames("clip.mp4").frames -> refine -> save_webp("p", quality = 90)',
    "forth and back": 'video_frames("clip.mp4").frames -> refine -> combine("p", pingpong = true)',
    "with its sound": 'video_frames("clip.mp4").frames -> refine -> save("p", audio = source.audio)',
    "into several": 'video_frames("clip.mp4").frames -> refine -> [save("p"), rife -> save("q")]',
}
OF_A_VIDEO = """\
wan 1
use wan22

pass refine = wan22.text_low(steps = 4, denoise = 0.4)

let source = video_frames("clip.mp4")
let first = video_frames("clip.mp4").frames -> first_frame

pipeline p {{
    prompt = "x"
    flow   = {flow}
}}
"""


@pytest.mark.parametrize("flow", VIDEO_TO_VIDEO)
@pytest.mark.parametrize(("frames", "rate"), [(27, 30), (81, 16)])
def test_a_flow_of_a_video_is_written_as_it_is_described(
    server: EmbeddedServer, tmp_path: Path, flow: str, frames: int, rate: int
) -> None:
    put_video(tmp_path / "clip.mp4", frames, rate)
    text = OF_A_VIDEO.format(flow=VIDEO_TO_VIDEO[flow])
    result = compiler.compile(Source(text, "p.wan", tmp_path / "p.wan"))
    assert result.graph is not None and result.prompt is not None, result.diagnostics
    graph = result.graph.graph
    outputs = analyse(graph).outputs
    assert all(output.frames and output.width_px for output in outputs), outputs
    assert holds(server, graph, result.prompt) == len(outputs)


UPSCALERS = {"up_2x.pth": 2, "plain.pth": 3, "4x-odd-name.pth": 2}

STITCH = 'ImageStitch(image1 = _, image2 = raw, direction = "{}", match_image_size = {}, spacing_width = {})'
NTH = "VHS_SelectEveryNthImage(images = _, select_every_nth = {}, skip_first_images = {}).IMAGE"
PAD = "ImagePadForOutpaint(image = _, left = {}, top = 1, right = 2, bottom = 3, feathering = 1).IMAGE"
SCALE = 'ImageScale(image = _, upscale_method = "area", width = {}, height = {})'
VFI = (
    'IFRNet VFI`(frames = _, ckpt_name = "IFRNet_S_Vimeo90K.pth"',
    'STMFNet VFI`(frames = _, ckpt_name = "stmfnet.pth"',
    'FLAVR VFI`(frames = _, ckpt_name = "FLAVR_2x.pth", duplicate_first_last_frames = true',
    'ATM VFI`(frames = _, ckpt_name = "atm-vfi-base.pt"',
)

STAGES = st.one_of(
    st.builds("take({}f)".format, st.integers(1, 40)),
    st.builds("skip({}f)".format, st.integers(0, 40)),
    st.just("last_frame"),
    st.just("first_frame"),
    st.builds("rife(times = {})".format, st.integers(1, 4)),
    st.builds("film(times = {})".format, st.integers(2, 3)),
    st.builds("`{}, multiplier = 2)".format, st.sampled_from(VFI)),
    st.builds("scale(by = {})".format, st.sampled_from([0.5, 0.33, 1.5, 0.126])),
    st.builds("resize({}x{})".format, st.integers(16, 90), st.integers(16, 90)),
    st.builds(SCALE.format, st.integers(1, 90), st.just(0)),
    st.builds("upscale({})".format, st.sampled_from(["up", "plain", "odd"])),
    st.builds(
        STITCH.format,
        st.sampled_from(["right", "down", "left", "up"]),
        st.sampled_from(["true", "false"]),
        st.integers(0, 5),
    ),
    st.just("join(raw)"),
    st.builds("RepeatImageBatch(image = _, amount = {})".format, st.integers(1, 3)),
    st.builds(
        "ImageCrop(image = _, width = {}, height = 30, x = {}, y = 10)".format,
        st.integers(1, 80),
        st.integers(0, 80),
    ),
    st.builds(NTH.format, st.integers(1, 5), st.integers(0, 3)),
    st.just("encode_frames -> decode"),
    st.builds(PAD.format, st.integers(0, 9)),
)

SAVERS = st.one_of(
    st.just('save_webp("x", fps = 16fps)'),
    st.just('save_frames("x")'),
    st.just('save_webm("x", fps = 16fps)'),
    st.builds(
        'combine("x", fps = 16fps, format = "{}", pingpong = {}, loops = {})'.format,
        st.sampled_from(["video/h264-mp4", "image/gif", "image/webp"]),
        st.sampled_from(["true", "false"]),
        st.integers(0, 2),
    ),
    st.just(SCALE.format(64, 32) + ' -> save("x", fps = 16fps)'),
)

FLOW = """\
wan 1
use wan22

upscaler up {{ file = "up_2x.pth", scale = 2 }}
upscaler plain {{ file = "plain.pth", scale = 3 }}
upscaler odd {{ file = "4x-odd-name.pth", scale = 2 }}

let raw = wan22.text_high -> wan22.text_low -> decode

pipeline p {{
    prompt = "x"
    size   = {width}x{height}
    length = {length}f
    flow   = raw -> {stages}
}}
"""


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    stages=st.lists(STAGES, max_size=3),
    saver=SAVERS,
    width=st.integers(2, 6),
    height=st.integers(2, 6),
    length=st.integers(1, 6),
)
def test_any_flow_is_written_as_it_is_described(
    server: EmbeddedServer, stages: list[str], saver: str, width: int, height: int, length: int
) -> None:
    flow = " -> ".join([*stages, saver])
    text = FLOW.format(width=width * 16, height=height * 16, length=length * 4 + 1, stages=flow)
    result = compiler.compile(Source(text, "p.wan"))
    if result.graph is None or result.prompt is None:
        codes = {finding.code for finding in result.diagnostics if finding.is_error}
        assert codes, text
        return  # such as frames that are cut off a clip that has no more
    graph = result.graph.graph
    (output,) = analyse(graph).outputs
    if (output.frames or 0) > 300 or (output.width_px or 0) * (output.height_px or 0) > 600_000:
        return
    assert holds(server, graph, result.prompt) == 1, text
