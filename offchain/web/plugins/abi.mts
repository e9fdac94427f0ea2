import { readFileSync } from "node:fs";
import { join } from "node:path";

const ARTIFACTS = join(import.meta.dirname, "..", "..", "commonlearn", "chain", "artifacts");
const CONTRACTS = ["Badges", "Collaboration", "MarketCollaboration", "Perceptron", "PointsCollaboration"];
const NAME = "virtual:commonlearn-abi";

/** Functions, events and errors of the contracts, without bytecode, as the module `virtual:commonlearn-abi`. */
export function abiPlugin() {
  const resolved = `\0${NAME}`;
  return {
    name: "commonlearn-abi",
    resolveId: (id: string) => (id === NAME ? resolved : undefined),
    load(id: string) {
      if (id !== resolved) return undefined;
      const read = (contract: string) => {
        try {
          return JSON.parse(readFileSync(join(ARTIFACTS, `${contract}.json`), "utf8")).abi;
        } catch (error) {
          throw new Error(`the compiled contract ${contract} is missing: run \`make artifacts\` first (${error})`);
        }
      };
      const abis = Object.fromEntries(CONTRACTS.map((contract) => [contract, read(contract)]));
      return `export default ${JSON.stringify(abis)};`;
    },
  };
}
