// How far a job is: the part of the page that says so is asked for again; when the job has ended, the whole page is.
"use strict";
(() => {
  const EVERY = 3000, LATER = 30000; // milliseconds
  let pause = EVERY;
  const look = async () => {
    const shown = document.querySelector("[data-progress]");
    try {
      const response = await fetch(location.href, { credentials: "same-origin", redirect: "manual", cache: "no-store" });
      if (response.status < 500) {
        const told = response.ok && new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-progress]");
        if (!told) { location.reload(); return; } // it has ended, or somebody has to sign in again
        shown.replaceChildren(...told.childNodes);
        pause = EVERY;
      } else {
        pause = Math.min(2 * pause, LATER);
      }
    } catch {
      pause = Math.min(2 * pause, LATER); // no network: the page stays as it is
    }
    setTimeout(look, pause);
  };
  setTimeout(look, pause);
})();
