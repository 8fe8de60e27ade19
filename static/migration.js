// The live page of a migration: one socket, replay by sequence, polling when there is no socket.
//
// Every message, pushed or polled, is the same HTML: whole elements with ids. They replace the
// ones shown; log lines are appended by their sequence (migration-fragments.js). Whoever connects says
// the last sequence seen (`?after=`), so nothing is missed and nothing is shown twice.
import { lastSequence, show } from "./migration-fragments.js";
import { askInDialog } from "./migration-dialog.js";
import { freshenChoices } from "./migration-panel.js";

const root = document.getElementById("migration");
const mark = document.getElementById("migration-mark");

const POLL_MS = 2000;
// No word for so long: ask, for the connection may have died silently, or the worker.
const QUIET_MS = 30000;
const QUIET_AT_WORK_MS = 5000;
const STALE_MS = 15000;
const LONGEST_WAIT_MS = 8000;
// Codes of pools/live/guarded_consumer.py: not signed in any more, no longer an administrator.
const SIGNED_OUT = [4401, 4403];

let socket = null;
let stopped = false;
let failures = 0;
let heardAt = Date.now();
let retryTimer = 0;

function say(state, text) {
  if (mark.dataset.state === state && mark.dataset.text === text) return;
  mark.dataset.state = state;
  mark.dataset.text = text;
  mark.textContent = text;
}

function clock(moment) {
  const timeZone = document.documentElement.dataset.timeZone;
  return new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone }).format(moment);
}

function heard(html) {
  const complete = show(html);
  heardAt = Date.now();
  root.classList.remove("stale");
  freshenChoices();
  if (!complete) poll();
}

function connect() {
  clearTimeout(retryTimer);
  if (socket || stopped) return;
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const address = `${scheme}//${location.host}${root.dataset.socket}?after=${lastSequence()}`;
  const opened = new WebSocket(address);
  socket = opened;
  opened.addEventListener("message", (message) => {
    failures = 0;
    heard(message.data);
    say("live", "live");
  });
  opened.addEventListener("close", (closed) => {
    if (socket !== opened) return;
    socket = null;
    if (SIGNED_OUT.includes(closed.code)) return stop();
    failures += 1;
    retryTimer = setTimeout(connect, Math.min(LONGEST_WAIT_MS, 250 * 2 ** failures));
    tell();
  });
}

function stop() {
  stopped = true;
  say("stopped", "signed out, load the page again");
  clearInterval(rounds);
}

async function poll() {
  let answer;
  try {
    answer = await fetch(`${root.dataset.poll}?after=${lastSequence()}`, {
      signal: AbortSignal.timeout(10000),
    });
  } catch {
    return; // The mark tells; the next round asks again.
  }
  if (answer.redirected || answer.status === 403) return stop();
  if (answer.ok) heard(await answer.text());
}

// What the mark says while the socket is down.
function tell() {
  if (isOpen() && !stale()) return;
  const since = clock(heardAt);
  if (stale()) {
    root.classList.add("stale");
    say("reconnecting", `stale, last seen ${since}`);
  } else if (failures > 1) say("polling", `polling · as of ${since}`);
  else if (failures) say("reconnecting", `reconnecting · as of ${since}`);
}

function quiet() {
  return document.querySelector("#migration-head[data-working]") ? QUIET_AT_WORK_MS : QUIET_MS;
}

function stale() {
  return Date.now() - heardAt > STALE_MS + (isOpen() ? quiet() : 0);
}

function isOpen() {
  return socket?.readyState === WebSocket.OPEN;
}

const rounds = setInterval(() => {
  if (isOpen() ? Date.now() - heardAt > quiet() : failures > 1) poll();
  tell();
}, POLL_MS);

function wakeUp() {
  if (document.visibilityState === "visible") connect();
}
document.addEventListener("visibilitychange", wakeUp);
addEventListener("online", wakeUp);
addEventListener("pagehide", () => socket?.close());
addEventListener("pageshow", (event) => event.persisted && connect());

askInDialog(root, document.getElementById("migration-dialog"));
connect();
