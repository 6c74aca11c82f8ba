import type { RecordedRequest } from "../../../support/fake-registry";

const isGood = ({ reply }: RecordedRequest): boolean => reply !== undefined && reply.status < 300;

const scopesOf = ({ url }: RecordedRequest): readonly string[] =>
  new URL(url, "https://registry.test").searchParams.getAll("scope").flatMap((scopes) => scopes.split(" "));

/** The tokens that a login was given. */
const tokensOf = (requests: readonly RecordedRequest[], authorization: string | undefined): readonly string[] =>
  requests
    .filter((request) => request.headers.authorization === authorization && isGood(request))
    .flatMap(({ reply }) => /"(?:access_)?token":"([^"]*)"/.exec(reply?.body ?? "")?.slice(1) ?? []);

/**
 * Those requests that can change something at a registry: every one that is no GET or HEAD, and every token for more than a
 * pull, unless the image it is for was given before to the same login, and to a login at all: some registries make a
 * repository where there is none.
 */
export function moreThanQuestions(requests: readonly RecordedRequest[]): readonly string[] {
  const inOrder = [...requests].sort((a, b) => a.order - b.order);
  const isQuestion = (request: RecordedRequest): boolean => {
    if (!["GET", "HEAD"].includes(request.method)) return false;
    const { authorization } = request.headers;
    return scopesOf(request).every((scope) => {
      const [, repository, actions = ""] = /^repository[^:]*:(.+):([^:]*)$/.exec(scope) ?? [];
      if (repository === undefined || actions === "pull") return true;
      const before = inOrder.filter(({ order }) => order < request.order);
      const tokens = tokensOf(before, authorization);
      return (
        authorization !== undefined &&
        before.some(
          (earlier) =>
            earlier.url.startsWith(`/v2/${repository}/manifests/`) &&
            isGood(earlier) &&
            tokens.includes(earlier.headers.authorization?.replace("Bearer ", "") ?? ""),
        )
      );
    });
  };
  return inOrder.filter((request) => !isQuestion(request)).map(({ method, url }) => `${method} ${url}`);
}
