/** `kvraftd` from its modules instead of its bundle: what is preloaded can find their classes. */
import { main } from "../../src/daemon/main.js";

await main(process.argv.slice(2));
