// Line charts in the page's colours, in light and dark.

import { integer, language, moment, percent } from "./words.js";

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
/** Twentieths just below and above the percentages shown. */
const AROUND = {
  min: ({ min }) => Math.max(0, Math.floor(min * 20 - 0.5) / 20),
  max: ({ max }) => Math.min(1, Math.ceil(max * 20 + 0.5) / 20),
};
const DASHES = ["solid", [6, 4], [2, 3]];

/**
 * A chart over time in `element`; `draw(series, {percent, zone, from})` shows [{name, points: [[iso, value]]}].
 * With more series than hues the dash tells them apart.
 */
export function lineChart(element) {
  const chart = echarts.init(element, null, { locale: language.startsWith("zh") ? "ZH" : "EN" });
  let last = null;
  const redraw = () => last && chart.setOption(options(...last), { notMerge: true });
  new ResizeObserver(() => chart.resize()).observe(element);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  return {
    draw(series, shape = {}) {
      last = [series, shape];
      redraw();
    },
  };
}

/** Of many lines only those that move most are drawn at first; the legend brings the others. */
function liveliest(series) {
  const spread = ({ points }) => {
    const values = points.map(([, value]) => value);
    return Math.max(...values) - Math.min(...values);
  };
  const moving = new Set([...series].sort((a, b) => spread(b) - spread(a)).slice(0, MOST_LINES));
  return Object.fromEntries(series.map((one) => [one.name, moving.has(one)]));
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
    legend: series.length > 1 ? { type: "scroll", top: 0, selected: liveliest(series), textStyle: { color: ink }, pageTextStyle: { color: soft }, icon: "roundRect", itemHeight: 4 } : undefined,
    tooltip: {
      trigger: "axis", renderMode: "richText", confine: true, order: "valueDesc",
      backgroundColor: "#0a0f11ee", borderWidth: 0, textStyle: { color: "#fff", fontSize: 12 }, valueFormatter: write,
    },
    xAxis: {
      type: "time", min: shape.from, axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, splitLine: { show: false },
      axisLabel: { color: soft, hideOverlap: true }, axisPointer: { label: { formatter: ({ value }) => moment(value, shape.zone) } },
    },
    yAxis: {
      type: "value", ...(shape.percent ? AROUND : { min: 0, minInterval: 1 }), splitNumber: 3,
      splitLine: { lineStyle: { color: line } }, axisLabel: { color: soft, formatter: write },
    },
    series: series.map(({ name, points, hue }, i) => ({
      name, type: "line", data: points, step: shape.percent ? undefined : "end", showSymbol: points.length < 3, symbolSize: 6,
      color: colour(hue ?? HUES[i % HUES.length]), lineStyle: { width: 2, type: DASHES[Math.floor(i / HUES.length) % DASHES.length] },
      emphasis: { focus: "series" },
      areaStyle: series.length === 1 ? { opacity: 0.12 } : undefined,
    })),
  };
}
