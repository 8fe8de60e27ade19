// Puts pushed elements in place without disturbing the person who reads: what did not change is
// left alone, focus and open details stay, log lines are appended, and the scroll stays.
const log = document.getElementById("migration-log");
const box = document.getElementById("migration-log-box");
const follow = document.getElementById("migration-follow");

// Stays in place when the head is replaced, so that a screen reader says what is new in it.
const said = document.getElementById("migration-said");

const STYLES = {
  second: { timeStyle: "medium" },
  minute: { timeStyle: "short" },
  moment: { dateStyle: "medium", timeStyle: "short" },
};
const shown = new Map(); // id → the HTML last put there

let sequence = Number(log.lastElementChild?.dataset.sequence ?? log.dataset.sequence);

export function lastSequence() {
  return sequence;
}

// Returns false when lines are missing between what is shown and what came.
export function show(html) {
  const arrived = document.createElement("template");
  arrived.innerHTML = html;
  const news = arrived.content.querySelector("#migration-log");
  if (news && Number(news.dataset.sequence) < sequence) return true; // older than what is shown
  const complete = news ? append(news) : true;
  for (const element of [...arrived.content.children]) {
    if (element.id && element.id !== "migration-log") replace(element);
  }
  return complete;
}

function append(news) {
  const fresh = [...news.children].filter((line) => Number(line.dataset.sequence) > sequence);
  for (const line of fresh) {
    if (Number(line.dataset.sequence) !== sequence + 1) return false;
    localise(line);
    log.append(line);
    sequence += 1;
  }
  if (fresh.length && follow.checked) toEnd();
  return Number(news.dataset.sequence) <= sequence;
}

function replace(element) {
  const html = element.outerHTML;
  const old = document.getElementById(element.id);
  if (!old || shown.get(element.id) === html) return;
  shown.set(element.id, html);
  localise(element);
  for (const details of old.querySelectorAll("details[open][id]")) {
    element.querySelector(`#${details.id}`)?.setAttribute("open", "");
  }
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  const { scrollLeft = 0, scrollTop = 0 } = old.querySelector(".scroll") ?? {};
  old.replaceWith(element);
  element.querySelector(".scroll")?.scrollTo({ left: scrollLeft, top: scrollTop, behavior: "instant" });
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  if (element.id === "migration-head") announce(element);
}

function announce(head) {
  document.title = `${head.dataset.title} · Lifeguard`;
  const state = head.querySelector(".state").textContent;
  if (said.textContent !== state) said.textContent = state;
}

// One rendering serves every viewer; each reads the times in their own zone.
function localise(element) {
  const timeZone = document.documentElement.dataset.timeZone;
  for (const time of element.querySelectorAll("time[datetime][data-style]")) {
    const moment = new Date(time.dateTime);
    const style = STYLES[time.dataset.style];
    time.textContent = new Intl.DateTimeFormat("en-GB", { ...style, timeZone }).format(moment);
    time.title = moment.toLocaleString("en-GB", { timeZone, timeZoneName: "short" });
  }
}

function toEnd() {
  box.scrollTop = box.scrollHeight;
}

// Scrolling up stops the following, scrolling back to the end takes it up again.
box.addEventListener("scroll", () => {
  follow.checked = box.scrollHeight - box.scrollTop - box.clientHeight < 24;
});
follow.addEventListener("change", () => follow.checked && toEnd());

localise(document.getElementById("migration"));
toEnd();
