import { join } from "node:path";
import { layOut } from "./layout";

/** `npm run recovery:layout DIRECTORY`: what the project puts into the image, below that directory. */
const [directory, ...more] = process.argv.slice(2);
if (directory === undefined || more.length > 0) {
  process.stderr.write("name one directory: npm run recovery:layout DIRECTORY\n");
  process.exitCode = 2;
} else {
  try {
    layOut(join(__dirname, "..", ".."), directory);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
}
