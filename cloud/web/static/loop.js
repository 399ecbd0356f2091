// Stock-outs and orders: the list is drawn by the server and fetched again when the live numbers say that something changed.

import { connect, live } from "./live.js";
import { localise } from "./words.js";

const loop = document.getElementById("loop");
const SHORTEST_INTERVAL_MS = 1000;
let waiting = false;

// Several messages tell of one change; the first asks for the lists a moment later, for all of them.
function refresh() {
  if (waiting) return;
  waiting = true;
  setTimeout(() => {
    waiting = false;
    htmx.ajax("GET", "/stock-outs", { target: "#loop", swap: "innerMorph" });
  }, SHORTEST_INTERVAL_MS);
}

localise(document.getElementById("main"));
document.addEventListener("htmx:after:swap", () => localise(loop));
live.addEventListener("stockouts", refresh);
live.addEventListener("overview", refresh);
connect();
