"""The menu says what it cannot do, before a program says it in words of its own."""

import shutil
import subprocess
from pathlib import Path

MAKEFILE = Path(__file__).parents[3] / "Makefile"


def test_folder_with_a_space_in_its_path_is_refused(tmp_path):
    folder = tmp_path / "a folder"
    folder.mkdir()
    shutil.copy(MAKEFILE, folder)

    answer = subprocess.run(
        ["make", "help"],  # noqa: S607
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode != 0
    assert f"whose path has a space: {folder}" in answer.stderr
