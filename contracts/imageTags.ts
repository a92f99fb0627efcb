/**
 * What tools that sign images begin their tags with, because they name them after the digest that
 * they sign: `sha256-<digest>.sig`, `.att`, `.sbom`.
 */
const signatureTags = "sha256-";

/** Wildcards that ECR takes in one pattern. */
const maximumWildcards = 4;

/**
 * Why a pattern cannot tell an image's releases from everything else in its repository.
 *
 * @param pattern Pattern of tags, in which `*` stands for any characters: `v*`.
 * @returns One message for each thing that is wrong; empty when the pattern is sound.
 */
export function releaseTagProblems(pattern: string): string[] {
  if (!/^[A-Za-z0-9_*][A-Za-z0-9._*-]{0,127}$/.test(pattern)) {
    return [
      'must be a pattern of image tags: letters, digits, ".", "_", "-" and "*" for the rest, at most 128 characters; write it like "v*"',
    ];
  }
  const [beginning = "", ...wildcards] = pattern.split("*");
  return [
    ...(wildcards.length >= 1 && wildcards.length <= maximumWildcards
      ? []
      : [
          `must have 1 to ${String(maximumWildcards)} "*": without one it is a single release, and ECR takes no more; write it like "v*"`,
        ]),
    ...(beginning.startsWith(signatureTags) || signatureTags.startsWith(beginning)
      ? [
          `must not match tags that begin with "${signatureTags}": those are signatures, and would count as releases; begin it with what only releases begin with, like "v"`,
        ]
      : []),
  ];
}
