// The Words tab: a person's note for the issue. The server judges what is typed; nothing is composed until it is saved.
"use strict";

const PAUSE = 300; // milliseconds without a key after which a draft is judged
const FIELDS = ["headline", "byline", "body"];

let opened = null; // the note as it was loaded, and the program's offers
let kept = ""; // the draft as it lies on disk
let target = null; // where a fact is put: the field that was written in last
let wrong = new Set(); // lines that hold what no fact bears out, as last judged
let judging = null; // the request under way; a later one takes its place
const timers = {};

// --- talking to the server ------------------------------------------------------------------------------------------

async function ask(path, asked, signal) {
  const headers = { "content-type": "application/json", "x-preview-token": document.body.dataset.token };
  const how = asked ? { method: "POST", headers, body: JSON.stringify(asked), signal } : { cache: "no-store" };
  const answer = await fetch(path, how);
  const kind = answer.headers.get("content-type") || "";
  const found = kind.startsWith("application/json") ? await answer.json() : { problem: (await answer.text()).trim() };
  return { ...found, conflict: answer.status === 409 };
}

function soon(name, work, pause = PAUSE) {
  clearTimeout(timers[name]);
  timers[name] = setTimeout(work, pause);
}

// --- small things ---------------------------------------------------------------------------------------------------

function made(tag, words, properties) {
  const element = Object.assign(document.createElement(tag), properties || {});
  element.textContent = words; // never innerHTML: what is written here is anybody's
  return element;
}

function tell(words, state, button) {
  $("told").hidden = !words;
  $("told").className = `told ${state || ""}`;
  $("told").replaceChildren(made("span", words), ...(button ? [button] : []));
}

function draft() {
  const chosen = document.querySelector("#leads input:checked");
  const written = Object.fromEntries(FIELDS.map((name) => [name, $(name).value]));
  return { ...written, lead: chosen ? chosen.value : "", chart: opened ? opened.draft.chart : "" };
}

const dirty = () => opened !== null && JSON.stringify(draft()) !== kept;

// --- what the program offers ----------------------------------------------------------------------------------------

function drawLeads(lead) {
  const own = opened.stories.find((story) => story.role === "lead");
  const now = own ? own.key : "no story: the day was an ordinary one";
  const rows = [{ key: "", what: "As the program chooses", score: null, role: now }, ...opened.stories];
  if (lead && !opened.stories.some((story) => story.key === lead))
    rows.push({ key: lead, what: "No story of today", score: null, role: "in the note" });
  $("leads").replaceChildren(...rows.map((row) => leadRow(row, lead)));
}

function leadRow(row, lead) {
  const label = made("label", "", { className: "lead" });
  const radio = Object.assign(document.createElement("input"), { type: "radio", name: "lead", value: row.key });
  radio.checked = row.key === lead;
  const words = made("span", "", { className: "what" });
  const role = row.key && row.role ? made("span", row.role === "also" ? "runner-up" : row.role, { className: "badge" }) : "";
  words.append(made("span", row.what || row.key), " ", role, made("span", row.key || `now ${row.role}`, { className: "key-name" }));
  label.append(radio, words, made("span", row.score === null ? "" : row.score.toFixed(2), { className: "n score" }));
  return label;
}

function drawHeadlines() {
  const { lead } = draft();
  const chosen = opened.stories.find((story) => story.key === lead);
  const first = chosen ? chosen.headlines : opened.headlines;
  const others = opened.stories.filter((story) => story.role).flatMap((story) => story.headlines);
  const texts = [...new Set([...first, ...others])].slice(0, 8);
  $("headline").placeholder = first[0] || "The program’s own";
  $("headlines").replaceChildren(...texts.map(candidate));
  pressed();
}

function candidate(text) {
  const item = document.createElement("li");
  const button = made("button", text, { type: "button" });
  button.addEventListener("click", () => {
    $("headline").value = button.getAttribute("aria-pressed") === "true" ? "" : text;
    changed();
  });
  item.append(button);
  return item;
}

function pressed() {
  const { headline } = draft();
  for (const button of $("headlines").querySelectorAll("button"))
    button.setAttribute("aria-pressed", button.textContent === headline);
  const length = [...headline].length;
  $("room").textContent = length ? `${length} of ${opened.room} characters` : `up to ${opened.room} characters; empty: the program’s own`;
  $("room").classList.toggle("bad", length > opened.room);
}

// --- the proof ------------------------------------------------------------------------------------------------------

async function judge() {
  if (judging) judging.abort();
  judging = new AbortController();
  try {
    drawProof(await ask("/words/proof", draft(), judging.signal));
  } catch (error) {
    if (error.name !== "AbortError") $("verdict").textContent = "The preview doesn’t answer; what you typed is still here.";
  }
}

function drawProof(found) {
  const faults = found.problem ? [{ reason: found.problem }] : found.faults;
  $("faults").replaceChildren(...faults.map(faultRow));
  $("verdict").className = faults.length ? "bad" : "";
  $("verdict").textContent = verdict(found, faults);
  $("proof").replaceChildren(...(found.passages || []).map(passage));
  if (!$("proof").firstChild) $("proof").append(made("p", "The program’s own words stand.", { className: "hint" }));
  wrong = new Set(faults.map((fault) => fault.line));
  drawLines();
}

function verdict(found, faults) {
  if (faults.length) return `${faults.length} not borne out, ${found.proven || 0} proven. Nothing is saved until each is mended.`;
  return found.proven || found.words ? `${found.proven} proven, none in doubt; ${found.words} words` : "";
}

function faultRow(fault) {
  const place = fault.part === "body" ? `Line ${fault.line}` : { headline: "Headline", byline: "Byline" }[fault.part] || "";
  const row = document.createElement("li");
  if (place) row.append(made("b", place), " ");
  if (fault.words) row.append(made("mark", fault.words), " ");
  row.append(made("span", fault.reason));
  if (fault.hint) row.append(" ", hint(fault));
  return row;
}

// The nearest fact takes the place of the words that were typed: by reference where it has one, else as it prints.
function hint(fault) {
  const { printed, name, metric, window, reference } = fault.hint;
  const button = made("button", `Nearest: ${printed}, ${name} ${metric} ${window}`, { type: "button" });
  button.addEventListener("click", () => {
    const field = $(fault.part);
    const lines = field.value.split("\n").slice(0, (fault.line || 1) - 1);
    const at = field.value.indexOf(fault.words, lines.join("\n").length);
    const end = at < 0 ? field.value.length : at + fault.words.length;
    field.setRangeText(reference || printed, at < 0 ? end : at, end, "end");
    field.focus();
    changed();
  });
  return button;
}

function passage(part) {
  const block = made(part.part === "headline" ? "h3" : "p", "", { className: part.part });
  for (const run of part.runs) {
    if (run.state === "plain") block.append(run.words);
    else block.append(made("mark", run.words, { className: run.state, title: run.note }));
  }
  return block;
}

function drawLines() {
  const count = $("body").value.split("\n").length;
  const numbers = Array.from({ length: count }, (_, at) => made("span", at + 1, { className: wrong.has(at + 1) ? "bad" : "" }));
  $("lines").replaceChildren(...numbers);
  // A long line wraps: its number keeps its place by being as high as the line is.
  const style = getComputedStyle($("body"));
  const ruler = made("div", "", { className: "ruler" });
  ruler.style.width = `${$("body").clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)}px`;
  const rows = $("body").value.split("\n").map((line) => made("div", line || " "));
  ruler.append(...rows);
  $("lines").append(ruler);
  numbers.forEach((number, at) => (number.style.height = `${rows[at].getBoundingClientRect().height}px`));
  ruler.remove();
  $("lines").scrollTop = $("body").scrollTop;
}

// --- facts ----------------------------------------------------------------------------------------------------------

async function find() {
  const found = await ask(`/words/facts?q=${encodeURIComponent($("wanted").value)}`);
  const rows = (found.facts || []).map(factRow);
  const none = made("li", found.problem || "No fact of today has all these words.", { className: "hint" });
  $("found").replaceChildren(...(rows.length ? rows : [none]));
}

function factRow(fact) {
  const item = document.createElement("li");
  const button = made("button", "", { type: "button", title: `${fact.value} as of ${fact.as_of}` });
  button.append(made("b", fact.printed), made("span", fact.name), made("code", fact.reference));
  button.addEventListener("click", () => insert(fact.reference));
  item.append(button);
  return item;
}

function insert(reference) {
  const field = target || $("body");
  field.setRangeText(reference, field.selectionStart, field.selectionEnd, "end");
  field.focus();
  changed();
}

// --- loading and saving ---------------------------------------------------------------------------------------------

function fill(found) {
  opened = found;
  for (const name of FIELDS) $(name).value = found.draft[name];
  $("byline").placeholder = found.byline;
  drawLeads(found.draft.lead);
  drawHeadlines();
  kept = JSON.stringify(draft());
  $("save").textContent = `Save ${found.name}`;
  $("save").disabled = Boolean(found.problem);
  $("aside").hidden = found.version === "absent";
  $("chart-note").hidden = !found.draft.chart;
  $("chart-note").textContent = `The note’s chart, ${found.draft.chart}, is kept.`;
  if (found.problem) tell(`${found.problem}. Mend the file in your editor, or go back to the program’s words.`, "wrong");
  drawLines();
  judge();
}

async function load() {
  const found = await ask("/words");
  if (!found.version) return tell(found.problem, "wrong");
  tell("");
  fill(found);
}

function again(words) {
  const button = made("button", "Load it, and drop what is typed here", { type: "button" });
  button.addEventListener("click", load);
  tell(words, "wrong", button);
}

// The issue was composed anew: stories may rank otherwise, and somebody may have saved the note elsewhere.
async function composed() {
  if (opened === null) return load();
  const found = await ask("/words");
  if (!found.version) return;
  if (found.version !== opened.version || found.problem !== opened.problem) {
    if (dirty()) return again(`${found.name} was changed on disk since it was loaded.`);
    tell("");
    return fill(found);
  }
  const same = JSON.stringify(found.stories) === JSON.stringify(opened.stories);
  const { lead } = draft();
  opened = found;
  if (!same) {
    drawLeads(lead);
    drawHeadlines();
  }
  judge();
}

async function save(event) {
  event.preventDefault();
  if (opened === null) return;
  const sent = draft();
  const done = await ask("/words/save", { ...sent, version: opened.version });
  if (done.conflict) return again(done.problem);
  if (done.problem) return tell(`Not saved. ${done.problem}`, "wrong");
  opened.version = done.version;
  kept = JSON.stringify(sent);
  $("aside").hidden = false;
  tell(`Saved as ${opened.name}. The issue follows.`, "right");
}

async function putAside() {
  $("sure").close();
  const done = await ask("/words/aside", { version: opened.version });
  if (done.conflict) return again(done.problem);
  if (done.problem) return tell(done.problem, "wrong");
  await load();
  tell(`The note is now ${done.place}, which nothing reads. The program’s words stand.`, "right");
}

function changed() {
  pressed();
  drawLines();
  soon("judge", judge);
}

if ($("words")) {
  $("draft").addEventListener("submit", save);
  $("draft").addEventListener("input", changed);
  $("leads").addEventListener("change", drawHeadlines);
  for (const name of ["headline", "body"]) $(name).addEventListener("focus", () => (target = $(name)));
  $("body").addEventListener("scroll", () => ($("lines").scrollTop = $("body").scrollTop));
  new ResizeObserver(drawLines).observe($("body"));
  $("wanted").addEventListener("input", () => soon("find", find, 150));
  $("begin").addEventListener("click", () => {
    const words = $("column").textContent;
    if (words && !$("body").value.trim()) $("body").value = words;
    $("body").focus();
    changed();
  });
  $("aside").addEventListener("click", () => {
    $("sure").querySelector("p").textContent = `${opened.name} is moved to a file beside it that nothing reads; nothing is deleted.`;
    $("sure").showModal();
  });
  $("sure").addEventListener("click", (event) => {
    if (event.target.value === "yes") putAside();
    if (event.target.value === "no") $("sure").close();
  });
  document.addEventListener("composed", composed);
  window.addEventListener("beforeunload", (event) => dirty() && event.preventDefault());
  load();
  find();
}
