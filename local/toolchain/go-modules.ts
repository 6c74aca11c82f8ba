/** A pinned Go module in `modules/<name>` (its go.mod and go.sum) and what is built from it. */
export interface GoModule {
  readonly name: string;
  /** The version that the tools report, with a leading `v`. Has to agree with the module's go.mod. */
  readonly version: string;
  /** Linker flags. Part of the cache key: a change builds again. */
  readonly ldflags: string;
  /** Executable → its package. */
  readonly packages: Readonly<Record<string, string>>;
  /** Executable → how long it takes on two cores with nothing cached, for the progress line. */
  readonly duration: Readonly<Record<string, string>>;
}

const version = (symbols: Readonly<Record<string, string>>) =>
  ["-s -w", ...Object.entries(symbols).map(([symbol, value]) => `-X ${symbol}=${value}`)].join(" ");

export const kubernetes = {
  name: "kubernetes",
  version: "v1.36.2",
  ldflags: version({
    "k8s.io/component-base/version.gitVersion": "v1.36.2",
    "k8s.io/component-base/version.gitMajor": "1",
    "k8s.io/component-base/version.gitMinor": "36",
  }),
  packages: {
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
    "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
    "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
    kubelet: "k8s.io/kubernetes/cmd/kubelet",
    "kube-proxy": "k8s.io/kubernetes/cmd/kube-proxy",
    kubectl: "k8s.io/kubernetes/cmd/kubectl",
  },
  duration: { "kube-apiserver": "4 min", "kube-controller-manager": "90 s", kubelet: "20 s", kubectl: "1 min" },
} as const satisfies GoModule;

export const etcd = {
  name: "etcd",
  version: "v3.6.5",
  ldflags: version({}),
  packages: { etcd: "go.etcd.io/etcd/server/v3" },
  duration: { etcd: "30 s" },
} as const satisfies GoModule;

export const coredns = {
  name: "coredns",
  version: "v1.15.0",
  ldflags: version({}),
  packages: { coredns: "." },
  duration: { coredns: "1 min" },
} as const satisfies GoModule;

export const helm = {
  name: "helm",
  version: "v3.20.2",
  // Without the Kubernetes version `helm template` renders for v1.20, which charts with a `kubeVersion` refuse.
  ldflags: version({
    "helm.sh/helm/v3/internal/version.version": "v3.20.2",
    "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor": "1",
    "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor": "35",
    "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor": "1",
    "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor": "35",
  }),
  packages: { helm: "helm.sh/helm/v3/cmd/helm" },
  duration: { helm: "2 min" },
} as const satisfies GoModule;

/**
 * The newest Pulumi CLI that also runs policy packs with `nodejsHost`: later ones ask the language host for
 * `RunPlugin`, which that host does not have.
 */
export const pulumi = {
  name: "pulumi",
  version: "v3.200.0",
  ldflags: version({ "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": "v3.200.0" }),
  packages: { pulumi: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" },
  duration: { pulumi: "3 min" },
} as const satisfies GoModule;

/** The Node language host from a line of Pulumi's SDK that still carries it; later hosts are not published as a module. */
export const nodejsHost = {
  name: "nodejs-host",
  version: "v3.59.0",
  ldflags: version({}),
  packages: { "pulumi-language-nodejs": "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs" },
  duration: { "pulumi-language-nodejs": "25 s" },
} as const satisfies GoModule;
