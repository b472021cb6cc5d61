// Lets the keyboard read a line chart year by year: one stop for Tab, then the arrow
// keys. Without this module the values are in the table, and hovering shows them too.

for (const chart of document.querySelectorAll("[data-chart] svg")) {
  const bands = [...chart.querySelectorAll("[data-band]")];
  if (bands.length === 0) continue;
  // A picture has no parts to focus, so from here on it is a group.
  chart.setAttribute("role", "group");
  let at = bands.length - 1;
  bands.forEach((band, index) => band.setAttribute("tabindex", index === at ? "0" : "-1"));

  chart.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -bands.length, End: bands.length }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    // A press of the mouse may have moved the focus meanwhile.
    at = Math.max(bands.indexOf(event.target), 0);
    bands[at].setAttribute("tabindex", "-1");
    at = Math.min(Math.max(at + step, 0), bands.length - 1);
    bands[at].setAttribute("tabindex", "0");
    bands[at].focus();
  });
}
