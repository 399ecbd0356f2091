// The overview's chart: a figure day by day over the last four weeks, with its interval and the coverage behind it.

import { lineChart } from "./charts.js";

const DAYS = 28;
const A_DAY_MS = 86_400_000;
const ANEW_MS = 10 * 60_000; // a day's number moves little with each photo
const SHAPES = {
  "share-of-facings": { percent: true, hue: "--own" },
  units: { hue: "--accent" },
  "stockout-hours": { hue: "--alert" },
};

/** Draws the figure chosen; `refresh(kpi)` reads it anew with the time of an overview message, though not each time. */
export function fourWeeks() {
  const place = document.getElementById("trend");
  const chart = lineChart(place);
  const read = new Map();
  let figure = Object.keys(SHAPES)[0];
  let end = null;

  const show = async () => {
    const [wanted, until] = [figure, end];
    const points = read.get(wanted) ?? (await days(wanted, until));
    if (wanted !== figure || until !== end) return; // another was chosen, or photos of another day came meanwhile
    if (points) read.set(wanted, points); // what could not be read is read anew when it is next asked for
    const drawn = points?.length > 1;
    document.getElementById("trend-unread").hidden = points !== null;
    document.getElementById("trend-empty").hidden = drawn || points === null;
    place.hidden = !drawn; // or the line of the figure before would stay
    const name = document.querySelector(`[data-trend="${wanted}"]`).textContent;
    if (drawn) chart.draw([series(name, points, SHAPES[wanted].hue)], { ...SHAPES[wanted], daily: true });
  };

  document.querySelector(".trend .choice").addEventListener("click", ({ target }) => {
    if (!target.dataset.trend) return;
    figure = target.dataset.trend;
    for (const button of document.querySelectorAll("[data-trend]")) button.setAttribute("aria-pressed", String(button === target));
    show();
  });
  document.getElementById("trend-again").addEventListener("click", show);
  return {
    refresh(kpi) {
      // Coolers that replay photos of another time have their four weeks before the newest of them.
      const newest = Math.max(...kpi.coolers.map(({ observed_at }) => (observed_at ? Date.parse(observed_at) : 0)));
      if (!newest || (end && newest - end < ANEW_MS)) return;
      end = newest;
      read.clear();
      show();
    },
  };
}

/** The KPI of each business day; null where it cannot be read now. */
async function days(kpi, end) {
  const [from, to] = [end - DAYS * A_DAY_MS, end + A_DAY_MS].map((at) => new Date(at).toISOString());
  try {
    const answer = await fetch(`/api/v1/kpis/${kpi}?${new URLSearchParams({ from, to, by: "day" })}`);
    return answer.ok ? (await answer.json()).points : null;
  } catch {
    return null; // the service, or the way to it, is gone for now
  }
}

function series(name, points, hue) {
  const at = (point) => `${point.key}T00:00:00`; // the day itself, wherever the browser is: the axis has its labels there
  return {
    name, hue,
    points: points.map((point) => [at(point), point.value.value]),
    band: points.map((point) => [point.value.low, point.value.high]),
    coverage: points.map((point) => point.coverage),
  };
}
