/* Parts of a case on its map: the outline and the parts that were cut, drawing new ones into the form. */
(function () {
  "use strict";
  var map = window.tianzhang && window.tianzhang.map;
  var source = document.querySelector("script[data-split='outline']");
  if (!map || !source) { return; }
  var shape = JSON.parse(source.textContent);
  /* a light line under the dark dashes: it stands out on every ground */
  L.geoJSON(shape, { interactive: false, pmIgnore: true, style: { color: "#ffffff", weight: 6, fill: false } }).addTo(map);
  var outline = L.geoJSON(shape, {
    interactive: false, pmIgnore: true, style: { color: "#10231b", weight: 3, fill: false, dashArray: "8 5" }
  }).addTo(map);
  map.fitBounds(outline.getBounds().pad(0.25), { maxZoom: 19, animate: false });

  var FILLS = ["#a8430c", "#12806f", "#5b4a9c", "#8a6d00", "#1d5f9e", "#8c2f5d"];
  var cut = document.querySelector("script[data-split='parts']");
  if (cut) {
    L.geoJSON(JSON.parse(cut.textContent), {
      interactive: false, pmIgnore: true,
      style: function (feature) {
        var fill = FILLS[(feature.properties.number - 1) % FILLS.length];
        return { color: fill, weight: 2, fillColor: fill, fillOpacity: 0.35 };
      },
      onEachFeature: function (feature, layer) {
        layer.bindTooltip(String(feature.properties.number), { permanent: true, direction: "center", className: "split-label" });
      }
    }).addTo(map);
  }

  var form = document.querySelector("[data-split-form]");
  if (!form || !map.pm) { return; }
  var field = form.elements.drawn, said = form.querySelector("[data-split-count]"), drawn = [];
  map.pm.setLang(document.documentElement.lang.indexOf("zh") === 0 ? "zh" : "en");
  map.pm.setGlobalOptions({ snappable: true, snapDistance: 15, allowSelfIntersection: false });

  function written() {
    field.value = drawn.length ? JSON.stringify({ type: "FeatureCollection", features: drawn.map(function (layer, index) {
      var feature = layer.toGeoJSON(12); feature.properties = { number: index + 1 }; return feature;
    }) }) : "";
    said.textContent = drawn.length ? said.getAttribute("data-words") + " " + drawn.length : "";
  }
  map.on("pm:create", function (event) {
    drawn.push(event.layer);
    event.layer.on("pm:edit pm:dragend", written);
    written();
  });
  map.on("pm:remove", function (event) {
    drawn = drawn.filter(function (layer) { return layer !== event.layer; });
    written();
  });
  form.querySelector("[data-draw-part]").addEventListener("click", function () {
    map.pm.enableDraw("Polygon");
    map.getContainer().scrollIntoView({ block: "center" });
  });
}());
