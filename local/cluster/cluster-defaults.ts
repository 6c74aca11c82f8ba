import { ensureObject } from "./api";
import type { Layout } from "./layout";

/** What a distribution adds to a bare API server: CoreDNS's rights and a default StorageClass. */
export async function addDefaults(layout: Layout, address: string): Promise<void> {
  const rbac = "/apis/rbac.authorization.k8s.io/v1";
  const name = "system:coredns";
  const verbs = ["list", "watch"];
  await ensureObject(layout, address, `${rbac}/clusterroles`, {
    metadata: { name },
    rules: [
      { apiGroups: [""], resources: ["services", "namespaces", "pods"], verbs },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs },
    ],
  });
  await ensureObject(layout, address, `${rbac}/clusterrolebindings`, {
    metadata: { name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name }],
  });
  await ensureObject(layout, address, "/apis/storage.k8s.io/v1/storageclasses", {
    metadata: { name: "local", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
    provisioner: "kubernetes.io/host-path",
    reclaimPolicy: "Delete",
    volumeBindingMode: "Immediate",
  });
}
