"""ultralytics' own `predict` with its FP32 ONNX export of yolo11n, on one thread; run by `bench.vision`.

    .venv-train/bin/python -m bench.parts.predict PHOTO FOLDER

Exports the model twice into FOLDER, if it is not there yet: as `export` does by default, a square of 640 pixels, and
for any shape, so that `predict` pads a photo no further than it must. Its weights are random: they take the time of
trained ones. Then each line on standard input, `square` or `fitted`, is answered by the processor milliseconds of one
`predict` of the photo.
"""

from __future__ import annotations

import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import onnxruntime
import torch

from models.detector.torchvision_operators import ensure_torchvision

CLASSES = 4  # as many as our detector finds
SIDE = 640
DYNAMIC = {"square": False, "fitted": True}


def main(photo: Path, folder: Path) -> None:
    """Answer until standard input ends."""
    answers, sys.stdout = sys.stdout, sys.stderr  # ultralytics writes its news to standard output
    keep_to_one_thread()
    pixels = cv2.imread(str(photo))
    predicts = {name: partial(_opened(folder, name).predict, pixels, verbose=False, device="cpu") for name in DYNAMIC}
    for predict in predicts.values():
        predict()
    for line in sys.stdin:
        began = time.process_time()
        predicts[line.strip()]()
        answers.write(f"{(time.process_time() - began) * 1000}\n")
        answers.flush()


def keep_to_one_thread() -> None:
    """`predict` has no setting for it: torch, OpenCV and each session of ONNX Runtime opened from now on."""
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    opened = onnxruntime.InferenceSession

    def one_thread(path: str, options: onnxruntime.SessionOptions | None = None, **others: Any) -> Any:
        options = options or onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        return opened(path, options, **others)

    onnxruntime.InferenceSession = one_thread


def _opened(folder: Path, name: str) -> Any:
    ensure_torchvision()
    from ultralytics import YOLO  # noqa: PLC0415 - only after torchvision is known to import
    from ultralytics.nn.tasks import DetectionModel  # noqa: PLC0415

    path = folder / f"yolo11n-{name}.onnx"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        model = YOLO("yolo11n.yaml", task="detect")
        given = model.model.args | {"imgsz": SIDE}
        model.model = DetectionModel("yolo11n.yaml", nc=CLASSES, verbose=False)
        model.model.args, model.model.task, model.model.pt_path = given, "detect", path.with_suffix(".pt")
        Path(model.export(format="onnx", imgsz=SIDE, dynamic=DYNAMIC[name], device="cpu", simplify=False)).replace(path)
    return YOLO(str(path), task="detect")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
