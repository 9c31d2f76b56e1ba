// The preview's page: tabs, frames, and following every save without losing its place.
"use strict";

const WIDTHS = { phone: 375, desktop: 640 };
const REPLACED = ["top", "problem", "text", "inbox", "stories", "checks", "column"];
const $ = (id) => document.getElementById(id);

// --- tabs -----------------------------------------------------------------------------------------------------------

const tabs = () => [...document.querySelectorAll("[role=tab]")];

function openTab(id, focus) {
  const known = tabs();
  const wanted = known.find((tab) => tab.getAttribute("aria-controls") === id) || known[0];
  for (const tab of known) {
    const open = tab === wanted;
    tab.setAttribute("aria-selected", open);
    tab.tabIndex = open ? 0 : -1;
    $(tab.getAttribute("aria-controls")).hidden = !open;
  }
  if (!wanted) return;
  if (focus) wanted.focus();
  const name = "#" + wanted.getAttribute("aria-controls");
  if (location.hash !== name) history.replaceState(null, "", name);
}

function onTabKey(event) {
  const known = tabs();
  const at = known.indexOf(event.target);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: known.length - 1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  openTab(known[(to + known.length) % known.length].getAttribute("aria-controls"), true);
}

// --- frames ---------------------------------------------------------------------------------------------------------

function choices() {
  const data = new FormData($("views"));
  const pick = (name, all) => (data.get(name) === "both" ? all : [data.get(name)]);
  const words = [data.has("facts") && "facts", !data.has("styles") && "nostyles", !data.has("images") && "noimages"];
  return {
    widths: pick("width", ["phone", "desktop"]),
    schemes: pick("scheme", ["light", "dark"]),
    words: words.filter(Boolean),
  };
}

function source(scheme, words) {
  return `/issue/${document.body.dataset.state}/${[scheme, ...words].join("+")}/index.html`;
}

function frame(width, scheme, words) {
  const made = document.createElement("iframe");
  made.setAttribute("sandbox", "allow-same-origin allow-popups allow-popups-to-escape-sandbox");
  made.width = WIDTHS[width];
  made.title = `The issue on a ${width}, ${scheme}`;
  made.src = source(scheme, words);
  return made;
}

function drawFrames() {
  const { widths, schemes, words } = choices();
  const places = new Map([...$("frames").children].map((figure) => [figure.dataset.view, figure]));
  let next = $("frames").firstElementChild;
  for (const scheme of schemes)
    for (const width of widths) {
      const known = places.get(`${width}-${scheme}`);
      const figure = known || figureFor(width, scheme);
      // A frame that is moved in the page loads anew and forgets where it was, so the known ones stay where they are.
      if (known) {
        while (next !== known) next = dropped(next);
        next = known.nextElementSibling;
      } else $("frames").insertBefore(figure, next);
      if (figure.dataset.source !== source(scheme, words)) swap(figure, frame(width, scheme, words));
      figure.dataset.source = source(scheme, words);
    }
  while (next) next = dropped(next);
}

function dropped(figure) {
  const next = figure.nextElementSibling;
  figure.remove();
  return next;
}

function figureFor(width, scheme) {
  const figure = document.createElement("figure");
  figure.dataset.view = `${width}-${scheme}`;
  figure.className = width;
  const caption = document.createElement("figcaption");
  caption.textContent = `${width === "phone" ? "Phone" : "Desktop"}, ${WIDTHS[width]} px, ${scheme}`;
  figure.append(caption, document.createElement("div"));
  return figure;
}

// The new frame takes the old one's place when it is ready and scrolled, so that nothing flickers.
function swap(figure, fresh) {
  const stage = figure.querySelector("div");
  const old = stage.querySelector("iframe:not(.coming)");
  for (const late of stage.querySelectorAll(".coming")) late.remove();
  if (!old) return stage.append(fresh);
  fresh.className = "coming";
  fresh.addEventListener("load", () => {
    const before = old.contentDocument && old.contentDocument.scrollingElement;
    const now = fresh.contentDocument && fresh.contentDocument.scrollingElement;
    if (before && now) now.scrollTop = before.scrollTop;
    old.remove();
    fresh.className = "";
  });
  stage.append(fresh);
}

function remember() {
  const { widths, schemes, words } = choices();
  sessionStorage.setItem("views", JSON.stringify({ widths, schemes, words }));
}

function recall() {
  let kept;
  try {
    kept = JSON.parse(sessionStorage.getItem("views"));
  } catch {
    return;
  }
  if (!kept) return;
  const form = $("views");
  form.elements.width.value = kept.widths.length > 1 ? "both" : kept.widths[0];
  form.elements.scheme.value = kept.schemes.length > 1 ? "both" : kept.schemes[0];
  form.elements.facts.checked = kept.words.includes("facts");
  form.elements.styles.checked = !kept.words.includes("nostyles");
  form.elements.images.checked = !kept.words.includes("noimages");
}

// --- facts ----------------------------------------------------------------------------------------------------------

function filterFacts() {
  const wanted = $("filter").value.trim().toLowerCase().replaceAll("-", "\u2212").split(/\s+/);
  const rows = [...document.querySelectorAll(".facts tbody tr")];
  let count = 0;
  for (const row of rows) {
    const words = `${row.textContent} ${row.title}`.toLowerCase().replaceAll("-", "\u2212");
    row.hidden = !wanted.every((word) => words.includes(word));
    count += !row.hidden;
  }
  $("matching").textContent = `${count} of ${rows.length}`;
}

// --- following ------------------------------------------------------------------------------------------------------

async function refresh() {
  const answer = await fetch("/", { cache: "no-store" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const other = page.body.dataset.state.split("-")[0] !== document.body.dataset.state.split("-")[0];
  if (other || page.querySelectorAll("[role=tab]").length !== tabs().length) return location.reload();
  document.title = page.title;
  const before = window.scrollY;
  for (const id of REPLACED) if ($(id)) $(id).replaceChildren(...page.getElementById(id).childNodes);
  if ($("views")) {
    for (const tab of tabs()) tab.replaceChildren(...page.getElementById(tab.id).childNodes);
    document.querySelector(".facts").replaceWith(page.querySelector(".facts"));
    document.querySelector(".as-mailed").href = page.querySelector(".as-mailed").getAttribute("href");
    filterFacts();
  }
  document.body.dataset.state = page.body.dataset.state;
  settled = { words: $("status").textContent, state: $("status").className };
  if ($("frames")) drawFrames();
  window.scrollTo(0, before);
  document.dispatchEvent(new Event("composed"));
}

// What the server said last, for when the connection comes back and nothing has changed.
let settled = { words: $("status").textContent, state: $("status").className };

function say(words, state) {
  $("status").textContent = words;
  $("status").className = state;
}

function follow() {
  const events = new EventSource("/events");
  events.onmessage = (event) => {
    const [state, doing] = event.data.split(" ");
    if (doing === "busy") say("Composing …", "busy");
    else if (state !== document.body.dataset.state) refresh();
    else say(settled.words, settled.state);
  };
  events.onerror = () => say("The preview has stopped; start it again and this page goes on", "wrong");
}

if ($("tabs")) {
  $("tabs").addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) openTab(tab.getAttribute("aria-controls"), true);
  });
  $("tabs").addEventListener("keydown", onTabKey);
  window.addEventListener("hashchange", () => openTab(location.hash.slice(1)));
  openTab(location.hash.slice(1));
}
if ($("views")) {
  recall();
  drawFrames();
  $("views").addEventListener("change", () => {
    remember();
    drawFrames();
  });
  $("filter").addEventListener("input", filterFacts);
  $("filter").form.addEventListener("submit", (event) => event.preventDefault());
  filterFacts();
}
follow();
