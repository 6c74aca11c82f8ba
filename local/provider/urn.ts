/** The parts of a URN: `urn:pulumi:stack::project::parents$type::name`. */
export function parseUrn(urn: string): { readonly type: string; readonly name: string } {
  const parts = urn.split("::");
  return { type: parts[2]?.split("$").at(-1) ?? "", name: parts.slice(3).join("::") };
}

/** `namespace/name`, or `name` for what has no namespace: the ID of a resource. */
export const idOf = (namespace: string, name: string): string => (namespace === "" ? name : `${namespace}/${name}`);

export function parseId(id: string): { readonly namespace: string; readonly name: string } {
  const parts = id.split("/");
  return parts.length === 1 ? { namespace: "", name: id } : { namespace: parts[0] ?? "", name: parts[1] ?? "" };
}
