"""A .venv that was not made to the end is made anew."""

import sys

from scripts import setup


def test_an_environment_without_its_pyvenv_cfg_is_not_sound(tmp_path, monkeypatch):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    monkeypatch.setattr(setup, "VENV", tmp_path)
    monkeypatch.setattr(setup, "PYTHON", tmp_path / "bin" / "python")
    monkeypatch.setattr(setup, "UNFINISHED", tmp_path / "unfinished")

    assert setup.is_sound() is False
