// The photos of a cooler at one moment: what is drawn over them, what a pointer or the arrow keys find there, their size.

const RETRY_MS = 1500;
const RETRIES = 60;
const LARGEST = 4;
let shows = { boxes: "on", gaps: "on", tags: "on" };
let zoom = 1;

/** Listen once for the whole page: the photo itself is replaced with each new one. */
export function wirePhoto(page) {
  page.addEventListener("click", ({ target }) => {
    const show = target.closest("[data-show]");
    if (show) toggle(show.dataset.show);
    const step = target.closest("[data-zoom]");
    if (step) resize(zoom * 1.5 ** Number(step.dataset.zoom));
  });
  page.addEventListener("pointerover", ({ target }) => point(target.closest(".box"), target.closest("#lines tr")));
  page.addEventListener("focusin", ({ target }) => point(target.closest(".box"), null));
  page.addEventListener("keydown", moveByKey);
}

/** Show the photo as the person left the one before, and wait for its picture where it is not here yet. */
export function watchPhoto() {
  const photo = document.getElementById("photo");
  if (!photo) return;
  for (const what of Object.keys(shows)) show(what, shows[what]);
  resize(zoom);
  for (const sheet of photo.querySelectorAll(".photo__sheet")) waitFor(sheet);
}

/** One picture: told to be on its way until it is here. */
function waitFor(sheet) {
  const image = sheet.querySelector("img");
  const wait = sheet.querySelector(".photo__wait");
  const address = image.getAttribute("src");
  let tries = 0;
  const absent = () => {
    wait.hidden = false;
    image.classList.add("absent");
    tries += 1;
    if (tries < RETRIES) setTimeout(() => { image.src = `${address}?try=${tries}`; }, RETRY_MS);
  };
  const here = () => {
    wait.hidden = true;
    image.classList.remove("absent");
  };
  image.addEventListener("load", here);
  image.addEventListener("error", absent);
  if (image.complete) (image.naturalWidth ? here : absent)();
}

function show(what, state) {
  shows = { ...shows, [what]: state };
  document.getElementById("photo").dataset[what] = state;
  document.querySelector(`[data-show="${what}"]`)?.setAttribute("aria-pressed", String(state === "on"));
}

const toggle = (what) => show(what, shows[what] === "on" ? "off" : "on");

function resize(wanted) {
  zoom = Math.min(Math.max(wanted, 1), LARGEST);
  const view = document.querySelector(".photo__view");
  view.classList.toggle("zoomed", zoom > 1);
  for (const sheet of view.querySelectorAll(".photo__sheet")) {
    sheet.querySelector("img").style.width = zoom > 1 ? `${zoom * 100}%` : "";
    sheet.style.width = zoom > 1 ? "100%" : "";
  }
}

/** Light up one box, or all boxes of a line of the table; none of both puts the light out. */
function point(box, line) {
  const photo = document.getElementById("photo");
  if (!photo) return;
  const sku = line?.dataset.sku;
  for (const other of photo.querySelectorAll(".box")) {
    other.classList.toggle("lit", other === box || (line !== null && other.dataset.sku === sku));
  }
  photo.classList.toggle("lighting", line !== null && line.closest("tbody") !== null);
  for (const row of document.querySelectorAll("#lines tbody tr")) {
    row.classList.toggle("lit", box !== null && row.dataset.sku === box.dataset.sku);
  }
  for (const tip of photo.querySelectorAll(".photo__tip")) tell(tip, tip.parentElement.contains(box) ? box : null);
}

function tell(tip, box) {
  tip.hidden = box === null;
  if (!box) return;
  const sheet = tip.parentElement.getBoundingClientRect();
  const place = box.getBoundingClientRect();
  tip.textContent = `${box.dataset.name} · ${box.dataset.sure}`;
  tip.style.left = `${place.left - sheet.left + place.width / 2}px`;
  tip.style.top = `${place.top - sheet.top}px`;
}

const ARROWS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

function moveByKey(event) {
  const box = event.target.closest(".box");
  if (!box || !(event.key in ARROWS)) return;
  event.preventDefault();
  const boxes = [...document.querySelectorAll("#photo .box")];
  const next = boxes[boxes.indexOf(box) + ARROWS[event.key]];
  if (!next) return;
  box.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}
