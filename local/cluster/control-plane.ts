import type { ClusterTools } from "../toolchain";
import type { Component } from "./component";
import { kubeconfigOf } from "./kubeconfig";
import { apiPort, podCidr, serviceCidr, type Layout } from "./layout";
import { pkiFile } from "./pki";

const etcdUrl = "http://127.0.0.1:2379";

export function etcd(tools: ClusterTools): Component {
  const peerUrl = "http://127.0.0.1:2380";
  return {
    name: "etcd",
    command: tools.etcd,
    // Plain HTTP: nothing outside the node's own network namespace reaches its loopback. A crash of the whole machine may
    // cost this cluster its data; waiting for the disk at each write costs every test.
    args: flags({
      "data-dir": "/var/lib/etcd/data",
      "listen-client-urls": etcdUrl,
      "advertise-client-urls": etcdUrl,
      "listen-peer-urls": peerUrl,
      "initial-advertise-peer-urls": peerUrl,
      "initial-cluster": `default=${peerUrl}`,
      "unsafe-no-fsync": true,
    }),
  };
}

export function kubeApiserver(layout: Layout, tools: ClusterTools, address: string): Component {
  const file = (name: string) => pkiFile(layout, name);
  return {
    name: "kube-apiserver",
    command: tools.kubeApiserver,
    args: flags({
      "etcd-servers": etcdUrl,
      "advertise-address": address,
      "secure-port": apiPort,
      "tls-cert-file": file("kube-apiserver.crt"),
      "tls-private-key-file": file("kube-apiserver.key"),
      "token-auth-file": file("tokens.csv"),
      "authorization-mode": "Node,RBAC",
      "enable-admission-plugins": "NodeRestriction",
      "allow-privileged": true,
      "service-cluster-ip-range": serviceCidr,
      "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
      "service-account-key-file": file("service-account.key"),
      "service-account-signing-key-file": file("service-account.key"),
      "kubelet-client-certificate": file("kubelet-client.crt"),
      "kubelet-client-key": file("kubelet-client.key"),
      "kubelet-certificate-authority": file("ca.crt"),
      "kubelet-preferred-address-types": "InternalIP",
      profiling: false,
    }),
  };
}

export function kubeControllerManager(layout: Layout, tools: ClusterTools): Component {
  return {
    name: "kube-controller-manager",
    command: tools.kubeControllerManager,
    args: flags({
      kubeconfig: kubeconfigOf(layout, "kube-controller-manager"),
      "bind-address": "127.0.0.1",
      "leader-elect": false,
      "use-service-account-credentials": true,
      "service-account-private-key-file": pkiFile(layout, "service-account.key"),
      "root-ca-file": pkiFile(layout, "ca.crt"),
      "cluster-cidr": podCidr,
      "service-cluster-ip-range": serviceCidr,
      "allocate-node-cidrs": false,
      // Its default StorageClass keeps volumes in /tmp/hostpath_pv, which is a folder of the node's own.
      "enable-hostpath-provisioner": true,
      "flex-volume-plugin-dir": "/var/lib/kubelet/volume-plugins",
      "kube-api-qps": 200,
      "kube-api-burst": 400,
      profiling: false,
    }),
  };
}

export function kubeScheduler(layout: Layout, tools: ClusterTools): Component {
  return {
    name: "kube-scheduler",
    command: tools.kubeScheduler,
    args: flags({
      kubeconfig: kubeconfigOf(layout, "kube-scheduler"),
      "bind-address": "127.0.0.1",
      "leader-elect": false,
      profiling: false,
    }),
  };
}

function flags(values: Readonly<Record<string, string | number | boolean>>): string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}
