// The overview: every number follows the KPI topics, without a reload.

import { fourWeeks } from "./history.js";
import { connect, live } from "./live.js";
import { RowFilter } from "./row_filter.js";
import { SortedTable } from "./table.js";
import { age, counted, forms, hours, integer, localise, moment, nameOf, percent, rangeHours, words } from "./words.js";

const readJson = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");
let overview = readJson("overview");
const outlets = readJson("outlets");
const byId = (kpi) => new Map(kpi.coolers.map((cooler) => [cooler.cooler, cooler]));
let coolers = overview && byId(overview);
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const title = document.title;
const LIST_LENGTH = 8;

function start() {
  const rows = document.getElementById("coolers");
  const table = new SortedTable(rows, sortValue, "open_stockouts", true);
  const filter = filtered(rows);
  const history = fourWeeks();
  const show = oncePerFrame((kpi) => {
    overview = kpi;
    coolers = byId(kpi);
    showFigures(kpi);
    showCoolers(kpi);
    table.arrange();
    filter.apply();
    history.refresh(kpi);
  });
  live.addEventListener("overview", ({ detail }) => show(detail));
  live.addEventListener("stockouts", ({ detail }) => showStockouts(detail));
  localise(document.getElementById("main"));
  showAges();
  setInterval(showAges, 10_000);
  showHeadline(overview);
  history.refresh(overview);
}

/** Of calls within one frame only the last is made: nobody can see more. */
function oncePerFrame(call) {
  let waiting = null;
  return (argument) => {
    if (waiting === null) {
      requestAnimationFrame(() => {
        const latest = waiting;
        waiting = null;
        call(latest);
      });
    }
    waiting = argument;
  };
}

/** Write `text` into `element` and let it light up, if it is another than before. */
function set(element, text) {
  if (element.textContent === text) return;
  element.textContent = text;
  if (calm) return;
  // What has a colour of its own keeps it, and a ring lights up around it.
  const light = element.matches(".count, .chip")
    ? { boxShadow: ["0 0 0 .3em var(--flash)", "0 0 0 .3em transparent"] }
    : { backgroundColor: ["var(--flash)", "transparent"] };
  element.animate(light, { duration: 1600, easing: "ease-out" });
}

const at = (message, path) => path.split(".").reduce((part, key) => part?.[key], message);

/** Coolers of which a photo came, of all or a part. */
const seen = ({ coverage }) => coverage.reporting + coverage.in_part;

/** Without a cooler that is seen, nothing is known of the shelves: no zero stands for it. */
const known = (kpi) => (seen(kpi) ? kpi : { ...kpi, share: null, units: null, facings: null });

function showFigures(kpi) {
  for (const element of document.querySelectorAll("[data-bind]")) {
    set(element, forms[element.dataset.form](at(known(kpi), element.dataset.bind)));
  }
  const urgent = {
    open_stockouts: kpi.open_stockouts ? "stockouts" : "",
    open_proposals: kpi.open_proposals ? "proposals" : "",
    coverage: kpi.coverage.reporting < kpi.coverage.expected ? "coverage" : "",
  };
  for (const tile of document.querySelectorAll("[data-urgent-of]")) tile.dataset.urgent = urgent[tile.dataset.urgentOf];
  showHeadline(kpi);
  let x = 0;
  for (const group of ["own", "competitor", "unknown"]) {
    const width = 100 * kpi.share[group].value;
    const part = document.querySelector(`.share__${group}`);
    part.setAttribute("x", x);
    part.setAttribute("width", width);
    x += width;
  }
}

// As `_headline` in views.py.
function showHeadline(kpi) {
  const hit = kpi.coolers.filter((cooler) => cooler.open_stockouts).length;
  const silent = kpi.coverage.expected - seen(kpi);
  const quiet = seen(kpi) === 0 ? "dark" : kpi.occupancy ? "fine" : "unplanned";
  const headline = kpi.open_stockouts
    ? counted(words.headline.out, kpi.open_stockouts).replace("{where}", counted(words.headline.where, hit))
    : words.headline[quiet];
  const rest = [
    kpi.open_proposals && counted(words.headline.proposals, kpi.open_proposals),
    kpi.open_orders && counted(words.headline.orders, kpi.open_orders),
    kpi.coverage.in_part && counted(words.headline.in_part, kpi.coverage.in_part),
    silent > 0 && counted(words.headline.silent, silent),
  ].filter(Boolean);
  document.querySelector("[data-headline]").textContent = headline;
  document.title = kpi.open_stockouts ? `(${integer(kpi.open_stockouts)}) ${title}` : title;
  document.querySelector("[data-subline]").textContent = rest.length ? rest.join(" ") : words.headline.nothing;
}

/** The rows or items of `parent` by their id; those not in `wanted` are taken away. */
function entries(parent, key, wanted) {
  const found = new Map();
  for (const child of [...parent.children]) {
    if (wanted.has(child.dataset[key])) found.set(child.dataset[key], child);
    else child.remove();
  }
  return found;
}

function added(parent, key, id, template) {
  const made = document.getElementById(template).content.firstElementChild.cloneNode(true);
  made.dataset[key] = id;
  return parent.appendChild(made);
}

const cell = (row, name) => row.querySelector(`[data-cell="${name}"]`);

function showCoolers(kpi) {
  const body = document.getElementById("coolers").tBodies[0];
  const rows = entries(body, "cooler", coolers);
  for (const cooler of kpi.coolers) {
    const row = rows.get(cooler.cooler) ?? added(body, "cooler", cooler.cooler, "cooler-template");
    row.dataset.problem = cooler.open_stockouts || cooler.in_part || cooler.state !== "online" ? "yes" : "no";
    cell(row, "link").href = `/coolers/${cooler.cooler}`;
    cell(row, "name").textContent = nameOf(cooler);
    cell(row, "outlet").textContent = outlets[cooler.outlet] ?? cooler.outlet;
    cell(row, "region").textContent = cooler.region ?? "";
    const state = row.querySelector(".state");
    state.dataset.state = cooler.state;
    set(state, words.states[cooler.state]);
    showAge(row, cooler);
    set(cell(row, "units"), integer(cooler.units));
    set(cell(row, "facings"), integer(cooler.facings));
    const count = cell(row, "open_stockouts");
    count.dataset.count = cooler.open_stockouts;
    set(count, integer(cooler.open_stockouts));
    for (const key of ["occupancy", "own_share"]) {
      set(cell(row, key), percent(cooler[key]));
      row.querySelector(`.meter--${key} .meter__part`).setAttribute("width", 100 * (cooler[key] ?? 0));
    }
  }
}

function showAge(row, cooler) {
  cell(row, "observed_at").textContent = cooler.observed_at ? moment(cooler.observed_at) : "–";
  cell(row, "age").textContent = cooler.observed_at ? age(cooler.observed_at) : "";
}

function showAges() {
  for (const row of document.getElementById("coolers").tBodies[0].rows) showAge(row, coolers.get(row.dataset.cooler));
}

function sortValue(row, key) {
  const cooler = coolers.get(row.dataset.cooler);
  if (key === "name") return nameOf(cooler) ?? "";
  if (key === "observed_at") return cooler.observed_at ? Date.parse(cooler.observed_at) : 0;
  return cooler[key];
}

const stepOf = (stockout) => (stockout.order ? "ordered" : stockout.proposal ? "proposed" : "none");

function showStockouts({ stockouts }) {
  const list = document.getElementById("outs");
  const shown = stockouts.slice(0, LIST_LENGTH);
  const wanted = new Set(shown.map(({ id }) => String(id)));
  const items = entries(list, "stockout", wanted);
  const longest = Math.max(...shown.map((stockout) => stockout.hours.high), 1e-9);
  for (const stockout of shown) {
    const item = items.get(String(stockout.id)) ?? added(list, "stockout", stockout.id, "out-template");
    cell(item, "link").href = `/coolers/${stockout.cooler}`;
    cell(item, "name").textContent = nameOf(stockout);
    cell(item, "outlet").textContent = nameOf(stockout, "outlet_name");
    set(cell(item, "hours"), hours(stockout.hours));
    cell(item, "between").textContent = rangeHours(stockout.hours);
    const chip = cell(item, "step");
    chip.dataset.step = stepOf(stockout);
    set(chip, words.steps[stepOf(stockout)]);
    showRange(item, stockout.hours, longest);
    list.appendChild(item); // longest first, as the message has them
  }
  document.getElementById("no-outs").hidden = shown.length > 0;
}

function showRange(item, { low, high }, longest) {
  const [sure, maybe] = [item.querySelector(".range__sure"), item.querySelector(".range__maybe")];
  sure.setAttribute("width", (100 * low) / longest);
  maybe.setAttribute("x", (100 * low) / longest);
  maybe.setAttribute("width", (100 * (high - low)) / longest);
}

function filtered(table) {
  const text = (row) => ["name", "outlet", "region"].map((name) => cell(row, name).textContent).join(" ");
  const onlyProblems = document.getElementById("only-problems");
  const filter = new RowFilter(table, text, (row) => !onlyProblems.checked || row.dataset.problem === "yes");
  onlyProblems.addEventListener("change", () => filter.apply());
  return filter;
}

if (overview) start();
else live.addEventListener("overview", ({ detail }) => detail.coolers.length && location.reload());
connect();
