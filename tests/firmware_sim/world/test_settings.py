from pathlib import Path

import pytest

from facings.errors import BadInputError, SettingsError
from firmware_sim.world.job import WorldJob
from firmware_sim.world.plan import plan_world
from firmware_sim.world.settings import PromotionSettings, WorldSettings, read_world_settings

YAML = "start: 2026-03-02\ndemand:\n  turnover: 0.2\noutlets:\n  regions: [east, bay]\n"
TOML = 'start = 2026-03-02\n[demand]\nturnover = 0.2\n[outlets]\nregions = ["east", "bay"]\n'


@pytest.mark.parametrize(("name", "text"), [("world.yaml", YAML), ("world.yml", YAML), ("world.toml", TOML)])
def test_yaml_and_toml_say_the_same(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / name
    file.write_text(text)
    found = read_world_settings(file)
    assert (found.start.month, found.demand.turnover, found.outlets.regions) == (3, 0.2, ("east", "bay"))
    assert found.supply == WorldSettings().supply


WRONG = {
    "unknown key": ("demand:\n  turnovr: 1", "no setting 'demand.turnovr'; did you mean 'turnover'"),
    "unknown section": ("demands: {}", "did you mean 'demand'"),
    "out of range": ("supply:\n  late: 1.5", "supply.late.*less than or equal to 1"),
    "upside down": ("promotions:\n  lift: [2, 1]", "lower bound first"),
    "unknown region": ("outlets:\n  regions: [moon]", "outlets.regions"),
    "no class": ("outlets: {gold: 0, silver: 0, bronze: 0, kiosk: 0}", "at least one"),
    "no YAML": ("a: [", "is not YAML"),
    "no keys": ("- 1", "must hold keys"),
}


@pytest.mark.parametrize(("text", "complaint"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_a_world_is_refused_with_the_reason(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=complaint) as caught:
        read_world_settings(file)
    assert "world.yaml" in str(caught.value)


@pytest.mark.parametrize("name", ["absent.yaml", "absent.toml"])
def test_an_absent_file_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_world_settings(tmp_path / name)


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        (WorldSettings(owner="nobody"), "owned by 'nobody': choose owner from halden, northwind, redfern"),
        (WorldSettings(promotions=PromotionSettings(count=99)), "only .* promotions .* fit"),
    ],
)
def test_a_world_that_cannot_be_is_refused(settings: WorldSettings, complaint: str) -> None:
    with pytest.raises(BadInputError, match=complaint):
        assert plan_world(WorldJob(outlets=5, days=60, settings=settings)).promotions


def shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_the_guide_names_every_setting_and_its_default(root: Path) -> None:
    guide = (root / "docs" / "simulator.md").read_text()
    for name, values in WorldSettings().model_dump(mode="json").items():
        section = values if isinstance(values, dict) else {name: values}
        missing = [row for key, value in section.items() if (row := f"| `{key}` | {shown(value)} |") not in guide]
        assert missing == []
