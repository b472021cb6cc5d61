// Places a score that the visitor types among the published quartiles and means. The score is
// read from the field, drawn, and put into words; it is never stored or sent, and the
// field has no name, so that it cannot reach an address either.

const LEAST = 1;
const MOST = 300;

/** Where a score lies among three quartiles, in the words of stats/score_position.py. */
function position(score, { q1, median, q3 }) {
  if (score < q1) return "in the lower quarter";
  if (score > q3) return "in the upper quarter";
  if (score === median) return "at the middle";
  return score < median ? "below the middle" : "above the middle";
}

/** How far a score lies from a mean. In tenths, so that nothing is left over. */
function distance(score, mean) {
  const apart = Math.round(Math.abs(score - mean) * 10) / 10;
  if (apart === 0) return "at the mean";
  return `${apart} ${score < mean ? "below" : "above"} the mean`;
}

const GROUPS = {
  matched: "of those who matched",
  not_matched: "of those who did not match",
};

function place(strip, score) {
  const low = Number(strip.dataset.low);
  const high = Number(strip.dataset.high);
  const share = Math.min(Math.max((score - low) / (high - low), 0), 1) * 100;
  const isDrawn = low <= score && score <= high;
  const said = isDrawn ? [] : [`outside what is drawn (${low} to ${high})`];
  for (const row of strip.querySelectorAll("[data-outcome]")) {
    const line = row.querySelector("[data-own]");
    line.setAttribute("x1", `${share}%`);
    line.setAttribute("x2", `${share}%`);
    line.setAttribute("visibility", "visible");
    // Points to where it would be.
    const edge = row.querySelector("[data-edge]");
    edge.setAttribute("x", `${share}%`);
    edge.setAttribute("visibility", isDrawn ? "hidden" : "visible");
    const where =
      "mean" in row.dataset
        ? distance(score, Number(row.dataset.mean))
        : position(score, {
            q1: Number(row.dataset.q1),
            median: Number(row.dataset.median),
            q3: Number(row.dataset.q3),
          });
    said.push(`${where} ${GROUPS[row.dataset.outcome]}`);
  }
  const words = strip.querySelector("[data-words]");
  words.textContent = `${score}: ${said.join(", ")}.`;
  words.hidden = false;
}

function clear(strip) {
  for (const mark of strip.querySelectorAll("[data-own], [data-edge]")) mark.setAttribute("visibility", "hidden");
  strip.querySelector("[data-words]").hidden = true;
}

/** The minimum for exams of today; null where none is known. Asked for before a score is typed. */
async function findMinimum(address) {
  try {
    const answer = await fetch(address);
    const {step2ck} = await answer.json();
    const today = new Date().toISOString().slice(0, 10);
    return step2ck.filter((standard) => standard.from <= today).at(-1) ?? null;
  } catch {
    return null;
  }
}

function failing(score, minimum) {
  if (!minimum || score >= minimum.minimum) return "";
  const doubt = minimum.confidence === "confirmed" ? "" : `, ${minimum.confidence}`;
  return ` ${score} is below ${minimum.minimum}, the minimum for exams since ${minimum.from_in_words}${doubt}.`;
}

const section = document.getElementById("own");
const form = document.getElementById("own-score");
if (section && form) {
  const field = form.querySelector("input[type=number]");
  const result = section.querySelector("[data-own-result]");
  const strips = [...document.querySelectorAll("[data-strip]")];
  let minimum = null;
  findMinimum(section.dataset.passing).then((found) => { minimum = found; });
  section.hidden = false;
  form.hidden = false;
  form.noValidate = true;
  // Who followed a link to the field came before it could be seen. The browser looks for
  // the place once more when everything has loaded, and would take the focus away.
  if (window.location.hash === "#own") {
    window.addEventListener("load", () => {
      section.scrollIntoView();
      field.focus();
    });
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const score = Number(field.value);
    const isScore = field.value.trim() !== "" && Number.isInteger(score) && score >= LEAST && score <= MOST;
    field.classList.toggle("is-invalid", !isScore);
    if (isScore) field.removeAttribute("aria-invalid");
    else field.setAttribute("aria-invalid", "true");
    if (!isScore) {
      strips.forEach(clear);
      result.textContent = `Enter a whole number from ${LEAST} to ${MOST}, as on your score report.`;
      field.focus();
      return;
    }
    strips.forEach((strip) => place(strip, score));
    const where = strips.length === 1 ? "the strip below, with words under it" : `${strips.length} strips below, with words under each`;
    result.textContent = `${score} is marked on ${where}. It says where a score lay among others, not what will happen.${failing(score, minimum)}`;
  });
}
