"""What the demo shows on the terminal: steps, progress while the week passes, and the tables at the end."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table

from firmware_sim.demo.compare import Measured, PriceScore, StockoutScore
from firmware_sim.demo.page import percentile
from firmware_sim.demo.people import LoopCounts
from firmware_sim.demo.provision import SignIn

_PLAIN_EVERY_S = 20.0
_NAMES = {"share_own": "own share", "share_competitor": "rivals' share", "sku_naming": "SKU named right",
          "price_compliance": "prices right"}  # fmt: skip


@dataclass(frozen=True)
class Progress:
    """Where the run stands."""

    stored: int
    expected: int
    open_stockouts: int
    loop: LoopCounts
    delays: Sequence[float]

    def line(self) -> str:
        """In one line, for logs."""
        return (
            f"{self.stored}/{self.expected} photos stored, {self.open_stockouts} stock-outs open, "
            f"{self.loop.proposals} proposals, {self.loop.orders} orders, {self.loop.deliveries} delivered, "
            f"photo to page {seconds(percentile(list(self.delays), 0.5))}"
        )


class Display:
    """Writes to one console; a moving picture on a terminal, a line now and then elsewhere."""

    def __init__(self, console: Console) -> None:
        self.console = console

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Say what is being done, and how long it took."""
        began = time.monotonic()
        with self.console.status(f"{what} ..."):
            yield
        self.console.print(f"[green]✓[/] {what} [dim]{time.monotonic() - began:.1f} s[/]", highlight=False)

    def address(self, url: str, sign_in: SignIn) -> None:
        """Where to look."""
        grid = Table.grid(padding=(0, 2))
        grid.add_row("open", f"[bold]{url}[/]")
        grid.add_row("sign in as", f"[bold]{sign_in.email}[/]")
        grid.add_row("password", f"[bold]{sign_in.password}[/]")
        self.console.print(Panel(grid, title="Facings", expand=False, border_style="cyan"))

    @contextmanager
    def watching(self) -> Iterator[Watching]:
        """A place for progress, shown anew with each update."""
        if not self.console.is_terminal:
            yield Watching(self.console, None)
            return
        with Live(console=self.console, auto_refresh=False) as live:
            yield Watching(self.console, live)

    def kpis(self, measured: Sequence[Measured], photos: int) -> None:
        """Measured beside true."""
        table = Table(title=f"Measured on {photos} photos, beside what the scenes held")
        table.add_column("KPI", no_wrap=True)
        for name in ("measured", "true", "error", "off per photo", "bias per photo", "exact photos"):
            table.add_column(name, justify="right", max_width=9)
        for kpi in measured:
            table.add_row(*_cells(kpi))
        self.console.print(table)

    def stockouts(self, score: StockoutScore, loop: LoopCounts) -> None:
        """Stock-outs and what came of them."""
        table = Table(title="From stock-out to delivery")
        table.add_column("")
        table.add_column("", justify="right")
        for name, count in (
            ("true stock-outs that a photo could show", score.true),
            ("of them found", score.matched),
            ("of those, begun in the interval stated", score.start_inside),
            ("told, but not so", score.false),
            ("proposals", loop.proposals),
            ("withdrawn, the product came back by itself", loop.withdrawn),
            ("orders", loop.orders),
            ("units ordered", loop.ordered_units),
            ("orders delivered", loop.deliveries),
            ("units delivered", loop.delivered_units),
            ("orders still on their way", loop.on_their_way),
        ):
            table.add_row(name, str(count))
        self.console.print(table)

    def prices(self, score: PriceScore) -> None:
        """Wrong prices on the shelves."""
        table = Table(title="Wrong prices on the tags")
        table.add_column("")
        table.add_column("", justify="right")
        for name, count in (
            ("truly wrong", score.true),
            ("of them told", score.matched),
            ("told, but right", score.false),
        ):
            table.add_row(name, str(count))
        self.console.print(table)


class Watching:
    """Where progress is shown."""

    def __init__(self, console: Console, live: Live | None) -> None:
        self._console = console
        self._live = live
        self._told_at = 0.0

    def update(self, progress: Progress) -> None:
        """Show it."""
        if self._live:
            self._live.update(_picture(progress), refresh=True)
        elif time.monotonic() - self._told_at > _PLAIN_EVERY_S:
            self._told_at = time.monotonic()
            self._console.print(progress.line(), highlight=False, soft_wrap=True)


def seconds(value: float | None) -> str:
    """Seconds as people read them."""
    return "-" if value is None else f"{value:.2f} s"


def _picture(progress: Progress) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    bar = ProgressBar(total=progress.expected, completed=progress.stored, width=30)
    delays = list(progress.delays)
    grid.add_row("photos stored", f"{progress.stored} / {progress.expected}", bar)
    grid.add_row("stock-outs open", str(progress.open_stockouts))
    grid.add_row("proposals", str(progress.loop.proposals), f"{progress.loop.withdrawn} withdrawn")
    grid.add_row("orders", str(progress.loop.orders), f"{progress.loop.deliveries} delivered")
    spread = f"95 of 100 within {seconds(percentile(delays, 0.95))}"
    grid.add_row("photo to page", seconds(percentile(delays, 0.5)), spread)
    return Panel(grid, title="the week passes", expand=False)


def _cells(kpi: Measured) -> Sequence[str]:
    share = kpi.unit == "share"

    def amount(value: float | None, sign: str = "") -> str:
        if value is None:
            return ""
        return f"{value:{sign}.1%}" if share else f"{value:{sign},.0f}"

    def per_photo(value: float | None, sign: str = "") -> str:
        if value is None:
            return ""
        return f"{value:{sign}.1%}" if share else f"{value:{sign}.2f}"

    error = amount(kpi.measured - kpi.true, "+") if share else ("" if kpi.error is None else f"{kpi.error:+.1%}")
    exact = "" if kpi.exact is None else f"{kpi.exact:.0%}"
    name = _NAMES.get(kpi.name, kpi.name)
    absolute, bias = per_photo(kpi.mean_absolute_error), per_photo(kpi.bias, "+")
    return name, amount(kpi.measured), amount(kpi.true), error, absolute, bias, exact
