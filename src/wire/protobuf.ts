/**
 * The configured protobuf run time. The generated code imports this module instead of the package, so the
 * setting is in force before the first message class exists: 64-bit integers are
 * numbers, checked for safety where they enter (PITFALLS 50).
 */
import protobuf from "protobufjs/minimal.js";

protobuf.util.Long = null as never;
protobuf.configure();

export default protobuf;
export type Reader = protobuf.Reader;
export type Writer = protobuf.Writer;
