import assert from "node:assert/strict";
import { dependencies } from "../../../package.json";
import { checksumUrl, officialHosts, officialRelease, releaseNames } from "../../../local/toolchain/releases";

const named = (platform: string, arch: string) =>
  releaseNames.filter((name) => officialRelease(name, platform, arch) !== undefined);
const urls = (platform: string, arch: string) =>
  releaseNames.flatMap((name) => officialRelease(name, platform, arch)?.url ?? []);

describe("official releases", () => {
  it("has everything for Linux, and for macOS what is published", () => {
    for (const arch of ["x64", "arm64"]) {
      assert.deepEqual(named("linux", arch), releaseNames);
      assert.deepEqual(named("darwin", arch), [
        "kubectl",
        "helm",
        "coredns",
        "kwok",
        "pulumi",
        "pulumi-resource-kubernetes",
        "pulumi-resource-random",
      ]);
    }
  });

  it("has nothing for other machines", () => {
    for (const [platform, arch] of [
      ["win32", "x64"],
      ["linux", "ia32"],
      ["linux", "riscv64"],
      ["freebsd", "x64"],
    ] as const)
      assert.deepEqual(named(platform, arch), []);
  });

  it("names processors as each project does", () => {
    const words = (arch: string) => urls("linux", arch).map((url) => /amd64|arm64|x64|x86_64/.exec(url)?.[0]);
    assert.deepEqual(words("arm64"), Array(releaseNames.length).fill("arm64"));
    assert.deepEqual(
      words("x64"),
      releaseNames.map((name) => (name === "pulumi" ? "x64" : "amd64")),
    );
    assert.ok(urls("darwin", "arm64").every((url) => url.includes("darwin") && !url.includes("linux")));
  });

  it("asks for what the projects publish", () => {
    const asked = releaseNames.map((name) => {
      const release = officialRelease(name, "linux", "x64");
      assert.ok(release);
      return [release.url, checksumUrl(release)];
    });
    const github = "https://github.com";
    const api = "https://api.github.com/repos";
    const version = {
      pulumi: dependencies["@pulumi/pulumi"],
      kubernetes: dependencies["@pulumi/kubernetes"],
      random: dependencies["@pulumi/random"],
    };
    const beside = (url: string, ending: string) => [url, `${url}${ending}`];
    const folder = (repository: string, tag: string) => `${github}/${repository}/releases/download/${tag}`;
    assert.deepEqual(asked, [
      ...["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "kubectl"].map(
        (name) => beside(`https://dl.k8s.io/release/v1.36.2/bin/linux/amd64/${name}`, ".sha256"),
      ),
      beside("https://get.helm.sh/helm-v3.18.6-linux-amd64.tar.gz", ".sha256sum"),
      [
        `${folder("etcd-io/etcd", "v3.6.8")}/etcd-v3.6.8-linux-amd64.tar.gz`,
        `${folder("etcd-io/etcd", "v3.6.8")}/SHA256SUMS`,
      ],
      beside(`${folder("coredns/coredns", "v1.14.1")}/coredns_1.14.1_linux_amd64.tgz`, ".sha256"),
      beside(`${folder("distribution/distribution", "v3.0.0")}/registry_3.0.0_linux_amd64.tar.gz`, ".sha256"),
      [
        `${folder("kubernetes-sigs/kwok", "v0.8.0")}/kwok-linux-amd64`,
        `${api}/kubernetes-sigs/kwok/releases/tags/v0.8.0`,
      ],
      [
        `${folder("pulumi/pulumi", `v${version.pulumi}`)}/pulumi-v${version.pulumi}-linux-x64.tar.gz`,
        `${folder("pulumi/pulumi", `v${version.pulumi}`)}/pulumi-${version.pulumi}-checksums.txt`,
      ],
      [
        `${folder("pulumi/pulumi-kubernetes", `v${version.kubernetes}`)}/pulumi-resource-kubernetes-v${version.kubernetes}-linux-amd64.tar.gz`,
        `${folder("pulumi/pulumi-kubernetes", `v${version.kubernetes}`)}/pulumi-kubernetes_${version.kubernetes}_checksums.txt`,
      ],
      [
        `${folder("pulumi/pulumi-random", `v${version.random}`)}/pulumi-resource-random-v${version.random}-linux-amd64.tar.gz`,
        `${api}/pulumi/pulumi-random/releases/tags/v${version.random}`,
      ],
    ]);
  });

  it("has four hosts", () => {
    if (process.platform === "linux")
      assert.deepEqual(officialHosts(), ["dl.k8s.io", "get.helm.sh", "github.com", "api.github.com"]);
  });
});
