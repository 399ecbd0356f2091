// One cooler: the photo with its boxes, and the newest photo as soon as there is one.

import { lineChart } from "./charts.js";
import { connect, live } from "./live.js";
import { localise, nameOf } from "./words.js";
import { watchPhoto, wirePhoto } from "./photo.js";

const page = document.getElementById("cooler");
let chart = null;
let shown = document.getElementById("photo")?.dataset.photo;

function settle() {
  shown = document.getElementById("photo")?.dataset.photo;
  localise(page);
  watchPhoto();
  drawHistory();
}

function drawHistory() {
  chart?.dispose();
  chart = null;
  const element = document.getElementById("history");
  if (!element) return;
  const { times, zone, series } = JSON.parse(document.getElementById("history-points").textContent);
  chart = lineChart(element);
  chart.draw(series.map((one) => ({ name: nameOf(one), points: one.units.map((units, i) => [times[i], units]) })), { zone });
}

live.addEventListener("cooler", ({ detail }) => {
  // Someone who looks at an older photo keeps it.
  if (detail.cooler !== page.dataset.cooler || detail.photo === shown || page.dataset.latest !== "yes") return;
  htmx.ajax("GET", `/coolers/${page.dataset.cooler}`, { target: "#cooler", swap: "innerHTML" });
});
document.addEventListener("htmx:after:swap", settle);
wirePhoto(page);
settle();
connect();
