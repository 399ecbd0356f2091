// A table whose rows can be sorted by their head and filtered by a field.

import { compareNames } from "./words.js";

const textual = new Set(["name", "region", "state"]);

/** Keeps `table` in the chosen order; `valueOf(row, key)` gives what to sort by. */
export class SortedTable {
  constructor(table, valueOf, key, descending) {
    this.body = table.tBodies[0];
    this.valueOf = valueOf;
    this.table = table;
    this.order = { key, descending };
    table.tHead.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-sort]");
      if (button) this.choose(button.dataset.sort);
    });
    this.choose(key, descending);
  }

  choose(key, descending = key === this.order.key ? !this.order.descending : !textual.has(key)) {
    this.order = { key, descending };
    for (const button of this.table.tHead.querySelectorAll("[data-sort]")) {
      const head = button.closest("th");
      if (button.dataset.sort === key) head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    this.arrange();
  }

  /** Put the rows in order; moves only those that stand wrong, so that focus and animation survive. */
  arrange() {
    const { key, descending } = this.order;
    const rows = [...this.body.rows].sort((a, b) => {
      const order = compare(this.valueOf(a, key), this.valueOf(b, key));
      return (descending ? -order : order) || compareNames(this.valueOf(a, "name"), this.valueOf(b, "name"));
    });
    rows.forEach((row, place) => {
      if (this.body.rows[place] !== row) this.body.insertBefore(row, this.body.rows[place]);
    });
  }
}

function compare(a, b) {
  if (typeof a === "string" && typeof b === "string") return compareNames(a, b);
  return (a ?? -1) - (b ?? -1);
}
