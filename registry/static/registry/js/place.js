/* The phone's own position into a form: a button with data-position fills longitude, latitude, accuracy. */
(function () {
  'use strict';
  var button = document.querySelector('[data-position]');
  if (!button || !navigator.geolocation || !window.isSecureContext) { return; }
  var form = document.querySelector(button.getAttribute('data-position'));
  var said = document.querySelector('[data-position-said]');
  button.hidden = false;

  function put(name, value) { form.elements[name].value = value; }

  button.addEventListener('click', function () {
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(function (found) {
      put('longitude', found.coords.longitude.toFixed(6));
      put('latitude', found.coords.latitude.toFixed(6));
      put('accuracy_m', found.coords.accuracy.toFixed(2));
      var way = form.querySelector('input[name="method"][value="gps"]');
      if (way) { way.checked = true; }
      button.disabled = false;
      said.textContent = button.getAttribute('data-found');
    }, function () {
      button.disabled = false;
      said.textContent = button.getAttribute('data-failed');
    }, { enableHighAccuracy: true, timeout: 20000 });
  });
}());
