// Lifeguard's few lines of script: keys, ages, theme, the live mark. Every page reads without it.

const root = document.documentElement;
const skew = Date.now() - Date.parse(root.dataset.now ?? new Date().toISOString());
const zone = root.dataset.timeZone;
const now = () => Date.now() - skew; // the server's clock, whatever this machine's says

// Times: the person's zone, ticking, and grey when older than their schedule allows.

const format = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options });
const clock = format({ hour: "2-digit", minute: "2-digit" });
const dayClock = format({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const full = format({ weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = format({ day: "numeric", month: "numeric", year: "numeric" });

function inWords(seconds) {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} days`;
}

function tick(time) {
  const moment = Date.parse(time.dateTime);
  const seconds = Math.floor((now() - moment) / 1000);
  const stale = "stale" in time.dataset && seconds > Number(time.dataset.stale);
  const at = day.format(moment) === day.format(now()) ? clock.format(moment) : dayClock.format(moment);
  const text = stale ? `stale, last seen ${at}` : seconds < -1 ? `in ${inWords(-seconds)}` : `${inWords(Math.max(0, seconds))} ago`;
  if (time.textContent !== text) time.textContent = text;
  time.classList.toggle("stale", stale);
  if (stale) time.closest("[data-ages]")?.classList.add("stale");
}

// How long a server has been down: 2:41, or 1:02:41.
function countUp(time) {
  const seconds = Math.max(0, Math.floor((now() - Date.parse(time.dateTime)) / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const text = (parts[0] ? parts : parts.slice(1)).map((part, index) => (index ? String(part).padStart(2, "0") : part)).join(":");
  if (time.textContent !== text) time.textContent = text;
}

function tickAll() {
  for (const time of document.querySelectorAll("time[data-down]")) countUp(time);
  for (const time of document.querySelectorAll("time[data-age]")) tick(time);
}

function localise(scope) {
  for (const time of scope.querySelectorAll("time[datetime]")) time.title = full.format(Date.parse(time.dateTime));
}

// Keys.

const typing = (target) => target.closest("input, textarea, select, [contenteditable], dialog[open]");

function nextRow(from, step) {
  const rows = [...from.closest("[data-rows]").querySelectorAll("a[data-row], tbody tr a:first-of-type")]
    .filter((link, index, all) => all.findIndex((other) => other.closest("tr, li") === link.closest("tr, li")) === index);
  const here = rows.findIndex((link) => link.closest("tr, li") === from.closest("tr, li"));
  rows[here + step]?.focus();
}

// ↓ on a menu opens it and goes to its first entry; from there ↑ and ↓ go round.
function nextInMenu(menu, from, step) {
  menu.open = true;
  const entries = [...menu.querySelectorAll("div a[href], div button:not([hidden])")];
  const here = entries.indexOf(from);
  const next = here < 0 ? (step > 0 ? 0 : -1) : (here + step) % entries.length;
  entries.at(next)?.focus();
}

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (key === "ArrowDown" && target.matches("[data-search]")) {
    const first = document.querySelector("[data-results] a");
    if (first) { event.preventDefault(); first.focus(); }
  } else if ((key === "ArrowDown" || key === "ArrowUp") && target.closest("[data-rows]") && !typing(target)) {
    event.preventDefault();
    nextRow(target, key === "ArrowDown" ? 1 : -1);
  } else if ((key === "ArrowDown" || key === "ArrowUp") && target.closest("details.menu")) {
    event.preventDefault();
    nextInMenu(target.closest("details.menu"), target, key === "ArrowDown" ? 1 : -1);
  } else if (key === "Escape") {
    for (const menu of document.querySelectorAll("details.menu[open]")) { menu.open = false; menu.querySelector("summary").focus(); }
  } else if (!typing(target) && key === "/") {
    const fields = [...document.querySelectorAll("[data-search]")];
    const field = fields.at(-1);
    if (field) { event.preventDefault(); field.focus(); field.select(); }
  } else if (!typing(target) && key === "?") {
    document.getElementById("keys")?.showModal();
  }
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  // Browsers without invoker commands.
  const button = event.target.closest("button[commandfor]");
  if (button && !("commandForElement" in HTMLButtonElement.prototype)) {
    const dialog = document.getElementById(button.getAttribute("commandfor"));
    if (button.getAttribute("command") === "close") dialog?.close(); else dialog?.showModal();
  }
});

// A dangerous act waits for the name typed.

function guard(field) {
  const equal = field.value.trim().toLowerCase() === field.dataset.mustEqual.toLowerCase();
  field.setCustomValidity(equal ? "" : `Type ${field.dataset.mustEqual}.`);
}
document.addEventListener("input", (event) => { if (event.target.matches("[data-must-equal]")) guard(event.target); });

// Theme: at once here, and kept for the person on the server.

const effective = () => root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-theme-switch]")) return;
  event.preventDefault();
  const theme = effective() === "dark" ? "light" : "dark";
  root.dataset.theme = theme;
  const body = new FormData(event.target);
  body.set("theme", theme);
  fetch(event.target.action, { method: "POST", body, headers: { "HX-Request": "true" } });
});

// Live: the socket swaps elements by id; without it the page itself is polled for the same elements.

const WORDS = { live: "live", reconnecting: "reconnecting", polling: "polling every 5 s", stopped: "signed out, load the page again" };
// Codes of pools/live/guarded_consumer.py: not signed in any more, no longer an administrator.
const SIGNED_OUT = [4401, 4403];
const mark = () => document.querySelector("[data-live-mark]");
let state = "off";
let downSince = now();

function show(next) {
  state = next;
  const element = mark();
  if (element && element.dataset.state !== next) {
    element.dataset.state = next;
    element.textContent = WORDS[next] ?? element.textContent;
  }
}

// When an element is replaced, whoever is at a link in it stays there, what is open stays open, and
// a log keeps its place: it follows only for those at its end.
const REACHABLE = "a[href], button, input, summary, [tabindex]";
const places = new Map();

const within = (element, selector) => [element, ...element.querySelectorAll(selector)].filter((each) => each.matches(selector));

function keepPlace(element) {
  const log = element.querySelector(".log[data-tail]");
  places.set(element.id, {
    scroll: log && log.scrollHeight - log.scrollTop - log.clientHeight >= 8 ? log.scrollTop : Infinity,
    open: within(element, "details").map((each) => each.open),
    at: within(element, REACHABLE).indexOf(document.activeElement),
    href: document.activeElement?.getAttribute("href"),
  });
}

function restorePlace(id) {
  const element = document.getElementById(id);
  const was = places.get(id);
  places.delete(id);
  if (!element || !was) return;
  const log = element.querySelector(".log[data-tail]");
  if (log) log.scrollTop = Math.min(was.scroll, log.scrollHeight);
  for (const [place, each] of within(element, "details").entries()) each.open ||= was.open[place] ?? false;
  if (was.at < 0) return;
  const all = within(element, REACHABLE);
  (all.find((each) => was.href && each.getAttribute("href") === was.href) ?? all[was.at])?.focus({ preventScroll: true });
}

async function poll() {
  const response = await fetch(location.href, { headers: { "X-Poll": "true" } }).catch(() => null);
  if (!response?.ok) return show("reconnecting");
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const old of document.querySelectorAll("[data-live][id]")) {
    const element = fresh.getElementById(old.id);
    if (!element || old.contains(document.activeElement) || old.outerHTML === element.outerHTML) continue;
    keepPlace(old);
    old.replaceWith(element);
    restorePlace(old.id);
    window.htmx?.process(element);
    localise(element);
  }
  if (state !== "live") show("polling");
}

document.addEventListener("htmx:oobBeforeSwap", (event) => keepPlace(event.detail.target));
// The bell has a socket of its own on every page, which says nothing of what the page shows. htmx
// looks for sockets when the document is read, and that is after this.
document.querySelector("[data-bell]")?.setAttribute("ws-connect", "/ws/bell/");
document.addEventListener("htmx:wsOpen", (event) => { if (event.target === mark()) show("live"); });
for (const name of ["htmx:wsClose", "htmx:wsError"]) document.addEventListener(name, (event) => {
  if (event.target !== mark()) return;
  if (SIGNED_OUT.includes(event.detail.event?.code)) return show("stopped");
  if (state === "live" || state === "off") { downSince = now(); show("reconnecting"); }
});
document.addEventListener("htmx:wsAfterMessage", () => { for (const id of [...places.keys()]) restorePlace(id); localise(document); tickAll(); });
document.addEventListener("htmx:afterSwap", () => { localise(document); tickAll(); });

setInterval(() => {
  if (mark() && state !== "live" && state !== "stopped" && !document.hidden && now() - downSince > 4000) poll();
}, 5000);
setInterval(tickAll, 1000);

for (const element of document.querySelectorAll("[data-needs-script]")) element.hidden = false;
for (const tab of document.querySelectorAll(".tabs [aria-current]")) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 40;
for (const field of document.querySelectorAll("[data-must-equal]")) guard(field);
for (const log of document.querySelectorAll(".log[data-tail]")) log.scrollTop = log.scrollHeight;
localise(document);
tickAll();
