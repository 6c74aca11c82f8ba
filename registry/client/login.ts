import type { SecretText } from "../secret-text";

/** What the kubelet would send. */
export interface Login {
  readonly username: string;
  readonly password: SecretText;
}

/** `Authorization` for HTTP Basic (RFC 7617, in UTF-8). */
export const basic = ({ username, password }: Login): string =>
  `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString("base64")}`;

/** containerd takes a login with an empty part for none. */
export const usable = (login: Login | undefined): Login | undefined =>
  login === undefined || login.username === "" || login.password.reveal() === "" ? undefined : login;
