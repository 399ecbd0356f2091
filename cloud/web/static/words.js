// The page's language: its words, and how it writes numbers and times.

export const language = document.documentElement.lang;
export const words = JSON.parse(document.getElementById("words").textContent);
const plurals = new Intl.PluralRules(language);

/** The text for `count`, as `{n}` stands in `forms` ({one, other}). */
export function counted(forms, count) {
  const form = forms[plurals.select(count)] ?? forms.other;
  return form.replace("{n}", integer(count));
}

// Halves go to the even number, as on the server.
const written = (options) => new Intl.NumberFormat(language, { roundingMode: "halfEven", ...options });
const numbers = written({ maximumFractionDigits: 0 });
const percents = written({ style: "percent", maximumFractionDigits: 0 });
const decimals = written({ maximumFractionDigits: 1 });
const NONE = "–";
const absent = (value) => value === undefined || value === null;

export const integer = (value) => (absent(value) ? NONE : numbers.format(value));
export const percent = (value) => (absent(value) ? NONE : percents.format(value));

// As `Formats` in i18n.py: hours without a decimal from ten on, days from two days on.
function length(scale, ...values) {
  const days = scale >= 48;
  const write = scale >= 10 && !days ? numbers : decimals;
  const text = values.map((value) => write.format(days ? value / 24 : value)).join("–");
  return (days ? words.lengths.days : words.lengths.hours).replace("{n}", text);
}

export const hours = ({ value, high }) => length(high, value);
export const rangeHours = ({ low, high }) => length(high, low, high);

export function rangePercent(estimate) {
  return absent(estimate) ? NONE : `${numbers.format(100 * estimate.low)}–${percent(estimate.high)}`;
}

/** How a number is written, by the name that the page gives in `data-form`. */
export const forms = { integer, percent, rangePercent };

const CLOCK = { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

/** Day and time in `zone`, or in the browser's own. */
export const moment = (iso, zone) => new Intl.DateTimeFormat(language, { ...CLOCK, timeZone: zone || undefined }).format(new Date(iso));

/** The same, with the zone where its clocks show another time than the reader's. */
export function momentWithZone(iso, zone) {
  if (moment(iso, zone) === moment(iso)) return moment(iso);
  return new Intl.DateTimeFormat(language, { ...CLOCK, timeZone: zone, timeZoneName: "shortOffset" }).format(new Date(iso));
}

/** A day without its time. */
export const day = (iso) => new Intl.DateTimeFormat(language, { weekday: "short", month: "short", day: "numeric" }).format(new Date(iso));

const ago = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "narrow" });
const STEPS = [["second", 60], ["minute", 60], ["hour", 24], ["day", Infinity]];

/** `5 min ago`; nothing for a time to come, as of a photo replayed from another time. */
export function age(iso) {
  let since = (new Date(iso) - Date.now()) / 1000;
  if (since > 60) return "";
  for (const [unit, next] of STEPS) {
    if (-since < next) return ago.format(Math.min(0, Math.round(since)), unit);
    since /= next;
  }
}

/** In the language's own order of words and of names. */
export const compareNames = new Intl.Collator(language, { numeric: true }).compare;

/** The name of a thing in the page's language. */
export const nameOf = (thing, field = "name") => (language.startsWith("zh") && thing[`${field}_zh`]) || thing[field];

/** Put each `<time>` below `root` into the outlet's or the browser's zone, which `data-says-zone` around it has told. */
export function localise(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const write = time.closest("[data-says-zone]") ? momentWithZone : moment;
    time.textContent = write(time.dateTime, time.dataset.zone);
    time.title = new Date(time.dateTime).toLocaleString(language, { timeZone: time.dataset.zone, timeZoneName: "short" });
  }
}
