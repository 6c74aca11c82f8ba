import type { Random } from "./random";

const odd: readonly [string, ...string[]] = [
  "",
  "/",
  "//",
  "https://",
  "https:///org",
  "HTTPS://ghcr.io",
  "ftp://ghcr.io",
  "*",
  "*]",
  "*]:5000",
  "*:5000",
  "*.*",
  "*.*.*",
  "**.io",
  "*.docker.io",
  "d*r.io",
  "[::1]",
  "[::1]:5000",
  "[::1]:",
  "[::1",
  "::1",
  "[A::]",
  "[A-C::]",
  "[a::%2525*]",
  "[A::%2525-Z]",
  "[A::%2525%2525]x]",
  "[A::%2525-]",
  "[A::%2525%c3%a9]",
  "[A::%2525é-ü]",
  "[F::]:80",
  "[::1%25eth0]:5000",
  "[::1%2525eth0]:5000",
  "[::1%25%2f]",
  "[::ffff:10.0.0.1]",
  "[::ffff:10.0.0.1]:5000",
  "[10.0.0.1]",
  "[1:2:3:4:5:6:7:8]:443",
  "[1:2:3:4:5:6:7::]:443",
  "[1:2:3:4:5:6:7:8::]:443",
  "gh[a-z]r.io",
  "ghcr.io:80:90",
  "ghcr.io:abc",
  "ghcr.io\\",
  "%67hcr.io",
  "%25.io",
  "%c3%bc.io",
  "%ff.io",
  "%2A.io",
  "bücher.example",
  "b*.example",
  "ghcr.io\u0000",
  "ghcr.io?\u0001",
  "ghcr.io#\u0000",
  "ghcr.io#%zz",
  "ghcr.io?%zz#",
  "ghcr.io\uD800",
  "\uFEFFghcr.io",
  "😀.io",
  "ghcr.io/\uE000",
  "ghcr.io/😀",
];

const hub: readonly [string, ...string[]] = [
  "docker.io",
  "docker.io",
  "https://index.docker.io/v1/",
  "https://index.docker.io/v1/",
  "https://index.docker.io/v1",
  "index.docker.io",
  "index.docker.io/",
  "index.docker.io:",
  "https://index.docker.io/v2/",
  "https://u:p@index.docker.io/v1/?x#y",
  "https://index.docker.io/v1/org",
  "registry-1.docker.io",
  "docker.io/library",
  "docker.io/org",
];

/** A label of the image's host, or a pattern that may match it. */
function vary(random: Random, label: string): string {
  const at = random.below(label.length + 1);
  const end = at + random.below(label.length - at + 1);
  return random.pick([
    label,
    label,
    label,
    "*",
    `${label.slice(0, at)}*`,
    `*${label.slice(at)}`,
    `${label.slice(0, at)}*${label.slice(end)}`,
    `*${label.slice(at, end)}*`,
    `${label}*`,
    label.toUpperCase(),
    `x${label}`,
    "",
  ]);
}

function varyHost(random: Random, host: string): string {
  if (host.startsWith("[") || random.chance(0.5)) return host;
  const labels = host.split(".").map((label) => (random.chance(0.6) ? label : vary(random, label)));
  if (random.chance(0.05)) labels.shift();
  if (random.chance(0.05)) labels.push("com");
  return labels.join(".");
}

/** A key of a docker config, mostly one that has to do with the image. */
export function generateKey(random: Random, image: string): string {
  const [host = "", port = "", path = ""] =
    /^((?:\[[^\]]*\]|[^/:]*[.A-Z][^/:]*|localhost|[^/:]*(?=:[0-9]+\/)))(:[0-9]+)?(\/[^:@]*)/.exec(image)?.slice(1) ??
    [];
  const at = random.below(path.length + 1);
  if (random.chance(0.3)) return `${host}${port}${random.pick(["", path.slice(0, at)])}`;
  const paths: readonly [string, ...string[]] = [
    "",
    "",
    "",
    "",
    "/",
    "/v1/",
    "/v2/",
    "/v1",
    "/v2",
    "//",
    path,
    `${path}/`,
    path.slice(0, at),
    path.slice(0, at),
    path.slice(0, at),
    `/v1${path.slice(0, at)}`,
    `/v2/v1${path.slice(0, at)}`,
    path.slice(0, at).toUpperCase(),
    `${path.slice(0, at)}*`,
    path.slice(0, at).replace("o", "%6f"),
    path.slice(0, at).replaceAll("/", "%2F"),
    `${path.slice(0, at)}%`,
    `${path.slice(0, at)}%25`,
    `${path.slice(0, at)}%2525`,
    `${path.slice(0, at)}%3Fx`,
    `${path.slice(0, at)}%23`,
    `${path.slice(0, at)}%0a`,
    `${path.slice(0, at)}é`,
    `${path.slice(0, at)}?a=b`,
    `${path.slice(0, at)}#fragment`,
  ];
  const near =
    random.pick(["", "", "", "https://", "https://", "http://", "Https://", "//"]) +
    (random.chance(0.06) ? random.pick(["user@", "u:p@", "u@v@", "u%41@", "u%4:1@", "ü@", "u/@", "@", "u [@"]) : "") +
    varyHost(random, host === "" ? "docker.io" : host) +
    random.pick([port, port, port, port, "", ":", ":5000", ":443", ":05000", ":x"]) +
    random.pick(paths);
  const key = random.chance(host.length === 1 ? 0.6 : 0.12)
    ? random.pick(odd)
    : random.chance(0.2)
      ? random.pick(hub)
      : near;
  return random.chance(0.08) ? random.mutate(key, "abz019.-_*:/[]%?#@ \\\t\u007f<>!{^é😀AZ") : key;
}
