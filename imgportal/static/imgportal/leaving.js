/* Leaving with typing that is not saved asks first. What stands in a field when the page
   comes is its default; after a mistake or a lost session that was typed as well. */
for (const form of document.querySelectorAll("form[data-asks-before-leaving]")) {
  let sending = false;
  form.addEventListener("submit", () => { sending = true; });
  const differs = (field) =>
    field.matches("select")
      ? [...field.options].some((option) => option.selected !== option.defaultSelected)
      : field.matches("[type=checkbox], [type=radio]")
        ? field.checked !== field.defaultChecked
        : field.matches("input:not([type=hidden]), textarea") && field.value !== field.defaultValue;
  window.addEventListener("beforeunload", (event) => {
    if (sending) return;
    if (form.hasAttribute("data-unsaved") || [...form.elements].some(differs)) event.preventDefault();
  });
}
