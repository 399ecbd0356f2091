// All outlets: drawn by the server; the field leaves the rows whose name, region or class fits.

import { RowFilter } from "./row_filter.js";
import "./still.js";

const table = document.getElementById("grades");
if (table) new RowFilter(table, (row) => row.cells[0].textContent);
