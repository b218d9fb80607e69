/* Keeps the page of the round and what it is drawn with, so that it opens without a network. Nothing else is
   kept, nothing is sent from here; a page that leads to the sign-in takes the kept one away. */
'use strict';
var CACHE = 'tianzhang-round-1';

self.addEventListener('install', function (event) { event.waitUntil(self.skipWaiting()); });
self.addEventListener('activate', function (event) { event.waitUntil(self.clients.claim()); });
self.addEventListener('message', function (event) {
  var keep = event.data && event.data.keep;
  if (!keep) { return; }
  event.waitUntil(caches.open(CACHE).then(function (cache) {
    return Promise.all(keep.map(function (url) {
      return fetch(url, { credentials: 'same-origin' }).then(function (answer) {
        return answer.ok && !answer.redirected ? cache.put(url, answer) : null;
      }).catch(function () {});
    }));
  }));
});

function isRound(url) { return /\/inspections\/round\/$/.test(url.pathname); }

self.addEventListener('fetch', function (event) {
  var url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) { return; }
  var page = event.request.mode === 'navigate';
  if (page ? !isRound(url) : ['style', 'script', 'image', 'font'].indexOf(event.request.destination) < 0) { return; }
  event.respondWith(fetch(event.request).then(function (answer) {
    if (page && (answer.redirected || answer.type === 'opaqueredirect')) { caches.delete(CACHE); return answer; }
    if (answer.ok) {
      var copy = answer.clone();
      event.waitUntil(caches.open(CACHE).then(function (cache) { return cache.put(event.request, copy); }));
    }
    return answer;
  }, function () {
    return caches.match(event.request, { ignoreSearch: page, ignoreVary: true }).then(function (kept) { return kept || Response.error(); });
  }));
});
