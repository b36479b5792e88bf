// Answers that the server has not acknowledged wait in this browser, each with its person and attempt. They are sent in the order
// in which they were given, those of one attempt together, under the sign-in of that person alone; the server lets the newest number
// win, so twice does no harm.
"use strict";
const Waiting = (() => {
  const state = document.querySelector("[data-state]");
  if (!state) return null;
  const { person, attempt } = state.dataset;
  const MINE = `saboq:answer:${person}:`, LEFT = `saboq:left:${person}:${attempt}`;
  const SOON = 5000, LATER = 30000, PATIENCE = 15000; // milliseconds
  const AT_ONCE = 100; // answers in a request
  const first = [...state.childNodes];
  const here = document.querySelector("[data-here]")?.dataset.here; // the result came with the handing-in: loaded anew, it hands in nothing
  if (here && location.pathname !== here) history.replaceState(null, "", here);
  let token = state.dataset.csrf; // of the sign-in in which the page was made
  let trouble = ""; // offline, signin, other: why nothing is sent just now
  let last = ""; // when the newest answer was saved, as the server says
  let refused = ""; // why the server took an answer not
  let unsure = false; // the person looked elsewhere: somebody else may have signed in there
  let leaving = false; // by our own form or link: nothing is lost, nobody is asked
  const shown = new Map(); // question: when it was first shown here, of those of which the server does not know
  let running = null, timer = 0, pause = SOON, acknowledged = () => {};

  // --- What waits -----------------------------------------------------------------------------------------------------------

  const memory = new Map();
  const store = { // a browser that keeps nothing (private, full) holds it as long as the page stands
    get: (key) => { try { return memory.get(key) ?? localStorage.getItem(key); } catch { return memory.get(key) ?? null; } },
    set: (key, text) => { try { localStorage.setItem(key, text); memory.delete(key); } catch { memory.set(key, text); } },
    remove: (key) => { memory.delete(key); try { localStorage.removeItem(key); } catch { /* nothing is kept there */ } },
    keys: () => { try { return [...new Set([...Object.keys(localStorage), ...memory.keys()])]; } catch { return [...memory.keys()]; } },
  };
  const key = (item) => `${MINE}${item.attempt}:${item.slot}`;
  const read = (name) => { try { return JSON.parse(store.get(name)); } catch { return null; } };
  const items = () => store.keys().filter((name) => name.startsWith(MINE)).map(read)
    .filter((item) => item && String(item.person) === person).sort((a, b) => a.sequence - b.sequence);
  const of = (slot) => items().find((item) => String(item.attempt) === attempt && String(item.slot) === String(slot));
  const drop = (item) => { // a newer answer to the same question stays
    const kept = read(key(item));
    if (kept && kept.sequence <= item.sequence) store.remove(key(item));
  };
  // values: null where only the mark «later» changed. What waits already of this question goes along.
  const keep = (slot, values, sequence, flag) => {
    const before = of(slot), item = { person, attempt, slot, values: values ?? before?.values ?? null, sequence, at: Date.now() };
    item.flag = flag ?? before?.flag;
    item.shown = shown.get(String(slot)) ?? before?.shown;
    store.set(key(item), JSON.stringify(item));
  };

  // --- What is said ---------------------------------------------------------------------------------------------------------

  const say = (words, kind, link) => {
    const mark = document.createElement("span");
    mark.className = "state state--" + kind;
    mark.textContent = words;
    state.replaceChildren(mark);
    if (!link) return;
    const to = document.createElement("a");
    to.className = "tap";
    to.href = state.dataset.login + encodeURIComponent(location.pathname + location.search);
    to.textContent = state.dataset.signinLink;
    to.addEventListener("click", () => { leaving = true; });
    state.append(" ", to);
  };
  const show = () => {
    const n = items().length, told = n ? `${state.dataset.count} ${n}` : "";
    if (trouble === "offline") say(`${state.dataset.offline} ${told}`.trim(), "due");
    else if (trouble) say(`${state.dataset[trouble]} ${told}`.trim(), "bad", true);
    else if (n) say(running ? state.dataset.sending : told, "idle");
    else if (last) say(state.dataset.saved + " " + last, "done");
    else state.replaceChildren(...first);
  };

  // --- Sending --------------------------------------------------------------------------------------------------------------

  // Who is signed in now? "" when it is this person again; then the page has the token of the new sign-in.
  const who = async () => {
    try {
      const response = await fetch(state.dataset.token, {
        credentials: "same-origin", redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(PATIENCE),
      });
      if (response.status >= 500) return "offline";
      if (!response.ok) return "signin";
      const told = await response.json();
      if (String(told.person) !== person) return "other";
      token = told.token;
      document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => { field.value = token; });
      return "";
    } catch {
      return "offline";
    }
  };

  const post = async (attempt, items) => {
    const data = new URLSearchParams(), alone = items.length === 1;
    for (const item of items) {
      const suffix = alone ? "" : "-" + item.slot;
      if (!alone) data.append("slot", item.slot);
      for (const value of item.values ?? []) data.append("answer" + suffix, value);
      if (item.values) data.append("sequence" + suffix, item.sequence);
      if (item.flag !== undefined) data.append("flag" + suffix, Number(item.flag));
      if (item.shown) data.append("ago" + suffix, Math.max(0, Date.now() - item.shown));
    }
    const address = `/attempts/${Number(attempt)}/answers/` + (alone ? `${Number(items[0].slot)}/` : "");
    const response = await fetch(address, {
      method: "POST", body: data, credentials: "same-origin", redirect: "manual", headers: { "X-CSRFToken": token },
      signal: AbortSignal.timeout(PATIENCE),
    });
    const told = response.headers.get("Content-Type")?.includes("json") ? await response.json() : {};
    return [response.status, told];
  };

  // What the server said of one answer: it is done with.
  const settle = (item, status, told) => {
    drop(item);
    if (status !== 200) refused = told.error || state.dataset.closed; // it would be refused again
    else if (told.saved) last = told.saved;
    if (status !== 200) return;
    if (String(item.attempt) === attempt) shown.delete(String(item.slot));
    acknowledged(item);
  };

  // The answers of one attempt. Returns why they could not be sent now; "" when they are done with.
  const deliver = async (items, again = false) => {
    let status, told;
    try {
      [status, told] = await post(items[0].attempt, items);
    } catch {
      return "offline";
    }
    if (status >= 500 || status === 429) return "offline";
    const asked = [0, 302, 401, 403].includes(status); // another sign-in than the page's, or none
    if (!again && (asked || status === 404)) return await who() || deliver(items, true);
    if (asked) return "signin";
    const each = new Map((told.answers ?? []).map((one) => [String(one.slot), one]));
    let one = { status, ...told }; // the whole was refused, or it was one
    for (const item of items) {
      one = each.get(String(item.slot)) ?? one; // after «closed» nothing more is said
      settle(item, one.status, one);
    }
    return "";
  };

  const run = async () => {
    // Nothing is sent before it is known whose sign-in it would go with.
    trouble = trouble || unsure ? await who() : "";
    unsure &&= Boolean(trouble);
    for (let all; !trouble && (all = items()).length;) {
      trouble = await deliver(all.filter((item) => item.attempt === all[0].attempt).slice(0, AT_ONCE));
    }
  };
  const flush = () => {
    clearTimeout(timer);
    if (!running) {
      if (!items().length && !trouble) return Promise.resolve(true);
      running = run().finally(() => {
        running = null;
        show();
        if (refused) say(refused, "bad");
        refused = "";
        if (trouble) timer = setTimeout(flush, pause);
        pause = trouble ? Math.min(2 * pause, LATER) : SOON; // a page that is left open overnight asks seldom
      });
      if (!trouble) show();
    }
    return running.then(() => !items().length);
  };

  // --- The page comes, is left, goes ----------------------------------------------------------------------------------------

  const held = new Map((state.dataset.sequences || "").split(" ").map((pair) => pair.split(":")));
  for (const item of items()) {
    if (String(item.attempt) !== attempt) continue;
    if (state.dataset.over !== undefined) { // handed in: what had not reached the server counts no more
      drop(item);
      refused = state.dataset.closed;
    } else if (Number(held.get(String(item.slot)) || 0) >= item.sequence) {
      drop(item); // a form brought it
    }
  }
  if (refused) say(refused, "bad");
  refused = "";

  const beacon = (kind, moments = new Map()) => {
    const data = new FormData();
    data.append("csrfmiddlewaretoken", token);
    data.append("kind", kind);
    for (const [slot, at] of moments) { data.append("slot", slot); data.append("ago-" + slot, Math.max(0, Date.now() - at)); }
    navigator.sendBeacon?.(state.dataset.events, data);
  };
  const tell = (kind) => {
    if (state.dataset.events === undefined || leaving) return;
    if (kind === "left") store.set(LEFT, "1");
    else if (store.get(LEFT) === null) return;
    else store.remove(LEFT);
    beacon(kind);
  };
  const tellShown = () => { // those that no answer told; the server keeps the first time
    if (!shown.size || state.dataset.events === undefined) return;
    beacon("opened", shown);
    shown.clear();
  };
  document.addEventListener("visibilitychange", () => {
    tell(document.hidden ? "left" : "resumed");
    if (document.hidden) { unsure = true; tellShown(); }
    else flush();
  });
  addEventListener("pagehide", tellShown);
  addEventListener("blur", () => { unsure = true; });
  addEventListener("focus", flush);
  addEventListener("pageshow", () => { leaving = false; tell("resumed"); });
  addEventListener("online", flush);
  addEventListener("offline", () => { trouble ||= "offline"; show(); });
  addEventListener("storage", (event) => { if (event.key?.startsWith(MINE)) show(); }); // another tab gave or sent one
  addEventListener("beforeunload", (event) => { if (attempt && !leaving && items().length) event.preventDefault(); });
  document.addEventListener("click", (event) => {
    if (attempt && event.target.closest?.("a[href]")?.pathname.startsWith(`/attempts/${attempt}/`)) leaving = true; // a page of the same attempt
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.id === "logout") {
      if (items().length && !confirm(state.dataset.leaving)) event.preventDefault();
      else leaving = true;
    } else if (form.hasAttribute("data-handing-in")) {
      leaving = !items().length;
      if (leaving) return;
      event.preventDefault(); // first what waits, then the end
      flush().then((done) => {
        if (done) { leaving = true; form.submit(); }
        else form.closest("dialog")?.close(); // what is said stands under it
        if (!done && trouble === "offline") say(`${state.dataset.offline} ${state.dataset.notYet}`, "bad");
      });
    }
  });

  return {
    flush, keep, of, say,
    show(slot) { if (!shown.has(String(slot))) shown.set(String(slot), Date.now()); },
    get trouble() { return trouble; },
    go() { leaving = true; },
    whenAcknowledged(deed) { acknowledged = deed; },
    sending() { if (!trouble) say(state.dataset.sending, "idle"); }, // «Saved» never stands beside what is not
  };
})();
if (Waiting && !document.querySelector("form[data-answers]")) Waiting.flush();
