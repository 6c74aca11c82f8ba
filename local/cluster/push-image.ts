import { readFileSync } from "node:fs";
import * as path from "node:path";
import { Agent, request } from "undici";

export interface Registry {
  /** `address:port`, over TLS. */
  readonly server: string;
  /** Certificate of the authority that signed the registry's, as PEM text. */
  readonly ca: string;
  readonly username: string;
  readonly password: string;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
}

/** Sends the one image of an OCI layout to a registry, as `name` (a repository) and `tag`. Blobs that are there are not sent again. */
export async function pushImage(folder: string, registry: Registry, name: string, tag: string): Promise<void> {
  const dispatcher = new Agent({ connect: { ca: registry.ca } });
  const authorization = `Basic ${Buffer.from(`${registry.username}:${registry.password}`).toString("base64")}`;
  const root = `https://${registry.server}/v2/${name}/`;
  const ask = async (method: "HEAD" | "POST" | "PUT", url: URL, type = "", body?: Buffer) => {
    const headers = { authorization, ...(type !== "" && { "content-type": type }) };
    const answer = await request(url, { method, headers, body, dispatcher });
    return { status: answer.statusCode, location: answer.headers.location, text: await answer.body.text() };
  };
  const expect = async (status: number, ...question: Parameters<typeof ask>) => {
    const answer = await ask(...question);
    if (answer.status === status) return answer;
    throw new Error(
      `${name}:${tag} could not be pushed: ${question[0]} ${question[1].pathname} ${answer.status} ${answer.text}`,
    );
  };
  const blob = (digest: string) => readFileSync(path.join(folder, "blobs", ...digest.split(":")));
  try {
    const index = JSON.parse(readFileSync(path.join(folder, "index.json"), "utf8")) as { manifests: Descriptor[] };
    for (const { digest, mediaType } of index.manifests) {
      const manifest = blob(digest);
      const { config, layers } = JSON.parse(manifest.toString()) as { config: Descriptor; layers: Descriptor[] };
      for (const part of [config, ...layers]) {
        if ((await ask("HEAD", new URL(`blobs/${part.digest}`, root))).status === 200) continue;
        const { location = "" } = await expect(202, "POST", new URL("blobs/uploads/", root));
        const place = new URL(String(location), root);
        place.searchParams.set("digest", part.digest);
        await expect(201, "PUT", place, "application/octet-stream", blob(part.digest));
      }
      await expect(201, "PUT", new URL(`manifests/${tag}`, root), mediaType, manifest);
    }
  } finally {
    await dispatcher.close();
  }
}
