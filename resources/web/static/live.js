// Keeps a page live: takes what the hall sends, says when the connection is gone, and calls out loud.
"use strict";

const live = document.getElementById("live");
const events = document.body.dataset.events;

// ── the line to the hall ──

const PATIENCE = 40000; // ms of silence; the hall sends a beat every 15 s
const GRACE = 4000; // ms before a cut is worth a word: most are over by then
const AGAIN = 3000;
const SLIP = 15000; // ms; for ten seconds staff can undo a wrong end

let source, silence, complaint, next, resting, looked;

function connect() {
  letGo();
  source = new EventSource(events);
  source.onopen = heard;
  source.onmessage = (message) => { heard(); take(message.data); };
  source.addEventListener("beat", () => { heard(); claim(); });
  source.addEventListener("rest", () => { resting = true; });
  source.addEventListener("over", rest);
  source.onerror = lost;
  listen();
  claim();
}

function letGo() {
  for (const timer of [next, silence, complaint]) clearTimeout(timer);
  complaint = undefined;
  if (source) source.close();
  source = undefined;
}

function rest() {
  letGo();
  if (!looked) next = setTimeout(connect, SLIP);
  looked = true;
}

function listen() {
  clearTimeout(silence);
  silence = setTimeout(() => { lost(); connect(); }, PATIENCE);
}

function heard() {
  resting = false;
  clearTimeout(complaint);
  complaint = undefined;
  say("");
  listen();
}

function lost() {
  // a hall that can't hold a line says so before it lets go: the browser comes again by itself
  if (resting) {
    resting = false;
    return;
  }
  complaint ??= setTimeout(() => say(away.dataset.words), GRACE);
  if (source?.readyState === EventSource.CLOSED) {
    clearTimeout(next);
    next = setTimeout(connect, AGAIN);
  }
}

const away = document.getElementById("away");
function say(words) {
  if (away.textContent !== words) away.textContent = words;
}

// ── one line for many tabs ──

// A browser has six connections to a hall, for all its tabs. A page that is not seen needs none, but for a ticket that
// may be called: of its tabs the one that is seen keeps a line, or else one of those that are not.
const tabs = new BroadcastChannel("lines");
const me = Math.random();
const ticket = live?.dataset.state && location.pathname;
const rank = () => (document.hidden ? 0 : 1) + me;
const alerts = () => ticket && ["waiting", "called", "serving", "parked"].includes(live.dataset.state);

function claim() {
  if (ticket) tabs.postMessage({ ticket, rank: rank() });
}

function yieldTo(other) {
  if (other.ticket !== ticket || !alerts()) return;
  if (source && other.rank < rank()) claim();
  else if (document.hidden && other.gone) connect();
  else if (document.hidden) {
    letGo();
    silence = setTimeout(connect, PATIENCE); // the other tab may end without a word
  }
}

function seen() {
  if (!document.hidden) connect();
  else if (alerts()) claim();
  else letGo();
}

function leave() {
  if (source && ticket) tabs.postMessage({ ticket, gone: true });
  letGo();
  tabs.close();
}

// ── what the hall sends ──

const parts = new Map();
if (live) for (const part of live.querySelectorAll("[id]")) parts.set(part.id, part.innerHTML.trim());

function take(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.firstElementChild;
  if (fresh.dataset.menu !== live.dataset.menu) {
    if (!sent) location.reload();
    return;
  }
  for (const part of fresh.querySelectorAll("[id]")) replace(part);
  if (fresh.dataset.state) follow(fresh.dataset);
}

function replace(part) {
  const old = document.getElementById(part.id);
  const text = part.innerHTML.trim();
  if (!old || same(parts.get(part.id), text)) return;
  parts.set(part.id, text);
  old.replaceChildren(...part.childNodes);
}

function same(one, other) {
  const flat = (text) => (text || "").replace(/\s+/g, " ");
  return flat(one) === flat(other);
}

// ── my ticket ──

function follow(now) {
  const before = { ...live.dataset };
  Object.assign(live.dataset, now);
  document.title = now.title;
  document.body.dataset.state = now.state;
  button.hidden = !["waiting", "called"].includes(now.state);
  if (now.state !== "called") hush();
  else if (before.state !== "called" || before.calls !== now.calls) callOut();
}

const button = document.getElementById("alert");
const calling = document.getElementById("call");
const TIMES = 5;
let audio, ringing, awake;

if (button) {
  button.hidden = !["waiting", "called"].includes(live.dataset.state);
  document.title = live.dataset.title;
  button.addEventListener("click", alertMe);
  // a browser lets a page sound only after a touch: any touch will do
  document.addEventListener("pointerdown", () => { allowSound(); hush(); });
  document.addEventListener("visibilitychange", stayAwake);
}

function allowSound() {
  const Context = window.AudioContext || window.webkitAudioContext;
  if (!Context) return;
  audio ??= new Context();
  audio.resume();
}

function alertMe() {
  allowSound();
  button.textContent = button.dataset.on;
  button.classList.add("granted");
  button.setAttribute("aria-pressed", "true");
  chime(0.25);
  if (navigator.vibrate) navigator.vibrate(80);
  if (window.Notification && Notification.permission === "default") Notification.requestPermission();
  stayAwake();
}

// a phone that sleeps hears nothing
async function stayAwake() {
  if (!button.classList.contains("granted") || document.hidden || !navigator.wakeLock) return;
  try { awake = await navigator.wakeLock.request("screen"); } catch { awake = undefined; }
}

function callOut() {
  calling.replaceChildren(...calling.childNodes); // a recall says the same words: say them again
  scrollTo(0, 0);
  notify();
  hush();
  ring(TIMES);
}

function ring(times) {
  chime(1);
  if (navigator.vibrate && navigator.userActivation?.hasBeenActive) navigator.vibrate([400, 150, 400, 150, 800]);
  if (times > 1) ringing = setTimeout(ring, 5000, times - 1);
}

function hush() {
  clearTimeout(ringing);
}

function notify() {
  if (!document.hidden || !window.Notification || Notification.permission !== "granted") return;
  try { new Notification(live.dataset.title); } catch { /* some phones allow it to installed pages only */ }
}

function chime(volume) {
  if (!audio || audio.state !== "running") return;
  [880, 659, 880, 659].forEach((pitch, at) => note(pitch, audio.currentTime + at * 0.28, volume));
}

function note(pitch, from, volume) {
  const tone = audio.createOscillator();
  const gain = audio.createGain();
  tone.type = "triangle";
  tone.frequency.value = pitch;
  gain.gain.setValueAtTime(0, from);
  gain.gain.linearRampToValueAtTime(volume, from + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.001, from + 0.6);
  tone.connect(gain).connect(audio.destination);
  tone.start(from);
  tone.stop(from + 0.65);
}

// ── forms ──

// The hall gives one number however often a form is sent; a second tap need not even travel.
let sent = false;
document.addEventListener("submit", (event) => {
  if (sent) event.preventDefault();
  sent = true;
  setTimeout(() => { sent = false; }, 5000); // whoever stopped the page from loading may try again
});

addEventListener("pageshow", (event) => {
  sent = false;
  if (event.persisted) location.reload(); // from the browser's memory: its forms have been used, its counts are old
});

if (live && events) {
  if (document.hidden ? alerts() : !("over" in document.body.dataset)) connect();
  tabs.onmessage = (message) => yieldTo(message.data);
  addEventListener("online", seen);
  addEventListener("offline", () => { if (source) lost(); });
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", seen);
}
