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

/* A block copied from a spreadsheet fills the fields from the one in which it is pasted,
   to the right and down. Where a field offers choices, the one of that name is taken. */
const status = document.querySelector("#grid-status");
const undo = document.querySelector("#grid-undo");
const pastes = [];  // of each block: its fields with what stood there, and what it wrote

const fieldsOf = (row) => [...row.querySelectorAll("input[type=text], select")];

function fill(field, text) {
  if (!field.matches("select")) {
    field.value = text;
    return true;
  }
  const option = [...field.options].find((choice) => [choice.value, choice.text].includes(text));
  if (option) option.selected = true;
  return Boolean(option);
}

for (const table of document.querySelectorAll(".desk__grid")) {
  table.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    if (!event.target.matches("input[type=text]") || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    const start = fieldsOf(event.target.closest("tr")).indexOf(event.target);
    let row = event.target.closest("tr");
    const filled = [];
    let left = 0;
    for (const line of text.split("\n")) {
      const fields = row ? fieldsOf(row).slice(start) : [];
      line.split("\t").forEach((cell, place) => {
        const field = fields[place];
        const before = field && field.value;
        if (field && fill(field, cell.trim())) filled.push([field, before, field.value]);
        else left += 1;
      });
      row = row && row.nextElementSibling;
    }
    if (filled.length) pastes.push(filled);
    undo.hidden = pastes.length === 0;
    status.textContent =
      `${filled.length} fields filled, nothing saved yet.` + (left ? ` ${left} cells found no field: compare before you save.` : "");
  });
}

/* What was typed into a field since the block came stays. */
if (undo) {
  undo.addEventListener("click", () => {
    const filled = pastes.pop();
    const back = filled.filter(([field, , pasted]) => field.value === pasted);
    for (const [field, before] of back) field.value = before;
    undo.hidden = pastes.length === 0;
    status.textContent = `Undone: ${back.length} of the ${filled.length} fields that the block had filled.`;
    filled[0][0].focus();
  });
}
