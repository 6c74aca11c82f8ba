import { foreignText } from "../../registry/foreign-text";
import { issueText, type Issue } from "../../registry/issue";

/** Issues, each once, in the order in which they were found, with all the places that it is true of. */
export class FoundIssues {
  private readonly found = new Map<string, { readonly issue: Issue; readonly places: Set<string> }>();

  /** @param place such as `Deployment/fleet fleet` */
  add(issue: Issue, place?: string): void {
    const text = issueText(issue);
    const found = this.found.get(text) ?? { issue, places: new Set() };
    if (place !== undefined) found.places.add(place);
    this.found.set(text, found);
  }

  all(): readonly Issue[] {
    return [...this.found.values()].map(({ issue, places }) =>
      places.size === 0 ? issue : { ...issue, place: [...places].join(", ") },
    );
  }
}

/** `Deployment/fleet fleet, Job/fleet-migration fleet-migration: SENTENCE; FIX` */
export function foundText({ place, ...issue }: Issue): string {
  return place === undefined ? issueText(issue) : `${foreignText(place, 10_000)}: ${issueText(issue)}`;
}
