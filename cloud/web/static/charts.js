// Line charts in the page's colours, in light and dark.

import { day, integer, language, moment, percent, words } from "./words.js";

const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

/** The present value of a custom property that holds a colour. */
function colour(name) {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = `var(${name})`;
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

const HUES = ["--own", "--competitor", "--accent", "--alert", "--warn", "--good", "--unknown"];
const MOST_LINES = 6;
const TWENTIETH = 0.05;

/** An axis of percentages around those shown: whole twentieths, with a line in the middle. */
function percentAxis(series) {
  const values = series.flatMap(({ points, band }) => band?.flat() ?? points.map(([, value]) => value));
  let low = Math.max(0, Math.floor(Math.min(...values) / TWENTIETH - 0.5));
  let high = Math.min(20, Math.ceil(Math.max(...values) / TWENTIETH + 0.5));
  if ((high - low) % 2) {
    if (low > 0) low -= 1;
    else high += 1;
  }
  return { min: low * TWENTIETH, max: high * TWENTIETH, interval: ((high - low) / 2) * TWENTIETH };
}

const DASHES = ["solid", [6, 4], [2, 3]];

/**
 * A chart over time in `element`; `draw(series, {percent, zone, from, ran})` shows [{name, points: [[iso, value]]}],
 * `dispose()` ends it.
 * `ran` ({name, from, to}) marks a stretch of days. With more series than hues the dash tells them apart. Of a single
 * series, `band` is the range around each point and `coverage` the coolers behind it; `daily` says that points are days.
 */
export function lineChart(element) {
  const chart = echarts.init(element, null, { locale: language.startsWith("zh") ? "ZH" : "EN" });
  let last = null;
  const redraw = () => last && chart.setOption(options(...last), { notMerge: true });
  const resizes = new ResizeObserver(() => chart.resize());
  const themes = matchMedia("(prefers-color-scheme: dark)");
  resizes.observe(element);
  themes.addEventListener("change", redraw);
  return {
    draw(series, shape = {}) {
      last = [liveliestFirst(series), shape];
      redraw();
    },
    dispose() {
      resizes.disconnect();
      themes.removeEventListener("change", redraw);
      chart.dispose();
    },
  };
}

/** Those that move most come first; of many lines only they are drawn, and the legend brings the others. */
function liveliestFirst(series) {
  const spread = ({ points }) => {
    const values = points.map(([, value]) => value);
    return Math.max(...values) - Math.min(...values);
  };
  return [...series].sort((a, b) => spread(b) - spread(a));
}

const firstOnly = (series) => Object.fromEntries(series.map(({ name }, place) => [name, place < MOST_LINES]));

const markedStretch = ({ name, from, to }, fill, ink) => ({
  silent: true, itemStyle: { color: fill, opacity: 0.5 }, label: { color: ink }, data: [[{ name, xAxis: from }, { xAxis: to }]],
});

/** The range around a line: an area that stands on its lower end. */
function banded({ points, band = [], hue }) {
  if (!band.length) return [];
  const part = (values, opacity) => ({
    type: "line", stack: "band", silent: true, symbol: "none", data: points.map(([at], i) => [at, values[i]]),
    color: colour(hue), lineStyle: { opacity: 0 }, areaStyle: { opacity },
  });
  return [part(band.map(([low]) => low), 0), part(band.map(([low, high]) => high - low), 0.18)];
}

/** What a day's point says: the number, its range, and how many coolers it rests on. */
function told({ points, band, coverage, name }, write) {
  return ([{ dataIndex: i }]) => {
    const { reporting, expected, in_part: inPart } = coverage[i];
    const hidden = inPart ? `, ${words.hidden.replace("{n}", integer(inPart))}` : "";
    const covered = words.covered.replace("{n}", integer(reporting)).replace("{all}", integer(expected)) + hidden;
    return `${day(points[i][0])}\n${name} ${write(points[i][1])} (${write(band[i][0])}–${write(band[i][1])})\n${covered}`;
  };
}

function options(series, shape) {
  const [soft, line, ink] = ["--ink-soft", "--line", "--ink"].map(colour);
  const write = shape.percent ? percent : integer;
  const font = getComputedStyle(document.body).fontFamily;
  return {
    animation: !calm && series.length < 4,
    animationDuration: 300,
    textStyle: { fontFamily: font },
    grid: { left: 4, right: 16, top: series.length > 1 ? 42 : 12, bottom: 4, containLabel: true },
    legend: series.length > 1 ? { type: "scroll", top: 0, selected: firstOnly(series), textStyle: { color: ink }, pageTextStyle: { color: soft }, icon: "roundRect", itemHeight: 4 } : undefined,
    tooltip: {
      trigger: "axis", renderMode: "richText", confine: true, order: "valueDesc",
      backgroundColor: "#0a0f11ee", borderWidth: 0, textStyle: { color: "#fff", fontSize: 12 }, valueFormatter: write,
      formatter: series[0]?.band ? told(series[0], write) : undefined,
    },
    xAxis: {
      type: "time", min: shape.from, axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, splitLine: { show: false },
      axisLabel: { color: soft, hideOverlap: true }, axisPointer: { label: { formatter: ({ value }) => (shape.daily ? day(value) : moment(value, shape.zone)) } },
    },
    yAxis: {
      type: "value", ...(shape.percent ? percentAxis(series) : { min: 0, minInterval: 1, splitNumber: 3 }),
      splitLine: { lineStyle: { color: line } }, axisLabel: { color: soft, formatter: write },
    },
    series: [...series.map(({ name, points, hue }, i) => ({
      name, type: "line", data: points, step: shape.percent || shape.daily ? undefined : "end",
      showSymbol: shape.daily || points.length < 3, symbolSize: 6,
      color: colour(hue ?? HUES[i % HUES.length]), lineStyle: { width: 2, type: DASHES[Math.floor(i / HUES.length) % DASHES.length] },
      emphasis: { focus: "series" },
      markArea: shape.ran && i === 0 ? markedStretch(shape.ran, line, soft) : undefined,
      areaStyle: series.length === 1 && !shape.percent && !shape.daily ? { opacity: 0.12 } : undefined,
    })), ...(series.length ? banded(series[0]) : [])],
  };
}
