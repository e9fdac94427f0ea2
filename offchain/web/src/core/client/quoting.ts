/** What an action costs before it is signed. */

import type { Action, Quote } from "../api.ts";
import { hex } from "../chain/abi.ts";
import { RpcFault } from "../chain/rpc.ts";
import { formatEther } from "../money.ts";
import { Refusal } from "../refusal.ts";
import { refusalOf } from "../words/explain.ts";
import { callOf, type Call, type Source } from "./actions.ts";

/** No transaction may have a higher gas limit (EIP-7825). */
const GAS_CAP = 1n << 24n;
const TRIES = 4;

/** Gas limit for an estimate, with room: storage that is written first, by this call or by another in the same block, costs more. */
export function gasLimit(gas: bigint): bigint {
  const roomy = (gas * 125n) / 100n + 30_000n;
  const capped = roomy > GAS_CAP ? GAS_CAP : roomy;
  return capped > gas ? capped : gas;
}

/** Build and estimate an action; throws `Refusal` where the contract would refuse it now. */
export async function quoteOf(source: Source, action: Action, account: string): Promise<Quote> {
  const { node, address } = source.contract;
  const [fees, balanceWei, [call, gas]] = await Promise.all([
    node.fees(),
    node.balance(account),
    estimated(source, action, account),
  ]);
  const limit = gasLimit(gas);
  const mostFeeWei = limit * fees.mostWei;
  const feeWei = gas * fees.expectedWei;
  const mostWei = mostFeeWei + call.valueWei;
  return {
    action,
    account,
    what: call.what,
    transaction: { to: address, data: call.data, valueWei: call.valueWei },
    gas,
    gasLimit: limit,
    gasPriceWei: fees.expectedWei,
    feeWei,
    mostFeeWei,
    stakeWei: call.stakeWei,
    mostValueWei: call.valueWei,
    totalWei: feeWei + call.stakeWei,
    mostWei,
    balanceWei,
    isAffordable: balanceWei >= mostWei,
    gainWei: call.gainWei,
    notes: call.notes,
    maxFeePerGasWei: fees.mostWei,
    maxPriorityFeePerGasWei: fees.tipWei,
  };
}

async function estimated(source: Source, action: Action, account: string): Promise<[Call, bigint]> {
  const { node, address } = source.contract;
  for (let tries = 1; ; tries++) {
    const call = await callOf(source, action, account);
    try {
      const gas = await node.rpc.call<string>("eth_estimateGas", {
        from: account,
        to: address,
        data: call.data,
        value: hex(call.valueWei),
      });
      return [call, BigInt(gas)];
    } catch (error) {
      if (!(error instanceof RpcFault)) throw error;
      const refusal = refusalOf(error);
      // Somebody contributed between the question for the stake and this one.
      if (refusal.name === "StakeTooLow" && tries < TRIES) continue;
      if (refusal.code !== "funds") throw refusal;
      const has = await node.balance(account);
      throw new Refusal(
        "funds",
        `The account has ${formatEther(has)}, but ${formatEther(call.valueWei)} and the fee are needed. Add ether to it, or use another account.`,
      );
    }
  }
}
