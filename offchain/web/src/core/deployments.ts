/** Which models the page knows: a list, or Python's records `deployments/<network>.json`. */

import type { DeploymentEntry } from "./api.ts";
import { checksummed } from "./chain/abi.ts";
import { networkName } from "./chain/node.ts";

/** Read a list of deployments; empty when there is none. @param url Of the page's own origin. */
export async function readDeployments(
  url: string,
  get: typeof fetch = (...given) => globalThis.fetch(...given),
): Promise<readonly DeploymentEntry[]> {
  try {
    const response = await get(url, { cache: "no-store" });
    return response.ok ? deploymentsFrom(await response.json()) : [];
  } catch {
    return []; // the page works without: models are opened by address
  }
}

/** Entries out of parsed JSON; what is malformed is left out. */
export function deploymentsFrom(content: unknown): DeploymentEntry[] {
  if (Array.isArray(content))
    return content.flatMap((one) => ("models" in Object(one) ? fromBook(one) : entry(one, Object(one))));
  return typeof content === "object" && content !== null ? fromBook(content as Record<string, unknown>) : [];
}

function fromBook(book: Record<string, unknown>): DeploymentEntry[] {
  const models = Array.isArray(book.models) ? book.models : [];
  return models.filter((model) => Object(model).state === "open").flatMap((model) => entry(model, book));
}

function entry(given: unknown, book: Record<string, unknown>): DeploymentEntry[] {
  const one = Object(given) as Record<string, unknown>;
  const chainId = Number(one.chainId ?? book.chain_id ?? book.chainId);
  const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
  try {
    if (!Number.isSafeInteger(chainId) || chainId <= 0) return [];
    const rpcUrl = text(one.rpcUrl);
    return [
      {
        name: text(one.name) ?? "",
        address: checksummed(String(one.address)),
        chainId,
        network: text(one.network) ?? text(book.network) ?? networkName(chainId),
        kind: text(one.kind),
        incentive: text(one.incentive),
        accuracy: typeof one.accuracy === "number" ? one.accuracy : null,
        ...(rpcUrl === undefined ? {} : { rpcUrl }),
      },
    ];
  } catch {
    return [];
  }
}
