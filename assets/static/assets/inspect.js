/* Inspections on the spot: what is entered is kept in this browser first and sent when there is a network, once.
   Every entry has a number of its own, made here; the register answers the same to a repeat. Chromium 86. */
(function () {
  'use strict';
  var form = document.querySelector('[data-inspection]');
  if (!form || !window.indexedDB || !window.fetch) { return; }
  var user = form.getAttribute('data-user');
  var sendUrl = form.getAttribute('data-send') || form.getAttribute('action');
  var round = document.querySelector('[data-round]');
  var waiting = document.querySelector('[data-waiting]');
  var STORE = 'inspections';
  var FIRST_PAUSE = 5000, LONGEST_PAUSE = 120000;  // milliseconds until what was not answered is sent again
  var sending = false, photos = [], pause = FIRST_PAUSE, again = 0;

  /* --- the store of this browser */
  function open() {
    return new Promise(function (resolve, reject) {
      var asked = window.indexedDB.open('tianzhang', 1);
      asked.onupgradeneeded = function () { asked.result.createObjectStore(STORE, { keyPath: 'client_id' }); };
      asked.onsuccess = function () { resolve(asked.result); };
      asked.onerror = function () { reject(asked.error); };
    });
  }
  function work(mode, act) {
    return open().then(function (db) {
      return new Promise(function (resolve, reject) {
        var deal = db.transaction(STORE, mode);
        var asked = act(deal.objectStore(STORE));
        deal.oncomplete = function () { db.close(); resolve(asked.result); };
        deal.onerror = deal.onabort = function () { db.close(); reject(deal.error); };
      });
    });
  }
  function put(entry) { return work('readwrite', function (store) { return store.put(entry); }); }
  function forget(id) { return work('readwrite', function (store) { return store.delete(id); }); }
  function all() {
    return work('readonly', function (store) { return store.getAll(); }).then(function (found) {
      return found.filter(function (entry) { return entry.user === user; })
        .sort(function (a, b) { return a.noted_at < b.noted_at ? -1 : 1; });
    });
  }

  /* --- an entry */
  function uuid() {
    var bytes = window.crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    var hex = Array.prototype.map.call(bytes, function (b) { return ('0' + b.toString(16)).slice(-2); }).join('');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  }
  function entryOf() {
    var fields = [];
    new FormData(form).forEach(function (value, name) {
      if (typeof value === 'string' && ['csrfmiddlewaretoken', 'next', 'client_id', 'noted_at'].indexOf(name) < 0) { fields.push([name, value]); }
    });
    return {
      client_id: uuid(), user: user, name: form.getAttribute('data-name'), fields: fields,
      photos: photos.map(function (file) { return { name: file.name, blob: file }; }),
      noted_at: new Date().toISOString()
    };
  }
  function value(name) { var field = form.querySelector('[name="' + name + '"]:checked') || form.querySelector('textarea[name="' + name + '"]'); return field ? field.value.trim() : ''; }
  function wrong() {
    var condition = value('condition');
    if (!condition) { return form.getAttribute('data-need-condition'); }
    if ((condition === 'damaged' || condition === 'out_of_use') && !value('defect')) { return form.getAttribute('data-need-defect'); }
    return '';
  }
  function say(text) {
    var box = form.querySelector('[data-form-error]');
    box.textContent = text;
    box.hidden = !text;
    if (text) { box.scrollIntoView({ block: 'center' }); }
  }

  /* --- sending: one after the other, each until the register has said that it stands there */
  function token() {
    var found = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie);
    return found ? decodeURIComponent(found[1]) : form.querySelector('[name=csrfmiddlewaretoken]').value;
  }
  function post(entry) {
    var data = new FormData();
    entry.fields.forEach(function (pair) { data.append(pair[0], pair[1]); });
    data.append('client_id', entry.client_id);
    data.append('noted_at', entry.noted_at);
    entry.photos.forEach(function (photo) { data.append('photos', photo.blob, photo.name); });
    return fetch(sendUrl, { method: 'POST', credentials: 'same-origin', body: data, headers: { 'X-CSRFToken': token(), Accept: 'application/json' } });
  }
  function sendOne(entry) {
    return post(entry).then(function (answer) {
      var json = (answer.headers.get('Content-Type') || '').indexOf('application/json') === 0;
      if (answer.ok && json) { return forget(entry.client_id).then(function () { return 'sent'; }); }
      if (!json) { return answer.redirected || answer.status === 403 ? 'sign-in' : 'later'; }
      return answer.json().then(function (said) {
        entry.errors = said.errors || [];
        return put(entry).then(function () { return 'refused'; });
      });
    }, function () { return 'later'; });
  }
  function flush() {
    if (sending) { return Promise.resolve({}); }
    sending = true;
    var results = {};
    return all().then(function (entries) {
      return entries.reduce(function (before, entry) {
        return before.then(function (go) {
          if (!go) { return false; }
          return sendOne(entry).then(function (result) {
            results[entry.client_id] = result;
            return result === 'sent' || result === 'refused';
          });
        });
      }, Promise.resolve(true));
    }).then(function () { return rest(results); }, function () { return rest(results); });
  }
  function rest(results) {
    var later = Object.keys(results).some(function (id) { return results[id] === 'later'; });
    sending = false;
    window.clearTimeout(again);
    if (later && navigator.onLine) { again = window.setTimeout(flush, pause); }
    pause = later ? Math.min(pause * 2, LONGEST_PAUSE) : FIRST_PAUSE;
    return show(results);
  }
  function show(results) {
    var signIn = Object.keys(results).some(function (id) { return results[id] === 'sign-in'; });
    return all().then(function (entries) {
      if (waiting) {
        waiting.hidden = !entries.length;
        waiting.querySelector('[data-waiting-count]').textContent = entries.length;
        waiting.querySelector('[data-sign-in]').hidden = !signIn;
        list(waiting.querySelector('[data-waiting-list]'), entries);
      }
      marks(entries);
      return results;
    });
  }
  function list(target, entries) {
    target.textContent = '';
    entries.forEach(function (entry) {
      var item = document.createElement('li');
      item.textContent = entry.name + ' · ' + entry.noted_at.slice(0, 10);
      if (entry.errors && entry.errors.length) {
        var why = document.createElement('p'), button = document.createElement('button');
        why.className = 'field-error';
        why.textContent = entry.errors.join(' ');
        button.type = 'button';
        button.className = 'button button-danger';
        button.textContent = target.getAttribute('data-forget');
        button.addEventListener('click', function () {
          if (window.confirm(target.getAttribute('data-sure'))) { forget(entry.client_id).then(function () { show({}); }); }
        });
        item.appendChild(why);
        item.appendChild(button);
      }
      target.appendChild(item);
    });
  }

  /* --- the form */
  var where = document.querySelector('[data-where]');
  function locate() {
    if (!where) { return; }
    if (!navigator.geolocation || !window.isSecureContext) { where.textContent = where.getAttribute('data-none'); return; }
    navigator.geolocation.getCurrentPosition(function (found) {
      form.elements.longitude.value = found.coords.longitude.toFixed(7);
      form.elements.latitude.value = found.coords.latitude.toFixed(7);
      form.elements.accuracy_m.value = found.coords.accuracy.toFixed(2);
      where.textContent = where.getAttribute('data-found') + ' ' + Math.round(found.coords.accuracy) + ' m';
    }, function () { where.textContent = where.getAttribute('data-none'); }, { enableHighAccuracy: true, timeout: 20000, maximumAge: 60000 });
  }
  function namePhotos() {
    form.querySelector('[data-photo-names]').textContent = photos.map(function (file) { return file.name; }).join(' · ');
  }
  form.querySelector('[name=photos]').addEventListener('change', function (event) {
    photos = photos.concat(Array.prototype.slice.call(event.target.files));
    namePhotos();
  });
  form.addEventListener('submit', function (event) {
    event.preventDefault();
    var problem = wrong();
    say(problem);
    if (problem) { return; }
    var entry = entryOf();
    put(entry).then(function () { return flush(); }).then(function (results) {
      done(entry, results[entry.client_id] || 'later');
    }, function () { say(form.getAttribute('data-full')); });
  });
  function done(entry, result) {
    photos = [];
    form.querySelector('[name=photos]').value = '';
    namePhotos();
    if (round) { seen[entry.fields.filter(function (f) { return f[0] === 'unit'; })[0][1]] = result; return show({}).then(back); }
    if (result === 'sent') { window.location.assign(form.getAttribute('data-next')); return null; }
    form.hidden = true;
    waiting.scrollIntoView({ block: 'start' });
    return null;
  }

  /* --- the round: one form for everything that is due */
  var seen = {};
  function marks(entries) {
    if (!round) { return; }
    var kept = {};
    entries.forEach(function (entry) { entry.fields.forEach(function (f) { if (f[0] === 'unit') { kept[f[1]] = true; } }); });
    Array.prototype.forEach.call(round.querySelectorAll('[data-unit]'), function (button) {
      var key = button.getAttribute('data-unit'), state = kept[key] ? 'kept' : seen[key] ? 'sent' : '';
      if (!state) { return; }
      var mark = button.querySelector('[data-unit-state]');
      mark.textContent = form.getAttribute('data-' + state);
      mark.className = 'inspect-mark inspect-mark-' + state;
    });
  }
  function choose(button) {
    form.reset();
    say('');
    form.elements.unit.value = button.getAttribute('data-unit');
    form.setAttribute('data-name', button.getAttribute('data-name'));
    var items = form.querySelector('[data-items]');
    var model = round.querySelector('template[data-items-of="' + button.getAttribute('data-standard') + '"]');
    items.textContent = '';
    if (model) { items.appendChild(document.importNode(model.content, true)); }
    round.querySelector('[data-round-list]').hidden = true;
    round.querySelector('[data-round-form]').hidden = false;
    var name = round.querySelector('[data-round-name]');
    name.textContent = button.getAttribute('data-name');
    name.focus();
    window.scrollTo(0, 0);
    locate();
  }
  function back() {
    round.querySelector('[data-round-form]').hidden = true;
    round.querySelector('[data-round-list]').hidden = false;
    window.scrollTo(0, 0);
  }
  function network() {
    var line = document.querySelector('[data-net]');
    if (line) {
      line.textContent = line.getAttribute(navigator.onLine ? 'data-on' : 'data-off');
      line.classList.toggle('is-off', !navigator.onLine);
    }
  }
  if (round) {
    round.addEventListener('click', function (event) {
      var button = event.target.closest('[data-unit]');
      if (button) { choose(button); }
      if (event.target.closest('[data-round-back]')) { back(); }
    });
    if (navigator.serviceWorker && window.isSecureContext) {
      navigator.serviceWorker.register(round.getAttribute('data-worker')).then(function () { return navigator.serviceWorker.ready; }).then(function (found) {
        var parts = Array.prototype.map.call(document.querySelectorAll('link[rel=stylesheet], script[src]'), function (part) { return part.href || part.src; });
        found.active.postMessage({ keep: parts.concat([window.location.href]) });
      }).catch(function () {});
    }
  } else { locate(); }

  network();
  window.addEventListener('online', function () { network(); pause = FIRST_PAUSE; flush(); });
  window.addEventListener('offline', network);
  if (waiting) { waiting.querySelector('[data-send-now]').addEventListener('click', flush); }
  flush().then(function () { form.setAttribute('data-ready', 'true'); });
}());
