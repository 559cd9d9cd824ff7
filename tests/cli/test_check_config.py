"""`cms-media check-config`."""

from pathlib import Path

import pytest

from cms_media.cli.main import main


def test_a_good_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "good.toml"
    file.write_text('[[space]]\nname = "A"\nuri = "a"\n')
    assert main(["check-config", str(file)]) == 0
    assert capsys.readouterr().out == f"{file}: in order; spaces: a\n"


def test_a_passcode_that_keeps_nobody_out_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "good.toml"
    file.write_text('[[space]]\nname = "A"\nuri = "a"\npasscode = "4711"\n')
    assert main(["check-config", str(file)]) == 0
    out = capsys.readouterr().out
    assert "passcode of a is not asked for yet" in out
    assert "4711" not in out


def test_everything_wrong_has_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bad.toml"
    file.write_text("[sip]\nudp_prot = 1\ntls_port = 'x'\n\n[media]\nworkers = -1\n")
    assert main(["check-config", str(file)]) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"{file}:2: [sip] udp_prot is not a known key; did you mean udp_port?",
        f"{file}:3: [sip] tls_port: expected a whole number, found text",
        f"{file}:6: media.workers: -1 is not in 0..256",
    ]


def test_two_spaces_that_dial_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bad.toml"
    file.write_text('\n[[space]]\nname = "A"\nuri = "a"\n[[space]]\nname = "B"\nuri = "A"\n')
    assert main(["check-config", str(file)]) == 1
    assert capsys.readouterr().err.startswith(f"{file}:2: space: ")


def test_a_missing_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-config", str(tmp_path / "none.toml")]) == 1
    assert "No such file" in capsys.readouterr().err
