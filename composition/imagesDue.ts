import { type System } from "../config/system";
import { type JobEnvironment } from "../contracts/jobEnvironment";
import { type Place, repositoryName } from "../contracts/names";
import { imagesOf } from "./images";

/**
 * What has to be in the registry of a place: the images of the jobs themselves by their digests, and of
 * every other repository some release. What runs of those, the system file does not say.
 */
export function imagesDue(
  system: System,
  place: Place,
): JobEnvironment<"drill-disaster">["images"] {
  const { image, scratchImage } = system.jobs;
  const store = imagesOf(system);
  return (store?.repositories ?? []).map((name) => {
    const repository = repositoryName(name, place);
    return {
      repository,
      digests: [image, scratchImage].flatMap((one) => {
        const [of, digest] = one.split("@");
        return of === repository && digest !== undefined ? [digest] : [];
      }),
      releaseTags: store?.releaseTags ?? "",
    };
  });
}
