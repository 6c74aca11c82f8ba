import { explain } from "../commands/explain/main";
import { findHelm, findKubectl } from "./toolchain/kubernetes-clients";

explain({ findHelm, findKubectl });
