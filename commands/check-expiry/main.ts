import { UserError } from "../../components/user-error";
import { main, say } from "../terminal";
import { checkExpiry } from "./check-expiry";
import { parseExpiryRequest } from "./request";

/** `make check-expiry`: whether a password of a stack ends soon, by what the stacks' files in the current folder say. */
main(async () => {
  const request = parseExpiryRequest(process.env);
  if (!("days" in request)) throw new UserError(request);
  const { read, problems, unseen } = await Promise.resolve(checkExpiry(process.cwd(), request, new Date()));
  for (const what of unseen) say(`not seen: ${what}`);
  if (problems.length > 0) throw new UserError(problems);
  const ends = read === 1 ? "1 password has its end written down" : `${read} passwords have their ends written down`;
  say(`${ends}, none within ${request.days} days`);
});
