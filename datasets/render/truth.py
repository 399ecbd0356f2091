"""`scene_truth`: everything that is known of a scene, also what no photo shows, as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from datasets.products.arrays import FloatArray
from datasets.render.rendering import CameraModel, Place, Rendering, Thing
from datasets.render.scene import Scene


def scene_truth(scene: Scene, rendering: Rendering) -> dict[str, Any]:
    """The scene as plain values: furniture, camera, lights, stress, and every unit with its pose, hidden ones too.

    Lengths are mm, angles degrees, colours 0 to 255, pixels those of the ideal photo. A thing's
    `placement` is the (3, 4) transform from its model's axes (foot's centre, front along z) to the scene's.
    """
    furniture = scene.furniture.build()
    return {
        "furniture": {"name": rendering.furniture, "design": asdict(scene.furniture),  # type: ignore[call-overload]
                      "shelves": [asdict(shelf) for shelf in furniture.shelves]},
        "camera": camera_json(rendering.camera),
        "lights": asdict(scene.lights),
        "care": asdict(scene.care),
        "surroundings": scene.surroundings,
        "stress": scene.stress.as_json(),
        "lanes": [[asdict(lane) for lane in lanes] for lanes in scene.stock],
        "things": [thing_json(thing) for thing in rendering.things],
        "places": [_place_json(place) for place in rendering.places],
        "rows": [rounded(row) for row in rendering.rows],
    }  # fmt: skip


def camera_json(camera: CameraModel) -> dict[str, Any]:
    """A camera's intrinsics and pose."""
    return {"mount": camera.mount, "width": camera.width, "height": camera.height, "k": rounded(camera.k),
            "r": rounded(camera.r, 8), "t": rounded(camera.t)}  # fmt: skip


def thing_json(thing: Thing) -> dict[str, Any]:
    """A thing, its area and box rounded to hundredths of a pixel."""
    box = [round(side, 2) for side in thing.full_box]
    placement = None if thing.placement is None else rounded(thing.placement)
    return asdict(thing) | {"full_area": round(thing.full_area, 2), "full_box": box, "placement": placement}


def _place_json(place: Place) -> dict[str, Any]:
    return {"row": place.row, "column": place.column, "planned": place.planned, "filled": place.filled,
            "lane_empty": place.lane_empty, "outline": rounded(place.outline)}  # fmt: skip


def rounded(values: FloatArray, digits: int = 3) -> Any:
    """An array as lists of rounded numbers; no negative zeros."""
    return (values.astype(float).round(digits) + 0.0).tolist()
