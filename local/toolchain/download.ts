import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { tryRun } from "../../commands/process";
import { say, step } from "../../commands/terminal";
import { type Checksum, checksumInGithubRelease, checksumInText } from "./checksum";
import { BrokenTransfer, type HttpAnswer, HttpReader, type HttpReaderOptions } from "./http-reader";
import { checksumUrl, officialHosts, type Release } from "./releases";
import { cached } from "./tool-cache";

/** Ends a download. Without a message there is nothing to say. */
class NotDownloaded extends Error {}

const title = ({ name, version }: Release) => `${name} ${version}`;
const inMegabytes = (bytes: number) => `${Math.max(1, Math.round(bytes / 1e6))} MB`;

/** Downloads official releases, and checks them. */
export class Downloader {
  private readonly http: HttpReader;

  constructor(options: HttpReaderOptions) {
    this.http = new HttpReader(options);
  }

  /**
   * Puts a release's executables into a folder of their own, which appears whole or not at all. Resolves to the folder; to
   * `undefined` where it cannot be had, after one line that says why, or none where its hosts do not answer at all.
   *
   * @param folder an absolute path; nothing is asked when it exists
   */
  async download(release: Release, folder: string): Promise<string | undefined> {
    try {
      return await cached(folder, async (temporary) => {
        try {
          await this.make(release, temporary);
        } catch (error) {
          // Here, and so once, however many wait for this download.
          if (error instanceof NotDownloaded && error.message !== "") say(error.message);
          throw error;
        }
      });
    } catch (error) {
      if (error instanceof NotDownloaded) return undefined;
      throw error;
    }
  }

  /** Whether the hosts of a release and of its checksum answer at all. Each host is asked once, all of them at the first call. */
  async reaches(release: Release): Promise<boolean> {
    const urls = [release.url, checksumUrl(release)];
    return !(await Promise.all(urls.map((url) => this.http.answers(url)))).includes(false);
  }

  private async make(release: Release, temporary: string): Promise<void> {
    if (!(await this.reaches(release))) throw new NotDownloaded();
    const checksum = await this.checksum(release);
    let first: HttpAnswer | undefined = await this.twice(release, release.url, () => this.ask(release, release.url));
    const size = first.size === undefined ? "" : `${inMegabytes(first.size)}, `;
    fs.rmSync(temporary, { recursive: true, force: true }); // a killed run may have had this process number
    fs.mkdirSync(temporary);
    const file = path.join(temporary, ".download");
    await step(`Downloading ${title(release)} (${size}once)`, async () => {
      const found = await this.twice(release, release.url, async () => {
        const answer = first ?? (await this.ask(release, release.url));
        first = undefined;
        return save(answer, file, checksum.algorithm);
      });
      if (found !== checksum.hex) {
        const problem = `${release.url} has not the checksum that ${checksumUrl(release)} gives`;
        throw new NotDownloaded(`${title(release)} is not used: ${problem}.`);
      }
      await unpack(release, file, temporary);
    });
  }

  private async checksum(release: Release): Promise<Checksum> {
    const url = checksumUrl(release);
    const text = await this.twice(release, url, async () => (await this.ask(release, url)).text());
    const file = path.basename(new URL(release.url).pathname);
    const checksum = "file" in release.checksum ? checksumInText(text, file) : checksumInGithubRelease(text, file);
    if (checksum !== undefined) return checksum;
    throw new NotDownloaded(`${title(release)} is not downloaded: ${url} has no SHA-256 of ${file}.`);
  }

  private async ask(release: Release, url: string): Promise<HttpAnswer> {
    const answer = await this.http.get(url);
    if (answer.status >= 500) throw new BrokenTransfer(`${new URL(url).host} answers ${answer.status}`);
    if (answer.status === 200) return answer;
    throw new NotDownloaded(`${title(release)} is not downloaded: ${url} answers ${answer.status}.`);
  }

  /** Once more after a transfer that broke; a host whose second one breaks too is not asked again by this process. */
  private async twice<T>(release: Release, url: string, transfer: () => Promise<T>): Promise<T> {
    try {
      return await transfer();
    } catch (error) {
      if (!(error instanceof BrokenTransfer)) throw error;
    }
    try {
      return await transfer();
    } catch (error) {
      if (!(error instanceof BrokenTransfer)) throw error;
      this.http.giveUp(url);
      const problem = `${url} was asked for twice, and ${error.message}`;
      const rest = `nothing more is asked of ${new URL(url).host}`;
      throw new NotDownloaded(`${title(release)} is not downloaded: ${problem}; ${rest}.`);
    }
  }
}

/** Writes a body to a file. Resolves to its checksum in hex. */
async function save(answer: HttpAnswer, file: string, algorithm: Checksum["algorithm"]): Promise<string> {
  const hash = createHash(algorithm);
  const output = await fs.promises.open(file, "w");
  try {
    for await (const chunk of answer.body) {
      hash.update(chunk);
      await output.writeFile(chunk);
    }
  } finally {
    await output.close();
  }
  return hash.digest("hex");
}

/** Puts the executables of a checked file into a folder, and takes the file away. */
async function unpack(release: Release, file: string, folder: string): Promise<void> {
  const { archiveFolder, executables } = release;
  if (archiveFolder === undefined) {
    fs.renameSync(file, path.join(folder, executables[0]));
  } else {
    const members = executables.map((executable) => path.posix.join(archiveFolder, executable));
    const unpacked = path.join(folder, ".unpacked");
    fs.mkdirSync(unpacked);
    // As root tar would make the files those of the user who packed them.
    const result = await tryRun("tar", ["-xzf", file, "-C", unpacked, "--no-same-owner", ...members]);
    const isThere = (member: string) => fs.lstatSync(path.join(unpacked, member), { throwIfNoEntry: false })?.isFile();
    const missing = members.filter((member) => !isThere(member));
    if (result.code !== 0 || missing.length > 0) {
      const problem = missing.length > 0 ? `has no ${missing.join(", ")}` : "cannot be unpacked";
      throw new NotDownloaded(`${title(release)} is not used: ${release.url} ${problem}.`);
    }
    for (const member of members) fs.renameSync(path.join(unpacked, member), path.join(folder, path.basename(member)));
    fs.rmSync(unpacked, { recursive: true });
    fs.rmSync(file);
  }
  for (const executable of executables) fs.chmodSync(path.join(folder, executable), 0o755);
}

const downloader = new Downloader({ hosts: officialHosts() });

/** `Downloader.download` of the official releases' hosts, which this process asks once whether they answer. */
export const download = (release: Release, folder: string): Promise<string | undefined> =>
  downloader.download(release, folder);

/** `Downloader.reaches` of the same, so that `download` asks nobody again. */
export const reaches = (release: Release): Promise<boolean> => downloader.reaches(release);
