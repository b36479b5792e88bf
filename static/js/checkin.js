// Renews the code on the trainer's screen and keeps the screen lit. Without it the page loads itself anew.
"use strict";
(() => {
  const part = document.querySelector("[data-checkin]");
  if (!part) return;
  const clock = () => part.querySelector("[data-left]");
  let left = Number(clock()?.dataset.left || 30), asking = false;

  const renew = async () => {
    asking = true;
    try {
      const response = await fetch(part.dataset.checkin, {
        credentials: "same-origin", redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(10000),
      });
      if (!response.ok) throw new Error(String(response.status));
      const focused = part.contains(document.activeElement) && document.activeElement.id;
      part.innerHTML = await response.text();
      if (focused) document.getElementById(focused)?.focus();
      left = Number(clock()?.dataset.left || 30);
      part.classList.remove("stale");
    } catch {
      left = 5; // an old code is worse than none: said so, and tried again soon
      const told = part.querySelector("[data-trouble]");
      if (told) told.hidden = false;
      part.classList.add("stale");
    }
    asking = false;
  };
  const seconds = () => {
    left -= 1;
    const told = clock();
    if (told && left >= 0) told.textContent = "0:" + String(left).padStart(2, "0");
    if ((left <= 0 || left % 10 === 0) && !asking) renew(); // every ten seconds too: who has come, who asks
  };
  setInterval(seconds, 1000);

  const light = () => { if (!document.hidden) navigator.wakeLock?.request("screen").catch(() => {}); };
  document.addEventListener("visibilitychange", () => { light(); if (!document.hidden) renew(); });
  light();
})();
