/* A form is sent once: the button rests while the answer is awaited, and wakes when the page is
   shown again from the browser's memory. The server is safe without this (config/http/once.py). */
(function () {
  "use strict";
  function rest(form) {
    form.querySelectorAll("button[type=submit]").forEach(function (button) {
      button.disabled = true;
      if (button.dataset.busy) {
        button.dataset.words = button.textContent;
        button.textContent = button.dataset.busy;
      }
    });
  }
  function wake(form) {
    delete form.dataset.sent;
    form.querySelectorAll("button[type=submit]").forEach(function (button) {
      button.disabled = false;
      if (button.dataset.words) { button.textContent = button.dataset.words; }
    });
  }
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.matches("form[data-once]")) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    window.setTimeout(function () { rest(form); }, 0);
  });
  document.addEventListener("input", function (event) {
    var form = event.target.closest("form[data-unsent]");
    if (form) { form.dataset.touched = "1"; }
  });
  /* Nothing typed is lost to the back button or a closed window without a question. */
  window.addEventListener("beforeunload", function (event) {
    if (document.querySelector("form[data-touched]:not([data-sent])")) { event.preventDefault(); }
  });
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) { document.querySelectorAll("form[data-once]").forEach(wake); }
  });
  /* Unfold copies a chosen file's name into the nearest text field: in our forms that is another
     field's, or none. */
  document.addEventListener("change", function (event) {
    if (event.target.matches(".im-form input[type=file]")) { event.stopImmediatePropagation(); }
  }, true);
  /* Filters take effect when chosen; the button stays for those without scripts. */
  document.addEventListener("change", function (event) {
    var form = event.target.closest("form[data-instant]");
    if (form && event.target.matches("select, input[type=checkbox], input[type=date]")) { form.requestSubmit(); }
  });
})();
/* A list that the field's pages kept for use without network belongs to one person: it goes when they
   sign out, and when somebody else signs in (content/positive_list/offline.py). */
(function () {
  "use strict";
  var LISTS = "field-list-";
  if (!window.caches) { return; }
  async function forget(whose) {
    var names = (await caches.keys()).filter(function (name) { return name.indexOf(LISTS) === 0; });
    for (var name of names) {
      if (!(await whose(name))) { await caches.delete(name); }
    }
  }
  async function username(name) {
    var answer = await (await caches.open(name)).match("/field/today/");
    return answer ? (await answer.json()).username.toLowerCase() : "";
  }
  var person = document.querySelector("meta[name=imprimatur-person]");
  if (person) { forget(function (name) { return name === LISTS + person.content; }); }
  document.addEventListener("submit", function (event) {
    var form = event.target;
    var leaves = /\/logout\/$/.test(form.getAttribute("action") || "");
    var typed = form.querySelector("input[name=login]");
    /* Where no list was ever kept, which is said at once, nobody waits. */
    if (event.defaultPrevented || !(leaves || typed) || !localStorage.getItem(LISTS)) { return; }
    event.preventDefault();
    var wait = new Promise(function (resolve) { window.setTimeout(resolve, 2000); });
    var wiped = forget(async function (name) {
      return !leaves && (await username(name)) === typed.value.trim().toLowerCase();
    });
    Promise.race([wiped, wait]).catch(function () { /* it leaves all the same */ }).then(function () { form.submit(); });
  });
})();
