/** Any thrown value as a refusal in clear words: of contracts, nodes, wallets, or this page's own faults. */

import type { RefusalShape } from "../api.ts";
import { faultOf, RpcFault } from "../chain/rpc.ts";
import { Refusal } from "../refusal.ts";
import { refusalFromRevert } from "./contract.ts";

const SAID_NO = /user (rejected|denied)/i;

/** Any thrown value in clear words. */
export function explain(error: unknown): RefusalShape {
  return refusalOf(error);
}

/** The same as something to throw. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const fault = faultOf(error);
  if (fault !== null) return refusalOfFault(fault);
  const said = error instanceof Error ? error.message : String(error);
  if (SAID_NO.test(said)) return refusalOfFault(new RpcFault(4001, said)); // some wallets forget the code
  return new Refusal(
    "internal",
    `Something went wrong in this page: ${said}. Load it anew; if it happens again, please tell the project.`,
  );
}

/** Revert data in a node's error, `0x…`; null when the node did not execute anything. */
export function revertData(fault: RpcFault): string | null {
  let data: unknown = fault.data;
  while (typeof data === "object" && data !== null) {
    const inner = data as { data?: unknown; result?: unknown; originalError?: unknown };
    data = inner.data ?? inner.result ?? inner.originalError;
  }
  if (typeof data === "string") {
    const found = /0x[0-9a-f]*/i.exec(data);
    if (found !== null && found[0].length % 2 === 0) return found[0];
  }
  if (fault.code === 3 || /revert/i.test(fault.message)) return /0x(?:[0-9a-f]{2})+/i.exec(fault.message)?.[0] ?? "0x";
  return null;
}

function refusalOfFault(fault: RpcFault): Refusal {
  const said = fault.message;
  if (fault.code === 4001 || SAID_NO.test(said)) {
    return new Refusal("rejected", "You said no in the wallet. Nothing was sent and nothing was spent.");
  }
  if (fault.code === 4902)
    return new Refusal(
      "unknown-chain",
      "The wallet does not know this network yet. Add it to the wallet, then try again.",
    );
  if (fault.code === 4100)
    return new Refusal(
      "no-wallet",
      "The wallet does not let this page use the account. Connect the account in the wallet, then try again.",
    );
  if (fault.code === -32002)
    return new Refusal(
      "rejected",
      "The wallet is waiting for an answer to an earlier question. Open the wallet, answer it, then try again.",
    );
  if (fault.code === 4900 || fault.code === 4901)
    return new Refusal(
      "node-down",
      "The wallet is not connected to the network. Check its connection, then try again.",
    );
  if (/insufficient funds/i.test(said)) {
    return new Refusal(
      "funds",
      "The account has too little ether for the stake and the fee together. Add ether to it, or use another account.",
    );
  }
  if (/nonce too low|replacement transaction underpriced|already known/i.test(said)) {
    return new Refusal(
      "node",
      "Another transaction of this account is on its way. Wait until it is in a block, then try again.",
    );
  }
  const data = revertData(fault);
  if (data !== null) return refusalFromRevert(data);
  return new Refusal(
    "node",
    `The node refused the request: ${said || `error ${fault.code}`}. Try again, or name another node.`,
  );
}
