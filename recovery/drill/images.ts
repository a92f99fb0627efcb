import { DescribeImagesCommand, ECRClient, type ImageDetail } from "@aws-sdk/client-ecr";
import { type CommandEnvironment } from "../../contracts/jobEnvironment";
import { type Finding, type Question } from "./checks";
import { type ControlPlane, orNothing } from "./controlPlane";

/** What has to be in a repository of the region's registry. */
export type DueImages = CommandEnvironment<"drill-disaster">["images"][number];

/** Images that a page of ECR's answer has, at most. */
const pageSize = 1000;

/** Whether the region's own registry has what would be started here. */
export function imageQuestions(images: readonly DueImages[], plane: ControlPlane): Question[] {
  return images.map((due) => ({
    name: `images in ${due.repository}`,
    unanswered: "see that the drill's role may ask ECR, and that ECR can be reached from here",
    ask: async () => {
      const client = new ECRClient(plane);
      try {
        return judgeImages(due, await imagesIn(client, due.repository));
      } finally {
        client.destroy();
      }
    },
  }));
}

/** Every image of a repository; undefined where there is no such repository. */
async function imagesIn(
  client: ECRClient,
  repositoryName: string,
): Promise<ImageDetail[] | undefined> {
  const found: ImageDetail[] = [];
  let nextToken: string | undefined;
  do {
    const page = await orNothing("RepositoryNotFoundException", () =>
      client.send(new DescribeImagesCommand({ repositoryName, maxResults: pageSize, nextToken })),
    );
    if (page === undefined) {
      return undefined;
    }
    found.push(...(page.imageDetails ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return found;
}

/** Judges a repository by the images that are in it. */
export function judgeImages(
  { repository, digests, releaseTags }: DueImages,
  images: readonly ImageDetail[] | undefined,
): Finding {
  const mend = `push it again in the region that serves, which copies it here, or push it to this region's registry`;
  if (images === undefined) {
    return {
      found: `there is no repository ${repository} in this region`,
      mend: "run `pulumi up` for this region's stack, and push its images again",
    };
  }
  const missing = digests.filter(
    (digest) => !images.some(({ imageDigest }) => imageDigest === digest),
  );
  if (missing.length > 0) {
    return { found: `${repository} lacks ${missing.join(", ")}`, mend };
  }
  const newest = newestRelease(images, releaseTags);
  if (digests.length === 0 && newest === undefined) {
    return { found: `${repository} has no release, tagged like ${releaseTags}`, mend };
  }
  return {
    found: [
      ...(digests.length > 0 ? [`${repository} has ${digests.join(", ")}`] : []),
      ...(newest === undefined ? [] : [`the newest release in ${repository} is ${newest}`]),
    ].join("; "),
  };
}

/** Tag and time of the release that was pushed last: `v1.4.2, pushed 2026-11-29T15:55:43Z`. */
function newestRelease(images: readonly ImageDetail[], pattern: string): string | undefined {
  const isRelease = new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*")}$`,
  );
  const [newest] = images
    .flatMap(({ imageTags = [], imagePushedAt }) =>
      imageTags
        .filter((tag) => isRelease.test(tag))
        .map((tag) => ({ tag, pushedAt: imagePushedAt?.getTime() ?? 0 })),
    )
    .sort((one, other) => other.pushedAt - one.pushedAt);
  return newest && `${newest.tag}, pushed ${new Date(newest.pushedAt).toISOString()}`;
}
