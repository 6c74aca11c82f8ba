import { generateDockerConfig } from "./docker-configs";
import { Random } from "./random";

/** An image and the contents of the pod's pull Secrets. */
export interface Case {
  readonly image: string;
  readonly secrets: readonly { readonly type: string; readonly text: string }[];
}

type Choices = readonly [string, ...string[]];

const goodHosts: Choices = [
  "",
  "",
  "docker.io/",
  "index.docker.io/",
  "ghcr.io/",
  "ghcr.io/",
  "ghcr.io:443/",
  "registry.example.com/",
  "registry.example.com/",
  "registry.example.com:5000/",
  "123456789012.dkr.ecr.eu-west-1.amazonaws.com/",
  "localhost/",
  "localhost:5000/",
  "registry:5000/",
  "10.0.0.1/",
  "10.0.0.1:5000/",
  "[::1]:5000/",
  "[2001:db8::1]:443/",
  "xn--bcher-kva.example/",
];

const oddHosts: Choices = [
  "INDEX.docker.io/",
  "registry-1.docker.io/",
  "registry/",
  "[2001:DB8::1]:443/",
  "[::1]/",
  "[:::]/",
  "[1]/",
  "GHCR.IO/",
  "Registry/",
  "A/",
  "A/",
  "F:80/",
  "a__b.c/",
  "a_b.example.com/",
  "-a.io/",
  "bücher.example/",
];

const goodRepositories: Choices = [
  "org/repo",
  "org/repo",
  "org/repo/deep/er",
  "organization/repo",
  "library/nginx",
  "nginx",
  "v1/repo",
  "v2/org/repo",
  "o-r--g/re.po/x__y",
];

const oddRepositories: Choices = [
  "Org/repo",
  "org//repo",
  "org/",
  "",
  `org/${"r".repeat(251)}`,
  `org/${"r".repeat(252)}`,
  "a".repeat(64),
];

const goodSuffixes: Choices = [
  "",
  ":v1",
  ":Tag_1.2-3",
  `:${"t".repeat(128)}`,
  `@sha256:${"0af9".repeat(16)}`,
  `:v1@sha256:${"0af9".repeat(16)}`,
  `@sha384:${"0af9".repeat(24)}`,
  `@sha512:${"0af9".repeat(32)}`,
];

const oddSuffixes: Choices = [
  `:${"t".repeat(129)}`,
  `@sha256:${"0af9".repeat(12)}`,
  `@sha256:${"0AF9".repeat(16)}`,
  `@SHA256:${"0af9".repeat(16)}`,
  `@md5:${"0af9".repeat(8)}`,
  ":",
  "@",
];

function generateImage(random: Random): string {
  const pick = (good: Choices, odd: Choices) => random.pick(random.chance(0.92) ? good : odd);
  const image = pick(goodHosts, oddHosts) + pick(goodRepositories, oddRepositories) + pick(goodSuffixes, oddSuffixes);
  return random.chance(0.05) ? random.mutate(image, "abz019.-_:/@[]AZ é") : image;
}

export function generateCases(seed: number, count: number): readonly Case[] {
  const random = new Random(seed);
  return random.times(count, () => {
    const image = generateImage(random);
    const secrets = random.times(random.pick([0, 1, 1, 2, 2, 3, 4]), () => generateDockerConfig(random, image));
    // A pod may name a Secret twice.
    if (secrets[0] !== undefined && random.chance(0.05)) secrets.push(secrets[0]);
    return { image, secrets };
  });
}
