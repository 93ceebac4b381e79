/** What a broken connection means in words. */

/** What a socket's error means to the person who reads of it. Completes a sentence: "n1 refused the connection". */
export function connectionFault(error: {
  readonly code?: string | undefined;
  readonly message: string;
}): string {
  switch (error.code) {
    case "ECONNREFUSED":
      return "refused the connection";
    case "ECONNRESET":
    case "EPIPE":
      return "broke the connection";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "has a host name that does not resolve";
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return "is out of reach";
    case "ETIMEDOUT":
      return "timed out";
    default:
      return `cannot be reached (${error.message})`;
  }
}
