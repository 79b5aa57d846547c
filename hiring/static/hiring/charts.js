// Draws what the page's JSON says. The same numbers stand in a table below each chart, so nothing depends on this.
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const mix = (part, first, second) => {
  const probe = document.createElement("span");
  probe.style.color = `color-mix(in srgb, ${first} ${part}%, ${second})`;
  document.body.append(probe);
  const mixed = getComputedStyle(probe).color;
  probe.remove();
  return mixed;
};

const shades = (count) => {
  const [accent, page, text] = [colour("--accent"), colour("--page"), colour("--text")];
  return Array.from({ length: count }, (_, index) => {
    const part = 30 + (index * 70) / Math.max(1, Math.min(4, count - 1));
    return part <= 100 ? mix(part, accent, page) : mix(200 - part, accent, text);
  });
};

const drawn = [];

// A long name would push the bars off the picture; it stands whole in the tooltip and in the table.
const short = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

const options = (chart, canvas) => {
  const axis = (title, extra = {}) => ({
    title: { display: Boolean(title), text: title, color: colour("--quiet") },
    ticks: { color: colour("--quiet"), precision: 0 },
    grid: { color: colour("--line") },
    border: { color: colour("--line") },
    ...extra,
  });
  return {
    indexAxis: "y",
    responsive: true,
    maintainAspectRatio: false,
    animation: false,
    onClick: (event, elements, instance) => {
      const [hit] = elements;
      const address = hit && instance.links?.[hit.datasetIndex]?.[hit.index];
      if (address) window.location.assign(address);
    },
    onHover: (event, elements) => {
      event.native.target.style.cursor = elements.length ? "pointer" : "default";
    },
    scales: {
      x: axis(chart.x_title, { stacked: chart.stacked, beginAtZero: true }),
      y: axis(chart.y_title, {
        stacked: chart.stacked,
        grid: { display: false },
        ticks: { color: colour("--quiet"), callback: (value, index) => short(chart.labels[index], canvas.parentElement.clientWidth < 420 ? 13 : 26) },
      }),
    },
    plugins: {
      legend: {
        display: chart.series.length > 1,
        position: "bottom",
        labels: { color: colour("--text"), boxWidth: 12, boxHeight: 12 },
      },
      tooltip: { mode: "nearest" },
    },
  };
};

const draw = () => {
  while (drawn.length) drawn.pop().destroy();
  for (const canvas of document.querySelectorAll("canvas[data-chart]")) {
    const chart = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
    const colours = shades(chart.series.length);
    const instance = new Chart(canvas, {
      type: "bar",
      data: {
        labels: chart.labels,
        datasets: chart.series.map((series, index) => ({
          label: series.name,
          data: series.values,
          backgroundColor: chart.series.length > 1 ? colours[index] : colour("--accent"),
          // Shades that stand beside each other are told apart by the gap between them, too.
          borderColor: colour("--surface"),
          borderSkipped: false,
          borderWidth: chart.series.length > 1 ? { right: 2 } : 0,
          maxBarThickness: 26,
          minBarLength: 0,
        })),
      },
      options: options(chart, canvas),
    });
    instance.links = chart.series.map((series) => series.links);
    drawn.push(instance);
  }
};

addEventListener("load", draw);
addEventListener("beforeprint", () => drawn.forEach((chart) => chart.resize()));
addEventListener("afterprint", () => drawn.forEach((chart) => chart.resize()));
// The colours follow the shell's switch between light and dark.
new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });

for (const select of document.querySelectorAll("form[data-send-on-change] select")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
