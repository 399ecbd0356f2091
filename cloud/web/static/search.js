// The search of the bar: `/` leads to it on pages that have no filter of their own, which would take the key first.

const field = document.querySelector(".find input");
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input, textarea, select") || !field.checkVisibility()) return;
  event.preventDefault();
  field.focus();
});
