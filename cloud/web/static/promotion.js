// One promotion: what its outlets sold day by day, and what they would have sold without it.

import { lineChart } from "./charts.js";
import { connect } from "./live.js";
import { localise } from "./words.js";

const element = document.getElementById("course");
if (element) {
  const { series, ran } = JSON.parse(document.getElementById("course-points").textContent);
  lineChart(element).draw(series, { ran });
}
localise(document.getElementById("main"));
connect();
