/** One checked connection to one chain: blocks, time and fees. */

import type { NodeSource } from "../api.ts";
import { Refusal } from "../refusal.ts";
import { hex, type At } from "./abi.ts";
import { HttpRpc, RpcFault, WalletRpc, type Rpc } from "./rpc.ts";

export interface Block {
  readonly number: number;
  readonly hash: string;
  /** Unix seconds. */
  readonly timestamp: number;
  /** Wei a unit of gas; null before EIP-1559. */
  readonly baseFee: bigint | null;
}

/** Prices of a unit of gas, in wei. */
export interface Fees {
  readonly expectedWei: bigint;
  /** What is offered at most; the difference is not charged. */
  readonly mostWei: bigint;
  /** Null on chains without EIP-1559. */
  readonly tipWei: bigint | null;
}

const NETWORKS: Record<number, string> = {
  1: "mainnet",
  10: "optimism",
  137: "polygon",
  8453: "base",
  17000: "holesky",
  42161: "arbitrum",
  560048: "hoodi",
  11155111: "sepolia",
  1337: "local",
  31337: "local",
};

/** A short name of a chain. */
export const networkName = (chainId: number): string => NETWORKS[chainId] ?? `chain-${chainId}`;

const DEFAULT_TIP_WEI = 10n ** 7n;
/** The highest fee offered is this many times the present base fee: room for six full blocks in a row. */
const BASE_FEE_ROOM = 2n;

export class Node {
  readonly rpc: Rpc;
  readonly chainId: number;
  /** Tells chains of the same number apart. */
  readonly genesisHash: string;

  private constructor(rpc: Rpc, chainId: number, genesisHash: string) {
    this.rpc = rpc;
    this.chainId = chainId;
    this.genesisHash = genesisHash;
  }

  /** Connect; throws `Refusal` "node-down", or "wrong-chain" when it serves another one. */
  static async open(source: NodeSource | Rpc, chainId?: number): Promise<Node> {
    const rpc =
      "call" in source ? source : "rpcUrl" in source ? new HttpRpc(source.rpcUrl) : new WalletRpc(source.wallet);
    const found = Number(await rpc.call<string>("eth_chainId"));
    if (chainId !== undefined && chainId !== found) {
      throw new Refusal(
        "wrong-chain",
        `The node at ${rpc.place} serves ${networkName(found)} (chain ${found}), but this model is on ${networkName(chainId)} (chain ${chainId}). Name a node of that chain, or switch the network.`,
      );
    }
    if (rpc instanceof WalletRpc) rpc.require(found);
    const genesis = await blockOf(rpc, 0);
    return new Node(rpc, found, genesis.hash);
  }

  block(at: At = "latest"): Promise<Block> {
    return blockOf(this.rpc, at);
  }

  /** Unix time that a transaction sent now would see, as far as the node knows. */
  async now(): Promise<number> {
    const latest = await this.block();
    try {
      return Math.max((await this.block("pending")).timestamp, latest.timestamp);
    } catch (error) {
      if (error instanceof RpcFault || error instanceof RangeError) return latest.timestamp;
      throw error;
    }
  }

  async hasCode(address: string): Promise<boolean> {
    return (await this.rpc.call<string>("eth_getCode", address, "latest")) !== "0x";
  }

  async balance(address: string): Promise<bigint> {
    return BigInt(await this.rpc.call<string>("eth_getBalance", address, "latest"));
  }

  /** The network's prices now. */
  async fees(): Promise<Fees> {
    const { baseFee } = await this.block();
    if (baseFee === null) {
      const price = BigInt(await this.rpc.call<string>("eth_gasPrice"));
      return { expectedWei: price, mostWei: price, tipWei: null };
    }
    const tip = await this.tip();
    return { expectedWei: baseFee + tip, mostWei: BASE_FEE_ROOM * baseFee + tip, tipWei: tip };
  }

  private async tip(): Promise<bigint> {
    try {
      return BigInt(await this.rpc.call<string>("eth_maxPriorityFeePerGas"));
    } catch (error) {
      if (error instanceof RpcFault) return DEFAULT_TIP_WEI;
      throw error;
    }
  }
}

interface RawBlock {
  number: string;
  hash: string;
  timestamp: string;
  baseFeePerGas?: string;
}

/** A block as nodes give it. */
export function blockFrom(raw: RawBlock): Block {
  return {
    number: Number(raw.number),
    hash: raw.hash,
    timestamp: Number(raw.timestamp),
    baseFee: raw.baseFeePerGas === undefined ? null : BigInt(raw.baseFeePerGas),
  };
}

async function blockOf(rpc: Rpc, at: At): Promise<Block> {
  const found = await rpc.call<RawBlock | null>("eth_getBlockByNumber", typeof at === "number" ? hex(at) : at, false);
  if (found === null) throw new RangeError(`the chain has no block ${at}`);
  return blockFrom(found);
}
