// All outlets: drawn by the server; the field leaves the rows whose name, region or class fits.

import "./still.js";

const field = document.getElementById("filter");
field?.addEventListener("input", filter);
document.addEventListener("keydown", (event) => {
  if (!field || event.target.closest("input, textarea, select") || event.key !== "/") return;
  event.preventDefault();
  field.focus();
});

function filter() {
  const wanted = field.value.trim().toLocaleLowerCase();
  let any = false;
  for (const row of document.getElementById("grades").tBodies[0].rows) {
    row.hidden = !row.cells[0].textContent.toLocaleLowerCase().includes(wanted);
    any ||= !row.hidden;
  }
  document.getElementById("no-match").hidden = any;
}
