import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Dockerfile,
  DockerfileParser,
  type Instruction,
  ModifiableInstruction,
} from "dockerfile-ast";
import { projectDirectory } from "../../support/projectCopy";

/** The Dockerfile of the command's image, parsed. */
export function imageDockerfile(): Dockerfile {
  return DockerfileParser.parse(
    readFileSync(join(projectDirectory, "recovery/image/Dockerfile"), "utf8"),
  );
}

/** A stage of a Dockerfile: what is between one FROM and the next. */
export interface Stage {
  /** @default - a stage without a name */
  readonly name: string | undefined;
  readonly image: string;
  readonly instructions: readonly Instruction[];
}

/** The stages of a Dockerfile, of which the last one is the image. */
export function stagesOf(dockerfile: Dockerfile): Stage[] {
  const stages: { name: string | undefined; image: string; instructions: Instruction[] }[] = [];
  for (const instruction of dockerfile.getInstructions()) {
    if (instruction.getKeyword() === "FROM") {
      const [image = "", , name] = wordsOf(instruction);
      stages.push({ name, image, instructions: [] });
    } else {
      stages.at(-1)?.instructions.push(instruction);
    }
  }
  return stages;
}

/** The arguments of an instruction, without its flags. */
export function wordsOf(instruction: Instruction): string[] {
  return instruction.getArguments().map((argument) => argument.getValue());
}

/** The flags of an instruction: `--from=build`. */
export function flagsOf(instruction: Instruction): string[] {
  return instruction instanceof ModifiableInstruction
    ? instruction.getFlags().map((flag) => flag.toString())
    : [];
}

/** Variables that the image gives its containers, with its arguments at their defaults. */
export function imageEnvironment(): Record<string, string> {
  const last = stagesOf(imageDockerfile()).at(-1)?.instructions ?? [];
  const pairsOf = (keyword: string) =>
    last
      .filter((instruction) => instruction.getKeyword() === keyword)
      .flatMap(wordsOf)
      .map((pair) => /^([^=]+)=(.*)$/.exec(pair)?.slice(1) ?? [pair, ""]) as [string, string][];
  const defaults = Object.fromEntries(pairsOf("ARG"));
  return Object.fromEntries(
    pairsOf("ENV").map(([name, value]) => [
      name,
      value.replaceAll(/\$\{(\w+)\}/g, (whole, argument: string) => defaults[argument] ?? whole),
    ]),
  );
}
