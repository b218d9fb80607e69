/* Small behaviours of the frame. Everything works without them but the dialogs; written for Chromium 86. */
(function () {
  'use strict';

  var reduce = window.matchMedia('(prefers-reduced-motion: reduce)').matches;

  function each(root, selector, act) {
    Array.prototype.forEach.call(root.querySelectorAll(selector), act);
  }

  /* Drop-downs close on a click outside and on Escape; focus returns to where it came from. */
  function closeDrops(but) {
    each(document, 'details.drop[open]', function (drop) {
      if (drop !== but && !(but && drop.contains(but))) { drop.removeAttribute('open'); }
    });
  }
  document.addEventListener('click', function (event) {
    closeDrops(event.target.closest('details.drop'));
  });
  document.addEventListener('keydown', function (event) {
    if (event.key !== 'Escape') { return; }
    var open = document.querySelector('details.drop[open]');
    if (open) { open.removeAttribute('open'); open.querySelector('summary').focus(); }
  });

  /* Opening a drop-down puts the cursor into its search field. */
  document.addEventListener('toggle', function (event) {
    var drop = event.target;
    if (drop.matches && drop.matches('details.drop[open]')) {
      var field = drop.querySelector('[data-filter]');
      if (field) { field.focus({ preventScroll: true }); }
    }
  }, true);

  /* A list narrowed by typing: input data-filter="#list", items carry data-words. */
  document.addEventListener('input', function (event) {
    var field = event.target;
    if (!field.matches('[data-filter]')) { return; }
    var list = document.querySelector(field.getAttribute('data-filter'));
    if (!list) { return; }
    var wanted = field.value.trim().toLowerCase();
    var shown = 0;
    each(list, '[data-words]', function (item) {
      var hit = item.getAttribute('data-words').toLowerCase().indexOf(wanted) >= 0;
      item.hidden = !hit;
      shown += hit ? 1 : 0;
    });
    var none = list.querySelector('[data-none]');
    if (none) { none.hidden = shown > 0; }
  });
  document.addEventListener('keydown', function (event) {
    var field = event.target;
    if (!field.matches || !field.matches('[data-filter]') || (event.key !== 'Enter' && event.key !== 'ArrowDown')) { return; }
    event.preventDefault();
    var list = document.querySelector(field.getAttribute('data-filter'));
    var first = list && list.querySelector('[data-words]:not([hidden])');
    if (first) { if (event.key === 'Enter') { first.click(); } else { first.focus(); } }
  });

  /* Confirmation: data-dialog-open="id" opens, data-dialog-close closes; the opener gets the focus back. */
  document.addEventListener('click', function (event) {
    var opener = event.target.closest('[data-dialog-open]');
    if (opener) {
      var box = document.getElementById(opener.getAttribute('data-dialog-open'));
      if (box && box.showModal) {
        event.preventDefault();
        box.showModal();
        box.addEventListener('close', function () { opener.focus(); }, { once: true });
      }
      return;
    }
    var closer = event.target.closest('[data-dialog-close]');
    if (closer) { closer.closest('dialog').close(); return; }
    if (event.target.tagName === 'DIALOG') { event.target.close(); }
  });

  /* Messages can be put away. */
  document.addEventListener('click', function (event) {
    var button = event.target.closest('[data-dismiss]');
    if (button) { var note = button.closest('li') || button.closest('.note'); note.parentNode.removeChild(note); }
  });

  /* Fields that send their form when changed: data-submit-on-change. */
  document.addEventListener('change', function (event) {
    if (event.target.matches('[data-submit-on-change]')) { event.target.form.requestSubmit(); }
  });

  /* Upload: drop a file on the box, see its name before sending. */
  function named(box) {
    var input = box.querySelector('input[type="file"]');
    var out = box.querySelector('[data-file-name]');
    if (!out) { return; }
    var names = Array.prototype.map.call(input.files, function (file) {
      return file.name + ' · ' + (file.size < 1048576 ? Math.ceil(file.size / 1024) + ' KB' : (file.size / 1048576).toFixed(1) + ' MB');
    });
    out.textContent = names.join('\n');
    out.hidden = names.length === 0;
  }
  document.addEventListener('change', function (event) {
    var box = event.target.type === 'file' && event.target.closest('[data-upload]');
    if (box) { named(box); }
  });
  ['dragover', 'dragleave', 'drop'].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      var box = event.target.closest && event.target.closest('[data-upload]');
      if (!box) { return; }
      event.preventDefault();
      box.classList.toggle('is-over', kind === 'dragover');
      if (kind === 'drop' && event.dataTransfer.files.length) {
        box.querySelector('input[type="file"]').files = event.dataTransfer.files;
        named(box);
      }
    });
  });

  /* A form is sent once: the second click of an impatient hand does nothing. */
  document.addEventListener('submit', function (event) {
    var form = event.target;
    if (form.method !== 'post' || form.hasAttribute('data-again')) { return; }
    if (form.getAttribute('data-sent')) { event.preventDefault(); return; }
    form.setAttribute('data-sent', '1');
    window.setTimeout(function () { form.removeAttribute('data-sent'); }, 4000);
  });

  /* On a phone the filters are folded away until they are wanted; those in use stay in sight. */
  if (window.matchMedia('(max-width: 47.99em)').matches) {
    each(document, '[data-fold]:not([data-in-use])', function (fold) { fold.removeAttribute('open'); });
  }

  /* The page opens with the errors in view. */
  var errors = document.querySelector('[data-errors]');
  if (errors && !errors.closest('[data-no-jump]')) { errors.focus({ preventScroll: false }); errors.scrollIntoView({ block: 'center', behavior: reduce ? 'auto' : 'smooth' }); }

  each(document, '[data-print]', function (button) {
    button.addEventListener('click', function () { window.print(); });
  });
}());
