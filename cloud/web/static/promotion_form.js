// The form of a promotion: narrows the lists to choose from, and counts what is chosen. It works without, too.

import "./still.js";
import { integer } from "./words.js";

const form = document.getElementById("promotion-form");
const says = JSON.parse(document.getElementById("promotion-words").textContent);
const told = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => integer(values[name]));
const ticked = (root, name) => [...root.querySelectorAll(`[name="${name}"]:checked`)].map((box) => box.value);

/** A list with its filter, which leaves the rows that hold every word of it. */
function narrow(panel) {
  const tools = panel.querySelector("[data-tools]");
  const [field, only] = [tools.querySelector("[type=search]"), tools.querySelector("[data-only]")];
  const rows = [...panel.querySelectorAll("[data-row]")].map((row) => ({ row, text: row.textContent.toLocaleLowerCase() }));
  const chosen = (row) => row.querySelector("[type=checkbox]:checked");

  function arrange() {
    const wanted = field.value.trim().toLocaleLowerCase().split(/\s+/);
    let any = false;
    for (const { row, text } of rows) {
      row.hidden = !wanted.every((word) => text.includes(word)) || (only.checked && !chosen(row));
      any ||= !row.hidden;
    }
    panel.querySelector("[data-none]").hidden = any;
  }

  function count() {
    tools.querySelector("[data-tally]").textContent = told(says.chosen, { n: rows.filter(({ row }) => chosen(row)).length });
  }

  tools.hidden = false;
  field.addEventListener("input", arrange);
  field.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault()); // it is no field to send
  only.addEventListener("change", arrange);
  tools.addEventListener("click", ({ target }) => {
    if (!target.dataset.choose) return;
    for (const { row } of rows) if (!row.hidden) row.querySelector("[type=checkbox]").checked = target.dataset.choose === "all";
    form.dispatchEvent(new Event("change"));
  });
  form.addEventListener("change", count);
  count();
}

/** How many outlets have it, and how many alike do not: without those nothing can be said of it. */
function compare() {
  const outlets = [...form.querySelectorAll("[data-region]")];
  const byName = form.querySelector("[name=where][value=names]").checked;
  const [regions, classes] = [ticked(form, "regions"), ticked(form, "outlet_classes")];
  const fits = (kinds, kind) => !kinds.length || kinds.includes(kind);
  const has = ({ dataset: { region, class: kind } }) => (regions.length || classes.length) && fits(regions, region) && fits(classes, kind);
  const promoted = new Set(outlets.filter((row) => (byName ? row.querySelector(":checked") : has(row))));
  const cell = ({ dataset }) => JSON.stringify([dataset.region, dataset.class]);
  const cells = new Set([...promoted].map(cell));
  const left = outlets.filter((row) => !promoted.has(row) && cells.has(cell(row))).length;
  const line = document.getElementById("compared");
  line.hidden = !promoted.size;
  line.dataset.left = left;
  line.textContent = told(left ? says.compared : says.nothing, { with: promoted.size, left });
}

form.querySelectorAll("[data-choices]").forEach(narrow);
form.addEventListener("change", compare);
compare();
document.getElementById("problems")?.focus();

// A second press would plan it twice; who comes back to the page may press again.
const button = form.querySelector("button.button");
form.addEventListener("submit", () => setTimeout(() => (button.disabled = true)));
addEventListener("pageshow", () => (button.disabled = false));

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.closest("input, textarea, select")) return;
  event.preventDefault();
  form.querySelector("[type=search]").focus();
});
