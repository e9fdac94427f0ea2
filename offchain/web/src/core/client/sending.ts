/** Having a wallet sign and send a quoted action, and waiting for its block. */

import type { Quote, Receipt, SendStage, Wallet } from "../api.ts";
import { hex } from "../chain/abi.ts";
import { decodeLog, type RawLog } from "../chain/events.ts";
import { networkName, type Node } from "../chain/node.ts";
import { RpcFault } from "../chain/rpc.ts";
import { Refusal } from "../refusal.ts";
import { refusalFromRevert } from "../words/contract.ts";
import { refusalOf } from "../words/explain.ts";
import { inWords } from "./history.ts";

interface RawReceipt {
  readonly transactionHash: string;
  readonly blockNumber: string | null;
  readonly status: string;
  readonly gasUsed: string;
  readonly effectiveGasPrice?: string;
  readonly logs: readonly RawLog[];
}

export interface Waiting {
  readonly waitSeconds?: number;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

const WAIT_SECONDS = 300;
const FIRST_POLL_MS = 100;
const LONGEST_POLL_MS = 3_000;

/** Sign, send, wait; throws `Refusal`. @param contract Address whose events count. */
export async function sendQuote(
  node: Node,
  quote: Quote,
  wallet: Wallet,
  classes: readonly string[],
  onStage: (stage: SendStage) => void,
  waiting: Waiting = {},
): Promise<Receipt> {
  check(node, quote, wallet);
  onStage({ stage: "signing" });
  const txHash = await sent(quote, wallet);
  onStage({ stage: "sent", txHash });
  const receipt = await waitFor(node, txHash, waiting);
  const block = Number(receipt.blockNumber);
  onStage({ stage: "mined", txHash, block });
  if (BigInt(receipt.status) !== 1n) throw await whyFailed(node, quote, receipt);
  return readReceipt(receipt, quote.transaction.to, classes);
}

function check(node: Node, quote: Quote, wallet: Wallet): void {
  if (wallet.account === null) throw new Refusal("no-wallet", "No account is connected. Connect a wallet first.");
  if (wallet.account !== quote.account) {
    throw new Refusal(
      "input",
      "The account was changed in the wallet since the costs were shown. Look at the costs again.",
    );
  }
  if (wallet.chainId !== node.chainId) {
    throw new Refusal(
      "wrong-chain",
      `The wallet is on ${networkName(wallet.chainId)} (chain ${wallet.chainId}), but this model is on ${networkName(node.chainId)} (chain ${node.chainId}). Switch the network in the wallet.`,
    );
  }
}

async function sent(quote: Quote, wallet: Wallet): Promise<string> {
  const { to, data, valueWei } = quote.transaction;
  const price =
    quote.maxPriorityFeePerGasWei === null
      ? { gasPrice: hex(quote.maxFeePerGasWei) }
      : { maxFeePerGas: hex(quote.maxFeePerGasWei), maxPriorityFeePerGas: hex(quote.maxPriorityFeePerGasWei) };
  try {
    const fields = { from: quote.account, to, data, value: hex(valueWei), gas: hex(quote.gasLimit), ...price };
    return String(await wallet.request("eth_sendTransaction", [fields]));
  } catch (error) {
    throw refusalOf(error);
  }
}

async function waitFor(
  node: Node,
  txHash: string,
  { waitSeconds = WAIT_SECONDS, sleep }: Waiting,
): Promise<RawReceipt> {
  const pause = sleep ?? ((milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)));
  let delay = FIRST_POLL_MS;
  for (let waited = 0; ; waited += delay, delay = Math.min(LONGEST_POLL_MS, delay * 1.5)) {
    const found = await receiptOf(node, txHash);
    if (found !== null && found.blockNumber !== null) return found;
    if (waited >= waitSeconds * 1000) {
      throw new Refusal(
        "timeout",
        `The transaction ${txHash} was sent, but is in no block after ${waitSeconds} seconds. It may still get into one: look at it in the wallet before you send it again.`,
      );
    }
    await pause(delay);
  }
}

// A node that is gone for a moment does not undo what was sent.
async function receiptOf(node: Node, txHash: string): Promise<RawReceipt | null> {
  try {
    return await node.rpc.call<RawReceipt | null>("eth_getTransactionReceipt", txHash);
  } catch (error) {
    if (
      error instanceof RpcFault ||
      (error instanceof Refusal && (error.code === "node-down" || error.code === "timeout"))
    )
      return null;
    throw error;
  }
}

/** Why a transaction failed: the same call, asked of the state of its block and of the one before. */
async function whyFailed(node: Node, quote: Quote, receipt: RawReceipt): Promise<Refusal> {
  const block = Number(receipt.blockNumber);
  const call = {
    from: quote.account,
    to: quote.transaction.to,
    data: quote.transaction.data,
    value: hex(quote.transaction.valueWei),
  };
  for (const at of [block, block - 1]) {
    try {
      await node.rpc.call("eth_call", call, hex(at));
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal.code === "contract") return refusal;
    }
  }
  return new Refusal(
    "contract",
    `The transaction ${receipt.transactionHash} failed in its block, most likely as something changed meanwhile. Only its fee is lost; look at the costs again and try once more.`,
  );
}

function readReceipt(receipt: RawReceipt, contract: string, classes: readonly string[]): Receipt {
  const lines: string[] = [];
  const refused: string[] = [];
  const ids: number[] = [];
  for (const log of receipt.logs) {
    const event = log.address.toLowerCase() === contract.toLowerCase() ? decodeLog(log) : null;
    if (event === null) continue;
    const { name, values } = event;
    if (name === "SampleRefused" || name === "ClaimRefused") {
      const which = name === "SampleRefused" ? `Sample ${Number(values.position) + 1}` : `Contribution ${values.id}`;
      refused.push(`${which}: ${refusalFromRevert(values.reason).message}`);
    } else lines.push(inWords(event, classes));
    if (name === "Contributed") ids.push(Number(values.id));
  }
  return {
    txHash: receipt.transactionHash,
    block: Number(receipt.blockNumber),
    feeWei: BigInt(receipt.gasUsed) * BigInt(receipt.effectiveGasPrice ?? "0x0"),
    lines,
    ids,
    refused,
  };
}
