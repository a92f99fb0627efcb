import { type Landscape } from "./places";

/** AWS services that publish to a region's topic. Budgets are kept with the primary region. */
export function topicPublishers({ own, primary }: Landscape): string[] {
  return [
    "backup.amazonaws.com",
    "cloudwatch.amazonaws.com",
    "events.amazonaws.com",
    ...(own === primary ? ["budgets.amazonaws.com"] : []),
  ];
}

/** AWS services that use a region's key for notices: the topic's, and S3 for missed copies. */
export function noticeKeyUsers(landscape: Landscape): string[] {
  return [
    ...topicPublishers(landscape),
    ...(landscape.copiesTo.length > 0 ? ["s3.amazonaws.com"] : []),
  ];
}
