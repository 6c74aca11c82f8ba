/** Sentences, each once, in the order in which they were found, with all the places that it is true of. */
export class Sentences {
  private readonly found = new Map<string, Set<string>>();

  add(text: string, where?: string): void {
    const places = this.found.get(text) ?? new Set();
    if (where !== undefined) places.add(where);
    this.found.set(text, places);
  }

  /** `Deployment/fleet fleet, Job/fleet-migration fleet-migration: TEXT` */
  all(): readonly string[] {
    return [...this.found].map(([text, places]) => (places.size === 0 ? text : `${[...places].join(", ")}: ${text}`));
  }
}
