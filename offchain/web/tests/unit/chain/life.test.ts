/** The core on a real local chain. */
import { afterAll, beforeAll } from "vitest";
import { acting } from "./acting.ts";
import { reading } from "./reading.ts";
import { World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await World.start();
}, 240_000);
afterAll(() => world?.stop());

// In this order: acting changes what reading compares.
reading(() => world);
acting(() => world);
