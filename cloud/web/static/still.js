// A page that the server draws, anew only where one acts: times in the browser's own zone, and whether the numbers are
// live elsewhere.

import { connect } from "./live.js";
import { hideMissing } from "./optional.js";
import { localise } from "./words.js";

const main = document.getElementById("main");
localise(main);
hideMissing(main);
document.addEventListener("htmx:after:swap", () => localise(main));
connect();
