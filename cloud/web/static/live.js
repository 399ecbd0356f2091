// The live numbers: MQTT over WebSocket, told to the page as events of `live`.
//
//   live.addEventListener("overview", ({ detail }) => ...)   OverviewKpi
//   live.addEventListener("stockouts", ({ detail }) => ...)  StockoutList
//   live.addEventListener("cooler", ({ detail }) => ...)     CoolerKpi

import { words } from "./words.js";

export const live = new EventTarget();

// On a phone the names of the pages are wider than the screen: the page one is on comes into sight.
const here = document.querySelector(".nav [aria-current]");
if (here) here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.offsetLeft - 24;

// What htmx could not do is told until it is tried again.
document.addEventListener("htmx:before:request", () => {
  document.getElementById("failed").hidden = true;
});

const SLOWEST_RETRY_MS = 15_000;
let retryMs = 1000;

function show(state) {
  const shown = document.getElementById("live");
  if (shown.dataset.state === state) return;
  shown.dataset.state = state;
  shown.querySelector(".live__text").textContent = words.live[state];
  document.getElementById("offline").hidden = state !== "reconnecting";
}

// A session that is over must be renewed by signing in; all else comes back by itself.
async function login() {
  const answer = await fetch("/api/v1/live");
  if (answer.status === 401) location.reload();
  if (!answer.ok) throw new Error(`live login: ${answer.status}`);
  return answer.json();
}

function listen({ websocket_url: url, username, password, topic: filter }) {
  const base = filter.slice(0, -"#".length);
  const client = mqtt.connect(url, {
    username,
    password,
    protocolVersion: 4,
    clean: true,
    clientId: `page-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`,
    keepalive: 30,
    connectTimeout: 8000,
    reconnectPeriod: 0, // a new login is asked for instead: the broker may have a new password
    timerVariant: "native",
  });
  client.on("connect", () => client.subscribe(filter, { qos: 1 }, (error) => error && client.end(true)));
  client.on("packetreceive", ({ cmd }) => {
    if (cmd !== "suback") return;
    retryMs = 1000;
    show("connected");
  });
  client.on("message", (topic, payload) => {
    if (payload.length === 0) return; // a retained message was taken back
    const [kind] = topic.slice(base.length).split("/");
    live.dispatchEvent(new CustomEvent(kind, { detail: JSON.parse(payload.toString()) }));
  });
  client.on("error", () => client.end(true));
  client.on("close", retry);
}

function retry() {
  show("reconnecting");
  setTimeout(connect, retryMs * (0.5 + Math.random() / 2));
  retryMs = Math.min(retryMs * 2, SLOWEST_RETRY_MS);
}

/** Connect, and stay connected. */
export async function connect() {
  try {
    listen(await login());
  } catch {
    retry();
  }
}

window.addEventListener("online", () => { retryMs = 1000; });
