"""What the tests of a batch share: a process that forks drivers which can be killed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fleet.zygote import zygote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fleet.zygote import Zygote


@pytest.fixture(scope="session")
def drivers() -> Iterator[Zygote]:
    with zygote() as found:
        yield found
