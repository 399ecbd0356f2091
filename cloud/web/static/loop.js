// Stock-outs and orders: the list is drawn by the server and fetched again when the live numbers say it changed.

import { connect, live } from "./live.js";
import { localise } from "./words.js";

const loop = document.getElementById("loop");
let waiting = 0;

function refresh() {
  clearTimeout(waiting);
  waiting = setTimeout(() => htmx.ajax("GET", "/stock-outs", { target: "#loop", swap: "innerMorph" }), 250);
}

localise(document.getElementById("main"));
document.addEventListener("htmx:after:swap", () => localise(loop));
live.addEventListener("stockouts", refresh);
live.addEventListener("overview", refresh);
connect();
