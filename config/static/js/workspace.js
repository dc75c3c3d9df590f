/* The workspace of a review: tabs, pages, zoom, rectangles, drafts. Without it everything is on one
   page and every form still works; the server checks all of it (approvals/review). */
(function () {
  "use strict";
  var SVG = "http://www.w3.org/2000/svg";
  var STEPS = [50, 75, 100, 125, 150, 200, 300];
  var root = document.querySelector("[data-workspace]");
  if (!root) { return; }
  var panel = root.querySelector(".im-panel");
  var zoom = 100;
  var filter = "open";

  function all(selector, within) { return Array.prototype.slice.call((within || root).querySelectorAll(selector)); }
  function viewer() { return document.getElementById("viewer"); }
  function sheets() { return all("[data-sheets] .im-sheet"); }

  /* Tabs: one part of the panel at a time. */
  function choose(name, move) {
    var part = root.querySelector('[data-part="' + name + '"]');
    if (!part) { return; }
    panel.dataset.tabbed = "1";
    all("[data-part]").forEach(function (other) {
      if (other === part) { other.dataset.chosen = "1"; } else { delete other.dataset.chosen; }
    });
    all("[data-tab]").forEach(function (tab) {
      if (tab.dataset.tab === name) { tab.setAttribute("aria-current", "true"); } else { tab.removeAttribute("aria-current"); }
    });
    if (move) { panel.scrollTop = 0; }
  }
  function chosen() { var tab = root.querySelector("[data-tab][aria-current]"); return tab ? tab.dataset.tab : "decision"; }

  /* Marks: what is said of a place of the page, drawn over it. */
  function layer(frame) {
    var found = frame.querySelector("svg");
    if (found) { return found; }
    found = document.createElementNS(SVG, "svg");
    found.setAttribute("class", "im-sheet__marks");
    found.setAttribute("viewBox", "0 0 1 1");
    found.setAttribute("preserveAspectRatio", "none");
    found.setAttribute("aria-hidden", "true");
    frame.appendChild(found);
    return found;
  }
  function mark(frame, box, kind) {
    var rect = document.createElementNS(SVG, "rect");
    ["x", "y", "width", "height"].forEach(function (side, at) { rect.setAttribute(side, box[at]); });
    rect.setAttribute("class", "im-mark " + kind);
    layer(frame).appendChild(rect);
    return rect;
  }
  function frameOf(file, page) {
    return root.querySelector('[data-sheets] .im-sheet[data-file="' + file + '"][data-page="' + page + '"] .im-sheet__frame');
  }
  function drawMarks() {
    all(".im-sheet__marks .im-mark:not(.im-mark--drawn):not(.im-mark--found)").forEach(function (old) { old.remove(); });
    all("[data-thread][data-box]").forEach(function (thread) {
      var frame = frameOf(thread.dataset.file, thread.dataset.page);
      if (!frame || thread.hidden) { return; }
      var kind = (thread.dataset.open === "no" ? "im-mark--settled " : "") + (thread.dataset.carried === "yes" ? "im-mark--carried" : "");
      var rect = mark(frame, thread.dataset.box.split(","), kind);
      rect.addEventListener("click", function () { show(thread); });
      rect.dataset.of = thread.id;
    });
    all("[data-regions]").forEach(function (frame) {
      frame.dataset.regions.split(";").filter(Boolean).forEach(function (text) { mark(frame, text.split(","), "im-mark--difference"); });
    });
  }
  function show(thread) {
    choose("comments");
    all(".im-thread--now").forEach(function (other) { other.classList.remove("im-thread--now"); });
    thread.classList.add("im-thread--now");
    thread.scrollIntoView({ block: "nearest" });
    thread.focus({ preventScroll: true });
  }
  function jump(place) {
    var sheet = root.querySelector('[data-sheets] .im-sheet[data-file="' + place.file + '"]' + (place.page ? '[data-page="' + place.page + '"]' : ""));
    if (!sheet) { return false; }
    sheet.scrollIntoView({ block: "start" });
    all(".im-mark--found").forEach(function (old) { old.remove(); });
    all(".im-mark--now").forEach(function (old) { old.classList.remove("im-mark--now"); });
    var frame = sheet.querySelector(".im-sheet__frame");
    if (place.box && frame) {
      var rect = mark(frame, place.box, "im-mark--found");
      rect.scrollIntoView({ block: "center" });
    }
    return true;
  }

  /* Pages. */
  function current() {
    var holder = root.querySelector("[data-sheets]");
    if (!holder) { return null; }
    var top = holder.getBoundingClientRect().top;
    return sheets().find(function (sheet) { return sheet.getBoundingClientRect().bottom > top + 60; }) || null;
  }
  function go(step) {
    var list = sheets();
    var next = list[Math.max(0, Math.min(list.length - 1, list.indexOf(current()) + step))];
    if (next) { next.scrollIntoView({ block: "start" }); }
  }
  function where() {
    var place = root.querySelector("[data-where]");
    var list = sheets();
    if (place) { place.textContent = list.length > 1 ? (list.indexOf(current()) + 1) + " / " + list.length : ""; }
  }
  function resize(step) {
    var at = STEPS.indexOf(zoom) + step;
    zoom = STEPS[Math.max(0, Math.min(STEPS.length - 1, at))];
    applyZoom();
  }
  function applyZoom() {
    sheets().forEach(function (sheet) {
      if (zoom === 100) { sheet.removeAttribute("style"); } else { sheet.style.width = zoom + "%"; }
    });
  }

  /* Comments: where the next one points. */
  function commentForm() { return root.querySelector("[data-comment-form]"); }
  function point(anchor, words) {
    var form = commentForm();
    if (!form) { return; }
    form.elements.anchor.value = anchor ? JSON.stringify(anchor) : "";
    var said = form.querySelector("[data-place]");
    said.textContent = words ? said.dataset[words].replace("{page}", anchor.page).replace("{name}", anchor.slide || anchor.line || "") : said.dataset.nowhere;
    form.querySelector("[data-unplace]").hidden = !anchor;
    if (!anchor) { all(".im-mark--drawn").forEach(function (old) { old.remove(); }); }
    form.elements.anchor.dispatchEvent(new Event("input", { bubbles: true }));
  }
  function write() {
    var form = commentForm();
    if (!form) { return; }
    choose("comments", true);
    form.elements.body.focus();
  }
  function commentPage() {
    var sheet = current();
    if (!commentForm()) { return; }
    if (sheet && sheet.dataset.page) {
      point({ file: Number(sheet.dataset.file), page: Number(sheet.dataset.page), x: 0, y: 0, width: 1, height: 1 }, "somewhere");
    }
    drawing(true);
    write();
  }
  function drawing(on) {
    var button = root.querySelector("[data-draw]");
    if (!button) { return; }
    button.setAttribute("aria-pressed", on ? "true" : "false");
    if (on) { viewer().dataset.drawing = "1"; } else { delete viewer().dataset.drawing; }
  }
  var pen = null;
  function clamp(value) { return Math.max(0, Math.min(1, value)); }
  function spot(event, frame) {
    var edge = frame.getBoundingClientRect();
    return [clamp((event.clientX - edge.left) / edge.width), clamp((event.clientY - edge.top) / edge.height)];
  }
  function boxOf(a, b) {
    function four(value) { return Math.round(value * 10000) / 10000; }
    var left = four(Math.min(a[0], b[0])), top = four(Math.min(a[1], b[1]));
    return [left, top, four(Math.min(Math.abs(a[0] - b[0]), 1 - left)), four(Math.min(Math.abs(a[1] - b[1]), 1 - top))];
  }
  document.addEventListener("pointerdown", function (event) {
    var frame = event.target.closest && event.target.closest("[data-drawing] .im-sheet[data-page] .im-sheet__frame");
    if (!frame || event.button) { return; }
    event.preventDefault();
    all(".im-mark--drawn").forEach(function (old) { old.remove(); });
    var from = spot(event, frame);
    pen = { frame: frame, from: from, rect: mark(frame, [from[0], from[1], 0, 0], "im-mark--drawn") };
    frame.setPointerCapture(event.pointerId);
  });
  document.addEventListener("pointermove", function (event) {
    if (!pen) { return; }
    var box = boxOf(pen.from, spot(event, pen.frame));
    ["x", "y", "width", "height"].forEach(function (side, at) { pen.rect.setAttribute(side, box[at]); });
  });
  document.addEventListener("pointerup", function (event) {
    if (!pen) { return; }
    var box = boxOf(pen.from, spot(event, pen.frame));
    var sheet = pen.frame.closest(".im-sheet");
    var rect = pen.rect;
    pen = null;
    if (box[2] < 0.005 || box[3] < 0.005) { rect.remove(); return; }
    drawing(false);
    point({ file: Number(sheet.dataset.file), page: Number(sheet.dataset.page), x: box[0], y: box[1], width: box[2], height: box[3] }, "drawn");
    write();
  });
  document.addEventListener("pointercancel", function () { if (pen) { pen.rect.remove(); pen = null; } });

  /* Filters. */
  function applyFilter() {
    var shown = 0;
    all("[data-chips]").forEach(function (chips) { chips.hidden = false; });
    all("[data-filter]").forEach(function (chip) { chip.setAttribute("aria-pressed", chip.dataset.filter === filter ? "true" : "false"); });
    all("[data-thread]").forEach(function (thread) {
      var fits = filter === "all" || (filter === "open" && thread.dataset.open === "yes") ||
        (filter === "blocking" && thread.dataset.severity === "blocking") || (filter === "mine" && thread.dataset.mine === "yes");
      thread.hidden = !fits;
      if (fits) { shown += 1; }
    });
    all("[data-none]").forEach(function (none) { none.hidden = shown > 0; });
    drawMarks();
  }

  /* Drafts: what is typed stays in this browser until it was sent; never a password. */
  var PREFIX = "imprimatur-draft:";
  var KEPT_FOR = 30 * 24 * 3600 * 1000;
  var SECRET = /^(password|otp|csrfmiddlewaretoken|sending|webauthn.*)$/;
  function draftKey(form) { var named = form.querySelector("[data-draft-key]"); return named ? PREFIX + named.dataset.draftKey : null; }
  function typed(form) {
    var values = {};
    Array.prototype.forEach.call(form.elements, function (field) {
      if (!field.name || SECRET.test(field.name) || field.type === "file" || field.type === "submit" || field.name === "revision") { return; }
      if (field.type === "radio" || field.type === "checkbox") { if (field.checked) { values[field.name] = field.value; } } else if (field.value) { values[field.name] = field.value; }
    });
    return values;
  }
  function keepDraft(form) {
    var key = draftKey(form);
    if (!key) { return; }
    try { localStorage.setItem(key, JSON.stringify({ at: Date.now(), values: typed(form) })); } catch (full) { /* kept on the page all the same */ }
  }
  function restore(form) {
    var key = draftKey(form), kept = null;
    if (!key || form.querySelector(".errorlist, .im-errors:not([hidden])")) { return; }
    try { kept = JSON.parse(localStorage.getItem(key)); } catch (unreadable) { kept = null; }
    if (!kept) { return; }
    Object.keys(kept.values).forEach(function (name) {
      Array.prototype.forEach.call(form.elements, function (field) {
        if (field.name !== name || SECRET.test(name)) { return; }
        if (field.type === "radio" || field.type === "checkbox") { field.checked = field.value === kept.values[name]; } else { field.value = kept.values[name]; }
      });
    });
    if (form.matches("[data-comment-form]") && form.elements.anchor.value) {
      try {
        var anchor = JSON.parse(form.elements.anchor.value);
        point(anchor, anchor.page ? (anchor.width === 1 ? "somewhere" : "drawn") : (anchor.slide ? "slide" : "line"));
      } catch (unreadable) { form.elements.anchor.value = ""; }
    }
  }
  function forget(form) { var key = draftKey(form); if (key) { localStorage.removeItem(key); } }
  function prune() {
    Object.keys(localStorage).filter(function (key) { return key.indexOf(PREFIX) === 0; }).forEach(function (key) {
      var kept = null;
      try { kept = JSON.parse(localStorage.getItem(key)); } catch (unreadable) { kept = null; }
      if (!kept || Date.now() - kept.at > KEPT_FOR) { localStorage.removeItem(key); }
    });
  }

  function refresh() {
    all("[data-tools]").forEach(function (tools) { tools.hidden = false; });
    var comments = document.getElementById("comments");
    all("[data-open-count]").forEach(function (count) { count.textContent = comments.dataset.open; });
    applyFilter();
    applyZoom();
    where();
    var holder = root.querySelector("[data-sheets]");
    if (holder) { holder.addEventListener("scroll", where, { passive: true }); }
    all("[data-place]").forEach(function (said) { said.textContent = said.dataset.nowhere; });
    all("form").forEach(restore);
  }

  document.addEventListener("click", function (event) {
    var target = event.target;
    var found = function (selector) { return target.closest ? target.closest(selector) : null; };
    var hit;
    if ((hit = found("[data-tab]"))) { event.preventDefault(); choose(hit.dataset.tab, true); }
    else if ((hit = found("[data-filter]"))) { filter = hit.dataset.filter; applyFilter(); }
    else if ((hit = found("[data-zoom]"))) { resize(Number(hit.dataset.zoom)); }
    else if ((hit = found("[data-draw]"))) { if (hit.getAttribute("aria-pressed") === "true") { drawing(false); } else { drawing(true); } }
    else if (found("[data-help]")) { document.querySelector("[data-keys]").showModal(); }
    else if (found("[data-unplace]")) { point(null); }
    else if ((hit = found("[data-point]"))) {
      var anchor = { file: Number(hit.dataset.file) };
      anchor[hit.dataset.point] = hit.dataset.point === "line" ? Number(hit.dataset.value) : hit.dataset.value;
      point(anchor, hit.dataset.point);
      write();
    }
    else if ((hit = found("[data-jump]"))) {
      var thread = hit.closest("[data-thread]");
      if (jump({ file: thread.dataset.file, page: thread.dataset.page })) { event.preventDefault(); }
      all('.im-mark').forEach(function (rect) { rect.classList.toggle("im-mark--now", rect.dataset.of === thread.id); });
    } else if ((hit = found("button.im-jump"))) {
      jump({ file: hit.dataset.file, page: hit.dataset.page, box: hit.dataset.x ? [hit.dataset.x, hit.dataset.y, hit.dataset.width, hit.dataset.height] : null });
    }
  });
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) { return; }
    if (event.key === "Escape") { drawing(false); return; }
    if (event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, dialog[open], iframe")) { return; }
    var act = { j: function () { go(1); }, k: function () { go(-1); }, "+": function () { resize(1); }, "=": function () { resize(1); }, "-": function () { resize(-1); },
      c: commentPage, a: approve, "?": function () { document.querySelector("[data-keys]").showModal(); } }[event.key];
    if (act) { event.preventDefault(); act(); }
  });
  function approve() {
    var form = root.querySelector('#decision form[method="post"]');
    if (!form) { choose("decision", true); return; }
    choose("decision", true);
    var yes = form.querySelector('input[name="verdict"][value="approved"]');
    if (yes) { yes.checked = true; yes.dispatchEvent(new Event("input", { bubbles: true })); }
    var empty = all('fieldset', form).find(function (set) { return set.querySelector('input[name^="check_"]') && !set.querySelector("input:checked"); });
    var next = empty ? empty.querySelector("input") : form.elements.password;
    if (next) { next.focus(); next.scrollIntoView({ block: "center" }); }
  }
  document.addEventListener("input", function (event) {
    var form = event.target.closest("[data-workspace] form");
    if (form) { keepDraft(form); }
  });
  document.addEventListener("change", function (event) {
    var form = event.target.closest("[data-workspace] form");
    if (form) { keepDraft(form); }
  });

  /* What htmx brought: a refusal becomes its sentences at the form, all else replaces its part. */
  document.addEventListener("htmx:beforeSwap", function (event) {
    var form = event.detail.requestConfig.elt;
    if (event.detail.xhr.status < 400) {
      if (form.matches && form.matches("form")) { forget(form); }
      if (form.matches && form.matches("[data-comment-form]")) { all(".im-mark--drawn").forEach(function (old) { old.remove(); }); drawing(false); }
      return;
    }
    event.detail.shouldSwap = false;
    var page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    var said = all(".im-refusal p:first-child, .im-errors p, .errorlist li", page).map(function (line) { return line.textContent.trim(); });
    var holder = form.querySelector("[data-said]") || (form.closest("[data-thread]") || root).querySelector("[data-said]");
    if (holder) { holder.textContent = Array.from(new Set(said)).join(" "); holder.hidden = said.length === 0; }
  });
  document.addEventListener("htmx:afterSwap", function () { choose(chosen()); refresh(); });

  prune();
  refresh();
  choose(location.hash.indexOf("#comment") === 0 ? "comments" : chosen());
  if (location.hash.indexOf("#comment-") === 0 && document.querySelector(location.hash)) { show(document.querySelector(location.hash)); }
}());
