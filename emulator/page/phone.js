// The phone page. The server holds all state: every piece of news is a whole phone, and the page draws it.

const KEYS = [["1", ""], ["2", "ABC"], ["3", "DEF"], ["4", "GHI"], ["5", "JKL"], ["6", "MNO"],
  ["7", "PQRS"], ["8", "TUV"], ["9", "WXYZ"], ["*", ""], ["0", ""], ["#", ""]];
const KEY_NAMES = { "*": "star", "#": "pound" };
const WORDS = {
  dialled: (text) => `You dialled ${shown(text)}`, rang: (text) => `Ringing: call from ${shown(text)}`,
  connected: (text) => (text.startsWith("8:") ? "Connected" : `Connected to ${shown(text)}`),
  tones: (text) => `Tones: ${text}`, held: () => "On hold", resumed: () => "Off hold", muted: () => "Muted",
  unmuted: () => "Not muted any more", knocked: (text) => `Rings again: call from ${shown(text)}`,
  transferred: (text) => `Transferred to ${shown(text)}`, ended: (text) => `Call ended: ${text}`,
};

const $ = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
// A number written as it is into the address, /phone?as=+1425..., arrives with a blank for its plus sign.
const own = (query.get("as") || "").replace(/^ /, "+");
const target = own !== "" || query.get("role") === "target";

let phone = null;         // the last news of the call on this page
let stream = null;
let speed = 1;
let offset = 0;           // server time minus the page's, at the last news
let spoken = new Set();   // prompts that were read aloud, by place in the transcript

async function send(method, path, body = {}) {
  const answer = await fetch(path, { method, headers: { "Content-Type": "application/json" },
    body: method === "GET" ? undefined : JSON.stringify(body) });
  const parsed = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw new Error(parsed?.error || `the emulator answered ${answer.status}`);
  return parsed;
}

async function attempt(what) {
  $("problem").hidden = true;
  try {
    return await what();
  } catch (error) {
    $("problem").textContent = error.message;
    $("problem").hidden = false;
    return null;
  }
}

const act = (action, body) => phone && attempt(() => send("POST", `/emulator/calls/${phone.id}/${action}`, body));

function listen(to) {
  stream?.close();
  stream = new EventSource(`/emulator/events?as=${encodeURIComponent(to)}`);
  stream.onopen = () => link("live", true);
  stream.onerror = () => link("connecting", false);
  stream.addEventListener("phone", (event) => take(JSON.parse(event.data)));
}

function link(text, live) {
  $("link").textContent = text;
  $("link").classList.toggle("live", live);
}

function take(news) {
  const other = phone && phone.id !== news.id;
  // A target that talks is not disturbed by a second call that rings or ends.
  if (other && phone.state === "connected" && news.state !== "connected") return;
  if (other && news.state === "ended") return;
  if (other) spoken = new Set();
  phone = news;
  offset = news.now - (performance.now() / 1000) * speed;
  draw();
  readAloud();
}

// --- drawing ---

const shown = (text) => (/^\+1\d{10}$/.test(text)
  ? `+1 ${text.slice(2, 5)} ${text.slice(5, 8)} ${text.slice(8)}` : text);

function state() {
  if (!phone) return target ? (own ? "Waiting for calls" : "Who are you?") : "Ready";
  if (phone.state === "ringing") return phone.role === "target" ? "Incoming call" : "Calling…";
  if (phone.state === "connected") return phone.transferredTo ? "Transferred, connected" : "Connected";
  return `Call ended: ${phone.endReason}${target ? " · waiting for calls" : ""}`;
}

function draw() {
  const busy = phone && phone.state !== "ended";
  const party = !phone ? own : (phone.transferredTo || phone.other);
  $("call-state").textContent = state();
  $("call-party").textContent = shown(party);
  $("call-party").hidden = phone?.role === "target" && phone.state === "ringing";
  $("call-timer").hidden = !phone || $("call-party").hidden;
  $("call-party").classList.toggle("long", party.length > 18);
  $("dial-form").hidden = target || busy;
  $("target-form").hidden = !target || own !== "" || busy;
  $("ring").hidden = !(phone?.role === "target" && phone.state === "ringing");
  $("talk").hidden = !busy || !$("ring").hidden;
  $("keypad").hidden = phone?.state !== "connected";
  $("speak-form").hidden = phone?.state !== "connected";
  $("empty").hidden = Boolean(phone?.transcript.length);
  if (!$("ring").hidden) drawRing();
  drawTranscript();
  document.title = $("ring").hidden ? "Phone" : "Incoming call";
  tick();
}

function drawRing() {
  $("ring-from").textContent = `Call from ${shown(phone.other)}`;
  const rows = flat(phone.context);
  $("ring-context").replaceChildren(...rows.flatMap(([name, value]) => {
    const [term, detail] = [document.createElement("dt"), document.createElement("dd")];
    term.textContent = name;
    detail.textContent = value;
    return [term, detail];
  }));
}

function flat(value) {
  return Object.entries(value).flatMap(([name, inner]) => {
    if (inner === null || inner === "") return [];
    if (typeof inner !== "object") return [[name, String(inner)]];
    return inner.rawId ? [[name, inner.rawId.replace(/^4:/, "")]] : flat(inner);
  });
}

function drawTranscript() {
  const list = $("transcript");
  const entries = phone?.transcript || [];
  const start = entries[0]?.t ?? 0;
  const stuck = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  // Lines are changed in place, so that a screen reader announces each of them once.
  entries.forEach((entry, place) => {
    const line = list.children[place] || list.appendChild(row());
    if (line.dataset.call !== phone.id) line.dataset.call = phone.id;
    fill(line, entry, entry.t - start);
  });
  while (list.children.length > entries.length) list.lastChild.remove();
  if (stuck) list.scrollTop = list.scrollHeight;
}

function row() {
  const line = document.createElement("li");
  line.append(document.createElement("p"), document.createElement("time"));
  return line;
}

function fill(line, entry, since) {
  const heard = entry.kind === "heard", mine = entry.kind === "pressed" || entry.kind === "spoke";
  const file = heard && /^https?:/.test(entry.text);
  const text = heard || mine ? entry.text || "(a noise)" : (WORDS[entry.kind] || String)(entry.text);
  const kind = heard ? `heard${entry.end === null ? " now" : ""}${entry.interrupted ? " cut" : ""}`
    : mine ? `mine ${entry.kind === "pressed" ? "key" : ""}` : "note";
  line.className = kind.trim();
  line.dataset.kind = entry.kind;
  const words = file ? `♪ ${decodeURIComponent(entry.text.split("?")[0].split("/").pop())}` : text;
  if (line.firstChild.textContent !== words) line.firstChild.textContent = words;
  const label = `${clock(since)}${entry.interrupted ? " · interrupted" : ""}`;
  if (line.lastChild.textContent !== label) line.lastChild.textContent = label;
}

const clock = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds + 0.001));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

function tick() {
  const began = phone?.transcript.find((entry) => entry.kind === "connected")?.t;
  const ended = phone?.state === "ended" ? phone.transcript.at(-1).t : null;
  const now = offset + (performance.now() / 1000) * speed;
  $("call-timer").textContent = began === undefined ? "0:00" : clock((ended ?? now) - began);
}

// --- voice ---

function readAloud() {
  if (!("speechSynthesis" in window) || !phone) return;
  phone.transcript.forEach((entry, place) => {
    if (entry.kind !== "heard") return;
    if (entry.end === null && !spoken.has(place)) {
      spoken.add(place);
      if ($("voice-toggle").checked && !/^https?:/.test(entry.text)) {
        speechSynthesis.speak(new SpeechSynthesisUtterance(entry.text));
      }
    } else if (entry.interrupted && !spoken.has(`cut ${place}`)) {
      spoken.add(`cut ${place}`);
      speechSynthesis.cancel();
    }
  });
  if (phone.state === "ended" && phone.endedBy === "caller") speechSynthesis.cancel();
}

function microphone() {
  const Recogniser = window.SpeechRecognition || window.webkitSpeechRecognition;
  if (!Recogniser) return;
  const recogniser = new Recogniser();
  const button = $("speak-mic");
  button.hidden = false;
  recogniser.onstart = () => button.setAttribute("aria-pressed", "true");
  recogniser.onend = () => button.setAttribute("aria-pressed", "false");
  recogniser.onresult = (event) => act("speak", { text: event.results[0][0].transcript });
  recogniser.onerror = (event) => attempt(() => { throw new Error(`the browser's recogniser failed: ${event.error}`); });
  button.onclick = () => (button.getAttribute("aria-pressed") === "true" ? recogniser.stop() : recogniser.start());
}

// --- controls ---

function strike(key) {
  const button = $(`key-${KEY_NAMES[key] || key}`);
  button.classList.add("struck");
  setTimeout(() => button.classList.remove("struck"), 140);
  act("press", { keys: key });
}

function keypad() {
  $("keypad").append(...KEYS.map(([key, letters]) => {
    const button = document.createElement("button");
    const small = document.createElement("small");
    small.textContent = letters;
    button.type = "button";
    button.id = button.dataset.testid = `key-${KEY_NAMES[key] || key}`;
    button.setAttribute("aria-label", KEY_NAMES[key] || key);
    button.append(key, small);
    button.onclick = () => strike(key);
    return button;
  }));
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLInputElement && event.target.type !== "checkbox";
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (phone?.state === "connected" && KEYS.some(([key]) => key === event.key)) strike(event.key);
  });
}

async function dial(event) {
  event.preventDefault();
  $("dial").disabled = true;
  const body = { from: $("from-number").value.trim(), to: $("line").value.trim() };
  const news = await attempt(() => send("POST", "/emulator/calls", body));
  $("dial").disabled = false;
  if (!news) return;
  sessionStorage.setItem("from", body.from);
  phone = null;
  spoken = new Set();
  take(news);
  listen(news.id);
}

function say(event) {
  event.preventDefault();
  const text = $("speak-text").value.trim();
  if (text) act("speak", { text });
  $("speak-text").value = "";
}

async function begin() {
  $(target ? "role-target" : "role-caller").setAttribute("aria-current", "page");
  keypad();
  microphone();
  $("dial-form").onsubmit = dial;
  $("speak-form").onsubmit = say;
  $("target-form").onsubmit = (event) => {
    event.preventDefault();
    location.search = `?as=${encodeURIComponent($("target-address").value.trim())}`;
  };
  for (const action of ["accept", "decline", "busy", "ignore", "hang-up"]) $(action).onclick = () => act(action);
  $("voice-toggle").checked = localStorage.getItem("voice") !== "off";
  $("voice-toggle").disabled = !("speechSynthesis" in window);
  $("voice-toggle").onchange = (event) => {
    localStorage.setItem("voice", event.target.checked ? "on" : "off");
    if (!event.target.checked) speechSynthesis.cancel();
  };
  draw();
  const known = await attempt(() => send("GET", "/emulator/state"));
  if (!known) return;
  speed = known.speed;
  const options = (list, values) => list.replaceChildren(...values.map((value) => new Option(value, value)));
  options($("lines"), known.lines.map((line) => line.number));
  options($("targets"), known.targets);
  $("line").value ||= known.lines[0]?.number || "";
  $("target-address").value ||= known.targets[0] || "";
  $("from-number").value = sessionStorage.getItem("from") || $("from-number").value;
  if (own) listen(own);
  else link("ready", true);
  setInterval(tick, 250);
}

begin();
