import { dependencies } from "../../package.json";

/** A pinned Go module in `modules/<name>` (its go.mod and go.sum) and what is built from it. */
export interface GoModule {
  readonly name: string;
  readonly executables: Readonly<Record<string, Executable>>;
}

/** All of it is part of the cache key: a change builds again. */
export interface Executable {
  /** The version that it reports, with a leading `v`. Has to agree with the module's go.mod. */
  readonly version: string;
  readonly package: string;
  /** Names that the executable answers to; it is another program under each. None: its own name alone. */
  readonly programs?: readonly string[];
  /** Values of variables, set by the linker. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Packages that are compiled without optimisation: it takes them a third of the time, and they only declare types. */
  readonly unoptimised?: string;
  /** JSON files that the package embeds, which are in a folder of another package. */
  readonly embeds?: { readonly files: readonly string[]; readonly from: string };
  /** How long it takes on two cores with nothing cached, for the progress line. */
  readonly duration: string;
}

/** One list of versions for everything that a cluster runs, so that Kubernetes' client is compiled once. */
export const cluster = {
  name: "cluster",
  executables: {
    "control-plane": {
      version: "v1.36.2",
      package: "./control-plane",
      programs: ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "kwok", "registry"],
      variables: {
        "k8s.io/component-base/version.gitVersion": "v1.36.2",
        "k8s.io/component-base/version.gitMajor": "1",
        "k8s.io/component-base/version.gitMinor": "36",
      },
      duration: "5 min",
    },
    agents: {
      version: "v1.36.2",
      package: "./agents",
      programs: ["kubelet", "kube-proxy", "coredns"],
      variables: { "k8s.io/component-base/version.gitVersion": "v1.36.2" },
      duration: "1 min",
    },
  },
} as const satisfies GoModule;

const pluginPackage = "github.com/pulumi/pulumi-kubernetes/provider/v4";

/**
 * Another list for what is written in Pulumi's own, of which the Kubernetes plugin decides: with a newer Kubernetes client than its own
 * it does not compile. Helm is the one that it has inside, and costs a link.
 */
export const pulumi = {
  name: "pulumi",
  executables: {
    // The Node language host that is to be had as a module runs this one's programs, and its policy packs.
    pulumi: {
      version: "v3.218.0",
      package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      variables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": "v3.218.0" },
      duration: "3 min",
    },
    "pulumi-resource-kubernetes": {
      // The only version published as a module: of 15 January 2026, after 4.24 and before 4.26.
      version: "v4.25.0",
      package: "./kubernetes",
      variables: { [`${pluginPackage}/pkg/version.Version`]: "v4.25.0" },
      unoptimised: "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/...",
      embeds: {
        files: ["schema.json", "terraform-mapping.json"],
        from: `${pluginPackage}/cmd/pulumi-resource-kubernetes`,
      },
      duration: "5 min",
    },
    "pulumi-resource-random": {
      version: `v${dependencies["@pulumi/random"]}`,
      package: "./random",
      variables: { "main.version": dependencies["@pulumi/random"] },
      duration: "1 min",
    },
    "pulumi-language-yaml": {
      version: "v1.25.0",
      package: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
      variables: { "github.com/pulumi/pulumi-yaml/pkg/version.Version": "v1.25.0" },
      duration: "1 min",
    },
    helm: {
      version: "v3.18.6",
      package: "helm.sh/helm/v3/cmd/helm",
      // Without the Kubernetes version `helm template` renders for v1.20, which charts with a `kubeVersion` refuse.
      variables: {
        "helm.sh/helm/v3/internal/version.version": "v3.18.6",
        "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor": "1",
        "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor": "33",
        "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor": "1",
        "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor": "33",
      },
      duration: "20 s",
    },
  },
} as const satisfies GoModule;

/** The Node language host from a line of Pulumi's SDK that still carries it; later hosts are not published as a module. */
export const nodejsHost = {
  name: "nodejs-host",
  executables: {
    "nodejs-host": {
      version: "v3.59.0",
      package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
      duration: "25 s",
    },
    // What the engine starts: it hands the host the project's options (`runtime.options` in Pulumi.yaml) in the way that this line knows.
    "pulumi-language-nodejs": { version: "v3.59.0", package: ".", duration: "1 s" },
  },
} as const satisfies GoModule;
