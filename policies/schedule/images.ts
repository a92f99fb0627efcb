import { z } from "zod";
import { rule } from "../rule";
import { type Resource } from "../stack";
import { isTrueAt, type Path, textAt } from "../values";
import { tradingRegionOf } from "../places";
import { containersOf, cronJobType, digestOf, workloadTypes } from "../workloads";

/** True for a name that stands for an image that is not there yet: no registry can serve it (RFC 2606). */
function isPlaceholder(image: string | undefined): boolean {
  return /^[^/]+\.invalid\//.test(image ?? "");
}

function* imagesOf(
  workload: Resource,
): Iterable<readonly [setting: string, image: string | undefined]> {
  for (const container of containersOf(workload)) {
    const path: Path = [...container, "image"];
    yield [path.join("."), textAt(workload.inputs, ...path)];
  }
}

/** What was tested is what runs, in both regions and on the day of the disaster. */
export const imageIsPinned = rule({
  id: "image-is-pinned",
  severity: "high",
  scope: "resource",
  description:
    "Every container's image is named by its digest; a placeholder stands only in a job that is suspended.",
  serves: "the region scenario: both regions run what was tested",
  peers: ["CKV_K8S_14", "CKV_K8S_43"],
  types: workloadTypes,
  example: { good: "image: …/redis:7.2@sha256:0123…", bad: "image: redis:latest" },
  *check(workload) {
    const isSuspended =
      workload.type === cronJobType && isTrueAt(workload.inputs, "spec", "suspend");
    for (const [setting, image] of imagesOf(workload)) {
      if (digestOf(image) === undefined) {
        yield {
          setting,
          ...(image === undefined ? {} : { found: "named by a tag" }),
          required: "an image with its digest, @sha256:...",
          mend: "name the image by its digest, as its registry shows it",
        };
      } else if (isPlaceholder(image) && !isSuspended) {
        yield {
          setting,
          found: "a placeholder",
          required: "an image that a registry has",
          mend: "name the image, or suspend the job until it is there",
        };
      }
    }
  },
});

/** Pods start again when the other region is gone. */
export const imageOfOwnRegion = rule({
  id: "image-of-own-region",
  severity: "high",
  scope: "resource",
  description: "Every container's image comes from the registry of the stack's own region.",
  serves: "the region scenario: nothing is pulled from a region that is lost",
  peers: [],
  types: workloadTypes,
  example: {
    good: "image: 111122223333.dkr.ecr.us-west-2.amazonaws.com/redis@sha256:… in us-west-2",
    bad: "image: 111122223333.dkr.ecr.us-east-1.amazonaws.com/redis@sha256:… in us-west-2",
  },
  settings: z.strictObject({
    /** Region of the stack. */
    region: z.string(),
  }),
  settingsFor: (environment) => {
    const region = tradingRegionOf(environment);
    return region && { region: region.own.region };
  },
  *check(workload, { settings: { region } }) {
    for (const [setting, image] of imagesOf(workload)) {
      const found = /^\d{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\//.exec(image ?? "")?.[1];
      if (found !== region && !isPlaceholder(image)) {
        yield {
          setting,
          found: found === undefined ? "from no registry of ECR" : `from ${found}`,
          required: `from the registry of ${region}`,
          mend: `push or copy the image to ECR in ${region}, and name it there`,
        };
      }
    }
  },
});
