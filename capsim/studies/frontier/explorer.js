// Moves through the sizes of a group: every figure is in the page already, nothing is asked for.
"use strict";
(() => {
  const place = document.getElementById("explorer");
  const data = JSON.parse(document.getElementById("explorer-data").textContent);
  const shared = document.getElementById("explorer-shared");
  const metered = document.getElementById("explorer-metered");
  const picture = document.querySelector("#explorer-picture svg");
  let mark = null;
  if (picture && data.at) {
    mark = document.createElementNS("http://www.w3.org/2000/svg", "path");
    mark.setAttribute("d", "HERE");
    mark.setAttribute("style", "fill: #ffffff; stroke: #222222");
    picture.appendChild(mark);
  }
  const show = () => {
    const s = Number(shared.value), m = Number(metered.value);
    const cell = data.cells[s * (Number(metered.max) + 1) + m];
    place.querySelectorAll("[data-figure]").forEach((one) => { one.textContent = cell[one.dataset.figure]; });
    for (const [input, value] of [[shared, s], [metered, m]]) {
      input.nextElementSibling.textContent = value;
      input.setAttribute("aria-valuetext", value + " channels; " + cell[MONTHLY] + " " + data.unit + ", blocking " + cell[0]);
    }
    if (mark) mark.setAttribute("transform",
      "translate(" + (data.at[0] + data.at[1] * s) + " " + (data.at[2] + data.at[3] * m) + ")");
  };
  for (const input of [shared, metered]) input.addEventListener("input", show);
  place.querySelectorAll("button").forEach((button) => button.addEventListener("click", () => {
    [shared.value, metered.value] = button.dataset.size.split(" ");
    show();
  }));
  place.hidden = false;
  show();
})();
