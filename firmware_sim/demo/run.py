"""The demo from start to end: the whole product, fed by a simulated week, judged by the week's own truth."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path

from rich.console import Console

from facings.errors import FacingsError, UnavailableError
from facings.files import write_private
from firmware_sim.demo import provision
from firmware_sim.demo.api import Api
from firmware_sim.demo.children import Child, Children, wait_for_file
from firmware_sim.demo.compare import Measured, PriceScore, compare_photos, compare_prices, compare_stockouts
from firmware_sim.demo.display import Display, Progress, seconds
from firmware_sim.demo.gallery import device_gallery
from firmware_sim.demo.pace import Pace, measure_photo_s, pace_for
from firmware_sim.demo.page import Page, percentile
from firmware_sim.demo.people import Loop, count_loop
from firmware_sim.demo.place import Plan, disk_mb, only_demo_in, port_settings
from firmware_sim.demo.results import count_observations, told_episodes, told_prices
from firmware_sim.demo.summary import Counts, write_summary
from firmware_sim.demo.week import Week
from firmware_sim.world.week.files import write_week

_READY_WITHIN_S = 60.0
_LOOK_EVERY_S = 1.0
_SETTLE_S = 8.0
_STUCK_AFTER_S = 180.0
_TARGET_S = 5.0


class Demo:
    """One run."""

    def __init__(self, plan: Plan, console: Console) -> None:
        self._plan = plan
        self._display = Display(console)
        self._children = Children()
        self._began = time.monotonic()

    def run(self) -> bool:
        """Whether every photo was stored once and only once.

        Raises:
            FacingsError: a program failed; the text names its log.
        """
        with ExitStack() as stack:
            stack.enter_context(only_demo_in(self._plan.root))
            stack.callback(self._children.stop)
            return self._run(stack)

    def _run(self, stack: ExitStack) -> bool:
        plan, step = self._plan, self._display.step
        week = self._make_week()
        with step("Measuring how fast this machine reads photos"):
            pace = _measure(week, plan.gallery)
        with step("Starting the cloud"):
            sign_in = provision.add_people(plan.cloud)
            endpoints = self._start_cloud()
            api = Api(endpoints.http, sign_in.api_key)
            stack.callback(api.close)
        with step(f"Setting up {len(week.products)} products and {len(week.outlet_of)} coolers"):
            provision.add_places(api, week)
            keys = provision.add_devices(api, week)
            page = Page(provision.page_login(api))
            page.start()
            stack.callback(page.stop)
        write_private(
            plan.sign_in,
            json.dumps({"url": endpoints.http, "email": sign_in.email, "password": sign_in.password}) + "\n",
        )
        self._display.address(endpoints.http, sign_in)
        configs = provision.write_device_configs(plan.edge, week, plan.gallery, keys, endpoints, pace)
        self._display.console.print(
            f"{week.photo_count} photos of {len(keys)} coolers in about {pace.seconds:.0f} s: "
            f"reading one takes {pace.photo_s:.2f} s here",
            highlight=False,
            soft_wrap=True,
        )
        options = ["--once"] if plan.once else []
        edge = self._children.start(
            Child("edge", ["edge", "run", *options, *map(str, configs)], plan.logs / "edge.log")
        )
        self._watch(week, api, page, edge)
        complete = self._report(week, api, page)
        if not plan.once:
            self._display.address(endpoints.http, sign_in)
            self._stay()
        return complete and self._stop_all()

    def _make_week(self) -> Week:
        plan = self._plan
        for folder in (plan.cloud, plan.edge, plan.logs):
            shutil.rmtree(folder, ignore_errors=True)
        week = Week(plan.shipped or plan.root / "week")
        if plan.job:
            write_week(plan.job, week.folder, os.cpu_count() or 1, self._display.console)
        device_gallery(week.packshots, plan.job, plan.gallery, self._display.console)
        return week

    def _start_cloud(self) -> provision.Endpoints:
        plan = self._plan
        ports, taken = port_settings()
        if taken:
            self._display.console.print(f"[yellow]In use, so others are taken: {', '.join(taken)}[/]", highlight=False)
        arguments = ["up", "--data-dir", str(plan.cloud)]
        cloud = self._children.start(Child("cloud", arguments, plan.logs / "cloud.log", env=ports))
        file = plan.cloud / "endpoints.json"
        wait_for_file(file, cloud, _READY_WITHIN_S)
        return provision.Endpoints.read(file)

    def _watch(self, week: Week, api: Api, page: Page, edge: Child) -> None:
        loop = Loop(api, week)
        settled_at: float | None = None
        stored, moved_at = 0, time.monotonic()
        with self._display.watching() as watching:
            while settled_at is None or time.monotonic() < settled_at:
                self._children.check()
                with suppress(UnavailableError):  # a busy moment: the next look comes soon, and children are checked
                    loop.step(page)
                progress = _progress(week, page, loop)
                watching.update(progress)
                done = edge.code is not None if self._plan.once else progress.stored >= progress.expected
                if settled_at is None and done:
                    settled_at = time.monotonic() + _SETTLE_S
                if settled_at and len(page.delays) >= progress.expected:
                    return
                if progress.stored > stored or settled_at:
                    stored, moved_at = progress.stored, time.monotonic()
                if time.monotonic() - moved_at > _STUCK_AFTER_S:
                    raise UnavailableError(f"nothing moves any more: {progress.line()}; see {self._plan.logs}")
                time.sleep(_LOOK_EVERY_S)

    def _report(self, week: Week, api: Api, page: Page) -> bool:
        stored, duplicated = count_observations(api, week.outlet_of)
        counts = Counts(week.photo_count, stored, duplicated)
        measured = compare_photos(week, page.kpis)
        stockouts = compare_stockouts(week, told_episodes(api))
        prices = self._prices(week, api)
        if prices:
            measured = [*measured, prices[0]]
        loop = count_loop(api)
        p95 = percentile(page.delays, 0.95)
        self._display.kpis(measured, len(page.delays))
        self._display.stockouts(stockouts, loop)
        if prices:
            self._display.prices(prices[1])
        took = time.monotonic() - self._began
        write_summary(
            self._plan.summary,
            counts,
            p95,
            measured,
            stockouts,
            prices[1] if prices else None,
            loop,
            seconds=took,
            disk_mb=disk_mb(self._plan.root),
        )
        self._verdict(counts, p95, took)
        return counts.complete

    @staticmethod
    def _prices(week: Week, api: Api) -> tuple[Measured, PriceScore] | None:
        """How the prices were read; None where no cooler of the week has price tags."""
        if not any(photo.prices for photo in week.photos.values()):
            return None
        times = [at for _, at in week.photos]
        return compare_prices(week, *told_prices(api, min(times), max(times) + timedelta(hours=1)))

    def _verdict(self, counts: Counts, p95: float | None, took: float) -> None:
        console = self._display.console
        colour = "green" if counts.complete else "bold red"
        console.print(
            f"[{colour}]{counts.sent} photos sent, {counts.stored} stored, {counts.lost} lost, "
            f"{counts.duplicated} stored twice[/]; photo to page {seconds(p95)} at most for 95 of 100; "
            f"{took:.0f} s in all",
            highlight=False,
            soft_wrap=True,
        )
        if p95 is not None and p95 > _TARGET_S:
            console.print(f"[yellow]That is slower than {_TARGET_S:.0f} s: is this machine busy with other work?[/]")
        if not counts.complete:
            console.print(f"[bold red]Look for the reason in {self._plan.logs}[/]")
        console.print(f"[dim]All figures are in {self._plan.summary}[/]", highlight=False)

    def _stay(self) -> None:
        self._display.console.print("The cloud and the coolers stay up; Ctrl-C ends them.")
        while True:
            self._children.check()
            time.sleep(_LOOK_EVERY_S)

    def _stop_all(self) -> bool:
        with self._display.step("Stopping"):
            codes = self._children.stop()
        failed = {name: code for name, code in codes.items() if code}
        if failed:
            raise FacingsError(f"ended with an error: {failed}; see {self._plan.logs}")
        return True


def run_demo(plan: Plan, console: Console) -> bool:
    """Run the demo; Ctrl-C or a TERM signal ends it with all its programs.

    Returns:
        Whether every photo was stored once and only once.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return Demo(plan, console).run()
    except KeyboardInterrupt:
        console.print("stopped")
        return not plan.once


def _measure(week: Week, gallery: Path) -> Pace:
    cooler, manifest = next(iter(week.manifests.items()))
    photos = [week.replay_folder(cooler) / entry.file for entry in manifest.entries]
    return pace_for(list(week.manifests.values()), measure_photo_s(photos, gallery))


def _progress(week: Week, page: Page, loop: Loop) -> Progress:
    now = page.overview
    stored, stockouts = (now.observations, now.open_stockouts) if now else (0, 0)
    return Progress(stored, week.photo_count, stockouts, loop.counts, page.delays)
