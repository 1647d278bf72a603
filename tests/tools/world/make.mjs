// Makes tracer/web/pictures/data/world.svg and world-points.csv, once, by hand:
//   npm install --no-package-lock && node make.mjs
// Source: world-atlas 2.0.2 (ISC), from Natural Earth 4.1 (public domain), scale 1:110m; States that
// are too small for that scale become dots at their centre, from 1:50m. Projection: Equal Earth.
// Countries get the class c-XX (ISO 3166-1 alpha-2). Where the source draws an area without an ISO
// code: Northern Cyprus is merged into CY and Somaliland into SO; Kosovo is drawn without a code.
import fs from "node:fs";
import { geoArea, geoEqualEarth, geoPath } from "d3-geo";
import { feature, merge } from "topojson-client";

const HERE = new URL(".", import.meta.url);
const DATA = new URL("../../../tracer/", HERE);
const WIDTH = 960;
const PART_OF = { "N. Cyprus": "196", Somaliland: "706" };
const TINY = 9; // square units of the picture below which a State gets a dot too

const read = (where) => fs.readFileSync(new URL(where, HERE), "utf8");
const atlas = (scale) => JSON.parse(read(`node_modules/world-atlas/countries-${scale}.json`));
const alpha2 = new Map(
  fs.readFileSync(new URL("model/data/country.csv", DATA), "utf8").trim().split("\n").slice(1)
    .map((line) => line.split(",")).map(([two, , numeric]) => [numeric, two]),
);

function countries(topology) {
  const groups = new Map();
  for (const one of topology.objects.countries.geometries) {
    const id = PART_OF[one.properties.name] ?? one.id ?? one.properties.name;
    groups.set(id, [...(groups.get(id) ?? []), one]);
  }
  return [...groups].map(([id, parts]) => ({
    id, code: alpha2.get(id) ?? "", name: parts[0].properties.name,
    shape: parts.length > 1 ? merge(topology, parts) : feature(topology, parts[0]).geometry,
  })).filter((one) => one.code !== "AQ");
}

const land = countries(atlas("110m"));
const finer = countries(atlas("50m"));
const all = { type: "GeometryCollection", geometries: [...land, ...finer].map((one) => one.shape) };
const projection = geoEqualEarth().rotate([-11, 0]).fitWidth(WIDTH - 8, all);
const path = geoPath(projection);
const [[left, top], [right, bottom]] = path.bounds(all);
const HEIGHT = Math.ceil(bottom - top + 8);
const [dx, dy] = projection.translate();
projection.translate([dx - left + (WIDTH - (right - left)) / 2, dy - top + 4]);

// "M10.12,3.4L11,4Z" -> relative, one decimal: "M101 34l9 6z" in tenths, under scale(.1)
function short(d) {
  let out = "", x = 0, y = 0;
  for (const [, command, numbers] of d.matchAll(/([MLZ])([^MLZ]*)/g)) {
    if (command === "Z") { out += "z"; continue; }
    const [nx, ny] = numbers.split(",").map((n) => Math.round(Number(n) * 10));
    if (command === "M") out += `M${nx} ${ny}`;
    else if (nx !== x || ny !== y) out += `l${nx - x}${ny - y < 0 ? "" : " "}${ny - y}`;
    [x, y] = [nx, ny];
  }
  return out;
}

// The middle of the largest piece: that of all of them may lie in the sea.
function middle(shape) {
  const pieces = shape.type === "Polygon" ? [shape.coordinates] : shape.coordinates;
  const sized = pieces.map((coordinates) => ({ type: "Polygon", coordinates }));
  const largest = sized.reduce((a, b) => (geoArea(b) > geoArea(a) ? b : a));
  return path.centroid(largest).map((n) => Math.round(n * 10) / 10);
}

const drawn = land.toSorted((a, b) => a.code.localeCompare(b.code));
const points = new Map();
for (const one of drawn) if (one.code) points.set(one.code, [...middle(one.shape), path.area(one.shape) < TINY]);
for (const one of finer)
  if (one.code && !points.has(one.code)) points.set(one.code, [...middle(one.shape), true]);
// Two that neither scale has: the Holy See and Tuvalu are ISO countries and parties to treaties.
for (const [code, place] of [["TV", [179.2, -8.5]], ["VA", [12.45, 41.9]], ["GI", [-5.35, 36.14]]])
  if (!points.has(code)) points.set(code, [...projection(place).map((n) => Math.round(n * 10) / 10), true]);

const paths = drawn.map((one) => `<path${one.code ? ` class="c-${one.code}"` : ""} d="${short(path(one.shape))}"/>`);
const dots = [...points].filter(([, p]) => p[2]).sort()
  .map(([code, [x, y]]) => `<circle class="c-${code}" cx="${Math.round(x * 10)}" cy="${Math.round(y * 10)}" r="18"/>`);
const note = "Natural Earth 4.1 (public domain) by way of world-atlas 2.0.2 (ISC, Michael Bostock), 1:110m; "
  + "projection Equal Earth; made by tests/tools/world. Boundaries and names imply no endorsement.";
const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}">
<!-- ${note} -->
<g transform="scale(.1)" fill="#7b8794" fill-opacity=".34" stroke="#7b8794" stroke-opacity=".75" stroke-width="5" stroke-linejoin="round">
${paths.join("\n")}
</g>
<g transform="scale(.1)" fill="#7b8794" fill-opacity=".6">
${dots.join("\n")}
</g>
</svg>
`;
fs.writeFileSync(new URL("web/pictures/data/world.svg", DATA), svg);
const rows = [...points].sort().map(([code, [x, y, small]]) => `${code},${x},${y},${small ? 1 : 0}`);
fs.writeFileSync(new URL("web/pictures/data/world-points.csv", DATA), `alpha2,x,y,small\n${rows.join("\n")}\n`);
console.log(`${svg.length} bytes, ${paths.length} areas, ${dots.length} dots, ${points.size} points, height ${HEIGHT}`);
