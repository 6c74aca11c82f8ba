import { repair } from "../commands/repair/main";
import { findHelm, findKubectl } from "./toolchain/kubernetes-clients";

repair({ findHelm, findKubectl });
