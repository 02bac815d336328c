"""Cards: one list, found by any spelling of their names, never confused with a variant."""

from __future__ import annotations

import pytest

from wan22dsl.errors import CommandError
from wan22dsl.graph.cost.cards import CARDS, card_named


@pytest.mark.parametrize(
    ("name", "card"),
    [
        ("4090", "RTX 4090"),
        ("rtx4090", "RTX 4090"),
        ("RTX 4090 24GB", "RTX 4090"),
        ("NVIDIA GeForce RTX 4090", "RTX 4090"),
        ("cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync", "RTX 4090"),
        ("4060ti 16gb", "RTX 4060 Ti 16GB"),
        ("4060ti16gb", "RTX 4060 Ti 16GB"),
        ("RTX 4060 Ti 8 GB", "RTX 4060 Ti 8GB"),
        ("RTX4070Ti", "RTX 4070 Ti"),
        ("NVIDIA RTX A6000", "RTX A6000"),
        ("NVIDIA A100-SXM4-40GB", "A100 40GB"),
        ("NVIDIA A100-SXM4-80GB", "A100"),
        ("A100", "A100"),
        ("NVIDIA H100 80GB HBM3", "H100"),
        ("NVIDIA H100 PCIe", "H100 PCIe"),
        ("NVIDIA L40S", "L40S"),
        ("AMD Radeon RX 7900 XTX", "RX 7900 XTX"),
        ("7900xtx", "RX 7900 XTX"),
        ("NVIDIA RTX PRO 6000 Blackwell Workstation Edition", "RTX PRO 6000"),
    ],
)
def test_a_card_is_found_as_people_and_drivers_write_it(name, card):
    assert card_named(name).name == card


@pytest.mark.parametrize(
    ("name", "similar"),
    [
        ("RTX 4090 Laptop GPU", "RTX 4090"),
        ("NVIDIA GeForce RTX 4090 D", "RTX 4090"),
        ("RTX 4080 SUPER", "RTX 4080"),
        ("4070 Ti Super", "RTX 4070 Ti"),
        ("RTX 3080 12GB", "RTX 3080"),
        ("4060 Ti", "RTX 4060 Ti 8GB, RTX 4060 Ti 16GB"),
        ("H100 NVL", "H100, H100 PCIe"),
        ("L40", "L40S"),
    ],
)
def test_a_variant_is_another_card_and_similar_ones_are_named(name, similar):
    with pytest.raises(CommandError, match=rf"unknown card .* Similar: {similar}\."):
        card_named(name)


def test_every_card_is_found_by_its_own_names():
    for card in CARDS.values():
        for name in (card.name, *card.other_names):
            assert card_named(name) is card, name


def test_every_card_says_where_its_speed_comes_from():
    for card in CARDS.values():
        assert card.basis.startswith(("measured: ", "estimated: ")), card.name
        assert card.published_tflops > 0 and card.published_gb_per_s > 0
        if card.basis.startswith("estimated"):
            assert card.uncertainty >= 0.3, card.name


@pytest.mark.parametrize(
    ("name", "sms", "boost_ghz"),
    [
        ("RTX 3060", 28, 1.777),
        ("RTX 3080", 68, 1.71),
        ("RTX 3090", 82, 1.695),
        ("RTX 4060 Ti 8GB", 34, 2.535),
        ("RTX 4070 Ti", 60, 2.61),
        ("RTX 4080", 76, 2.505),
        ("RTX 4090", 128, 2.52),
        ("RTX 5070 Ti", 70, 2.452),
        ("RTX 5080", 84, 2.617),
        ("RTX 5090", 170, 2.407),
    ],
)
def test_published_tflops_of_a_geforce_are_those_of_its_tensor_cores(name, sms, boost_ghz):
    tflops = sms * 512 * boost_ghz / 1000  # FLOP a clock and SM, dense, with FP32 accumulation
    assert CARDS[name].published_tflops == pytest.approx(tflops, rel=0.004)


def test_an_estimated_card_keeps_the_share_of_the_card_that_it_is_taken_from():
    shares = {"RTX 4090": (), "RTX 5090": (), "A100": (), "H100": ()}
    for model in shares:
        real = CARDS[model]
        share = real.effective_tflops / real.published_tflops
        alike = [c for c in CARDS.values() if c.basis.endswith(f"that the {model} reaches")]
        assert alike, model
        for card in alike:
            assert card.effective_tflops / card.published_tflops == pytest.approx(share, rel=0.03)


def test_list_names_all_cards():
    with pytest.raises(CommandError) as reported:
        card_named("list")
    lines = str(reported.value).splitlines()
    assert len(lines) == 1 + len(CARDS)
    assert all(f"  {name} " in line for name, line in zip(CARDS, lines[1:]))
