import { version as ofPackage } from "../package.json";

/** Version of the command, which recovery points carry. */
export const version: string = ofPackage;
