import sys

import pytest

from facings.cli import main


def test_what_the_training_environment_alone_can_do_says_where_it_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["facings", "models", "train"])
    with pytest.raises(SystemExit, match="1"):
        main()
    said = capsys.readouterr().err
    assert "this needs 'torch', which the training environment has" in said
    assert "make setup-train" in said
    assert "Traceback" not in said
