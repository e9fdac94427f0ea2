/** Opening a model. */

import type { Model, OpenOptions } from "../api.ts";
import { Node } from "../chain/node.ts";
import { Refusal } from "../refusal.ts";
import { refusalOf } from "../words/explain.ts";
import { Contract } from "./contract.ts";
import { ModelCopy } from "./copy.ts";
import { descriptionFrom } from "./description.ts";
import { OpenModel, type About } from "./model.ts";

/** Open a model by its address; throws `Refusal`. */
export async function openModel(address: string, options: OpenOptions): Promise<Model> {
  try {
    const node = await Node.open(options.node, options.chainId);
    const contract = await Contract.open(node, address);
    const copy = new ModelCopy(contract);
    await copy.sync(options.onProgress);
    const metadata = await contract.metadata();
    return new OpenModel(contract, copy, await described(metadata, contract.address), await node.now());
  } catch (error) {
    throw refusalOf(error);
  }
}

// A model whose description is of no use can still be used by its encoded samples.
async function described(metadata: Uint8Array | null, address: string): Promise<About> {
  const none = { name: address, description: "", classes: [], featurizer: null };
  if (metadata === null)
    return { ...none, problem: "This model has no description on chain, so it takes encoded samples only." };
  try {
    return { ...(await descriptionFrom(metadata)), problem: "" };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ...none, problem: error.message };
  }
}
