"""Laws of the board, for drawn batches on drawn fleets in which attempts fail in every way."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.fleet.boards import GIB, Fate, Fleet, Given, needs
from wan22dsl.fleet.board import Board, BoardJob, BoardServer
from wan22dsl.fleet.expected import Expectations

CARDS = {"small": 8, "middle": 16, "large": 32, "": 0}
RECIPES = {"a": 2, "b": 2, "c": 12, "d": 24, "unknown": 0}
TAGS = ("fast", "quiet")
HOWS = ("success", "error", "out of memory", "lost", "stopped", "refused")

tags = st.lists(st.sampled_from(TAGS), unique=True, max_size=2).map(tuple)
fates = st.lists(
    st.builds(Fate, st.sampled_from(HOWS), st.sampled_from((0.1, 0.7, 1.0, 1.3, 4.0))), max_size=4
)


@st.composite
def batches(draw):
    """Servers, jobs with what happens to them, and the costs that are expected."""
    cards = draw(st.lists(st.sampled_from(sorted(CARDS)), min_size=1, max_size=5))
    servers = [
        BoardServer(f"s{number}", card, draw(tags), CARDS[card] * GIB or None)
        for number, card in enumerate(cards)
    ]
    many = draw(st.integers(1, 16))
    jobs = []
    for number in range(many):
        # Mostly jobs of before; now and then one of later, itself, or one that there is not.
        after = draw(st.lists(st.integers(0, many), max_size=1 if number % 3 else 0))
        jobs.append(
            BoardJob(
                f"j{number}",
                draw(st.sampled_from(sorted(RECIPES))),
                tuple(f"j{other}" for other in after),
                draw(st.integers(-1, 1)),
                draw(st.none() | st.integers(0, 2000).map(float)),
                draw(tags) if draw(st.booleans()) else (),
            )
        )
    seconds = {
        (recipe, card): draw(st.sampled_from((5.0, 60.0, 600.0)))
        for recipe in RECIPES
        for card in CARDS
        if recipe != "unknown" and card
    }
    least = {recipe: gib * GIB for recipe, gib in RECIPES.items() if gib}
    return servers, jobs, Given(seconds, least), {job.id: draw(fates) for job in jobs}


def board_of(servers, jobs, costs):
    models = {name: needs(name, f"{name[:1]}-high", f"{name[:1]}-low", "vae") for name in RECIPES}
    return Board(jobs, servers, models, Expectations(costs))


@given(batches())
def test_every_job_ends_once_or_is_impossible_with_a_reason(batch):
    servers, jobs, costs, what = batch
    board = board_of(servers, jobs, costs)
    lived = Fleet(board, servers, what).live()
    assert {*lived.done, *lived.aside} == {job.id for job in jobs}
    assert not {*lived.done} & {*lived.aside}
    assert all(lived.aside.values())
    assert board.is_over
    assert board.counts.done == len(lived.done)


@given(batches())
def test_no_server_gets_a_job_that_it_cannot_run_or_has_failed_with(batch):
    servers, jobs, costs, what = batch
    lived = Fleet(board_of(servers, jobs, costs), servers, what).live()
    by_name, by_id = {server.name: server for server in servers}, {job.id: job for job in jobs}
    hows = {id: [fate.how for fate in each] for id, each in what.items()}
    before: dict[str, list[tuple[str, str]]] = {}
    for _, choice in lived.chosen:
        job, server = by_id[choice.job], by_name[choice.server]
        assert set(job.tags) <= set(server.tags)
        if server.vram_bytes is not None:
            assert RECIPES[job.recipe] * GIB <= server.vram_bytes - GIB
        earlier = before.setdefault(job.id, [])
        for name, how in earlier:
            if how in ("error", "refused"):
                assert choice.server != name
            if how == "out of memory" and not choice.staged:
                card, vram = by_name[name].card, by_name[name].vram_bytes
                assert server.card != card
                assert vram is None or server.vram_bytes is None or server.vram_bytes > vram
        turn = len(earlier)
        earlier.append((choice.server, (hows[job.id][turn : turn + 1] or ["success"])[0]))


@given(batches())
def test_a_staged_run_comes_only_after_out_of_memory_and_once(batch):
    servers, jobs, costs, what = batch
    lived = Fleet(board_of(servers, jobs, costs), servers, what).live()
    recipes = {job.id: job.recipe for job in jobs}
    ran_out: set[str] = set()
    staged: list[str] = []
    turns = dict.fromkeys(recipes, 0)
    for _, choice in lived.chosen:
        fates = what[choice.job][turns[choice.job] :]
        turns[choice.job] += 1
        if choice.staged:
            assert recipes[choice.job] in ran_out
            if not fates or fates[0].how not in ("stopped", "lost"):
                staged.append(choice.job)
        if fates and fates[0].how == "out of memory":
            ran_out.add(recipes[choice.job])
    assert len(staged) == len(set(staged))


@given(batches())
def test_followers_never_start_before_what_they_need_has_succeeded(batch):
    servers, jobs, costs, what = batch
    lived = Fleet(board_of(servers, jobs, costs), servers, what).live()
    after = {job.id: job.after for job in jobs}
    for at_s, choice in lived.chosen:
        assert all(lived.done.get(first, float("inf")) <= at_s for first in after[choice.job])


@given(batches())
def test_the_same_calls_give_the_same_choices(batch):
    servers, jobs, costs, what = batch
    lives = [Fleet(board_of(servers, jobs, costs), servers, what).live() for _ in range(2)]
    assert lives[0] == lives[1]


@given(batches())
def test_a_forecast_has_every_job_once_and_agrees_with_what_is_impossible(batch):
    servers, jobs, costs, _ = batch
    board = board_of(servers, jobs, costs)
    forecast = board.forecast(0.0)
    parts = [*forecast.ends, *forecast.unknown, *forecast.unplanned]
    assert sorted(parts) == sorted(job.id for job in jobs)
    assert set(board.impossible()) == set(forecast.unplanned)
    assert (forecast.end_s is None) == bool(forecast.unknown or forecast.unplanned)
    due = {job.id: job.due_s for job in jobs}
    assert all(late.end_s > due[late.job] == late.due_s for late in forecast.late)
