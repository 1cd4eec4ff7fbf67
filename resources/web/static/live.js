// Keeps a page live: applies the updates of the event stream, says when the connection is lost, and rings at a call.
"use strict";

const live = document.getElementById("live");
const eventsUrl = document.body.dataset.events;

// ── the event stream ──

const SILENCE_LIMIT = 40000; // ms without an event; the backend sends a beat every 15 s
const NOTICE_DELAY = 4000; // ms; most outages are shorter, and are not shown
const RECONNECT_DELAY = 3000; // ms
const UNDO_TIME = 15000; // ms until an ended ticket is looked at once more: staff can undo its end for ten seconds

let source, silenceTimer, noticeTimer, reconnectTimer, orderlyEnd, lookedAfterEnd;

function connect() {
  disconnect();
  source = new EventSource(eventsUrl);
  source.onopen = connected;
  source.onmessage = (message) => { connected(); applyUpdate(message.data); };
  source.addEventListener("beat", () => { connected(); claimConnection(); });
  source.addEventListener("rest", () => { orderlyEnd = true; });
  source.addEventListener("over", ticketEnded);
  source.onerror = connectionLost;
  restartSilenceTimer();
  claimConnection();
}

function disconnect() {
  for (const timer of [reconnectTimer, silenceTimer, noticeTimer]) clearTimeout(timer);
  noticeTimer = undefined;
  if (source) source.close();
  source = undefined;
}

function ticketEnded() {
  disconnect();
  if (!lookedAfterEnd) reconnectTimer = setTimeout(connect, UNDO_TIME);
  lookedAfterEnd = true;
}

function restartSilenceTimer() {
  clearTimeout(silenceTimer);
  silenceTimer = setTimeout(() => { connectionLost(); connect(); }, SILENCE_LIMIT);
}

function connected() {
  orderlyEnd = false;
  clearTimeout(noticeTimer);
  noticeTimer = undefined;
  showNotice("");
  restartSilenceTimer();
}

function connectionLost() {
  // a backend that can't keep a stream open sends `rest` before it ends one: the browser connects again by itself
  if (orderlyEnd) {
    orderlyEnd = false;
    return;
  }
  noticeTimer ??= setTimeout(() => showNotice(notice.dataset.words), NOTICE_DELAY);
  if (source?.readyState === EventSource.CLOSED) {
    clearTimeout(reconnectTimer);
    reconnectTimer = setTimeout(connect, RECONNECT_DELAY);
  }
}

const notice = document.getElementById("away");
function showNotice(words) {
  if (notice.textContent !== words) notice.textContent = words;
}

// ── one event stream for many tabs ──

// A browser has six connections to a backend, for all its tabs. A hidden page needs none, unless its ticket may be
// called: of the tabs with that ticket one keeps its stream, the one of highest rank; a visible one if there is any.
const tabs = new BroadcastChannel("lines");
const tabNumber = Math.random();
const ticket = live?.dataset.state && location.pathname;
const rank = () => (document.hidden ? 0 : 1) + tabNumber;
const mayBeCalled = () => ticket && ["waiting", "called", "serving", "parked"].includes(live.dataset.state);

function claimConnection() {
  if (ticket) tabs.postMessage({ ticket, rank: rank() });
}

function answerClaim(other) {
  if (other.ticket !== ticket || !mayBeCalled()) return;
  if (source && other.rank < rank()) claimConnection();
  else if (document.hidden && other.gone) connect();
  else if (document.hidden) {
    disconnect();
    silenceTimer = setTimeout(connect, SILENCE_LIMIT); // the other tab may close without telling
  }
}

function visibilityChanged() {
  if (!document.hidden) connect();
  else if (mayBeCalled()) claimConnection();
  else disconnect();
}

function leavePage() {
  if (source && ticket) tabs.postMessage({ ticket, gone: true });
  disconnect();
  tabs.close();
}

// ── updates ──

const parts = new Map(); // the HTML of each part, by its id, as it was last received
if (live) for (const part of live.querySelectorAll("[id]")) parts.set(part.id, part.innerHTML.trim());

function applyUpdate(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.firstElementChild;
  if (fresh.dataset.menu !== live.dataset.menu) {
    if (!sent) location.reload();
    return;
  }
  for (const part of fresh.querySelectorAll("[id]")) replacePart(part);
  if (fresh.dataset.state) ticketChanged(fresh.dataset);
}

function replacePart(part) {
  const old = document.getElementById(part.id);
  const text = part.innerHTML.trim();
  if (!old || sameText(parts.get(part.id), text)) return;
  parts.set(part.id, text);
  old.replaceChildren(...part.childNodes);
}

function sameText(one, other) {
  const normalized = (text) => (text || "").replace(/\s+/g, " ");
  return normalized(one) === normalized(other);
}

// ── the ticket ──

function ticketChanged(now) {
  const before = { ...live.dataset };
  Object.assign(live.dataset, now);
  document.title = now.title;
  document.body.dataset.state = now.state;
  button.hidden = !["waiting", "called"].includes(now.state);
  if (now.state !== "called") stopRinging();
  else if (before.state !== "called" || before.calls !== now.calls) announceCall();
}

const button = document.getElementById("alert");
const calling = document.getElementById("call");
const RINGS = 5;
const RING_INTERVAL = 5000; // ms
let audio, ringTimer, wakeLock;

if (button) {
  button.hidden = !["waiting", "called"].includes(live.dataset.state);
  document.title = live.dataset.title;
  button.addEventListener("click", alertMe);
  // a browser lets a page play sound only after a touch: any touch will do
  document.addEventListener("pointerdown", () => { allowSound(); stopRinging(); });
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
  playChime(0.25);
  if (navigator.vibrate) navigator.vibrate(80);
  if (window.Notification && Notification.permission === "default") Notification.requestPermission();
  stayAwake();
}

// a phone that sleeps receives no events
async function stayAwake() {
  if (!button.classList.contains("granted") || document.hidden || !navigator.wakeLock) return;
  try { wakeLock = await navigator.wakeLock.request("screen"); } catch { wakeLock = undefined; }
}

function announceCall() {
  calling.replaceChildren(...calling.childNodes); // a recall has the same text: screen readers read it again
  scrollTo(0, 0);
  notify();
  stopRinging();
  ring(RINGS);
}

function ring(times) {
  playChime(1);
  if (navigator.vibrate && navigator.userActivation?.hasBeenActive) navigator.vibrate([400, 150, 400, 150, 800]);
  if (times > 1) ringTimer = setTimeout(ring, RING_INTERVAL, times - 1);
}

function stopRinging() {
  clearTimeout(ringTimer);
}

function notify() {
  if (!document.hidden || !window.Notification || Notification.permission !== "granted") return;
  try { new Notification(live.dataset.title); } catch { /* some phones allow it to installed pages only */ }
}

function playChime(volume) {
  if (!audio || audio.state !== "running") return;
  [880, 659, 880, 659].forEach((pitch, at) => playNote(pitch, audio.currentTime + at * 0.28, volume));
}

function playNote(pitch, from, volume) {
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

// The hall issues one ticket however often a form is sent; a second tap need not even be sent.
const RESEND_DELAY = 5000; // ms, after which a customer who stopped the page from loading may try again
let sent = false;
document.addEventListener("submit", (event) => {
  if (sent) event.preventDefault();
  sent = true;
  setTimeout(() => { sent = false; }, RESEND_DELAY);
});

addEventListener("pageshow", (event) => {
  sent = false;
  if (event.persisted) location.reload(); // from the browser's cache: its forms were used, its counts are old
});

if (live && eventsUrl) {
  if (document.hidden ? mayBeCalled() : !("over" in document.body.dataset)) connect();
  tabs.onmessage = (message) => answerClaim(message.data);
  addEventListener("online", visibilityChanged);
  addEventListener("offline", () => { if (source) connectionLost(); });
  addEventListener("pagehide", leavePage);
  document.addEventListener("visibilitychange", visibilityChanged);
}
