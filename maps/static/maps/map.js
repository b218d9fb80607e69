/* Tianzhang: what the maps do. folium (or a mini map's element) makes the map; this script gives it manners.
   Record text reaches the page by textContent alone. Nothing newer than Chromium 86. */
(function () {
  "use strict";
  var root = getComputedStyle(document.documentElement);
  function colour(name, fallback) { return (root.getPropertyValue("--map-" + name) || fallback).trim() || fallback; }

  /* Leaflet.VectorGrid 1.3 is older than Leaflet 1.8 */
  if (window.L) {
    L.DomEvent.fakeStop = L.DomEvent.fakeStop || function () { return true; };
  }

  var CLASSES = [
    [/^0101/, "#8cc7b5"], [/^0102/, "#b5d99c"], [/^0103/, "#e3d9a0"],
    [/^02/, "#c9b26b"], [/^03/, "#7fa67a"], [/^04/, "#b9c99a"],
    [/^(1006|100|101)/, "#d9c8b4"], [/^(05|06|07|08|09)/, "#d69a86"],
    [/^1202/, "#caa6c8"], [/^11/, "#8fb8d8"], [/^12/, "#c5c2b8"]
  ];
  function classColour(code) {
    for (var i = 0; i < CLASSES.length; i += 1) { if (CLASSES[i][0].test(code || "")) { return CLASSES[i][1]; } }
    return "#c5c2b8";
  }
  var LINES = { road: 1, irrigation: 1, water_supply: 1, power: 1, network: 1 };
  var UPKEEP = { in_order: "in-order", due: "due", overdue: "overdue", no_keeper: "no-keeper", not_needed: "touch" };

  var styles = {
    parcels: function (p, zoom) {
      return { fill: true, fillColor: classColour(p.c), fillOpacity: 0.55, color: "#6d766c", weight: zoom > 15 ? 0.6 : 0.2, opacity: 0.6 };
    },
    basic_farmland: function () {
      return { fill: true, fillColor: colour("basic-farmland", "#7c9a1e"), fillOpacity: 0.28, color: "#4f6410", weight: 1.2, opacity: 0.9 };
    },
    divisions: function (p, zoom) {
      var small = p.l === "natural_village";
      return { fill: false, color: "#12382b", weight: p.l === "village" ? 1.6 : small ? 0.8 : 2.6, opacity: small && zoom < 14 ? 0 : 0.75, dashArray: p.l === "village" ? "7 5" : null };
    },
    units: function (p) {
      var fill = colour(UPKEEP[p.up] || "in-order", "#12806f");
      return { fill: true, fillColor: fill, fillOpacity: 0.75, color: LINES[p.st] ? fill : "#10231b", weight: LINES[p.st] ? 3 : 1.2, opacity: 0.95, radius: 5 };
    }
  };

  function make(tag, className, text) {
    var element = document.createElement(tag);
    if (className) { element.className = className; }
    if (text !== undefined && text !== null) { element.textContent = text; }
    return element;
  }
  function link(href, text) { var a = make("a", null, text); a.href = href; return a; }
  function getJson(url, done, failed) {
    fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" } })
      .then(function (response) { if (!response.ok) { throw new Error(String(response.status)); } return response.json(); })
      .then(done).catch(failed || function () {});
  }

  /* --- findings: a sign and a word, never a colour alone */
  var SIGNS = { OCCUPIES: "stop", INVALID: "broken", NO_DATA: "question", REVIEW: "warning" };
  function findingIcon(properties, sprite) {
    var sign = properties.reading === "no_data" ? "question" : SIGNS[properties.verdict] || "finding";
    var tone = properties.reading === "no_data" ? "unknown" : properties.verdict === "OCCUPIES" ? "alarm" : properties.severity === "F" ? "todo" : "act";
    var svg = '<svg width="18" height="18" aria-hidden="true"><use href="' + sprite + "#" + sign + '"></use></svg>';
    return L.divIcon({ className: "finding-pin tone-" + tone, html: svg, iconSize: [28, 28], iconAnchor: [14, 14] });
  }
  function findingPopup(feature, options) {
    var p = feature.properties;
    var box = make("div", "map-popup");
    box.appendChild(make("strong", null, (p.rule + " " + p.title).trim()));
    box.appendChild(make("p", null, p.text));
    var links = make("p", "map-popup-links");
    links.appendChild(link(options.findingUrl.replace("0", feature.id), options.words.finding));
    if (p.unit) { links.appendChild(link(options.unitUrl.replace("__code__", encodeURIComponent(p.unit)), options.words.unit)); }
    box.appendChild(links);
    return box;
  }
  function addFindings(map, options) {
    getJson(options.findings, function (data) {
      var layer = L.geoJSON(data, {
        pointToLayer: function (feature, where) {
          return L.marker(where, { icon: findingIcon(feature.properties, options.sprite), title: (feature.properties.rule + " " + feature.properties.title).trim(), keyboard: true });
        },
        onEachFeature: function (feature, marker) { marker.bindPopup(function () { return findingPopup(feature, options); }, { maxWidth: 280 }); }
      }).addTo(map);
      if (options.focusFinding && layer.getLayers().length) {
        var first = layer.getLayers()[0];
        map.setView(first.getLatLng(), 17, { animate: false });
        first.openPopup();
      }
      var nowhere = document.querySelector("[data-no-place]");
      if (nowhere && options.focusFinding && !layer.getLayers().length) { nowhere.hidden = false; }
      var count = document.querySelector("[data-finding-count]");
      if (count) { count.textContent = layer.getLayers().length; }
      map.fire("tianzhang:findings");
    });
  }

  /* --- what lies under a click */
  function showAnswer(map, where, data, options) {
    var box = make("div", "map-popup");
    data.units.forEach(function (unit) {
      var line = make("p");
      line.appendChild(link(options.unitUrl.replace("__code__", encodeURIComponent(unit.code)), unit.name));
      line.appendChild(make("small", "muted", " " + unit.state));
      box.appendChild(line);
    });
    if (data.zone) { box.appendChild(make("p", "map-popup-zone", options.words.zone + " · " + data.zone.year)); }
    if (data.parcel) {
      box.appendChild(make("p", null, data.parcel.class + " · " + data.parcel.village));
      box.appendChild(make("p", "muted", options.words.parcel + " " + data.parcel.bsm + " · " + data.parcel.area_m2 + " m² · " + data.parcel.year));
    }
    if (!box.childNodes.length) { box.appendChild(make("p", "muted", options.words.nothing)); }
    L.popup({ maxWidth: 280 }).setLatLng(where).setContent(box).openOn(map);
  }
  function addIdentify(map, options) {
    map.on("click", function (event) {
      if (map.pm && (map.pm.globalDrawModeEnabled() || map.pm.globalEditModeEnabled() || map.pm.globalRemovalModeEnabled())) { return; }
      if (options.place) { return; }
      var east = map.containerPointToLatLng(map.latLngToContainerPoint(event.latlng).add([8, 0]));
      var where = L.latLng(event.latlng.lat, event.latlng.lng);
      var query = "?lon=" + where.lng.toFixed(8) + "&lat=" + where.lat.toFixed(8) + "&tolerance=" + Math.abs(east.lng - where.lng).toFixed(8);
      getJson(options.identify + query, function (data) { showAnswer(map, where, data, options); });
    });
  }

  /* --- the red line under the pen */
  function token() { var field = document.querySelector("[name=csrfmiddlewaretoken]"); return field ? field.value : ""; }
  function check(map, layers, options) {
    var target = document.getElementById("redline-answer");
    if (!layers.length || !target) { return; }
    target.setAttribute("aria-busy", "true");
    var shape = { type: "FeatureCollection", features: layers.map(function (layer, index) {
      var feature = layer.toGeoJSON(12); feature.properties = { id: String(index + 1) }; return feature;
    }) };
    fetch(options.check, {
      method: "POST", credentials: "same-origin",
      headers: { "Content-Type": "application/geo+json", "X-CSRFToken": token(), "HX-Request": "true" },
      body: JSON.stringify(shape)
    }).then(function (response) { return response.text(); }).then(function (html) {
      /* markup of our own server, escaped there */
      target.innerHTML = html;
      target.removeAttribute("aria-busy");
      showPieces(map, target);
    });
  }
  function glance(map, ring, options) {
    /* what lies under the shape while it is being drawn: a first word, the verdict comes at the end */
    var target = document.getElementById("redline-glance");
    if (!target || ring.length < 3) { return; }
    var points = ring.map(function (at) { return [at.lng, at.lat]; });
    points.push(points[0]);
    var turn = map.glances = (map.glances || 0) + 1;
    fetch(options.glance, {
      method: "POST", credentials: "same-origin",
      headers: { "Content-Type": "application/geo+json", "X-CSRFToken": token() },
      body: JSON.stringify({ type: "Polygon", coordinates: [points] })
    }).then(function (response) { return response.json(); }).then(function (data) {
      if (turn !== map.glances) { return; }
      target.textContent = "";
      (data.words || []).forEach(function (line) { target.appendChild(make("span", "glance-line", line)); });
      target.hidden = !(data.words || []).length;
    });
  }
  function endGlance(map) {
    var target = document.getElementById("redline-glance");
    map.glances = (map.glances || 0) + 1;
    if (target) { target.hidden = true; target.textContent = ""; }
  }
  function showPieces(map, target) {
    if (map.pieces) { map.removeLayer(map.pieces); map.pieces = null; }
    var source = target.querySelector("script[type='application/geo+json']");
    if (!source) { return; }
    map.pieces = L.geoJSON(JSON.parse(source.textContent), {
      interactive: false,
      style: function (feature) {
        return feature.properties.what === "piece"
          ? { color: colour("occupies", "#b3200d"), weight: 2, fillColor: colour("occupies", "#b3200d"), fillOpacity: 0.55 }
          : { color: "#10231b", weight: 2.5, fill: false, dashArray: "6 4" };
      }
    }).addTo(map);
    if (target.hasAttribute("data-zoom")) {
      target.removeAttribute("data-zoom");
      map.fitBounds(map.pieces.getBounds().pad(0.4), { maxZoom: 18, animate: false });
    }
  }
  /* the shapes that were judged go along to the form of a new case (outline.js): a ring is lines of points */
  function carryOutline(layers) {
    var source = document.querySelector("#redline-answer script[type='application/geo+json']");
    var shapes = source ? JSON.parse(source.textContent).features.filter(function (one) { return one.properties.what === "footprint"; }) : [];
    if (!shapes.length) { shapes = layers.map(function (layer) { return layer.toGeoJSON(12); }); }
    var rings = [];
    shapes.forEach(function (one) {
      var at = one.geometry.coordinates;
      (one.geometry.type === "Polygon" ? [at] : one.geometry.type === "MultiPolygon" ? at : []).forEach(function (part) {
        rings = rings.concat(part);
      });
    });
    var text = rings.map(function (ring) {
      return ring.slice(0, -1).map(function (at) { return at[0].toFixed(9) + " " + at[1].toFixed(9); }).join("\n");
    }).join("\n\n");
    try { window.sessionStorage.setItem("tianzhang.outline", text); } catch (refused) { /* drawn again there */ }
  }
  function addDrawing(map, options) {
    if (!map.pm) { return; }
    if (map.pm.setLang) { map.pm.setLang(document.documentElement.lang.indexOf("zh") === 0 ? "zh" : "en"); }
    map.pm.setGlobalOptions({ snappable: true, allowSelfIntersection: true });
    var drawn = [];
    map.on("pm:drawstart", function (event) {
      event.workingLayer.on("pm:vertexadded", function () { glance(map, event.workingLayer.getLatLngs(), options); });
    });
    map.on("pm:drawend", function () { endGlance(map); });
    map.on("pm:create", function (event) {
      drawn.push(event.layer);
      check(map, drawn, options);
      event.layer.on("pm:edit pm:dragend", function () { check(map, drawn, options); });
    });
    map.on("pm:remove", function (event) {
      drawn = drawn.filter(function (layer) { return layer !== event.layer; });
      var target = document.getElementById("redline-answer");
      if (!drawn.length && target) { target.textContent = ""; showPieces(map, target); } else { check(map, drawn, options); }
    });
    Array.prototype.forEach.call(map.getContainer().querySelectorAll(".leaflet-pm-toolbar a.leaflet-buttons-control-button"), function (button) {
      var holder = button.parentNode, title = holder && holder.getAttribute("title") || button.getAttribute("title") || (holder.querySelector("[title]") || holder).title;
      if (title) { button.setAttribute("aria-label", title); }
    });
    var first = document.querySelector("[data-draw]");
    if (first) {
      first.addEventListener("click", function () { map.pm.enableDraw("Polygon"); map.getContainer().scrollIntoView({ block: "center" }); });
    }
    var answer = document.getElementById("redline-answer");
    if (answer) {
      showPieces(map, answer);
      answer.addEventListener("click", function (event) {
        if (event.target.closest("[data-open-case]")) { carryOutline(drawn); }
      });
    }
  }

  /* --- units on the map, and placing one by a click */
  function addFocus(map, options) {
    if (!options.focus) { return; }
    getJson(options.focus, function (data) {
      var layer = L.geoJSON(data, {
        style: { color: "#a8430c", weight: 4, fillColor: "#a8430c", fillOpacity: 0.25 },
        pointToLayer: function (feature, where) { return L.circleMarker(where, { radius: 9, color: "#a8430c", weight: 4, fillOpacity: 0.25 }); }
      }).addTo(map);
      if (layer.getLayers().length) { map.fitBounds(layer.getBounds().pad(0.6), { maxZoom: 17, animate: false }); }
    });
  }
  function addPlacing(map, options) {
    if (!options.place) { return; }
    var chosen = document.querySelector("[data-place-link]"), pin = null;
    if (!chosen) { return; }
    var target = chosen.getAttribute("href");
    map.getContainer().style.cursor = "crosshair";
    map.on("click", function (event) {
      if (pin) { pin.setLatLng(event.latlng); } else { pin = L.circleMarker(event.latlng, { radius: 10, color: "#a8430c", weight: 4 }).addTo(map); }
      chosen.href = target + "?lon=" + event.latlng.lng.toFixed(7) + "&lat=" + event.latlng.lat.toFixed(7);
      chosen.hidden = false;
    });
  }

  function box(bounds) { return [[bounds[1], bounds[0]], [bounds[3], bounds[2]]]; }
  function attach(map, options, layers) {
    map.attributionControl.setPrefix(false);
    map.fitBounds(box(options.bounds), { animate: false });
    L.control.scale({ imperial: false }).addTo(map);
    addFindingsIfAsked(map, options);
    if (options.identify) { addIdentify(map, options); }
    addFocus(map, options);
    addPlacing(map, options);
    if (options.check) { addDrawing(map, options); }
    window.tianzhang.map = map;
    window.tianzhang.layers = layers;
    map.getContainer().setAttribute("data-ready", "true");
  }
  function addFindingsIfAsked(map, options) { if (options.findings) { addFindings(map, options); } }

  function tiles(name, url, minZoom) {
    var layerStyles = {};
    layerStyles[name] = styles[name];
    return L.vectorGrid.protobuf(url, { rendererFactory: L.canvas.tile, interactive: false, minZoom: minZoom || 8, maxNativeZoom: 17, vectorTileLayerStyles: layerStyles });
  }
  function miniMap(element) {
    var options = JSON.parse(element.getAttribute("data-minimap"));
    var map = L.map(element, { zoomControl: true, scrollWheelZoom: false, maxZoom: 20, minZoom: 8, preferCanvas: true });
    map.setView([(options.bounds[1] + options.bounds[3]) / 2, (options.bounds[0] + options.bounds[2]) / 2], 15);
    if (options.hillshade) {
      map.createPane("shade").style.zIndex = 150;
      L.imageOverlay(options.hillshade.url, options.hillshade.box, { opacity: 0.9, pane: "shade", className: "hillshade" }).addTo(map);
    }
    Object.keys(options.tiles).forEach(function (name) { tiles(name, options.tiles[name]).addTo(map); });
    attach(map, options, {});
  }

  window.tianzhang = { styles: styles, attach: attach, showPieces: showPieces, map: null, layers: null };
  document.addEventListener("DOMContentLoaded", function () {
    Array.prototype.forEach.call(document.querySelectorAll("[data-minimap]"), miniMap);
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.target && event.target.id === "redline-answer" && window.tianzhang.map) {
      event.target.setAttribute("data-zoom", "");
      showPieces(window.tianzhang.map, event.target);
    }
  });
}());
