/* One outline on the map and in a field of the form: drawing writes its points, typing draws them.
   A ring inside another is a hole; rings are set apart by an empty line. */
(function () {
  "use strict";
  var map = window.tianzhang && window.tianzhang.map;
  var field = document.querySelector("[name=outline]");
  if (!map || !map.pm || !field) { return; }
  var CARRIED = "tianzhang.outline", MOST_DEGREES = 400;
  var shapes = [];
  map.pm.setLang(document.documentElement.lang.indexOf("zh") === 0 ? "zh" : "en");
  map.pm.setGlobalOptions({ snappable: true, snapDistance: 15, allowSelfIntersection: false });

  function ringsOf(layer) {
    var lists = layer.getLatLngs();
    return lists.length && Array.isArray(lists[0]) ? [].concat.apply([], lists.map(function (one) {
      return one.length && Array.isArray(one[0]) ? one : [one];
    })) : [lists];
  }
  function written() {
    var rings = [].concat.apply([], shapes.map(ringsOf)).filter(function (ring) { return ring.length > 2; });
    field.value = rings.map(function (ring) {
      return ring.map(function (at) { return at.lng.toFixed(9) + " " + at.lat.toFixed(9); }).join("\n");
    }).join("\n\n");
  }
  function kept(layer) {
    shapes.push(layer);
    layer.on("pm:edit pm:dragend pm:markerdragend", written);
  }
  /* points of the working zone are metres: they are not drawn, the register places them */
  function read() {
    return field.value.split(/\n\s*\n/).map(function (part) {
      return part.split("\n").map(function (line) {
        var cells = line.replace(/[,，]/g, " ").trim().split(/\s+/).slice(-2).map(Number);
        return cells.length === 2 && isFinite(cells[0]) && isFinite(cells[1]) && cells[0] < MOST_DEGREES ? [cells[1], cells[0]] : null;
      }).filter(Boolean);
    }).filter(function (ring) { return ring.length > 2; });
  }
  function drawn(zoom) {
    shapes.forEach(function (layer) { map.removeLayer(layer); });
    shapes = [];
    var group = L.featureGroup(read().map(function (ring) { return L.polygon(ring, { color: "#a8430c", weight: 3 }); }));
    group.eachLayer(function (layer) { layer.addTo(map); kept(layer); });
    if (zoom && shapes.length) { map.fitBounds(group.getBounds().pad(0.4), { maxZoom: 18, animate: false }); }
  }

  map.on("pm:create", function (event) { kept(event.layer); written(); });
  map.on("pm:remove", function (event) {
    shapes = shapes.filter(function (layer) { return layer !== event.layer; });
    written();
  });
  field.addEventListener("change", function () { drawn(true); });
  document.querySelector("[data-draw-outline]").addEventListener("click", function () {
    map.pm.enableDraw("Polygon");
    map.getContainer().scrollIntoView({ block: "center" });
  });
  try { /* an outline that was checked against the red line comes along */
    var carried = window.sessionStorage.getItem(CARRIED);
    if (carried && !field.value && location.search.indexOf("drawn") > 0) { field.value = carried; }
    window.sessionStorage.removeItem(CARRIED);
  } catch (refused) { /* a browser without storage: the outline is drawn again */ }
  drawn(true);
}());
