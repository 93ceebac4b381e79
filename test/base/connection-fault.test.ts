import test from "ava";
import { connectionFault } from "../../src/base/connection-fault.js";

test("the usual faults have words of their own, others give their message", (t) => {
  t.is(
    connectionFault({ code: "ECONNREFUSED", message: "connect ECONNREFUSED 127.0.0.1:1" }),
    "refused the connection",
  );
  t.is(connectionFault({ code: "ECONNRESET", message: "read ECONNRESET" }), "broke the connection");
  t.is(connectionFault({ code: "ENETUNREACH", message: "connect" }), "is out of reach");
  t.is(connectionFault({ code: "EWHATEVER", message: "what it was" }), "cannot be reached (what it was)");
});
