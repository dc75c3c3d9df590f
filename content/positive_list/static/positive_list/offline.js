/* The list that this browser kept, shown without network: with its hour, its ends applied, never green. */
(function () {
  "use strict";
  var LISTS = "field-list-";
  var KEPT_FOR = 72 * 3600 * 1000;
  var root = document.querySelector("[data-offline]");

  function part(name) { return root.querySelector("[data-" + name + "]"); }
  function said(name, values) {
    return root.dataset[name].replace(/\{(\w+)\}/g, function (whole, key) { return key in values ? values[key] : whole; });
  }
  function made(tag, style, text) {
    var element = document.createElement(tag);
    element.className = style;
    element.textContent = text;
    return element;
  }
  /* The Paris day of the device, never before the list's own: a clock set back brings nothing back. */
  function today(list) {
    var day = new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/Paris", year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date());
    return day < list.day ? list.day : day;
  }
  function ended(row, list) { return row.last < today(list); }
  function plain(text) { return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase(); }

  async function kept() {
    var names = (await caches.keys()).filter(function (name) { return name.indexOf(LISTS) === 0; });
    /* Two people's lists are never kept together: if they were, neither is shown. */
    if (names.length !== 1) { return null; }
    var answer = await (await caches.open(names[0])).match("/field/today/");
    var list = answer ? await answer.json() : null;
    if (!list || LISTS + list.person !== names[0]) { return null; }
    if (Date.now() - list.stored_at > KEPT_FOR) { await caches.delete(names[0]); return null; }
    return list;
  }
  function card(row, list) {
    var over = ended(row, list);
    var item = document.createElement("li");
    var link = made("a", "fl-card " + (over ? "fl-card--no" : "fl-card--ask"), "");
    link.href = "/a/" + row.code + "/" + row.number + "/";
    link.append(
      made("span", "fl-card__title", row.title),
      made("span", "fl-card__verdict", (over ? "✕ " : "? ") + said(over ? "over" : "check", { last: row.last_words })),
      made("span", "fl-card__what", [row.what, row.code + " v" + row.number, row.reference].filter(Boolean).join(" · "))
    );
    item.append(link);
    return item;
  }
  function show(list, typed) {
    var words = plain(typed).split(/\s+/).filter(Boolean);
    var groups = new Map();
    list.rows.forEach(function (row) {
      var text = plain([row.title, row.product, row.code, row.reference].join(" "));
      if (!words.every(function (word) { return text.indexOf(word) >= 0; })) { return; }
      var name = row.product || root.dataset.unproductive;
      if (!groups.has(name)) { groups.set(name, []); }
      groups.get(name).push(row);
    });
    part("cards").replaceChildren.apply(part("cards"), Array.from(groups.entries()).sort().map(function (group) {
      var section = made("section", "fl-group", "");
      var rows = made("ul", "fl-cards", "");
      rows.append.apply(rows, group[1].map(function (row) { return card(row, list); }));
      section.append(made("h2", "", group[0]), rows);
      return section;
    }));
  }
  function verdict(list) {
    var asked = /^\/a\/([^/]+)\/(?:(\d+)\/)?$/.exec(location.pathname);
    if (!asked) { return; }
    var code = decodeURIComponent(asked[1]).toUpperCase();
    var rows = list.rows.filter(function (row) { return row.code === code && (!asked[2] || String(row.number) === asked[2]); });
    var row = rows[0];
    var state = row ? (ended(row, list) ? "ended" : "listed") : "unlisted";
    part("what").textContent = [code, asked[2] ? said("version", { number: asked[2] }) : "", row ? row.title : ""].filter(Boolean).join(" · ");
    part("sentence").textContent = said(state, { when: list.as_known, last: row ? row.last_words : "" });
    part("piece").hidden = false;
  }

  part("again").href = location.href;
  if (!window.caches) { return; }
  kept().then(function (list) {
    if (!list) { return; }
    part("hour").textContent = said("known", { name: list.name, when: list.as_known });
    part("missing").hidden = !list.missing;
    verdict(list);
    part("search").hidden = false;
    part("search").querySelector("input").addEventListener("input", function (event) { show(list, event.target.value); });
    show(list, "");
  });
  window.addEventListener("online", function () { location.reload(); });
})();
