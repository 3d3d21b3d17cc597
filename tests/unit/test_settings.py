"""Settings: read once, and named when missing."""

from collections.abc import Callable

import pytest

from lambdo.base.settings import Settings, settings

NAMES = sorted(name for name in vars(Settings) if not name.startswith("_"))
pytestmark = pytest.mark.usefixtures("application")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [None, ""])
def test_missing_variable_fails_by_its_name(setting: Callable[..., None], name: str, value: str | None) -> None:
    setting(**{name.upper(): value})
    with pytest.raises(RuntimeError, match=rf"\b{name.upper()}\b is not set"):
        getattr(settings, name)


@pytest.mark.parametrize("name", NAMES)
def test_variable_is_read_once(setting: Callable[..., None], monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    setting(**{name.upper(): "7"})
    first = getattr(settings, name)
    monkeypatch.setenv(name.upper(), "8")
    assert getattr(settings, name) == first


@pytest.mark.parametrize("value", ["3", "32", "-4", "twelve", "12.0", " 12", "0x0c"])
def test_cost_that_is_no_number_from_4_to_31_fails_by_its_name(setting: Callable[..., None], value: str) -> None:
    setting(PASSWORD_COST=value)
    with pytest.raises(RuntimeError, match="PASSWORD_COST must be a number from 4 to 31"):
        _ = settings.password_cost


@pytest.mark.parametrize("name", [name for name in NAMES if "_per_" in name])
@pytest.mark.parametrize("value", ["0", "-1", "10001", "five"])
def test_limit_that_is_no_number_from_1_to_10000_fails_by_its_name(
    setting: Callable[..., None], name: str, value: str
) -> None:
    setting(**{name.upper(): value})
    with pytest.raises(RuntimeError, match=f"{name.upper()} must be a number from 1 to 10000"):
        getattr(settings, name)
