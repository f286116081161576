(function () {
  "use strict";
  var figures = JSON.parse(document.getElementById("figures").textContent);
  var pages = Array.prototype.slice.call(document.querySelectorAll(".page"));
  var settings = { displayModeBar: false, responsive: true };
  var drawn = {};

  function draw(language) {
    if (drawn[language]) { return; }
    drawn[language] = true;
    document.querySelectorAll('.plot[data-language="' + language + '"]').forEach(function (place) {
      var figure = figures[language][place.dataset.figure];
      Plotly.newPlot(place, figure.data, figure.layout, settings);
    });
  }

  function show(language, focus) {
    pages.forEach(function (page) {
      var chosen = page.dataset.language === language;
      page.hidden = !chosen;
      if (chosen) {
        document.documentElement.lang = page.lang;
        document.title = page.dataset.title;
        if (focus) { page.querySelector('[data-to="' + language + '"]').focus({ preventScroll: true }); }
      }
    });
    draw(language);
  }

  document.querySelectorAll(".switch button").forEach(function (button) {
    button.addEventListener("click", function () { show(button.dataset.to, true); });
  });
  // Paper has no summary to click on.
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (fold) { fold.open = true; });
  });
  show(document.querySelector(".page:not([hidden])").dataset.language, false);
})();
