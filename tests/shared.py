"""Where the golden tables and real histories live, beside the checkout; a test that needs one skips where it is absent."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[1].parent / "shared"


def shared(name: str) -> Path:
    """Path of a file of the shared folder, or skip the calling test with the reason."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{path} is absent: golden tables and real histories are kept outside the project")
    return path
