// Writes under each hour of a season what the clock says where the reader is. The page
// is the same for everybody, so only the browser knows the zone; it tells nobody.

const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
const places = [...document.querySelectorAll("[data-moment]")];

function reader(zone) {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, weekday: "short", day: "numeric", month: "short",
    hour: "numeric", minute: "2-digit", hour12: true, timeZoneName: "shortOffset",
  });
}

const here = reader(timeZone);
const eastern = reader("America/New_York");

function read(format, moment) {
  const it = Object.fromEntries(
    format.formatToParts(moment).map(({ type, value }) => [type, value]));
  return {
    day: `${it.weekday} ${it.day} ${it.month}`.replace("Sept", "Sep"),
    hour: `${Number(it.hour) || 12}:${it.minute} ${it.dayPeriod.toLowerCase()}`,
    zone: it.timeZoneName.replace(/^GMT[+-]0$/, "GMT"),
  };
}

// The same words as those that the site writes for a zone that was chosen (tags.py):
// the day only where it is another one.
function words({ moment, end }) {
  const said = ({ day, hour }, known) => (day === known ? hour : `${day}, ${hour}`);
  const from = read(here, moment);
  const text = said(from, read(eastern, moment).day);
  return `${text}${end ? ` to ${said(read(here, end), from.day)}` : ""} ${from.zone}`;
}

const lines = places.map((place) => ({
  place,
  moment: new Date(place.dataset.moment),
  end: place.dataset.end && new Date(place.dataset.end),
}));

// Whose clock shows Eastern Time needs no second one.
if (lines.some(({ moment }) => read(here, moment).zone !== read(eastern, moment).zone)) {
  for (const line of lines) {
    line.place.textContent = words(line);
    line.place.hidden = false;
  }
  const where = document.querySelector("[data-where]");
  if (where) {
    const named = new Intl.DateTimeFormat("en-GB", { timeZone, timeZoneName: "longGeneric" })
      .formatToParts().find((part) => part.type === "timeZoneName").value;
    where.querySelector("[data-zone]").textContent = `${named} (${timeZone.replaceAll("_", " ")})`;
    where.hidden = false;
  }
}
