/** Whether `kubernetes:kubeconfig` is what would be in a file, and not the file's path: the provider takes both. */
export const isKubeconfigContent = (kubeconfig: string): boolean =>
  kubeconfig.includes("\n") || kubeconfig.trimStart().startsWith("{");
