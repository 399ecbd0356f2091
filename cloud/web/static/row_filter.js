// The field `#filter` over a table: it leaves the rows whose text holds what is typed, and `#no-match` says where none does.

export class RowFilter {
  #field = document.getElementById("filter");
  #empty = document.getElementById("no-match");
  #table;
  #text;
  #wanted;

  /** `text(row)` is what is searched of a row; `wanted(row)` whether it may be shown at all. */
  constructor(table, text, wanted = () => true) {
    [this.#table, this.#text, this.#wanted] = [table, text, wanted];
    this.#field.addEventListener("input", () => this.apply());
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Hide and show the rows anew, as after they changed. */
  apply() {
    const typed = this.#field.value.trim().toLocaleLowerCase();
    let any = false;
    for (const row of this.#table.tBodies[0].rows) {
      row.hidden = !this.#text(row).toLocaleLowerCase().includes(typed) || !this.#wanted(row);
      any ||= !row.hidden;
    }
    this.#empty.hidden = any;
  }

  #key(event) {
    if (event.key === "/" && !event.target.closest("input, textarea, select")) {
      event.preventDefault();
      this.#field.focus();
    } else if (event.key === "Escape" && event.target === this.#field) {
      this.#field.value = "";
      this.apply();
    }
  }
}
