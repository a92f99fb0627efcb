import { describeStacks } from "./describeStacks";

describeStacks("smc");
