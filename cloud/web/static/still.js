// A page that the server draws once: times in the browser's own zone, and whether the numbers are live elsewhere.

import { connect } from "./live.js";
import { localise } from "./words.js";

localise(document.getElementById("main"));
connect();
