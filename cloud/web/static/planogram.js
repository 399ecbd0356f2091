// The planogram editor. The shelves are lists of lanes; every command changes a copy, draws it anew, and can be undone.

import { connect } from "./live.js";

const form = document.getElementById("drafting");
const list = document.getElementById("shelves");
const { shelves: begun, products } = JSON.parse(document.getElementById("draft").textContent);
const says = JSON.parse(document.getElementById("drafting-words").textContent);
const known = new Map(products.map((product) => [product.sku, product]));
const places = form.dataset.kind === "places"; // else a priority list: one "shelf", read from the top
const MOST_FOUND = 60;
const DEEPEST = 50;
const MOST_FACINGS = 200;

let shelves = begun;
let at = [0, 0]; // the chosen lane: shelf and place; a place behind the last lane is the end of the shelf
const before = [];

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const nameOf = (sku) => known.get(sku)?.name ?? `${sku} (${says.unknown})`;
const chosen = () => shelves[at[0]][at[1]];
const between = (least, value, most) => Math.max(least, Math.min(value, most));

// What each command does to `next`, a copy of the shelves; it returns the place to choose then, or nothing to refuse.
const commands = {
  left: (next, [shelf, place]) => swap(next[shelf], place, place - 1) && [shelf, place - 1],
  right: (next, [shelf, place]) => swap(next[shelf], place, place + 1) && [shelf, place + 1],
  up: (next, [shelf, place]) => carry(next, [shelf, place], [shelf - 1, place]),
  down: (next, [shelf, place]) => carry(next, [shelf, place], [shelf + 1, place]),
  more(next, [shelf, place]) {
    const lane = next[shelf][place];
    if (!lane) return null;
    if (!places) return resized(lane, "facings", 1, MOST_FACINGS) && [shelf, place];
    next[shelf].splice(place + 1, 0, { ...lane });
    return [shelf, place + 1];
  },
  fewer: (next, [shelf, place]) => resized(next[shelf][place], "facings", -1, MOST_FACINGS) && [shelf, place],
  deeper: (next, [shelf, place]) => resized(next[shelf][place], "depth", 1, DEEPEST) && [shelf, place],
  flatter: (next, [shelf, place]) => resized(next[shelf][place], "depth", -1, DEEPEST) && [shelf, place],
  remove(next, [shelf, place]) {
    if (!next[shelf][place]) return null;
    next[shelf].splice(place, 1);
    return [shelf, Math.min(place, next[shelf].length)];
  },
  addShelf(next, [shelf]) {
    next.splice(shelf + 1, 0, []);
    return [shelf + 1, 0];
  },
  removeShelf(next, [shelf]) {
    if (next.length === 1) return null;
    next.splice(shelf, 1);
    return [Math.min(shelf, next.length - 1), 0];
  },
};

function swap(shelf, one, other) {
  if (!shelf[one] || !shelf[other]) return false;
  [shelf[one], shelf[other]] = [shelf[other], shelf[one]];
  return true;
}

function carry(next, from, to) {
  const lane = next[from[0]][from[1]];
  if (!lane || !next[to[0]]) return null;
  next[from[0]].splice(from[1], 1);
  const place = between(0, to[1], next[to[0]].length);
  next[to[0]].splice(place, 0, lane);
  return [to[0], place];
}

function resized(lane, size, by, most) {
  if (!lane || lane[size] + by < 1 || lane[size] + by > most) return false;
  lane[size] += by;
  return true;
}

function act(change) {
  const next = structuredClone(shelves);
  const then = change(next, at);
  if (!then) return;
  before.push([shelves, at]);
  [shelves, at] = [next, then];
  draw(true);
}

function undo() {
  if (!before.length) return;
  [shelves, at] = before.pop();
  draw(true);
}

function put(sku) {
  const depth = shelves.flat().find((lane) => lane.sku === sku)?.depth ?? chosen()?.depth ?? 1;
  act((next, [shelf, place]) => {
    const there = places ? -1 : next[0].findIndex((lane) => lane.sku === sku);
    if (there >= 0) return resized(next[0][there], "facings", 1, MOST_FACINGS) && [0, there];
    const behind = next[shelf][place] ? place + 1 : place;
    next[shelf].splice(behind, 0, { sku, depth, facings: 1 });
    return [shelf, behind];
  });
}

function draw(focus) {
  list.replaceChildren(...shelves.map(drawShelf));
  document.getElementById("shelves-json").value = JSON.stringify(shelves);
  const every = shelves.flat();
  const facings = every.reduce((sum, lane) => sum + lane.facings, 0);
  const counted = { facings, products: new Set(every.map((lane) => lane.sku)).size };
  document.getElementById("tally").textContent = filled(says.tally, counted);
  allow();
  const button = buttonAt(at);
  if (focus) button.focus();
  document.getElementById("said").textContent = button.getAttribute("aria-label");
}

function drawShelf(lanes, shelf) {
  const item = element("li", "shelf");
  item.append(element("span", "shelf__name", places ? filled(says.shelf, { n: shelf + 1 }) : ""));
  const row = element("div", "lanes");
  row.append(...lanes.map((lane, place) => drawLane(lane, shelf, place)), drawEnd(shelf, lanes.length));
  item.append(row);
  return item;
}

function drawLane(lane, shelf, place) {
  const button = placed(shelf, place, `lane lane--${known.get(lane.sku)?.group ?? "unknown"}`);
  const told = { name: nameOf(lane.sku), shelf: shelf + 1, place: place + 1, depth: lane.depth, facings: lane.facings };
  button.setAttribute("aria-label", filled(places ? says.lane : says.item, told));
  const deep = filled(says.deep, { n: lane.depth });
  const size = places ? deep : `${filled(says.facings, { n: lane.facings })} · ${deep}`;
  button.append(element("span", "lane__name", told.name), element("span", "lane__size", size));
  button.draggable = true;
  button.title = told.name;
  return button;
}

function drawEnd(shelf, place) {
  const button = placed(shelf, place, "lane lane--slot");
  button.setAttribute("aria-label", places ? filled(says.end, { shelf: shelf + 1 }) : says.listEnd);
  button.textContent = "+";
  return button;
}

function placed(shelf, place, kind) {
  const button = element("button", kind);
  const here = shelf === at[0] && place === at[1];
  Object.assign(button, { type: "button", tabIndex: here ? 0 : -1 });
  Object.assign(button.dataset, { shelf, place });
  if (here) button.setAttribute("aria-current", "true");
  return button;
}

function element(tag, kind, text = "") {
  const made = document.createElement(tag);
  made.className = kind;
  made.textContent = text;
  return made;
}

const buttonAt = ([shelf, place]) => list.querySelector(`[data-shelf="${shelf}"][data-place="${place}"]`);
const placeOf = (button) => [Number(button.dataset.shelf), Number(button.dataset.place)];

function choose(place, focus = true) {
  buttonAt(at)?.removeAttribute("aria-current");
  buttonAt(at)?.setAttribute("tabindex", "-1");
  at = place;
  const button = buttonAt(at);
  button.setAttribute("aria-current", "true");
  button.tabIndex = 0;
  if (focus) button.focus();
  allow();
}

// A command that would change nothing is greyed out.
function allow() {
  for (const button of form.querySelectorAll("[data-do]")) {
    const command = commands[button.dataset.do];
    button.disabled = command ? !command(structuredClone(shelves), at) : !before.length;
  }
}

// Keys go where they point: a priority list is read from the top, so there up and down are earlier and later.
const STEPS = places
  ? { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }
  : { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const MOVES = places
  ? { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" }
  : { ArrowUp: "left", ArrowDown: "right", ArrowLeft: "left", ArrowRight: "right" };
const KEYS = { "+": "more", "=": "more", "-": places ? "" : "fewer", "]": "deeper", "[": "flatter", Delete: "remove", Backspace: "remove" };

function step([rows, along]) {
  const shelf = between(0, at[0] + rows, shelves.length - 1);
  choose([shelf, between(0, at[1] + along, shelves[shelf].length)]);
}

list.addEventListener("keydown", (event) => {
  const { key } = event;
  if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "z") undo();
  else if (event.ctrlKey || event.metaKey || event.altKey) return;
  else if (event.shiftKey && MOVES[key]) act(commands[MOVES[key]]);
  else if (STEPS[key]) step(STEPS[key]);
  else if (key === "Home") choose([at[0], 0]);
  else if (key === "End") choose([at[0], shelves[at[0]].length]);
  else if (key === "Enter" || key === " ") document.getElementById("find").focus();
  else if (KEYS[key]) act(commands[KEYS[key]]);
  else return;
  event.preventDefault();
});
list.addEventListener("click", (event) => {
  const button = event.target.closest(".lane");
  if (button) choose(placeOf(button));
});
document.getElementById("commands").addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  if (button.dataset.do === "undo") undo();
  else act(commands[button.dataset.do]);
  if (!button.disabled) button.focus(); // so that it can be pressed again
});

// With a mouse, a lane may be drawn to where it belongs.
let drawn = null;
list.addEventListener("dragstart", (event) => {
  drawn = placeOf(event.target.closest(".lane"));
  event.dataTransfer.effectAllowed = "move";
});
list.addEventListener("dragover", (event) => {
  const over = event.target.closest(".lane");
  for (const lane of list.querySelectorAll(".over")) lane.classList.remove("over");
  if (!drawn || !over) return;
  event.preventDefault();
  over.classList.add("over");
});
list.addEventListener("drop", (event) => {
  event.preventDefault();
  const [shelf, place] = placeOf(event.target.closest(".lane"));
  const from = drawn;
  const later = from[0] === shelf && from[1] < place; // what it leaves behind moves one place up
  act((next) => carry(next, from, [shelf, later ? place - 1 : place]));
});
list.addEventListener("dragend", () => {
  drawn = null;
  for (const lane of list.querySelectorAll(".over")) lane.classList.remove("over");
});

// The products to put in.
const find = document.getElementById("find");
const palette = document.getElementById("palette");

function matching() {
  const wanted = find.value.trim().toLowerCase();
  return products.filter(({ sku, name }) => `${name} ${sku}`.toLowerCase().includes(wanted)).slice(0, MOST_FOUND);
}

function drawPalette() {
  const found = matching().map(({ sku, name, group }) => {
    const button = element("button", "");
    Object.assign(button, { type: "button" });
    button.dataset.sku = sku;
    const key = element("span", `key key--${group}`);
    key.ariaHidden = "true";
    button.append(key, element("span", "", name), element("small", "code", sku));
    return button;
  });
  palette.replaceChildren(...(found.length ? found : [element("p", "muted", says.none)]));
}

find.addEventListener("input", drawPalette);
find.addEventListener("keydown", (event) => {
  if (event.key === "Escape") choose(at);
  if (event.key !== "Enter") return;
  event.preventDefault(); // or it would send the form
  const [first] = matching();
  if (!first) return;
  find.value = "";
  drawPalette();
  put(first.sku);
});
palette.addEventListener("click", (event) => {
  const button = event.target.closest("[data-sku]");
  if (button) put(button.dataset.sku);
});

// Whoever leaves with changes that are not kept is asked first.
let sent = false;
form.addEventListener("submit", () => {
  sent = true;
});
addEventListener("beforeunload", (event) => {
  if (before.length && !sent) event.preventDefault();
});

drawPalette();
draw(false);
connect();
