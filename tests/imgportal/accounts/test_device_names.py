from __future__ import annotations

import pytest

from imgportal.accounts import device_names

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (f"{WINDOWS} {CHROME}", "Chrome on Windows"),
        (f"{WINDOWS} {CHROME} Edg/140.0.0.0", "Edge on Windows"),
        (f"{WINDOWS} {CHROME} OPR/110.0", "Opera on Windows"),
        (
            f"{WINDOWS[:-1]}; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox on Windows",
        ),
        (f"Mozilla/5.0 (Linux; Android 15; Pixel 9) {CHROME}", "Chrome on Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari on an iPhone",
        ),
        (
            "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) CriOS/140.0 Safari/604.1",
            "Chrome on an iPad",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1",
            "Safari on a Mac",
        ),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541) {CHROME}", "Chrome on a Chromebook"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {CHROME}", "Chrome on Linux"),
        ("curl/8.5.0", "curl"),
        ("Something new (Windows)", "A browser on Windows"),
        ("", "An unknown browser"),
        ("\x00<script>😀" * 500, "An unknown browser"),
    ],
)
def test_browser_is_named_as_its_owner_knows_it(user_agent: str, words: str) -> None:
    assert device_names.describe_device(user_agent) == words
