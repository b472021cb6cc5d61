from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.test import RequestFactory

from stats import imports

MOST = settings.FILE_UPLOAD_MAX_MEMORY_SIZE


def received(content: bytes) -> UploadedFile[bytes]:
    request = RequestFactory().post("/", {"file": SimpleUploadedFile("a.csv", content)})
    file = request.FILES["file"]
    assert isinstance(file, UploadedFile)
    return file


@pytest.mark.parametrize("size", [0, 1, 200_000, MOST])
def test_file_arrives_whole(size: int) -> None:
    content = bytes(range(250)) * (size // 250) + b"x" * (size % 250)

    file = received(content)

    assert (file.size, file.name, file.read()) == (size, "a.csv", content)


@pytest.mark.parametrize("size", [MOST + 1, 4 * MOST])
def test_file_that_is_too_large_is_kept_nowhere(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    file = received(bytes(size))

    assert (file.size, file.read()) == (size, b"")
    assert list(tmp_path.iterdir()) == []


def test_every_file_that_can_be_imported_is_small_enough() -> None:
    assert imports.MOST_BYTES <= MOST
