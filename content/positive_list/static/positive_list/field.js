/* The field's pages: kept for later, never older than they say, and a camera for square codes.
   Without this script they are the same pages, with network only. */
(function () {
  "use strict";
  var LISTS = "field-list-";
  var OFTEN = 5 * 60 * 1000;
  var band = document.querySelector("[data-fresh]");
  var opened = Date.now();

  /* "Not up to date": as soon as the page is older than it may be, or the network is away. */
  function look() {
    var away = !navigator.onLine;
    var old = Date.now() - opened > Number(band.dataset.fresh) * 1000;
    band.hidden = !(away || old);
    band.querySelector("[data-away]").hidden = !away;
    band.querySelector("[data-old]").hidden = away;
    document.documentElement.toggleAttribute("data-stale", away || old);
  }
  if (band) {
    ["online", "offline", "pageshow", "focus"].forEach(function (name) { window.addEventListener(name, look); });
    document.addEventListener("visibilitychange", look);
    window.setInterval(look, 5000);
    look();
  }

  /* The list of the day, kept with its hour for this person alone (offline.js shows it). */
  async function keep(person) {
    localStorage.setItem(LISTS, "kept");
    var cache = await caches.open(LISTS + person);
    var before = await cache.match("/field/today/");
    var known = before ? await before.json() : null;
    if (known && Date.now() - known.stored_at < OFTEN) { document.documentElement.dataset.kept = known.day; return; }
    var answer = await fetch("/field/today/", { credentials: "same-origin", cache: "no-store" });
    if (!answer.ok || answer.redirected) { return; }
    var list = await answer.json();
    if (String(list.person) !== person) { return; }
    list.stored_at = Date.now();
    await cache.put("/field/today/", new Response(JSON.stringify(list), { headers: { "Content-Type": "application/json" } }));
    /* The shell again, in the person's language. */
    var shell = await fetch("/field/offline/", { credentials: "same-origin", cache: "no-store" });
    if (shell.ok && !shell.redirected) { await (await caches.open("field-shell")).put("/field/offline/", shell); }
    document.documentElement.dataset.kept = list.day;
  }
  var person = document.querySelector("meta[name=imprimatur-person]");
  if (person && "serviceWorker" in navigator && window.caches) {
    ["/field/", "/a/"].forEach(function (scope) {
      navigator.serviceWorker.register("/field/sw.js", { scope: scope }).catch(function () { /* next time */ });
    });
    navigator.serviceWorker.ready.then(function () { return keep(person.content); }).catch(function () { /* next time */ });
  }

  /* The camera reads the code of a piece, where the browser can; else the phone's own camera does. */
  var button = document.querySelector("[data-scan]");
  if (!button || !("BarcodeDetector" in window) || !(navigator.mediaDevices && navigator.mediaDevices.getUserMedia)) { return; }
  var dialog = document.querySelector("[data-scanner]");
  var video = dialog.querySelector("video");
  var sorry = dialog.querySelector("[role=status]");
  var stream = null;

  /* Only the page of a piece, and only here: a code printed by others leads nowhere. */
  function place(text) {
    var url;
    try { url = new URL(text, location.origin); } catch (unreadable) { return ""; }
    return url.host === location.host && /^\/a\/[^/]+\/(\d+\/)?$/.test(url.pathname) ? url.pathname : "";
  }
  function stop() {
    if (stream) { stream.getTracks().forEach(function (track) { track.stop(); }); }
    stream = null;
    video.srcObject = null;
  }
  async function read(detector) {
    if (!stream) { return; }
    var found = video.readyState >= 2 ? await detector.detect(video) : [];
    for (var code of found) {
      var to = place(code.rawValue);
      if (to) { stop(); location.assign(to); return; }
      sorry.textContent = sorry.dataset.foreign;
    }
    window.setTimeout(read, 200, detector);
  }
  async function start() {
    sorry.textContent = "";
    dialog.showModal();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      await video.play();
      await read(new window.BarcodeDetector({ formats: ["qr_code"] }));
    } catch (refused) {
      stop();
      sorry.textContent = sorry.dataset.refused;
    }
  }
  button.hidden = false;
  document.querySelector("[data-noscan]").hidden = true;
  button.addEventListener("click", start);
  dialog.addEventListener("close", stop);
})();
