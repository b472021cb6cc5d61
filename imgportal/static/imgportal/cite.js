// One press copies a citation. The day of access is that of the reader: the page is kept
// and the same for everybody, so only the browser can write it.

const today = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" })
  .format(new Date());

for (const place of document.querySelectorAll("[data-accessed]")) {
  place.textContent = place.dataset.accessed.replace("{day}", today);
}

for (const box of document.querySelectorAll("[data-cite]")) {
  const told = box.querySelector("[data-told]");
  for (const button of box.querySelectorAll("[data-copy]")) {
    // Without a secure connection a page may not write to the clipboard.
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      const text = button.parentElement.querySelector("[data-copied]").textContent;
      try {
        await navigator.clipboard.writeText(text.replace(/\s+/g, " ").trim());
        told.textContent = "Copied.";
      } catch {
        told.textContent = "The browser did not let us copy. Select the text instead.";
      }
    });
  }
}
