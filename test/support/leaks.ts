import { formsOf } from "../../registry/secret-forms";

export { formsOf };

/** Where a secret shows, as `place: form`; empty when it is nowhere. */
export function leaks(secret: string, places: ReadonlyMap<string, string>): string[] {
  const forms = new Map([...formsOf(secret)].map(([name, form]) => [form, name])); // each text once
  return [...places].flatMap(([place, text]) =>
    [...forms].filter(([form]) => text.includes(form)).map(([, name]) => `${place}: ${name}`),
  );
}
