import { UserError } from "../../components/user-error";
import { main, say } from "../terminal";
import { checkStacks } from "./check-stacks";

main(async () => {
  const { files, findings } = await Promise.resolve(checkStacks(process.argv[2] ?? process.cwd()));
  if (findings.length > 0) throw new UserError(findings);
  say(`every secret in ${files.length === 1 ? "1 stack file" : `${files.length} stack files`} is encrypted`);
});
