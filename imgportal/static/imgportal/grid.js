/* The arrow keys go up and down a column of figures, as the eye does on paper.
   Nothing depends on it: Tab reaches every field. */
for (const table of document.querySelectorAll(".desk__grid")) {
  table.addEventListener("keydown", (event) => {
    const steps = { ArrowUp: "previousElementSibling", ArrowDown: "nextElementSibling" };
    const held = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
    if (!(event.key in steps) || held || !event.target.matches("input[type=text]")) return;
    const cell = event.target.closest("td");
    const row = cell.parentElement[steps[event.key]];
    const next = row && row.cells[cell.cellIndex].querySelector("input[type=text]");
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.select();
  });
}

/* Leaving with typing that is not saved asks first. What stands in a field when the page
   comes is its default; after a mistake or a lost session that was typed as well. */
const form = document.querySelector("#grid-form");
if (form) {
  let sending = false;
  form.addEventListener("submit", () => { sending = true; });
  const differs = (field) =>
    field.matches("select")
      ? [...field.options].some((option) => option.selected !== option.defaultSelected)
      : field.matches("input[type=text]") && field.value !== field.defaultValue;
  window.addEventListener("beforeunload", (event) => {
    if (sending) return;
    if (form.hasAttribute("data-unsaved") || [...form.elements].some(differs)) event.preventDefault();
  });
}
