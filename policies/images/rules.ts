import { type Rule } from "../rule";
import { imageLifecycle } from "./lifecycle";
import { imageRegistry, repositoryComplete } from "./registry";
import { repositoryProtected, repositorySettings } from "./repository";

/** Rules of image repositories. */
export const imagesRules: readonly Rule[] = [
  repositorySettings,
  imageLifecycle,
  repositoryProtected,
  repositoryComplete,
  imageRegistry,
];
