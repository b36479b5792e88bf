// The roster without network. Names lie in this browser's IndexedDB for at most 48 hours; marks wait there until the server has
// answered for each, and go only under the sign-in of the trainer who made them. Sent twice, a mark is one mark: it has its key.
"use strict";
(() => {
  const app = document.querySelector("[data-roster]");
  const words = app.dataset;
  const state = document.getElementById("state"), list = document.getElementById("list"), named = document.getElementById("named");
  const tools = document.getElementById("tools"), others = document.getElementById("others"), told = document.getElementById("told");
  const OLD = Number(words.hours) * 3600e3, MOST = Number(words.most), PATIENCE = 15000, SOON = 5000, LATER = 60000;
  const SIGNED_OUT = { trouble: "signin" }, OTHER = { trouble: "other" }, NO_LINK = { trouble: "offline" };
  let base = null, open = 0, trouble = "", last = "", running = null, timer = 0, pause = SOON;

  // --- What lies here ---------------------------------------------------------------------------------------------------------

  const started = new Promise((resolve, reject) => {
    const asked = indexedDB.open("saboq-roster", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("rosters", { keyPath: "session" });
      asked.result.createObjectStore("queue", { keyPath: "key" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const store = (name, mode = "readonly") => base.transaction(name, mode).objectStore(name);
  const rosters = () => done(store("rosters").getAll());
  const roster = (session) => done(store("rosters").get(session));
  const keepRoster = (row) => done(store("rosters", "readwrite").put(row));
  const wipe = (session) => done(store("rosters", "readwrite").delete(session));
  const waiting = async () => (await done(store("queue").getAll())).sort((a, b) => a.order - b.order);
  const keepMark = (item) => done(store("queue", "readwrite").put(item));
  const dropMark = (key) => done(store("queue", "readwrite").delete(key));
  const device = (() => {
    try {
      const name = localStorage.getItem("saboq:device") || crypto.randomUUID();
      localStorage.setItem("saboq:device", name);
      return name;
    } catch { return crypto.randomUUID(); }
  })();

  const wipeOld = async () => { // whether the roster that is shown was among them; a mark goes on waiting, without the name
    const old = (await rosters()).filter((row) => Date.now() - row.taken > OLD);
    for (const row of old) await wipe(row.session);
    for (const item of await waiting()) if (item.person_words && Date.now() - item.at > OLD) await keepMark({ ...item, person_words: "" });
    return old.some((row) => row.session === open);
  };

  // --- What is said -----------------------------------------------------------------------------------------------------------

  const say = (text, kind, link) => {
    const mark = document.createElement("span");
    mark.className = "state state--" + kind;
    mark.textContent = text;
    state.replaceChildren(mark);
    if (!link) return;
    const to = document.createElement("a");
    to.className = "tap";
    to.href = words.login + encodeURIComponent(location.pathname) + (open ? encodeURIComponent("#" + open) : "");
    to.textContent = words.signinLink;
    state.append(" ", to);
  };
  const show = async () => {
    const n = (await waiting()).length, wait = n ? `${words.waits} ${n}.` : "";
    if (trouble === "offline" || (!trouble && !navigator.onLine)) say(`${words.offline} ${wait || words.nothing}`, n ? "due" : "idle");
    else if (trouble) say(`${words[trouble]} ${wait}`, "bad", trouble === "signin" || trouble === "other");
    else if (n) say(running ? `${words.sending} ${wait}` : wait, "due");
    else say(last ? `${words.saved} ${last}` : words.nothing, "done");
  };
  const note = (text) => {
    const line = document.createElement("p");
    line.textContent = text;
    told.replaceChildren(line);
    told.hidden = false;
  };

  // --- The list ---------------------------------------------------------------------------------------------------------------

  const draw = async () => {
    const row = open && await roster(open), queue = await waiting(), all = await rosters();
    list.replaceChildren();
    tools.hidden = !row;
    named.textContent = row ? row.words : open ? words.none : "";
    others.replaceChildren(...all.filter((one) => one.session !== open).map((one) => {
      const line = document.createElement("li"), to = document.createElement("a");
      to.href = "#" + one.session;
      to.className = "tap";
      to.textContent = one.words;
      line.append(to);
      return line;
    }));
    if (!row) return;
    for (const place of row.places) list.append(drawPlace(place, queue.filter((item) => item.session === open && item.person === place.person)));
    count();
    filter();
  };
  const drawPlace = (place, items) => {
    const line = document.getElementById("place").content.cloneNode(true).firstElementChild;
    const newest = items.at(-1);
    line.dataset.person = place.person;
    line.querySelector("b").textContent = place.name;
    line.querySelector("legend span").textContent = [place.login, place.library].filter(Boolean).join(" · ");
    line.querySelectorAll("input").forEach((input) => {
      input.name = "mark-" + place.person;
      input.checked = input.value === (newest ? newest.mark : place.mark);
    });
    line.querySelector("[data-waits]").hidden = !newest;
    const against = line.querySelector("[data-conflict]");
    against.hidden = !place.conflict.length;
    against.querySelector("span").textContent = `${words.conflict} ${place.conflict.join("; ")}`;
    return line;
  };
  const count = () => {
    const all = list.querySelectorAll("fieldset").length, marked = list.querySelectorAll("input:checked").length;
    document.getElementById("count").textContent = `${marked} / ${all}`;
  };
  const fold = (text) => text.toLowerCase().replace(/['‘’ʻʼ`]/g, "");
  const filter = () => {
    const wanted = fold(document.getElementById("find").value);
    for (const line of list.children) line.hidden = !fold(line.querySelector("legend").textContent).includes(wanted);
  };

  let order = 0;
  const mark = async (person, value) => {
    const row = await roster(open), place = row.places.find((one) => one.person === person);
    const earlier = (await waiting()).filter((item) => item.session === open && item.person === person);
    const knew = [...place.knew, ...earlier.map((item) => item.key)].slice(-50);
    order = Math.max(order + 1, Date.now());
    await keepMark({
      key: crypto.randomUUID(), owner: row.person, session: open, person, mark: value, at: Date.now(), order, knew,
      session_words: row.words, person_words: place.name,
    });
    list.querySelector(`[data-person="${person}"] [data-waits]`).hidden = false;
  };

  // --- Over the link ----------------------------------------------------------------------------------------------------------

  const ask = (address, options = {}) => fetch(address, {
    credentials: "same-origin", redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(PATIENCE), ...options,
  });
  const who = async () => { // who is signed in now, and the form token of that sign-in
    try {
      const response = await ask(words.token);
      if (response.status >= 500) return NO_LINK;
      return response.ok ? await response.json() : SIGNED_OUT;
    } catch { return NO_LINK; }
  };
  const fetchRoster = async (session, person) => { // «»: it is here; else why not
    let response;
    try { response = await ask(`${words.rosters}${session}/`); } catch { return "offline"; }
    if (response.status === 401) return "signin";
    if (response.status === 404) { if (!(await waiting()).some((item) => item.session === session)) await wipe(session); return "gone"; }
    if (!response.ok) return "offline";
    const row = await response.json();
    if (person && row.person !== person) return "other";
    await keepRoster({ ...row, taken: (await roster(session))?.taken || Date.now() });
    return "";
  };
  const send = async (items, me) => {
    const marks = items.map(({ key, session, person, mark, at, knew, session_words, person_words }) => ({ key, session, person, mark, at, knew, session_words, person_words }));
    let response;
    try {
      response = await ask(words.send, {
        method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": me.token },
        body: JSON.stringify({ person: items[0].owner, device, sent_at: Date.now(), marks }),
      });
    } catch { return "offline"; }
    if (response.status === 409) return "other";
    if ([0, 302, 401, 403, 404].includes(response.status)) return "signin";
    if (response.status === 400) return "unreadable";
    if (!response.ok) return "offline";
    let strays = 0;
    for (const { key, answer, why } of (await response.json()).answers) {
      if (answer === "wait") continue;
      await dropMark(key);
      if (answer !== "kept") { strays += 1; note(`${words.stray} ${why}`); }
    }
    if (strays < items.length) last = new Date().toTimeString().slice(0, 5);
    return "";
  };
  const run = async () => {
    const tried = new Set();
    let me = null;
    for (;;) {
      const items = (await waiting()).filter((item) => !tried.has(item.key));
      if (!items.length) break;
      me = me || await who();
      if (me.trouble) return me.trouble;
      const mine = items.filter((item) => item.owner === me.person).slice(0, MOST);
      if (!mine.length) return "other";
      const fault = await send(mine, me);
      if (fault) return fault;
      mine.forEach((item) => tried.add(item.key));
    }
    if (me) await lookAgain(me);
    return "";
  };
  const lookAgain = async (me) => { // what others marked meanwhile; of a session that is over the names go
    const left = await waiting();
    for (const row of await rosters()) {
      if (row.person !== me.person || left.some((item) => item.session === row.session)) continue;
      if (Date.parse(row.ends_at) < Date.now()) {
        await wipe(row.session);
        if (row.session === open) note(words.wiped);
      } else await fetchRoster(row.session, me.person);
    }
    const at = document.activeElement, person = at?.closest?.("[data-person]")?.dataset.person, value = at?.value;
    await draw();
    if (person && value) list.querySelector(`[data-person="${person}"] input[value="${value}"]`)?.focus();
  };
  const flush = () => {
    clearTimeout(timer);
    if (running) return running;
    running = run().catch(() => "offline").then(async (fault) => {
      running = null;
      trouble = fault;
      await show();
      const left = await waiting();
      if (left.length) timer = setTimeout(flush, pause);
      pause = fault ? Math.min(2 * pause, LATER) : SOON;
    });
    show();
    return running;
  };

  // --- What people do ---------------------------------------------------------------------------------------------------------

  list.addEventListener("change", async (event) => {
    await mark(Number(event.target.closest("[data-person]").dataset.person), event.target.value);
    count();
    flush();
  });
  document.getElementById("find").addEventListener("input", filter);
  document.getElementById("rest").addEventListener("click", async () => {
    for (const line of list.children) {
      if (line.querySelector("input:checked")) continue;
      line.querySelector("input[value=present]").checked = true;
      await mark(Number(line.dataset.person), "present");
    }
    count();
    flush();
  });
  document.getElementById("remove").addEventListener("click", async () => {
    if ((await waiting()).some((item) => item.session === open)) { note(words.notYet); return; }
    await wipe(open);
    note(words.wiped);
    draw();
  });

  const go = async () => {
    open = Number(location.hash.slice(1)) || 0;
    if (!open) { const all = await rosters(); if (all.length === 1) open = all[0].session; }
    await draw(); // first what is here, then what the link brings
    await show();
    const me = await who();
    if (me.trouble) trouble = me.trouble === "offline" || !(await rosters()).length || (await waiting()).length ? me.trouble : "";
    else {
      const row = open && await roster(open);
      if (row && row.person !== me.person) { // another trainer's names are not for these eyes
        list.replaceChildren();
        tools.hidden = true;
        named.textContent = "";
        trouble = "other";
      } else if (open && !(await waiting()).some((item) => item.session === open)) {
        trouble = await fetchRoster(open, me.person);
        await draw();
      }
    }
    await show();
    if ((await waiting()).length) flush();
  };
  addEventListener("hashchange", go);
  addEventListener("online", () => { trouble = ""; pause = SOON; flush(); });
  addEventListener("offline", () => { trouble = "offline"; show(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
  setInterval(async () => { if (await wipeOld()) { note(words.wiped); await draw(); } }, 600e3);

  (async () => {
    try {
      if (!("serviceWorker" in navigator)) throw new Error("no worker");
      base = await started;
      await wipeOld();
      await go();
      await navigator.serviceWorker.register(words.worker, { scope: words.scope });
      await navigator.serviceWorker.ready;
      document.getElementById("ready").hidden = false;
      navigator.storage?.persist?.();
    } catch {
      if (navigator.onLine) note(words.unable);
    }
  })();
})();
