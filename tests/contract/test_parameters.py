"""The parameters of template.yaml: which values a deployment and `make dev` take, and that functions can read each of them."""

from collections.abc import Callable

import pytest

from lambdo.base.settings import settings
from tests.support.template import FUNCTIONS, function, template
from tools.local.parameters import find_broken

WHOLE = ["1", "2", "10", "9999"]
NOT_WHOLE = ["", "-1", "+1", "01", "1.0", "1.5", "1e3", "0x1", " 1", "1 ", "١", "1\n", "9" * 10]
LIMIT = ([*WHOLE, "10000"], ["0", "10001", *NOT_WHOLE])
COUNT = ([*WHOLE, "10001", "9" * 9], ["0", *NOT_WHOLE])
SWITCH = (["true", "false"], ["", "maybe", "True", "1", "true\n"])
ADDRESS = (
    ["", "lambdo@example.com", "no-reply+a_b%c@mail.example.co.uk"],
    # A star or question mark would let the function send as anybody, because its policy names the address.
    ["*@example.com", "?@example.com", "a@*", "a@example", "a b@example.com", "A <a@example.com>", "a@example.com\n", "@"],
)  # fmt: skip
VALUES = {
    "AllowedOrigins": (
        ["*", "https://app.example.com", "http://localhost:5173", "https://a.example, https://b.example"],
        ["", "foo", "null", "app.example.com", "https://app.example.com/", "https://*.example.com", "*,", "*;*"],
    ),
    "AppUrl": (
        [
            "",
            "https://app.example.com",
            "https://example.com/app",
            "https://example.com:8443/~a/b_c.d",
            "http://localhost:5173",
            "http://127.0.0.1:3000/app",
        ],
        [
            "https://app.example.com/",
            "https://app.example.com/?a=b",
            "https://app.example.com/#a",
            "https://app.example.com\n",
            "https://app.example.com/a b",
            "app.example.com",
            "javascript:alert(1)",
            # The token would go over the wire in clear.
            "http://app.example.com",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
        ],
    ),
    "App": SWITCH,
    "Docs": SWITCH,
    "Alarms": SWITCH,
    "GradualDeployment": SWITCH,
    "LogLevel": (["DEBUG", "INFO", "WARN", "ERROR"], ["", "NOISY", "info", "WARNING"]),
    "MailFrom": ADDRESS,
    "AlarmEmail": ADDRESS,
    "PasswordCost": (["12", "13", "14", "15", "16"], ["4", "11", "17", "20", "99", "12.0", "12.5", *NOT_WHOLE]),
    "KeyVersion": COUNT,
    "ThrottleBurst": COUNT,
    "ProvisionedConcurrency": (["0", *WHOLE], NOT_WHOLE),
    "HashingConcurrency": (["", *WHOLE], ["0", *(one for one in NOT_WHOLE if one not in {"", "9" * 10})]),
    **{name: LIMIT for name in template()["Parameters"] if "Per" in name},
}


@pytest.mark.parametrize("name", VALUES)
def test_value_is_allowed_or_refused(name: str) -> None:
    declared = template()["Parameters"][name]
    allowed, refused = VALUES[name]
    assert [value for value in allowed if list(find_broken(declared, value))] == []
    assert [value for value in refused if not list(find_broken(declared, value))] == []


def test_every_default_is_allowed() -> None:
    for name, one in template()["Parameters"].items():
        assert list(find_broken(one, str(one["Default"]))) == [], name


@pytest.mark.usefixtures("application")
def test_functions_can_read_whatever_value_their_parameter_allows(setting: Callable[..., None]) -> None:
    read = {
        (variable, value["Ref"])
        for folder in FUNCTIONS
        for variable, value in function(folder).get("Environment", {}).get("Variables", {}).items()
        if isinstance(value, dict) and value.get("Ref") in VALUES
    }
    assert len(read) == 10
    for variable, name in sorted(read):
        for value in filter(None, VALUES[name][0]):
            setting(**{variable: value})
            assert str(getattr(settings, variable.lower())).lower() == value
