"use strict";
// Copies, keys for coding, and acts that wait for a connection. Without this script every page and form still works.

const body = document.body;

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const before = button.textContent;
    button.textContent = body.dataset.copied;
    setTimeout(() => { button.textContent = before; }, 1500);
  });
}

const codes = document.getElementById("codes");
if (codes) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const button = codes.querySelector(`button[data-key="${event.key}"]`);
    if (button) button.click();
  });
}

// How long somebody has been on the telephone.
for (const button of document.querySelectorAll("button[data-timer]")) {
  const shown = document.getElementById("timer");
  const start = button.textContent;
  let running = 0;
  button.addEventListener("click", () => {
    if (running) {
      clearInterval(running);
      running = 0;
      button.textContent = start;
      return;
    }
    const since = Date.now();
    button.textContent = button.dataset.timer;
    running = setInterval(() => {
      const seconds = Math.floor((Date.now() - since) / 1000);
      shown.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    }, 250);
  });
}

// -- work that runs: looked at each second, until it ends ------------------------------------------
async function look() {
  if (!document.querySelector("#task[data-runs]")) return;
  try {
    const answer = await fetch(location.href);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("task");
    if (fresh) document.getElementById("task").replaceWith(fresh);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // no connection just now
  }
  setTimeout(look, 1000);
}
setTimeout(look, 1000);

// -- quotas: what they cost and show follows what is filled in -------------------------------------
for (const form of document.querySelectorAll("form[data-live]")) {
  let soon = 0;
  form.addEventListener("input", () => {
    clearTimeout(soon);
    soon = setTimeout(async () => {
      const fields = new URLSearchParams(new FormData(form));
      fields.delete("act");
      const answer = await fetch(form.dataset.live, { method: "POST", body: fields });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
      if (fresh) document.getElementById("live").replaceWith(fresh);
    }, 400);
  });
}

// -- acts that wait ------------------------------------------------------------------------------
// Each carries the key of its form: the server does an act once, however often it arrives.
const STORE = "corrtest-waiting";
const line = document.getElementById("queue");

function waiting() {
  return JSON.parse(localStorage.getItem(STORE) || "[]");
}

function keep(acts) {
  localStorage.setItem(STORE, JSON.stringify(acts));
  show(acts);
}

function show(acts) {
  const open = acts.filter((act) => !act.refused).length;
  const lines = acts.filter((act) => act.refused).map((act) => `${body.dataset.refused}: ${act.label}: ${act.refused}`);
  if (open) lines.unshift(body.dataset.waiting.replace("#", String(open)));
  line.hidden = lines.length === 0;
  line.textContent = lines.join("\n");
  if (acts.some((act) => act.refused)) {
    const seen = document.createElement("button");
    seen.type = "button";
    seen.textContent = "✓";
    seen.addEventListener("click", () => keep(waiting().filter((act) => !act.refused)));
    line.append(seen);
  }
}

async function post(act) {
  const form = document.querySelector("input[name=form_key]");
  const fields = new URLSearchParams(act.fields);
  if (form) fields.set("form_key", form.value);
  return fetch(act.action, { method: "POST", body: fields, redirect: "follow" });
}

async function refusalIn(answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const told = page.getElementById("refusal");
  return told ? told.textContent.trim() : String(answer.status);
}

let busy = false;
async function send() {
  if (busy) return;
  busy = true;
  try {
    for (const act of waiting().filter((each) => !each.refused)) {
      const answer = await post(act);
      if (answer.url.endsWith("/sign-in")) break;
      if (answer.status >= 500) break;
      const refused = answer.ok ? null : await refusalIn(answer);
      keep(waiting().flatMap((each) => (each.fields.act !== act.fields.act ? [each] : refused ? [{ ...each, refused }] : [])));
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // still no connection
  } finally {
    busy = false;
  }
}

for (const form of document.querySelectorAll("form[data-queue]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const data = new FormData(form, event.submitter);
    const fields = Object.fromEntries(data.entries());
    // What waits happened now, not when the connection comes back.
    const act = { action: new URL(form.action).pathname, fields: { ...fields, at: fields.at || new Date().toISOString() }, label: form.dataset.queue };
    try {
      const answer = await post({ ...act, fields });
      if (answer.ok) {
        location.assign(answer.url);
        return;
      }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      document.querySelector("main").replaceWith(page.querySelector("main"));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      keep([...waiting(), act]);
    }
  });
}

show(waiting());
send();
window.addEventListener("online", send);
setInterval(send, 15000);
