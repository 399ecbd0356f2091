// Stock-outs and orders: the lists are drawn by the server and fetched again when the live numbers say that something changed.

import { connect, live } from "./live.js";
import { localise } from "./words.js";

const main = document.getElementById("main");
const SHORTEST_INTERVAL_MS = 1000;
const SHORTAGES_INTERVAL_MS = 60_000; // they are read out of four weeks of sell-out

// Several messages tell of one change; the first asks for the lists a moment later, for all of them.
function refreshing(address, target, interval) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      htmx.ajax("GET", address, { target, swap: "innerMorph" });
    }, interval);
  };
}

const refresh = refreshing("/stock-outs", "#loop", SHORTEST_INTERVAL_MS);
localise(main);
document.addEventListener("htmx:after:swap", () => localise(main));
live.addEventListener("stockouts", refresh);
live.addEventListener("overview", refresh);
live.addEventListener("overview", refreshing("/stock-outs/shortages", "#shortages", SHORTAGES_INTERVAL_MS));
connect();
