"""The page of a batch: what it answers, whom it refuses, and what it says of drivers that are gone."""

from __future__ import annotations

import http.client
import json
from datetime import datetime, timedelta, timezone

import jsonschema
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import ROOT
from tests.fleet import made_batch
from tests.fleet.made_batch import Faults, Made, made, plan
from tests.report.results.test_page import HOSTILE, Read
from wan22dsl.errors import CommandError
from wan22dsl.fleet import now as now_file
from wan22dsl.fleet.models_page import Now, Progress
from wan22dsl.monitor.app import PageServer
from wan22dsl.monitor.watching import Watch


def ask(server, path="/", method="GET", **headers):
    """Status, headers and text of an answer. `Host` is ours unless it is named."""
    port = int(server.url.rsplit(":", 1)[1].rstrip("/"))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.putrequest(method, path, skip_host=True)
    for name, value in ({"Host": f"127.0.0.1:{port}"} | headers).items():
        if value is not None:
            connection.putheader(name.replace("_", "-"), value.replace("PORT", str(port)))
    connection.endheaders()
    answer = connection.getresponse()
    found = answer.status, dict(answer.getheaders()), answer.read().decode()
    connection.close()
    return found


def data_of(server):
    status, _, text = ask(server, "/data.json")
    assert status == 200
    return json.loads(text)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """The page of a batch that is complete, with planted faults."""
    folder = tmp_path_factory.mktemp("done")
    made(60, 8, broken=("0017",), away={"gpu-03": (0.1, 0.2)}, slow={"gpu-01": 1.25}).put(folder)
    with PageServer(Watch(folder), why_not_asked="Nobody asks.") as server:
        yield server


@pytest.fixture
def recently(monkeypatch):
    """Batches that are made begin so many seconds ago."""

    def begin(seconds):
        zero = datetime.now(timezone.utc) - timedelta(seconds=seconds)
        monkeypatch.setattr(made_batch, "ZERO", zero)

    return begin


# --- what it shows ---


def test_a_complete_batch_has_its_end_its_reasons_and_its_servers(done):
    batch = data_of(done)["batch"]
    assert batch["state"] == "complete" and batch["expected_end"] is None
    assert (batch["jobs"]["done"], batch["jobs"]["set_aside"]) == (59, 1)
    assert [cause["jobs"] for cause in batch["set_aside"]] == [["0017"]]
    slow = {each["name"]: each["against_equals"] for each in batch["servers"]}
    assert slow["gpu-01"] == pytest.approx(1.25, abs=0.01)
    assert max(value for name, value in slow.items() if name != "gpu-01" and value) < 1.01
    kinds = {each["kind"] for server in batch["servers"] for each in server["timeline"]}
    assert kinds == {"done", "failed", "away"}


def test_the_data_are_by_their_schema(done):
    schema = json.loads((ROOT / "schemas" / "fleet_page.schema.json").read_text("utf-8"))
    jsonschema.validate(data_of(done), schema)


def test_the_page_is_whole_without_its_script_and_every_timeline_has_words(done):
    _, _, text = ask(done)
    read = Read(text.replace("/>", ">").replace("<rect", "<br"))
    words = " ".join(read.words)
    assert "59 of 60 jobs are done" in words and "KeyError in" in words and "gpu-03" in words
    timelines = [each for each in read.of("svg") if each.get("role") == "img"]
    assert len(timelines) == 8
    assert all("jobs done" in (each["aria-label"] or "") for each in timelines)
    assert all(each.get("scope") for each in read.of("th"))
    assert not any(name.startswith("on") for _, attributes in read.elements for name in attributes)


def test_a_running_batch_has_its_jobs_with_pass_step_and_expected_end(tmp_path, recently):
    recently(600)
    batch = made(60, 4, until_s=600)
    batch.put(tmp_path)
    end = (datetime.now(timezone.utc) + timedelta(hours=1)).isoformat()
    running = [line["job"] for _, line in batch.lines if line["line"] == "placed"][-1]
    server = [line["server"] for _, line in batch.lines if line["line"] == "placed"][-1]
    progress = Progress(server=server, job=running, at="high", doing="sampling", step=3, steps=4)
    told = Now(now=1, batch=batch.plan.id, at=end, running=(progress,), expected_end=end, late=2)
    now_file.write(tmp_path, told)
    with PageServer(Watch(tmp_path)) as page:
        found = data_of(page)["batch"]
        assert found["state"] == "running" and len(found["running"]) == 4
        (job,) = [each for each in found["running"] if each["job"] == running]
        assert (job["at"], job["part"]) == ("high: sampling, step 3 of 4", 0.75)
        assert (found["expected_end"], found["expected_by"], found["late"]) == (end, "driver", 2)
        text = ask(page)[2]
        assert text.count("working") == 4
        assert "step 3 of 4" in text and "2 jobs miss their deadlines" in text
        assert found["queue"]
        assert not {each["job"] for each in found["running"]} & {
            each.split()[0] for each in found["queue"]
        }


def test_without_a_word_of_the_driver_the_end_is_by_the_rate(tmp_path, recently):
    recently(900)
    made(60, 4, until_s=900).put(tmp_path)
    with PageServer(Watch(tmp_path)) as page:
        found = data_of(page)["batch"]
    assert found["expected_by"] == "rate" and found["rate_per_h"] > 0


def test_a_driver_that_was_killed_is_said_to_be_silent_and_nothing_ends_by_itself(
    tmp_path, recently
):
    recently(500 + 400)
    Made(plan(40, 4), Faults(killed_s=500)).put(tmp_path)
    with PageServer(Watch(tmp_path)) as page:
        found = data_of(page)["batch"]
        text = ask(page)[2]
    assert found["state"] == "silent" and found["expected_end"] is None
    assert found["sentence"].startswith("The driver has written nothing for ")
    assert "If its process is gone" in text and found["silent_s"] >= 180


def test_what_is_written_is_seen_at_the_next_look(tmp_path, recently):
    recently(300)
    batch = made(40, 4, until_s=300)
    batch.put(tmp_path)
    watch = Watch(tmp_path)
    before = watch.look().seen.overview.counts.done
    line = {"line": "set aside", "job": "0040", "reason": "why not", "at": made_batch.stamp(301)}
    with (tmp_path / "batch.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    watch._until_s = 0.0
    after = watch.look().seen
    assert after.overview.counts.set_aside == 1 and after.overview.counts.done == before
    assert after.silent_s < 60


def test_a_folder_that_is_gone_is_said_on_the_page(tmp_path):
    with PageServer(Watch(tmp_path / "none")) as page:
        found = data_of(page)
    assert found["batch"] is None and "has no batch" in found["fleet_note"]


def test_hostile_names_are_text(tmp_path):
    hostile = plan(6, 2)
    jobs = tuple(job.model_copy(update={"label": HOSTILE}) for job in hostile.jobs)
    server = hostile.servers[0].model_copy(update={"name": HOSTILE, "card": "RTX 4090"})
    hostile = hostile.model_copy(
        update={"name": HOSTILE, "jobs": jobs, "servers": (server, hostile.servers[1])}
    )
    Made(hostile, Faults(broken=("0002",), text=HOSTILE)).put(tmp_path)
    with PageServer(
        Watch(tmp_path), why_not_asked=HOSTILE, dashboard=f"javascript:{HOSTILE}"
    ) as page:
        text = ask(page)[2]
        metrics = ask(page, "/metrics")[2]
    read = Read(text.replace("/>", ">").replace("<rect", "<br"))
    assert [each.get("src") for each in read.of("script")] == ["/page.js"]
    assert not read.of("img") and not [each for each in read.of("a") if "javascript" in str(each)]
    assert not any(name.startswith("on") for _, attributes in read.elements for name in attributes)
    assert "\x1b" not in text and "\u202e" not in text
    assert list(text_string_to_metric_families(metrics)) and "\u202e" not in metrics


# --- whom it answers ---


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:PORT"},
        {"Host": "127.0.0.1:1"},
        {"Host": "127.0.0.1"},
        {"Host": "10.0.0.1:PORT"},
        {"Host": "127.0.0.1.evil.example:PORT"},
        {"Host": None},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/data.json", "/metrics"])
def test_other_hosts_and_other_sites_are_refused(done, path, headers):
    status, _, text = ask(done, path, **headers)
    assert status in (400, 403) and "jobs" not in text


@pytest.mark.parametrize("host", ["127.0.0.1:PORT", "localhost:PORT", "[::1]:PORT"])
def test_names_of_this_machine_are_answered(done, host):
    assert ask(done, Host=host, Sec_Fetch_Site="same-origin", Origin=f"http://{host}")[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_nothing_can_be_changed(done, method):
    status, headers, _ = ask(done, method=method)
    assert status == 405 and headers["Allow"] == "GET, HEAD"
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("path", ["/../pyproject.toml", "/etc/passwd", "/page.js/x", "/%2e%2e/x"])
def test_there_are_no_other_files(done, path):
    assert ask(done, path)[0] in (400, 404)


def test_every_answer_forbids_frames_and_what_is_not_its_own(done):
    for path in ("/", "/data.json", "/metrics", "/none", "/page.js"):
        _, headers, _ = ask(done, path)
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_a_page_that_has_not_changed_is_not_sent_again(done):
    _, headers, _ = ask(done)
    for _ in range(5):  # "last written" counts seconds
        status, headers, text = ask(done, If_None_Match=headers["ETag"])
        if status == 304:
            break
    assert (status, text) == (304, "")


def test_a_port_that_is_taken_is_said_with_what_to_do(done):
    port = int(done.url.rsplit(":", 1)[1].rstrip("/"))
    with pytest.raises(CommandError, match=f"cannot listen on 127.0.0.1:{port}.*--port"):
        PageServer(Watch(None), port).start()


# --- metrics ---


@pytest.fixture(scope="module")
def families(done):
    status, headers, text = ask(done, "/metrics")
    assert status == 200 and headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return {family.name: family for family in text_string_to_metric_families(text)}


def values(family, *labels):
    return {
        tuple(sample.labels[label] for label in labels): sample.value for sample in family.samples
    }


def test_jobs_attempts_and_failures_are_those_of_the_lines(families):
    assert values(families["wan_batch_jobs"], "state") == {
        ("waiting",): 0, ("blocked",): 0, ("running",): 0, ("unknown",): 0, ("done",): 59,
        ("set_aside",): 1,
    }  # fmt: skip
    attempts = values(families["wan_batch_attempts"], "result")
    assert attempts[("success",)] == 59 and attempts[("error",)] == 3
    assert sum(values(families["wan_batch_failures"], "reason").values()) == 3


def test_seconds_are_by_card_and_by_what_is_made(families):
    family = families["wan_batch_job_seconds"]
    counts = [each for each in family.samples if each.name.endswith("_count")]
    assert sum(each.value for each in counts) == 59
    assert {each.labels["card"] for each in counts} == set(made_batch.SECONDS)
    assert {each.labels["workload"] for each in counts} == {
        "portrait (832x1216, 81 frames)", "portrait (480x832, 49 frames)",
    }  # fmt: skip


def test_loads_are_counted_for_each_server(families):
    loads = values(families["wan_batch_server_model_loads"], "server")
    assert len(loads) == 8 and set(loads.values()) == {2.0}


def test_names_have_units_and_counters_end_in_total(families):
    for name, family in families.items():
        assert name.startswith(("wan_batch", "wan_fleet")) and family.documentation
        assert not name.endswith(("_ms", "_gb", "_minutes"))
        if family.type == "counter":
            assert all(each.name.endswith("_total") for each in family.samples)


def test_labels_are_bounded(tmp_path):
    jobs = tuple(
        job.model_copy(update={"workload": f"{job.id} frames", "recipe": job.id})
        for job in plan(80, 2).jobs
    )
    many = plan(80, 2).model_copy(update={"jobs": jobs})
    Made(many, Faults()).put(tmp_path, with_records=False)
    with PageServer(Watch(tmp_path)) as page:
        text = ask(page, "/metrics")[2]
    families = {family.name: family for family in text_string_to_metric_families(text)}
    found = {each.labels["workload"] for each in families["wan_batch_job_seconds"].samples}
    assert len(found) == 21 and "others" in found
