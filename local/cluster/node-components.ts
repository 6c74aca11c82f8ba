import * as path from "node:path";
import { stringify } from "yaml";

import type { RealTools } from "../toolchain";
import type { Component } from "./component";
import { containerdSocket } from "./container-runtime";
import { kubeconfigOf } from "./kubeconfig";
import { nodeName, podCidr, type Places } from "./places";
import { pkiFile } from "./pki";
import { writeWhole } from "./state";

const configFile = (places: Places, name: string) => path.join(places.folder, "config", name);

export function kubelet(places: Places, tools: RealTools, address: string): Component {
  const args = [
    `--config=${configFile(places, "kubelet.yaml")}`,
    `--kubeconfig=${kubeconfigOf(places, "kubelet")}`,
    `--hostname-override=${nodeName}`,
    `--node-ip=${address}`,
    "--root-dir=/var/lib/kubelet",
  ];
  return { name: "kubelet", command: tools.kubelet, args };
}

export function kubeProxy(places: Places, tools: RealTools): Component {
  return { name: "kube-proxy", command: tools.kubeProxy, args: [`--config=${configFile(places, "kube-proxy.yaml")}`] };
}

export function coredns(places: Places, tools: RealTools): Component {
  return { name: "coredns", command: tools.coredns, args: ["-conf", configFile(places, "Corefile")] };
}

/**
 * The host-path provisioner makes folders for root alone, and Kubernetes applies no `fsGroup` to them; provisioners
 * made for pods of any user open them to all. A few lines of Node do so, well before the first pod can start on one.
 */
export function volumePermissions(): Component {
  const script = `
    const fs = require("node:fs");
    const folder = "/tmp/hostpath_pv";
    const opened = new Set();
    setInterval(() => {
      for (const name of fs.readdirSync(folder)) {
        if (!opened.has(name)) fs.chmodSync(folder + "/" + name, 0o777);
        opened.add(name);
      }
    }, 100);`;
  return { name: "volume-permissions", command: process.execPath, args: ["-e", script] };
}

export function writeNodeConfigs(places: Places, address: string): void {
  const kubeletConfig = {
    kind: "KubeletConfiguration",
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    address,
    authentication: { anonymous: { enabled: false }, x509: { clientCAFile: pkiFile(places, "ca.crt") } },
    tlsCertFile: pkiFile(places, "kubelet.crt"),
    tlsPrivateKeyFile: pkiFile(places, "kubelet.key"),
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    volumePluginDir: "/var/lib/kubelet/volume-plugins",
    clusterDomain: "cluster.local",
    clusterDNS: [address],
    resolvConf: "",
    // Works on cgroup v1 and v2, beside whatever else manages cgroups on this machine.
    failCgroupV1: false,
    cgroupDriver: "cgroupfs",
    // A root of its own: without one, every containerd of a machine shares one folder, and no one knows whose a cgroup is.
    cgroupRoot: `/${places.cgroup}`,
    enforceNodeAllocatable: [],
    // The machine's disk and swap are its owner's affair.
    failSwapOn: false,
    evictionHard: {},
    localStorageCapacityIsolation: false,
    imageGCHighThresholdPercent: 100,
    // Tests wait for it.
    nodeStatusUpdateFrequency: "5s",
    serializeImagePulls: false,
    registryPullQPS: 0,
    eventRecordQPS: 0,
    kubeAPIQPS: 200,
    kubeAPIBurst: 400,
    crashLoopBackOff: { maxContainerRestartPeriod: "5s" },
  };
  writeWhole(configFile(places, "kubelet.yaml"), stringify(kubeletConfig));
  const proxyConfig = {
    kind: "KubeProxyConfiguration",
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    clientConnection: { kubeconfig: kubeconfigOf(places, "kube-proxy") },
    hostnameOverride: nodeName,
    bindAddress: address,
    healthzBindAddress: `${address}:10256`,
    mode: "iptables",
    clusterCIDR: podCidr,
    // The table's size is the whole machine's, and read-only in here. Its timeouts are there only once something has loaded
    // nf_conntrack, and kube-proxy, whose own rules do, ends where they are not.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
  };
  writeWhole(configFile(places, "kube-proxy.yaml"), stringify(proxyConfig));
  // In quotes, a Corefile knows one escape.
  const kubeconfig = `"${kubeconfigOf(places, "coredns").replaceAll('"', '\\"')}"`;
  const corefile = `. {
    errors
    kubernetes cluster.local in-addr.arpa . {
        kubeconfig ${kubeconfig}
        ttl 1
    }
}
`;
  writeWhole(configFile(places, "Corefile"), corefile);
}
