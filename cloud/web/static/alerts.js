// Alerts: the lists are drawn by the server and fetched again when the broker tells that the open alerts have changed.

import { connect, live } from "./live.js";
import { localise } from "./words.js";

const lists = document.getElementById("alerts");
let first = true; // the retained list comes at once: it is what the page was drawn from

localise(document.getElementById("main"));
document.addEventListener("htmx:after:swap", () => localise(lists));
live.addEventListener("alerts", () => {
  if (!first) htmx.ajax("GET", "/alerts", { target: "#alerts", swap: "innerMorph" });
  first = false;
});
connect();
