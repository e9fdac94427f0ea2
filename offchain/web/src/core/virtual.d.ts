declare module "virtual:commonlearn-abi" {
  /** ABI of each contract by its name; made at build time from the compiled artifacts. */
  const abis: Record<
    "Badges" | "Collaboration" | "MarketCollaboration" | "Perceptron" | "PointsCollaboration",
    object[]
  >;
  export default abis;
}
