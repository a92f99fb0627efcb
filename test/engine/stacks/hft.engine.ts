import { describeStacks } from "./describeStacks";

describeStacks("hft");
