import { dependencies } from "../../package.json";
import { cluster, pulumi } from "./go-modules";

/** A file that a project publishes for one kind of machine, and where its checksum is. */
export interface Release {
  /** As its main executable is called. */
  readonly name: string;
  /** With a leading `v`. */
  readonly version: string;
  readonly url: string;
  /** A text file with it; or what GitHub's API says of the release, for a project that publishes none of use. */
  readonly checksum: { readonly file: string } | { readonly githubRelease: string };
  /** What is wanted of it. */
  readonly executables: readonly [string, ...string[]];
  /** Where in the archive they are, `""` for its root. @default the file is the executable itself */
  readonly archiveFolder?: string;
}

/** As Go names it; Pulumi's command line has Node's name of the processor in its files. */
interface Machine {
  readonly os: "linux" | "darwin";
  readonly arch: "amd64" | "arm64";
  readonly nodeArch: "x64" | "arm64";
}

interface Entry {
  readonly version: string;
  /** The systems that the project publishes for, each for both processors. */
  readonly systems: readonly Machine["os"][];
  readonly parts: (machine: Machine) => Omit<Release, "name" | "version">;
}

const versions = {
  kubernetes: cluster.executables["control-plane"].version,
  helm: pulumi.executables.helm.version,
  // These are in the go.mod of the module `cluster`.
  etcd: "v3.6.8",
  coredns: "v1.14.1",
  registry: "v3.0.0",
  kwok: "v0.8.0",
  // Those of the SDKs.
  pulumi: `v${dependencies["@pulumi/pulumi"]}`,
  kubernetesPlugin: `v${dependencies["@pulumi/kubernetes"]}`,
  randomPlugin: `v${dependencies["@pulumi/random"]}`,
};

const linux: Entry["systems"] = ["linux"];
const both: Entry["systems"] = ["linux", "darwin"];

const withoutV = (version: string) => version.slice(1);
const files = (repository: string, version: string) => `https://github.com/${repository}/releases/download/${version}`;
/** GitHub has a `digest` for each file uploaded since June 2025 (docs.github.com, "REST API endpoints for releases"). */
const githubRelease = (repository: string, version: string) => ({
  githubRelease: `https://api.github.com/repos/${repository}/releases/tags/${version}`,
});

/** Bare hex beside each file (kubernetes.io, "Install and Set Up kubectl on Linux"). Of macOS there are the clients alone. */
function kubernetes(executable: string, systems = linux): Entry {
  const parts: Entry["parts"] = ({ os, arch }) => {
    const url = `https://dl.k8s.io/release/${versions.kubernetes}/bin/${os}/${arch}/${executable}`;
    return { url, checksum: { file: `${url}.sha256` }, executables: [executable] };
  };
  return { version: versions.kubernetes, systems, parts };
}

const table = {
  "kube-apiserver": kubernetes("kube-apiserver"),
  "kube-controller-manager": kubernetes("kube-controller-manager"),
  "kube-scheduler": kubernetes("kube-scheduler"),
  kubelet: kubernetes("kubelet"),
  "kube-proxy": kubernetes("kube-proxy"),
  kubectl: kubernetes("kubectl", both),

  helm: {
    version: versions.helm,
    systems: both,
    // helm/helm, Makefile (`checksum`): `.sha256sum` has the file's name, `.sha256` bare hex.
    parts: ({ os, arch }) => {
      const url = `https://get.helm.sh/helm-${versions.helm}-${os}-${arch}.tar.gz`;
      return { url, checksum: { file: `${url}.sha256sum` }, executables: ["helm"], archiveFolder: `${os}-${arch}` };
    },
  },

  etcd: {
    version: versions.etcd,
    systems: linux, // a zip archive for macOS
    // etcd-io/etcd, scripts/release.sh: one SHA256SUMS for all files.
    parts: ({ os, arch }) => {
      const folder = `etcd-${versions.etcd}-${os}-${arch}`;
      const release = files("etcd-io/etcd", versions.etcd);
      const checksum = { file: `${release}/SHA256SUMS` };
      return { url: `${release}/${folder}.tar.gz`, checksum, executables: ["etcd"], archiveFolder: folder };
    },
  },

  coredns: {
    version: versions.coredns,
    systems: both,
    // coredns/coredns, Makefile.release: `sha256sum` of each archive beside it.
    parts: ({ os, arch }) => {
      const file = `coredns_${withoutV(versions.coredns)}_${os}_${arch}.tgz`;
      const url = `${files("coredns/coredns", versions.coredns)}/${file}`;
      return { url, checksum: { file: `${url}.sha256` }, executables: ["coredns"], archiveFolder: "" };
    },
  },

  registry: {
    version: versions.registry,
    systems: linux,
    // As aquaproj/aqua-registry has it (pkgs/distribution/distribution): `.sha256` beside each archive, Linux alone.
    parts: ({ os, arch }) => {
      const file = `registry_${withoutV(versions.registry)}_${os}_${arch}.tar.gz`;
      const url = `${files("distribution/distribution", versions.registry)}/${file}`;
      return { url, checksum: { file: `${url}.sha256` }, executables: ["registry"], archiveFolder: "" };
    },
  },

  kwok: {
    version: versions.kwok,
    systems: both,
    // kubernetes-sigs/kwok, hack/releases.sh: uploads the executables and nothing else.
    parts: ({ os, arch }) => ({
      url: `${files("kubernetes-sigs/kwok", versions.kwok)}/kwok-${os}-${arch}`,
      checksum: githubRelease("kubernetes-sigs/kwok", versions.kwok),
      executables: ["kwok"],
    }),
  },

  pulumi: {
    version: versions.pulumi,
    systems: both,
    // pulumi/pulumi, ci-prepare-release.yml: one file of SHA-256. From GitHub, because the copies below get.pulumi.com have
    // differed from it (pulumi/pulumi issues 9063 and 9416).
    parts: ({ os, nodeArch }) => {
      const release = files("pulumi/pulumi", versions.pulumi);
      return {
        url: `${release}/pulumi-${versions.pulumi}-${os}-${nodeArch}.tar.gz`,
        checksum: { file: `${release}/pulumi-${withoutV(versions.pulumi)}-checksums.txt` },
        // A policy pack is run by the language host.
        executables: ["pulumi", "pulumi-language-nodejs", "pulumi-language-yaml"],
        archiveFolder: "pulumi",
      };
    },
  },

  "pulumi-resource-kubernetes": {
    version: versions.kubernetesPlugin,
    systems: both,
    // pulumi/pulumi-kubernetes, .goreleaser.yml: no `checksum`, so GoReleaser's own name and SHA-256.
    parts: ({ os, arch }) => {
      const version = versions.kubernetesPlugin;
      const release = files("pulumi/pulumi-kubernetes", version);
      return {
        url: `${release}/pulumi-resource-kubernetes-${version}-${os}-${arch}.tar.gz`,
        checksum: { file: `${release}/pulumi-kubernetes_${withoutV(version)}_checksums.txt` },
        executables: ["pulumi-resource-kubernetes"],
        archiveFolder: "",
      };
    },
  },

  "pulumi-resource-random": {
    version: versions.randomPlugin,
    systems: both,
    // pulumi/pulumi-random, .github/workflows/publish.yml: its checksums are `shasum` without `-a 256`, so SHA-1.
    parts: ({ os, arch }) => ({
      url: `${files("pulumi/pulumi-random", versions.randomPlugin)}/pulumi-resource-random-${versions.randomPlugin}-${os}-${arch}.tar.gz`,
      checksum: githubRelease("pulumi/pulumi-random", versions.randomPlugin),
      executables: ["pulumi-resource-random"],
      archiveFolder: "",
    }),
  },
} as const satisfies Record<string, Entry>;

export type ReleaseName = keyof typeof table;
export const releaseNames = Object.keys(table) as readonly ReleaseName[];

function machineOf(platform: string, arch: string): Machine | undefined {
  if (platform !== "linux" && platform !== "darwin") return undefined;
  if (arch === "x64") return { os: platform, arch: "amd64", nodeArch: arch };
  return arch === "arm64" ? { os: platform, arch, nodeArch: arch } : undefined;
}

/**
 * The official release of a program for a machine, by default this one; `undefined` where there is none.
 *
 * @param platform as `process.platform`
 * @param arch as `process.arch`
 */
export function officialRelease(
  name: ReleaseName,
  platform: string = process.platform,
  arch: string = process.arch,
): Release | undefined {
  const machine = machineOf(platform, arch);
  const { version, systems, parts }: Entry = table[name];
  if (machine === undefined || !systems.includes(machine.os)) return undefined;
  return { name, version, ...parts(machine) };
}

/** Where a release's checksum is asked for. */
export const checksumUrl = ({ checksum }: Release): string =>
  "file" in checksum ? checksum.file : checksum.githubRelease;

/** Every host that this machine's releases are asked from. */
export function officialHosts(): readonly string[] {
  const releases = releaseNames.flatMap((name) => officialRelease(name) ?? []);
  return [
    ...new Set(releases.flatMap((release) => [release.url, checksumUrl(release)]).map((url) => new URL(url).host)),
  ];
}
