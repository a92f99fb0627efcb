import { minioCommand } from "../support/objectStore";

/** Builds the object store where it is not installed: within its namespaces a laboratory has no network. */
void minioCommand();
