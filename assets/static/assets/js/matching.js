// Matching with the keyboard: 1-9 take a suggestion, q w e r a kind, O goes to the list of kinds and Escape out of
// it, J K the next and the one before, U undo.
(function () {
  "use strict";
  var page = document.querySelector("[data-matching]");
  if (!page) { return; }
  document.addEventListener("keydown", function (event) {
    var tag = event.target.tagName;
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) { return; }
    if (tag === "INPUT" || tag === "SELECT" || tag === "TEXTAREA") {
      if (event.key === "Escape") { event.target.blur(); }
      return;
    }
    var place = page.querySelector('[data-focus-key="' + event.key.toLowerCase().replace(/["\\]/g, "") + '"]');
    var field = place && place.querySelector("select, input:not([type=hidden]), textarea");
    if (field) { event.preventDefault(); field.focus(); return; }
    var wanted = page.querySelector('[data-key="' + event.key.toLowerCase().replace(/["\\]/g, "") + '"]');
    if (wanted) { event.preventDefault(); wanted.click(); }
  });
})();
