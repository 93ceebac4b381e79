/**
 * Loaded into a daemon before its own modules (`node --import`): lets it hear from the other members later than from its
 * clients, as on a slow network. Order: `late MS`, how much later.
 */
import type { Message } from "../../../src/raft/message.js";
import { Replica } from "../../../src/server/replica.js";
import { onOrder } from "../orders.js";

let lateMs = 0;
const { receive } = Replica.prototype;

Replica.prototype.receive = function (this: Replica, message: Message): void {
  if (lateMs === 0) receive.call(this, message);
  else setTimeout(() => receive.call(this, message), lateMs);
};

onOrder((order) => {
  lateMs = Number(order.slice("late ".length));
});
