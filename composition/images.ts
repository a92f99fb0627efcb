import type * as pulumi from "@pulumi/pulumi";
import { type ServiceRole } from "../components/access/serviceRole";
import { ImageRegistry } from "../components/images/imageRegistry";
import { ImageRepository } from "../components/images/imageRepository";
import { RepositoryTemplate } from "../components/images/repositoryTemplate";
import { type Configuration } from "../config/configuration";
import { type StoreOf } from "../config/stores";
import { type System } from "../config/system";
import { roleArn } from "../contracts/names";
import { type Keys } from "./keys";
import { type Landscape } from "./places";

/** The system's images; a system has one store of them at most. */
export function imagesOf(system: System): StoreOf<"images"> | undefined {
  return Object.values(system.stores).find((store) => store.kind === "images");
}

/**
 * Declares the image repositories of a stack's region, and the settings of its registry where this
 * system owns them; nothing in the archive, which runs nothing.
 *
 * In the landing phase only what the other region copies into: the roles are not there yet, and the
 * other region's repositories may not be.
 *
 * @returns The repositories, by their names in the system file; undefined where there are none.
 */
export function declareImages(
  { settings, system }: Configuration,
  landscape: Landscape,
  keys: Keys,
  roles: readonly ServiceRole[],
  options: pulumi.ComponentResourceOptions,
): Record<string, ImageRepository> | undefined {
  const { own, primary, standby, tags, disposable } = landscape;
  const whole = settings.phase === "whole";
  if (keys.images === undefined) {
    return undefined;
  }
  if (system.owns.includes("image-registry")) {
    const copiesTo = own === primary ? standby : primary;
    new ImageRegistry("image-registry", { ...(whole ? { copiesTo } : {}), disposable }, options);
  }
  const store = imagesOf(system);
  if (store === undefined) {
    return undefined;
  }
  const shared = { place: own, kmsKeyArn: keys.images.arn, lifecycle: store, tags, disposable };
  if (whole) {
    new RepositoryTemplate(
      "image-template",
      { ...shared, roleArn: roleArn("repository-creation", own) },
      { ...options, dependsOn: [...roles] },
    );
  }
  return Object.fromEntries(
    store.repositories.map((repository) => [
      repository,
      new ImageRepository(`image-repository-${repository}`, { ...shared, repository }, options),
    ]),
  );
}
