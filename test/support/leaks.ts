import { writtenForms } from "../../registry/secret-forms";

export { writtenForms };

/** Where a secret shows, as `place: form`; empty when it is nowhere. */
export function leaks(secret: string, places: ReadonlyMap<string, string>): string[] {
  const forms = [...writtenForms(secret)];
  return [...places].flatMap(([place, text]) =>
    forms.filter(([, form]) => text.includes(form)).map(([name]) => `${place}: ${name}`),
  );
}
